"""Status words of the servers that speak the protocol, and what they mean for one who waits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import psjson

WAITING = frozenset(("queued", "pending", "not_start", "submitted", "in_queue", "waiting", "throttled"))
WAITING |= {"suspended", "preprocessing", "unknown", "queueing", "preparing", "scheduled", "created", "accepted"}
RUNNING = frozenset(("in_progress", "processing", "running", "generating", "starting", "started", "dreaming"))
SUCCEEDED = frozenset(("completed", "succeeded", "success", "done", "complete", "succeed", "successful", "finished"))
FAILED = frozenset(("failed", "failure", "fail", "error", "errored", "rejected", "timeout", "timed_out"))
FAILED |= {"moderated", "moderation_blocked", "moderation_failed", "content_filtered", "content_moderated", "blocked"}
ENDED = frozenset(("cancelled", "canceled", "expired", "deleted", "aborted", "terminated"))

_OVER = SUCCEEDED | FAILED | ENDED
_KNOWN = _OVER | WAITING | RUNNING


def word(job: Mapping[str, Any]) -> str:
    """The job's status in lower case; empty when it has none."""
    status = job.get("status")
    if isinstance(status, int) and not isinstance(status, bool):
        return str(status)  # a word like any other, that -StatusForExit may name
    return normal(status) if isinstance(status, str) else ""


def normal(text: str) -> str:
    """A status word as the tables have it, whatever its capitals and what stands between its parts."""
    return re.sub("[ -]", "_", text.strip().lower())


def shown(job: Mapping[str, Any]) -> str:
    """The job's status as a message quotes it, on one line; empty when it has none."""
    return " ".join(plain(job.get("status")).split())[:80]


def plain(value: Any) -> str:
    """A member of a job as a message quotes it: a text as it is, nothing for null, all else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else psjson.dumps(value, compress=True)


def is_known(status: str) -> bool:
    """True for a word of the tables above."""
    return status in _KNOWN


def is_over(status: str) -> bool:
    """True for a status after which nothing more happens. An unknown or missing word means: not yet."""
    return status in _OVER


def has_succeeded(status: str) -> bool:
    """True if the job's video can be fetched."""
    return status in SUCCEEDED


def percent(job: Mapping[str, Any]) -> int | None:
    """The job's progress from 0 to 100, however the server writes it; None when it says nothing."""
    value = job.get("progress")
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("%"))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # NaN is not itself
        return None
    if isinstance(value, float) and 0 < value < 1:
        value *= 100
    return round(min(max(value, 0), 100))
