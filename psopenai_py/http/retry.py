"""Whether to try something again, and after how long. Pure: time and chance come in as arguments.

The answers differ, and stand here side by side:

    a request              `should_retry`: as the user allows, after a response that says so. The rules are PSOpenAI's.
                           One that got no response is never repeated: it may have been carried out.
    a poll                 `may_pass`: asking costs nothing, so all that may be over the next time.
    a download             `may_resume`: as long as more comes of it.
    content of a done job  `may_come_later`: servers finish a job before its file.
    a record of a run      `was_not_carried_out`: only where it is certain that nothing was created.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ..binding.numbers import to_int32
from ..errors import (
    AnswerError,
    APIRequestError,
    BindingError,
    ConnectionFailedError,
    InputError,
    KeyMissingError,
    PSOpenAIError,
    QuotaLimitExceededError,
    RequestTimeoutError,
    SettingsError,
    StoppedError,
)

#: Statuses by which a server says that it takes no more just now.
NOT_NOW = (429, 503)
#: Those of the 4xx range that say "not now" rather than "no".
_PASSING = (408, 409, 425, 429)
#: Those that say of content that it is not there yet, right after the job was called completed, too.
_NOT_YET = (400, 404, 409, 425, 502, 503)
#: Errors that arise before anything is sent.
_BEFORE = (BindingError, InputError, SettingsError, KeyMissingError)
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


def may_pass(error: PSOpenAIError) -> bool:
    """True for the failure of a poll that a later one may not have."""
    if isinstance(error, QuotaLimitExceededError):
        return False
    if isinstance(error, APIRequestError):
        return error.status >= 500 or error.status in _PASSING
    return isinstance(error, ConnectionFailedError)


def may_resume(error: PSOpenAIError, *, begun: bool) -> bool:
    """True if another attempt at a download makes sense: for what had begun, else only after a dropped connection."""
    if isinstance(error, APIRequestError):
        return begun and (error.status >= 500 or error.status in (416, *_PASSING))
    lost = isinstance(error, ConnectionFailedError) and error.sent and not isinstance(error, RequestTimeoutError)
    return lost or begun


def may_come_later(error: APIRequestError | AnswerError) -> bool:
    """True for an error by which a server may say that content is not there yet."""
    return error.unfinished if isinstance(error, AnswerError) else error.status in _NOT_YET


def was_not_carried_out(error: PSOpenAIError) -> bool:
    """True if it is certain that no job was created, so that a record may be sent again."""
    if isinstance(error, APIRequestError):
        # A gateway's 5xx may hide a success; one that names a time to come back has not tried.
        return error.status < 500 or was_not_tried(error.status, error.headers)
    if isinstance(error, ConnectionFailedError):
        return not error.sent
    if isinstance(error, AnswerError):
        return error.refused
    if isinstance(error, StoppedError):
        return True  # by the warning that a refused request is to be repeated; any other comes after the job
    # A file that could be opened and then not be read was being sent.
    return isinstance(error, _BEFORE) and error.category != "ReadError"


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
