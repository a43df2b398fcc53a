"""xAI: Grok Imagine. A job is a request whose answer is not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ...http.request import Request, segment
from . import Change, Creation, Job, Known, Plan, Provider, Target
from .common import address_of, ask, classify, fetch, is_clip, models_at, number, order, refuses
from .jobs import COMPLETED, FAILED, IN_PROGRESS, QUEUED, address, arranged, failure, is_number, member, word_of
from .shapes import fitted

_NAME = "XAI"
_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
_STEPS = {480: "480p", 720: "720p", 1080: "1080p"}
#: The only one that edits; it is not the one that new videos are made with.
_EDITOR = "grok-imagine-video"
_TICKS = 10_000_000_000  # one US dollar


def create(target: Target, creation: Creation) -> Plan:
    """The resolution always goes along: left out, it is the lowest."""
    if creation.reference is not None and is_clip(creation.reference):
        raise InputError(
            f"{_NAME} begins with a picture, and not with a clip. Nothing was sent.",
            command="New-Video",
            category="InvalidArgument",
            action=f"New-VideoRemix changes a video that {_NAME} made.",
        )
    shape = fitted(creation.size, _RATIOS, _STEPS, _NAME)
    document: dict[str, Any] = {
        "model": creation.model,
        "prompt": creation.prompt,
        "duration": number("Seconds", creation.seconds, _NAME),
        "aspect_ratio": shape.ratio,
        "resolution": shape.resolution or "720p",
        "image": None if creation.reference is None else {"url": address_of(creation.reference)},
    }
    request = order(target, "videos/generations", document, creation.body)
    return Plan(request, shape.warnings, shape.remarks)


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one job."""
    return ask(target, f"videos/{segment(video_id)}")


def remix(target: Target, change: Change) -> Request:
    """An edit of the old video, as long as it can be fetched."""
    document = {"model": _EDITOR, "prompt": change.prompt, "video": {"url": change.source}}
    return order(target, "videos/edits", document, change.body)


def source(document: Mapping[str, Any]) -> str | None:
    """An address on another host, for whoever knows it."""
    return address(member(document, "video", "url"))


def read(document: Mapping[str, Any], known: Known) -> Job:
    """A word that nobody knows is an end without a video."""
    word, progress = word_of(document.get("status")), document.get("progress")
    facts: dict[str, Any] = {"id": document.get("request_id"), "model": document.get("model")}
    facts |= {"seconds": member(document, "video", "duration"), "cost": _cost(document)}
    if word in ("", QUEUED, IN_PROGRESS):
        facts |= {"status": word and (QUEUED if word == QUEUED and _waits(document) else IN_PROGRESS)}
        facts |= {"progress": progress} if is_number(progress) else {}
    elif word == COMPLETED and source(document) and _is_allowed(document):
        facts["status"] = COMPLETED
    elif word == COMPLETED:
        facts |= {"status": FAILED, "error": {"code": "moderation_blocked", "message": "The video was held back."}}
    else:
        told = document.get("status")
        code = document.get("code") if told == FAILED else told
        facts |= {"status": FAILED, "error": failure(code, document.get("error"))}
    return arranged(_NAME, known, facts, document)


def ended(status: int, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A question that is refused by 400 tells that the job was refused."""
    return {"status": "failed", "error": body} if status == 400 else None


def _waits(document: Mapping[str, Any]) -> bool:
    """True for a job that has not begun. `pending` is said of those that run, too."""
    return document.get("progress") == 0 or str(document.get("status")).lower() != "pending"


def _is_allowed(document: Mapping[str, Any]) -> bool:
    said = (member(document, "video", "respect_moderation"), document.get("respect_moderation"))
    return not any(value is False for value in said)


def _cost(document: Mapping[str, Any]) -> float | None:
    ticks = member(document, "usage", "cost_in_usd_ticks")
    return float(ticks) / _TICKS if is_number(ticks) and abs(ticks) < 1e30 else None


PROVIDER = Provider(
    create,
    retrieve,
    refuses(f"{_NAME} lists no jobs.", "Keep the ids that New-Video prints."),
    {"remix": remix},
    refuses(f"{_NAME} deletes no jobs."),
    fetch,
    source,
    read,
    ended=ended,
    classify=classify,
    edits_source=True,
    list_models=models_at("video-generation-models"),
    models="Get-VideoModel -Provider XAI lists the models.",
    lifetime="about 24 hours",
)
