"""Google: Gemini Omni through the Interactions API. Videos come inside of the answer, or as a file of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import APIRequestError, InputError, UnauthorizedError
from ...http.files import Embedded, FilePart
from ...http.request import Request, endpoint, headers, origin, segment
from ...http.response import Response, error_body
from ..inline import in_address
from ..status import normal
from . import Change, Creation, Inline, Job, Known, Plan, Provider, Source, Storing, Target
from .common import ask, classify, content_request, is_clip, number, order, refuses, remove, without_key
from .jobs import (
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    address,
    arranged,
    failure,
    first,
    held_back,
    member,
    moment,
    text,
    word_of,
)
from .shapes import fitted

_NAME = "Google"
_RATIOS = ("16:9", "9:16")
_STEPS = {360: "360p", 720: "720p", 1080: "1080p", 2160: "4k"}
#: Pins the form of the answers.
_REVISION = "2026-05-20"
#: An answer may hold the whole video.
_LARGEST = 200 * 2**20
#: Seconds for which a file is kept.
_LIFETIME = 48 * 3600
_ENDED = ("incomplete", "budget_exceeded", "requires_action", "requires_continuation")


def create(target: Target, creation: Creation) -> Plan:
    """In the background: otherwise the connection would have to hold until the video is there."""
    shape = fitted(creation.size, _RATIOS, _STEPS, _NAME)
    seconds = number("Seconds", creation.seconds, _NAME)
    wanted = {
        "type": "video",
        "aspect_ratio": shape.ratio,
        "resolution": shape.resolution,
        "duration": None if seconds is None else f"{seconds}s",
        "delivery": "uri",
    }
    document: dict[str, Any] = {
        "model": creation.model,
        "input": _input(target, creation),
        "background": True,
        "response_format": {name: value for name, value in wanted.items() if value is not None},
    }
    if creation.reference is not None and not is_clip(creation.reference):
        document["generation_config"] = {"video_config": {"task": "image_to_video"}}
    request = order(target, "interactions", document, creation.body, _headers(target))
    return Plan(request._replace(largest=_LARGEST), shape.warnings, shape.remarks)


def retrieve(target: Target, video_id: str) -> Request:
    """Without what was sent, which may have been a picture of many megabytes."""
    path = f"interactions/{segment(video_id)}"
    return ask(target, path, [("include_input", "false")], _headers(target))._replace(largest=_LARGEST)


def remix(target: Target, change: Change) -> Request:
    """A new turn of the same conversation."""
    document = {
        "model": change.model,
        "input": change.prompt,
        "previous_interaction_id": change.video_id,
        "background": True,
        "response_format": {"type": "video", "delivery": "uri"},
    }
    return order(target, "interactions", document, change.body, _headers(target))._replace(largest=_LARGEST)


def delete(target: Target, video_id: str) -> Request:
    """The request that forgets an interaction."""
    return remove(target, f"interactions/{segment(video_id)}", _headers(target))


def content(target: Target, source: str, variant: str | None, start: int, tag: str) -> Request:
    """A file of the service, with the key; what is elsewhere, without."""
    known, place = _headers(target), source
    if "://" in source:
        known = without_key(known)
    else:
        path = f"files/{segment(source)}:download"
        place = endpoint(target.settings.base, path, [("alt", "media")], target.extras)
    return content_request(target, place, known, start, tag)


def models(target: Target) -> Request:
    """The request for the models that there are, of all kinds."""
    place = endpoint(target.settings.base, "models", [("pageSize", "1000")], target.extras)
    return Request("GET", place, _headers(target))


def file_state(target: Target, source: str) -> Request:
    """The request that tells whether a file can be fetched."""
    return ask(target, f"files/{segment(source)}", None, _headers(target))


def is_active(document: Mapping[str, Any]) -> bool:
    """True for a file that can be fetched. Raises InputError for one that never will be."""
    file = member(document, "file") or document
    state = text(member(file, "state")) or "ACTIVE"
    if state == "FAILED":
        why = text(member(file, "error", "message")) or "it does not say why"
        raise InputError(f"Google could not make a file of the video: {why}", command="Get-VideoContent")
    return state != "PROCESSING"


def source(document: Mapping[str, Any]) -> Source | None:
    """The video inside of the answer, else the name of its file, else an address elsewhere."""
    video = _video(document)
    if isinstance(video.get("data"), str) and video["data"]:
        return Inline(video["data"], text(video.get("mime_type")) or "video/mp4")
    return _file(video.get("uri")) or address(video.get("uri"))


def read(document: Mapping[str, Any], known: Known) -> Job:
    """The video itself stays out of the job, and what was sent does, too."""
    word = document.get("status")
    known_word = normal(word) if isinstance(word, str) else ""
    status = FAILED if known_word in _ENDED else IN_PROGRESS if known_word == "idle" else word_of(word)
    facts: dict[str, Any] = {"id": document.get("id"), "status": status, "model": document.get("model")}
    facts["created_at"] = moment(document.get("created"))
    if status == FAILED:
        facts["error"] = failure(word, _error(document))
    elif status == COMPLETED and source(document) is None:
        facts |= {"status": FAILED, "error": held_back("completed")}
    elif status == COMPLETED:
        done = moment(document.get("updated"))
        facts |= {"completed_at": done, "expires_at": done + _LIFETIME if done else None}
    left_out = ("steps", "input", "output_video", "outputs", "created", "updated")
    rest = {name: value for name, value in document.items() if name not in left_out}
    return arranged(_NAME, known, facts, rest | {"video": _shown(document)})


def ended(status: int, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Of an edit whose video the service cannot find itself, every question is refused: nothing will come of it."""
    is_lost = status == 400 and "unsupported file uri" in str(body.get("message")).lower()
    return {"status": "failed", "error": body} if is_lost else None


def refusal(response: Response) -> type[APIRequestError] | None:
    """A bad key is a 400 with this reason in its details."""
    if response.status == 400 and "API_KEY_INVALID" in str(error_body(response)):
        return UnauthorizedError
    return classify(response)


def _headers(target: Target) -> dict[str, str]:
    key = target.settings.key
    own = {"Api-Revision": _REVISION} | ({"x-goog-api-key": key.reveal()} if key else {})
    extras = target.extras._replace(headers={**own, **(target.extras.headers or {})}, debug=False)
    return headers(target.settings._replace(key=None), extras)


def _input(target: Target, creation: Creation) -> str | list[dict[str, Any]] | None:
    if creation.reference is None:
        return creation.prompt
    contents = [_picture(target, creation.reference)]
    if creation.prompt is not None:
        contents.append({"type": "text", "text": creation.prompt})
    return [{"type": "user_input", "content": contents}]


def _picture(target: Target, reference: FilePart | str) -> dict[str, Any]:
    if isinstance(reference, FilePart):
        kind = "video" if reference.media_type.startswith("video/") else "image"
        return {"type": kind, "data": Embedded(reference, bare=True), "mime_type": reference.media_type}
    kind = "video" if is_clip(reference) else "image"
    if origin(reference) == origin(target.settings.base):
        return {"type": kind, "uri": reference}
    if inline := in_address(reference):
        return {"type": kind, "data": inline[0], "mime_type": inline[1]}
    raise InputError(
        "Google takes a picture as a file, or by the address of a file that it has itself. Nothing was sent.",
        command="New-Video",
        category="InvalidArgument",
        action="Download the picture, and name the file as -InputReference.",
    )


def _video(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first video of the answer's steps, else what the answer names as its video."""
    found = next(filter(_has_video, _outputs(document)), None)
    other = document.get("output_video")
    return found or (other if isinstance(other, Mapping) else {})


def _outputs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    steps = document.get("steps")
    for step in steps if isinstance(steps, list) else ():
        contents = member(step, "content") if member(step, "type") == "model_output" else None
        yield from (each for each in (contents if isinstance(contents, list) else ()) if isinstance(each, Mapping))


def _has_video(content: Mapping[str, Any]) -> bool:
    return content.get("type") == "video" and bool(content.get("data") or content.get("uri"))


def _shown(document: Mapping[str, Any]) -> dict[str, Any] | None:
    video = dict(_video(document))
    data = video.pop("data", None)
    if isinstance(data, str):
        video["bytes"] = len(data) * 3 // 4 - data.count("=", len(data) - 2)
    return video or None


def _file(uri: object) -> str | None:
    """The name of a file, of all forms in which it is told: `files/NAME`, its address, and that of its bytes."""
    name = (text(uri) or "").partition("?")[0].removesuffix(":download").rpartition("files/")[2]
    return name if name and "/" not in name else None


def _error(document: Mapping[str, Any]) -> object:
    steps = document.get("steps")
    told = [member(step, "error") for step in steps] if isinstance(steps, list) else []
    return first(document.get("errors")) or document.get("error") or next(filter(None, told), None)


PROVIDER = Provider(
    create,
    retrieve,
    refuses(f"{_NAME} lists no jobs.", "Keep the ids that New-Video prints."),
    {"remix": remix},
    delete,
    content,
    source,
    read,
    ended=ended,
    classify=refusal,
    storing=Storing(file_state, is_active),
    list_models=models,
    models="Get-VideoModel -Provider Google lists the models.",
    lifetime="about 48 hours",
)
