"""Whether to repeat a request, and after how long. Pure: time and chance come in as arguments.

The rules are PSOpenAI's. A request that got no answer is never repeated here: it may have been carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ..binding.numbers import to_int32

#: Statuses by which a server says that it takes no more just now.
NOT_NOW = (429, 503)
#: Longest wish of a server that a repetition heeds, in milliseconds; the reference takes a longer one for none.
_LONGEST_HINT = 60_000
_LONGEST_WAIT = 129_000


def should_retry(status: int, headers: Mapping[str, str], message: str, *, done: int, limit: int) -> bool:
    """True if a request that was answered with an error status is to be repeated.

    Args:
        headers: of the answer, looked up in lower case.
        message: the error's text; exhausted quota is recognised by it.
        done: repetitions so far.
        limit: repetitions allowed.
    """
    if done >= limit:
        return False
    hint = headers.get("x-should-retry", "").lower()
    if hint in ("true", "false"):
        return hint == "true"
    if status == 429:
        return "quota" not in message.lower()
    return 500 <= status <= 599


def was_not_tried(status: int, headers: Mapping[str, str]) -> bool:
    """True for an error status by which a server says for certain that it has not carried out the request."""
    return status == 429 or (status == 503 and "retry-after" in headers)


def delay(headers: Mapping[str, str], *, done: int, now: datetime, random: Callable[[], float]) -> int:
    """Milliseconds to wait before the next attempt: the server's hint, else doubling, with some chance in it."""
    wish = hint(headers, now)
    if 1 <= wish <= _LONGEST_HINT:
        return wish
    return min(round(1000 * 2.0**done * (0.8 + 0.4 * random())), _LONGEST_WAIT)


def hint(headers: Mapping[str, str], now: datetime) -> int:
    """The server's wish in milliseconds; 0 for none or one that cannot be read."""
    exact = headers.get("retry-after-ms")
    if exact is not None:
        return _integer(exact)
    rough = headers.get("retry-after", "") or headers.get("llm_provider-retry-after", "")
    return _integer(rough) * 1000 or _until(rough, now)


def _integer(text: str) -> int:
    try:
        return to_int32(text)
    except ValueError:
        return 0


def _until(date: str, now: datetime) -> int:
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return 0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return round((when - now).total_seconds() * 1000)
