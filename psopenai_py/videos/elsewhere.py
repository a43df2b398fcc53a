"""Where a job says that its video is, for servers that have no content behind the job's own address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import APIRequestError

#: Members of a job that may hold the address of its video, in order; a number is a place in a list.
_PLACES: tuple[tuple[str | int, ...], ...] = (
    ("url",),
    ("video_url",),
    ("video", "url"),
    ("output_url",),
    ("outputs", "video_url"),
    ("outputs", 0, "url"),
    ("unsigned_urls", 0),
    ("urls", 0),
    ("videos", 0, "url"),
    ("data", 0, "url"),
    ("metadata", "url"),
    ("result", "url"),
    ("result", "video_url"),
    ("output", "url"),
    ("output", "video_url"),
    ("content", "video_url"),
    ("assets", "video"),
    ("download_url",),
    ("video",),
    ("output",),
    ("output", 0),
    ("outputs", 0),
    ("videos", 0),
    # An older form of a gateway has no member of its own for it.
    ("fail_reason",),
)
#: Servers that have content behind an address of its own answer so when it is asked for in the usual place.
_ELSEWHERE = re.compile(r"https?://", re.IGNORECASE)
#: What web servers say of an address that nothing is behind.
_NOTHING_THERE = re.compile(r"(?:not found|method not allowed|404 page not found)\.?", re.IGNORECASE)


def is_likely(error: APIRequestError, message: str, *, completed: bool) -> bool:
    """True if a refusal of the content is a reason to look for its address in the job.

    Args:
        message: the server's own words.
        completed: the job is known to be completed, so that its content is somewhere.
    """
    if error.status in (405, 501):
        return True
    if error.status in (404, 410):
        return completed or not message or _NOTHING_THERE.fullmatch(message.strip()) is not None
    return error.status == 400 and (completed or _ELSEWHERE.search(message) is not None)


def address_of(job: Mapping[str, Any]) -> str:
    """The address of a job's video, absolute or from the server's root; empty where it names none."""
    found = (_inside(job, place) for place in _PLACES)
    return next((text for text in found if isinstance(text, str) and _is_address(text)), "")


def _inside(value: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def _is_address(text: str) -> bool:
    # Two slashes at the beginning would name another host without saying how to ask it.
    return re.match(r"https?://[^\s/]|/[^\s/]", text, re.IGNORECASE) is not None
