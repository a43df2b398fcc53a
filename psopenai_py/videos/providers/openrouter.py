"""OpenRouter: many models behind one key, in words near to OpenAI's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...errors import APIRequestError, ContentFilteredError, UnauthorizedError
from ...http.files import FilePart
from ...http.request import Request, endpoint, segment
from ...http.response import Response
from . import Change, Creation, Job, Known, Plan, Provider, Target
from .common import address_of, ask, bearer, classify, content_request, is_clip, models_at, number, order, refuses
from .jobs import COMPLETED, FAILED, arranged, failure, held_back, member, moment, text, word_of
from .shapes import wish

_NAME = "OpenRouter"


def create(target: Target, creation: Creation) -> Plan:
    """JSON; the size goes as it is, and each model says which ones it has."""
    document: dict[str, Any] = {
        "model": creation.model,
        "prompt": creation.prompt,
        "duration": number("Seconds", creation.seconds, _NAME),
        **_size(creation.size),
        **_reference(creation.reference),
    }
    return Plan(order(target, "videos", document, creation.body))


def retrieve(target: Target, video_id: str) -> Request:
    """By the id: the address that a job names may be a relative one."""
    return ask(target, f"videos/{segment(video_id)}")


def remix(target: Target, change: Change) -> Request:
    """A new job that goes on from another one. The model has to be that of the other one."""
    document = {"model": change.model, "prompt": change.prompt, "previous_job_id": change.video_id}
    return order(target, "videos", document, change.body)


def content(target: Target, source: str, variant: str | None, start: int, tag: str) -> Request:
    """From OpenRouter itself, with the key: without it every address that a job names is refused, or a secret."""
    place = endpoint(target.settings.base, f"videos/{segment(source)}/content", [("index", "0")], target.extras)
    return content_request(target, place, bearer(target), start, tag)


def read(document: Mapping[str, Any], known: Known) -> Job:
    """No answer has a progress or a time; the model, length and size are known only from the creation."""
    word = word_of(document.get("status"))
    facts = {"id": document.get("id"), "status": word, "model": document.get("model")}
    facts |= {"cost": member(document, "usage", "cost"), "created_at": _created(document.get("id"))}
    facts["expires_at"] = moment(document.get("expires_at"))
    if word == FAILED:
        facts["error"] = failure(document.get("status"), document.get("error"))
    elif word == COMPLETED and not _addresses(document):
        facts |= {"status": FAILED, "error": held_back("completed")}
    return arranged(_NAME, known, facts, document)


def refusal(response: Response) -> type[APIRequestError] | None:
    """A 403 means that the content was refused, never the key."""
    kind = classify(response)
    if response.status == 403:
        return ContentFilteredError
    return UnauthorizedError if response.status == 401 else kind


def _size(size: str | None) -> dict[str, str]:
    if size is None:
        return {}
    wanted = wish(size, _NAME)
    if wanted.step:
        return {"resolution": wanted.text.replace("k", "K")}
    return {"size" if wanted.pixels else "aspect_ratio": wanted.text}


def _reference(reference: FilePart | str | None) -> dict[str, Any]:
    if reference is None:
        return {}
    url = {"url": address_of(reference)}
    if is_clip(reference):
        return {"input_references": [{"type": "video_url", "video_url": url}]}
    return {"frame_images": [{"type": "image_url", "image_url": url, "frame_type": "first_frame"}]}


def _addresses(document: Mapping[str, Any]) -> list[str]:
    listed = (document.get(name) for name in ("urls", "unsigned_urls"))
    return [found for each in listed if isinstance(each, list) for found in each if text(found)]


def _created(identifier: object) -> int | None:
    """The time that stands in an id."""
    stamp = re.match(r"gen-vid-([0-9]{10})(?![0-9])", str(identifier))
    return int(stamp[1]) if stamp else None


PROVIDER = Provider(
    create,
    retrieve,
    refuses(f"{_NAME} lists no jobs.", "Keep the ids that New-Video prints."),
    {"remix": remix},
    refuses(f"{_NAME} deletes no jobs."),
    content,
    read=read,
    classify=refusal,
    list_models=models_at("videos/models"),
    models="Get-VideoModel -Provider OpenRouter lists the models.",
)
