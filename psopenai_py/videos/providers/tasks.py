"""Ark's protocol, which MiniMax speaks too: a task with a list of contents. Paths and envelopes differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...errors import InputError
from ...http.request import Query
from . import Creation, Job, Known, Listed
from .common import address_of, is_clip, number
from .jobs import COMPLETED, FAILED, address, arranged, failure, held_back, is_number, member, moment, word_of
from .shapes import Shape, fitted, pixels

#: Seconds for which a finished video can be fetched.
DAY = 86400


class Dialect(NamedTuple):
    """What differs between the services."""

    name: str
    ratios: Sequence[str]
    steps: Mapping[int, str]


def document(creation: Creation, dialect: Dialect, usual: Shape) -> tuple[dict[str, Any], Shape]:
    """The body that creates a task; `usual` is the shape of one whose size was not given."""
    shape = fitted(creation.size, dialect.ratios, dialect.steps, dialect.name)
    body = {
        "model": creation.model,
        "content": _contents(creation) or None,
        "ratio": shape.ratio or usual.ratio,
        "resolution": shape.resolution or usual.resolution,
        "duration": number("Seconds", creation.seconds, dialect.name),
    }
    return body, shape


def read(task: Mapping[str, Any], known: Known, dialect: Dialect, lifetime: int = 0) -> Job:
    """A task as a job. The service names no progress and no size."""
    word = word_of(task.get("status"))
    changed = moment(task.get("updated_at"))
    facts: dict[str, Any] = {"id": task.get("id"), "status": word, "model": task.get("model")}
    facts |= {"seconds": task.get("duration"), "size": pixels(task.get("ratio"), task.get("resolution"))}
    facts["created_at"] = moment(task.get("created_at"))
    if word == FAILED:
        facts["error"] = failure(task.get("status"), task.get("error"))
    elif word == COMPLETED and source(task) is None:
        facts |= {"status": FAILED, "error": held_back(str(task.get("status")))}
    elif word == COMPLETED and changed:
        facts["completed_at"] = changed
        facts["expires_at"] = changed + lifetime if lifetime else None
    return arranged(dialect.name, known, facts, task)


def source(task: Mapping[str, Any]) -> str | None:
    """An address in an object store, for whoever knows it."""
    return address(member(task, "content", "video_url")) or address(member(task, "content", "url"))


def page_query(limit: int, after: str, dialect: Dialect) -> Query:
    """Pages have numbers; what the page before named as its end is the number of the next."""
    if after and not after.isdecimal():
        why = f"{dialect.name} numbers its pages and knows none that begins behind a job."
        raise InputError(f"{why} Nothing was sent.", command="Get-Video", category="InvalidArgument")
    return [("page_num", after or "1"), ("page_size", str(max(limit, 1)))]


def page(body: Mapping[str, Any], limit: int, after: str) -> Listed:
    """The tasks of a page, as they came."""
    items = body.get("items")
    tasks = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    number, total = int(after or "1"), body.get("total")
    more = is_number(total) and number * max(limit, 1) < float(str(total))
    return Listed(tasks, more, str(number + 1))


def _contents(creation: Creation) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    if creation.prompt is not None:
        contents.append({"type": "text", "text": creation.prompt})
    if creation.reference is not None:
        kind, role = ("video_url", "reference_video") if is_clip(creation.reference) else ("image_url", "first_frame")
        contents.append({"type": kind, kind: {"url": address_of(creation.reference)}, "role": role})
    return contents
