"""Together: OpenAI's words in JSON, with pixels and another place for pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...http.files import Embedded, FilePart
from ...http.request import Request, segment
from . import Creation, Job, Known, Plan, Provider, Target
from .common import ask, classify, fetch, is_clip, models_at, number, order, refuses
from .jobs import COMPLETED, FAILED, address, arranged, failure, first, held_back, member, moment, text, word_of
from .shapes import wish

_NAME = "Together"


def create(target: Target, creation: Creation) -> Plan:
    """The seconds are text here, too."""
    document: dict[str, Any] = {
        "model": creation.model,
        "prompt": creation.prompt,
        "seconds": text(number("Seconds", creation.seconds, _NAME)),
        **_size(creation.size),
        **_media(creation.reference),
    }
    return Plan(order(target, "videos", document, creation.body))


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one job."""
    return ask(target, f"videos/{segment(video_id)}")


def source(document: Mapping[str, Any]) -> str | None:
    """A short link of the service, which leads elsewhere."""
    return address(member(document, "outputs", "video_url"))


def read(document: Mapping[str, Any], known: Known) -> Job:
    """Times come as numbers or as text; one that was never set, as the first moment of the calendar."""
    word = word_of(document.get("status"))
    facts: dict[str, Any] = {name: document.get(name) for name in ("id", "model", "seconds", "size")}
    facts |= {name: moment(document.get(name)) for name in ("created_at", "completed_at")}
    facts |= {"status": word, "cost": member(document, "outputs", "cost")}
    if word == FAILED:
        told = document.get("error") or first(member(document, "info", "errors")) or member(document, "info", "errors")
        facts["error"] = failure(document.get("status"), told)
    elif word == COMPLETED and source(document) is None:
        facts |= {"status": FAILED, "error": held_back("completed")}
    return arranged(_NAME, known, facts, document)


def _size(size: str | None) -> dict[str, Any]:
    if size is None:
        return {}
    wanted = wish(size, _NAME)
    if wanted.pixels:
        return {"width": wanted.pixels[0], "height": wanted.pixels[1]}
    return {"resolution" if wanted.step else "ratio": wanted.text}


def _media(reference: FilePart | str | None) -> dict[str, Any]:
    if reference is None:
        return {}
    given = Embedded(reference, bare=True) if isinstance(reference, FilePart) else reference
    if is_clip(reference):
        return {"media": {"reference_videos": [{"video": given}]}}
    return {"media": {"frame_images": [{"input_image": given, "frame": "first"}]}}


PROVIDER = Provider(
    create,
    retrieve,
    refuses(f"{_NAME} lists no jobs.", "Keep the ids that New-Video prints."),
    {"remix": refuses(f"{_NAME} changes no finished videos.")},
    refuses(f"{_NAME} deletes no jobs."),
    fetch,
    source,
    read,
    classify=classify,
    list_models=models_at("models"),
    models="Get-VideoModel -Provider Together lists the models.",
)
