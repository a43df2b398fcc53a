"""A job of any service in PSOpenAI's words and order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ... import psjson
from .. import status
from . import Job, Known

QUEUED, IN_PROGRESS, COMPLETED, FAILED = "queued", "in_progress", "completed", "failed"
_TIMES = ("created_at", "expires_at", "completed_at")
_PROGRESS = {QUEUED: 0, COMPLETED: 100}


def arranged(provider: str, known: Known, facts: Mapping[str, Any], rest: Mapping[str, Any]) -> Job:
    """PSOpenAI's properties, then the provider, then what else came.

    Args:
        facts: what the service says, under PSOpenAI's names. What it does not say is taken from `known`.
        rest: all that came; what PSOpenAI has a name for is not repeated.
    """
    word = facts.get("status")
    job: Job = {
        "id": known.identifier or text(facts.get("id")),
        "object": "video",
        "status": word,
        "model": text(facts.get("model")) or known.model,
        "progress": facts.get("progress", _PROGRESS.get(str(word))),
        "seconds": text(facts.get("seconds")) or known.seconds,
        "size": text(facts.get("size")) or known.size,
        "error": facts.get("error"),
    }
    job |= {name: facts[name] for name in _TIMES if facts.get(name)}
    if "created_at" not in job and known.created_at:
        job["created_at"] = known.created_at
    job = psjson.job_with_local_times(job) | {"provider": provider}
    if is_number(facts.get("cost")):
        job["cost"] = facts["cost"]
    if known.prompt and not rest.get("prompt"):
        job["prompt"] = known.prompt
    named = {*job, *_TIMES}
    return job | {name: value for name, value in rest.items() if name.lower() not in named and value is not None}


def known_of(job: Mapping[str, Any], identifier: str) -> Known:
    """What a job that was printed says of itself, for answers that say less of it."""
    model, seconds, size, prompt = (text(job.get(name)) for name in ("model", "seconds", "size", "prompt"))
    return Known(identifier, model, seconds, size, moment(job.get("created_at")), prompt)


def word_of(value: object) -> str:
    """One of PSOpenAI's four words for a status; an unknown one stays as it is, and is not an end. Empty for none."""
    word = status.word({"status": value})
    if word in status.SUCCEEDED:
        return COMPLETED
    if word in status.FAILED | status.ENDED:
        return FAILED
    if word in status.RUNNING:
        return IN_PROGRESS
    return QUEUED if word in status.WAITING else word


def failure(word: object, error: object, usual: str = "") -> dict[str, Any]:
    """A job's error as an object with code and message, whatever the service makes of it."""
    code = text(word) or FAILED
    if isinstance(error, Mapping):
        message = text(error.get("message")) or usual or f"The job is {code}."
        return {"code": text(error.get("code")) or code, "message": message}
    return {"code": code, "message": text(error) or usual or f"The job is {code}."}


def held_back(what: str) -> dict[str, Any]:
    """The error of a job that is called finished and has no video: its result was withheld."""
    return {"code": "no_video", "message": f"The job is {what} and has no video; it was probably held back."}


def text(value: object) -> str | None:
    """A text, or a number as text; None for everything else."""
    if isinstance(value, str):
        return value or None
    if not is_number(value):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def is_number(value: object) -> bool:
    """True for a number that is one: neither true nor false, neither infinite nor NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0


def moment(value: object) -> int | None:
    """A time as Unix seconds, whether it comes as such or as ISO text; None for one that was never set."""
    if is_number(value):
        return round(float(str(value))) if 0 < float(str(value)) < 1e11 else None
    try:
        found = datetime.fromisoformat(str(value))
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()) if found.year > 1 else None
    except (ValueError, OverflowError):
        return None


def member(value: object, *names: str) -> Any:
    """A member at some depth; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def first(value: object) -> Any:
    """The first element of a list; None where there is none."""
    return value[0] if isinstance(value, list) and value else None


def address(value: object) -> str | None:
    """An address that can be fetched, on a host or from the root of the service, or that holds the video itself.

    None for everything else.
    """
    found = value.strip() if isinstance(value, str) else ""
    is_one = re.match(r"https?://[^\s/]|/[^\s/]|data:video/[\w.+-]+;base64,", found, re.IGNORECASE) is not None
    return found if is_one and re.search(r"\s", found) is None else None
