"""The members of a job under the names that PSOpenAI has for them, whatever a server calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Members that are looked for by name, here and in other modules. PowerShell finds them in any spelling of capitals.
_KNOWN = frozenset(("id", "object", "status", "model", "progress", "prompt", "seconds", "size", "error", "data"))
_KNOWN |= {"code", "message", "failure_reason", "has_more", "last_id", "remixed_from_video_id"}
_KNOWN |= {f"{event}_at" for event in ("created", "started", "completed", "failed", "cancelled", "expires")}
#: Other names of an id, without capitals and underscores. A request's own id is the last to be taken for the job's.
_IDS = ("id", "taskid", "videoid", "jobid", "generationid", "uuid")
_REQUEST = "requestid"
#: Members inside of which an id may stand, besides `data`.
_AROUND = ("video", "job", "task", "output", "result", "response")


def spelled(value: dict[str, Any]) -> dict[str, Any]:
    """The same members in the same order, those that are known in small letters. No two differ by that alone."""
    if all(name in _KNOWN or name.lower() not in _KNOWN for name in value):
        return value
    return {name.lower() if name.lower() in _KNOWN else name: member for name, member in value.items()}


def is_id(value: Any) -> bool:
    """True for what can be the id of a job: a text that is not blank, or a number as one counts."""
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def other_id(found: Mapping[str, Any]) -> Any:
    """The id under another name; None if there is none."""
    return next(filter(is_id, _candidates(found)), None)


def _candidates(found: Mapping[str, Any]) -> Iterator[Any]:
    plain = _plain(found)
    yield from _ids(plain.get("data"))
    yield from (plain.get(name) for name in _IDS)
    for name in _AROUND:
        yield from _ids(plain.get(name))
    yield plain.get(_REQUEST)


def _ids(inner: Any) -> Iterator[Any]:
    """The ids inside of a member, which may be a list of one."""
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    if isinstance(inner, dict):
        plain = _plain(inner)
        yield from (plain.get(name) for name in _IDS)


def _plain(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower().replace("_", ""): member for name, member in members.items()}
