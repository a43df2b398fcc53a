"""A list of jobs: what a page of it is, and which of its jobs have come already."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import psjson
from ..http.response import Response
from . import job
from .members import is_id, spelled

#: Names under which servers list their jobs.
_LISTS = ("data", "videos", "items", "jobs", "results", "tasks", "list")
#: What a server writes where more is to come.
_YES = ("true", "1", "yes")


class Page(NamedTuple):
    """A page of a list: its jobs, whether the server says there are more, and where the next page begins."""

    jobs: list[dict[str, Any]]
    has_more: bool = False
    last_id: str = ""


def page(response: Response, cmdlet: str) -> Page:
    """The page that a successful answer holds. An object that is no list counts as one job.

    Raises AnswerError for what is neither, and for a refusal with the status of a success.
    """
    value = job.read_json(response, cmdlet)
    if isinstance(value, list):
        return Page(_jobs(value))
    value = job.answered(response, cmdlet)
    value = value | _inner_list(value)
    found = _listed(value)
    if found is None:
        return Page(_jobs([value]))
    jobs = _jobs(found)
    return Page(jobs, str(value.get("has_more")).strip().lower() in _YES, _next(value, jobs))


def _inner_list(value: Mapping[str, Any]) -> dict[str, Any]:
    """The list that a gateway has put into an envelope of its own; empty if there is none."""
    inner = value.get("data")
    found = spelled(inner) if isinstance(inner, dict) and not (value.get("id") or value.get("status")) else {}
    return found if _listed(found) is not None else {}


def _listed(value: Mapping[str, Any]) -> list[Any] | None:
    """The list that an answer holds, under whatever name; empty for null, None if it is no list."""
    if value.get("id") or value.get("status"):
        return None  # one job, whose members may be lists
    names = [name for name in _LISTS if name in value]
    lists = (value[name] for name in names if isinstance(value[name], list))
    return next(lists, [] if any(value[name] is None for name in names) else None)


def _jobs(found: list[Any]) -> list[dict[str, Any]]:
    """The jobs of a list; some servers have nothing but their ids in it."""
    if all(map(is_id, found)):
        return [{"id": each} for each in found]
    return [psjson.job_with_local_times(spelled(each)) for each in found if isinstance(each, dict)]


def _next(value: Mapping[str, Any], jobs: list[dict[str, Any]]) -> str:
    """The id behind which the next page begins: the last one of this page, where the server does not name it."""
    last = value.get("last_id")
    if jobs and not (isinstance(last, str) or is_id(last)):
        last = jobs[-1].get("id")
    return str(last) if is_id(last) else ""


class Listing:
    """What has been listed so far, to tell what a further page adds to it."""

    def __init__(self) -> None:
        self._ids = _Texts()
        self._cursors = _Texts()
        self._idle = 0

    def added(self, page: Page, cursor: str) -> list[dict[str, Any]]:
        """The jobs of a page that are to be shown; `cursor` is the id behind which it was to begin.

        Where nothing of a page is new, the reference shows it all the same. So does this, unless the server goes in
        circles.
        """
        new = [each for each in page.jobs if _id(each) not in self._ids]
        for each in page.jobs:
            self._ids.add(_id(each))
        self._idle = 0 if new else self._idle + 1
        return new if new or self._is_circle(page, cursor) else page.jobs

    def leads_on(self, cursor: str) -> bool:
        """True for a cursor that was not used before; it counts as used from now on."""
        is_new = bool(cursor) and cursor not in self._cursors
        self._cursors.add(cursor)
        return is_new

    def _is_circle(self, page: Page, cursor: str) -> bool:
        ends = [_id(each) for each in (page.jobs or [{}])]
        return ends[0] == cursor or (page.has_more and (ends[-1] == page.last_id or self._idle > 1))


def _id(job: dict[str, Any]) -> str:
    """A job's id; empty for none, so that jobs without one all count as new."""
    identifier = job.get("id")
    return str(identifier) if is_id(identifier) else ""


class _Texts:
    """Texts that came already, at few bytes each: a list may have more jobs than memory should hold.

    A table of 64-bit hashes with open addressing. That two of 100,000 texts share one has a chance of one to four
    billions.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def __contains__(self, text: str) -> bool:
        return bool(text) and bool(self._slots[self._place(_mark(text))])

    def add(self, text: str) -> None:
        """Note a text; an empty one is never noted."""
        place = self._place(_mark(text))
        if text and not self._slots[place]:
            self._slots[place] = _mark(text)
            self._count += 1
            if 5 * self._count > 3 * len(self._slots):
                self._grow()

    def _grow(self) -> None:
        marks = self._slots
        self._slots = array("Q", bytes(2 * 8 * len(marks)))
        for mark in marks:
            if mark:
                self._slots[self._place(mark)] = mark

    def _place(self, mark: int) -> int:
        """Where a mark stands, or the free slot that is to take it."""
        place = mark % len(self._slots)
        while self._slots[place] not in (0, mark):
            place = (place + 1) % len(self._slots)
        return place


def _mark(text: str) -> int:
    return (hash(text) & 0xFFFF_FFFF_FFFF_FFFF) or 1
