"""Which failures are tried again, by whom: each status beside its neighbours, and each kind of error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from psopenai_py import errors
from psopenai_py.http import retry

#: Statuses, and for which of these they are tried again: a poll, a download that had begun, content that is not there
#: yet, and a record of which it is certain that nothing was created.
POLL, RESUME, LATER, NOTHING = "poll", "resume", "later", "nothing"
STATUSES: dict[int, set[str]] = {
    399: {NOTHING},
    400: {LATER, NOTHING},
    401: {NOTHING},
    403: {NOTHING},
    404: {LATER, NOTHING},
    405: {NOTHING},
    407: {NOTHING},
    408: {POLL, RESUME, NOTHING},
    409: {POLL, RESUME, LATER, NOTHING},
    410: {NOTHING},
    415: {NOTHING},
    416: {RESUME, NOTHING},
    417: {NOTHING},
    422: {NOTHING},
    424: {NOTHING},
    425: {POLL, RESUME, LATER, NOTHING},
    426: {NOTHING},
    428: {NOTHING},
    429: {POLL, RESUME, NOTHING},
    430: {NOTHING},
    499: {NOTHING},
    500: {POLL, RESUME},
    501: {POLL, RESUME},
    502: {POLL, RESUME, LATER},
    503: {POLL, RESUME, LATER},
    504: {POLL, RESUME},
    599: {POLL, RESUME},
}


def _status(status: int, headers: dict[str, str] | None = None) -> errors.APIRequestError:
    return errors.APIRequestError("no", status=status, headers=headers or {})


def _again(error: errors.APIRequestError) -> set[str]:
    answers = {
        POLL: retry.may_pass(error),
        RESUME: retry.may_resume(error, begun=True),
        LATER: retry.may_come_later(error),
        NOTHING: retry.was_not_carried_out(error),
    }
    assert not retry.may_resume(error, begun=False)
    return {name for name, again in answers.items() if again}


@pytest.mark.parametrize(("status", "again"), STATUSES.items(), ids=map(str, STATUSES))
def test_statuses(status: int, again: set[str]) -> None:
    assert _again(_status(status)) == again


@pytest.mark.parametrize(
    ("status", "named", "tried"),
    [(429, False, False), (503, False, True), (503, True, False), (500, True, True), (502, True, True)],
)
def test_a_time_to_come_back_says_that_nothing_was_tried(status: int, named: bool, tried: bool) -> None:
    headers = {"retry-after": "1"} if named else {"x": "1"}
    assert retry.was_not_tried(status, headers) is not tried
    assert retry.was_not_carried_out(_status(status, headers)) is not tried


#: An error, and whether a poll, a begun download, one that had not begun, and a record are tried again after it.
ERRORS: dict[str, tuple[errors.PSOpenAIError, tuple[bool, bool, bool, bool]]] = {
    "no quota left": (errors.QuotaLimitExceededError("no", status=429), (False, True, False, True)),
    "dropped": (errors.ConnectionFailedError("no", sent=True), (True, True, True, False)),
    "not reached": (errors.ConnectionFailedError("no", sent=False), (True, True, False, True)),
    "too late": (errors.RequestTimeoutError("no", sent=True), (True, True, False, False)),
    "too late to connect": (errors.RequestTimeoutError("no", sent=False), (True, True, False, True)),
    "no job": (errors.AnswerError("no", status=200), (False, True, False, False)),
    "a refusal": (errors.AnswerError("no", status=200, refused=True), (False, True, False, True)),
    "a setting": (errors.SettingsError("no"), (False, True, False, True)),
    "no key": (errors.KeyMissingError("no"), (False, True, False, True)),
    "a file": (errors.InputError("no"), (False, True, False, True)),
    "a file while it was sent": (errors.InputError("no", category="ReadError"), (False, True, False, False)),
    "an argument": (errors.BindingError("no", error_id="x", command="y"), (False, True, False, True)),
    "a defect": (errors.PSOpenAIError("no"), (False, True, False, False)),
}  # fmt: skip


@pytest.mark.parametrize(("error", "again"), ERRORS.values(), ids=list(ERRORS))
def test_kinds_of_errors(error: errors.PSOpenAIError, again: tuple[bool, bool, bool, bool]) -> None:
    begun, not_begun = (retry.may_resume(error, begun=each) for each in (True, False))
    assert (retry.may_pass(error), begun, not_begun, retry.was_not_carried_out(error)) == again


def test_content_that_a_server_says_is_unfinished_may_come_later() -> None:
    assert retry.may_come_later(errors.AnswerError("no", status=200, unfinished=True))
    assert not retry.may_come_later(errors.AnswerError("no", status=200, refused=True))


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "done", "chance", "milliseconds"),
    [
        ({"retry-after-ms": "1"}, 0, 0.5, 1),
        ({"retry-after-ms": "0"}, 0, 0.5, 1000),
        ({"retry-after-ms": "60000"}, 0, 0.5, 60_000),
        ({"retry-after-ms": "60001"}, 0, 0.5, 1000),
        ({"retry-after-ms": "-5"}, 1, 0.5, 2000),
        ({"retry-after": "60"}, 0, 0.5, 60_000),
        ({"retry-after": "61"}, 0, 0.5, 1000),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, 0, 0.5, 30_000),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:30"}, 0, 0.5, 30_000),
        ({"retry-after": "Wed, 31 Dec 2025 23:59:30 GMT"}, 0, 0.5, 1000),
        ({"llm_provider-retry-after": "7"}, 0, 0.5, 7000),
        ({"retry-after": "3", "llm_provider-retry-after": "7"}, 0, 0.5, 3000),
        ({}, 0, 0.0, 800),
        ({}, 0, 1.0, 1200),
        ({}, 3, 0.5, 8000),
        ({}, 6, 1.0, 76_800),
        ({}, 7, 0.5, 128_000),
        ({}, 7, 1.0, 129_000),
        ({}, 100, 0.0, 129_000),
    ],
    ids=str,
)
def test_delays(headers: dict[str, str], done: int, chance: float, milliseconds: int) -> None:
    assert retry.delay(headers, done=done, now=NOW, random=lambda: chance) == milliseconds
