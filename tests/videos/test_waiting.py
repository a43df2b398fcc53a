"""The policy of waiting, on a clock that moves only when somebody sleeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from psopenai_py.errors import (
    APIRequestError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    NotFoundError,
    PSOpenAIError,
    QuotaLimitExceededError,
    RateLimitExceededError,
    RequestTimeoutError,
    UnauthorizedError,
)
from psopenai_py.videos import waiting
from psopenai_py.videos.waiting import Rules, TimeIsUp, wait

Answer = dict[str, Any] | PSOpenAIError


class World:
    """A server that gives these answers, the last one again and again, and a clock for all who ask.

    An answer is a job, an error, or a job under "job" with "headers" or the "seconds" that the poll takes.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.now = 100.0
        self.polls: list[float] = []
        self.naps: list[float] = []
        self.seen: list[Any] = []
        self.failed: list[PSOpenAIError] = []
        self.wish = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.naps.append(round(seconds, 3))
        self.now += seconds

    def poll(self) -> tuple[dict[str, Any], Mapping[str, str]]:
        self.polls.append(round(self.now - 100, 3))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, PSOpenAIError):
            raise answer
        self.now += answer.get("seconds", 0)
        if isinstance(answer.get("raises"), PSOpenAIError):
            raise answer["raises"]
        return answer.get("job", answer), answer.get("headers", {})

    def note(self, error: PSOpenAIError) -> float:
        self.failed.append(error)
        return self.wish

    def wait(self, interval: float = 3.0, timeout: float | None = None, most: int = 5, **words: str) -> dict[str, Any]:
        lists = {name: waiting.words([text]) for name, text in words.items()}
        deadline = None if timeout is None else self.now + timeout
        rules = Rules(interval, lists.get("wait_for", frozenset()), lists.get("exit_for", frozenset()), deadline, most)
        steps = wait(self.poll, rules, seen=self.seen.append, failed=self.note, held=lambda: 0.0, clock=self.clock)
        while True:
            try:
                self.sleep(next(steps))
            except StopIteration as end:
                job: dict[str, Any] = end.value
                return job


def jobs(*statuses: str | None) -> list[Answer]:
    return [{"id": "a"} if status is None else {"id": "a", "status": status} for status in statuses]


def failure(status: int, kind: type[APIRequestError] = APIRequestError) -> PSOpenAIError:
    return kind(f"status {status}", status=status)


DROPPED = ConnectionFailedError("dropped", sent=True)
LATE = RequestTimeoutError("late")


# --- when to poll -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "polls"),
    [(3.0, [0, 1, 3, 6, 9, 12]), (1.5, [0, 0.5, 1.5, 3, 4.5, 6]), (0.0, [0, 0, 0, 0.05, 0.1, 0.15])],
)
def test_the_ramp(interval: float, polls: list[float]) -> None:
    world = World(*jobs("queued", "queued", "in_progress", "in_progress", "in_progress", "completed"))
    assert world.wait(interval) == {"id": "a", "status": "completed"}
    assert world.polls == pytest.approx(polls)
    assert [job["status"] for job in world.seen] == ["queued", "queued", *["in_progress"] * 3, "completed"]


@pytest.mark.parametrize(
    ("hint", "second"),
    [("2500", 2.5), ("500", 1), ("0", 1), ("-5", 1), ("nan", 1), ("soon", 1), ("", 1), ("1e9", 60), ("inf", 60)],
)
def test_the_server_may_ask_for_a_longer_pause(hint: str, second: float) -> None:
    first = {"job": {"status": "queued"}, "headers": {"openai-poll-after-ms": hint}}
    world = World(first, *jobs("completed"))
    world.wait()
    assert world.polls == [0, second]


# --- when to stop -----------------------------------------------------------------------------------------------

GOES_ON = ["queued", "QUEUED", "in_progress", "preprocessing", "running", "processing", "pending", "NOT_START"]
GOES_ON += ["SUBMITTED", "IN_QUEUE", "waiting", "THROTTLED", "SUSPENDED", "unknown", "generating", "", "something new"]
ENDS = ["completed", "succeeded", "SUCCESS", "done", "COMPLETED", "failed", "FAILURE", "fail", "error", "cancelled"]
ENDS += ["canceled", "expired", "deleted", " completed "]


@pytest.mark.parametrize("word", GOES_ON)
def test_words_that_mean_not_yet(word: str) -> None:
    world = World(*jobs(word, None, "completed"))
    assert world.wait()["status"] == "completed"
    assert len(world.polls) == 3


@pytest.mark.parametrize("word", ENDS)
def test_words_that_mean_the_end(word: str) -> None:
    world = World(*jobs(word))
    assert world.wait() == {"id": "a", "status": word}
    assert world.naps == []


@pytest.mark.parametrize(
    ("wait_for", "exit_for", "ends_with"),
    [
        ("", "in_progress", "in_progress"),
        ("", "IN_PROGRESS , other", "in_progress"),
        ("queued", "", "in_progress"),
        ("queued,IN_PROGRESS", "", "odd"),
        ("queued,in_progress,odd", "", "completed"),
        ("queued,in_progress,odd,completed", "", "failed"),
        ("queued,in_progress", "queued", "queued"),
    ],
)
def test_words_of_ones_own(wait_for: str, exit_for: str, ends_with: str) -> None:
    world = World(*jobs("queued", "in_progress", None, "odd", "completed", "failed"))
    assert world.wait(wait_for=wait_for, exit_for=exit_for)["status"] == ends_with


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, ""), ([], ""), (["a"], "a"), (["A, b", "c,"], "abc"), ([" , "], "")],
    ids=str,
)
def test_reading_words(given: list[str] | None, expected: str) -> None:
    assert waiting.words(given) == set(expected)


# --- failures ---------------------------------------------------------------------------------------------------

PASSING = [failure(500), failure(502), failure(503), failure(599), failure(408), failure(425), DROPPED, LATE]
PASSING += [failure(429, RateLimitExceededError), failure(409, ConflictError)]
FINAL = [failure(400, BadRequestError), failure(401, UnauthorizedError), failure(404, NotFoundError), failure(410)]
FINAL += [failure(429, QuotaLimitExceededError), PSOpenAIError("a defect")]


@pytest.mark.parametrize("error", PASSING, ids=str)
def test_a_failure_that_may_pass_is_bounded(error: PSOpenAIError) -> None:
    world = World(error)
    with pytest.raises(PSOpenAIError) as caught:
        world.wait()
    assert caught.value is error
    assert (len(world.polls), world.failed) == (5, [error] * 4)
    assert world.naps == [3, 6, 12, 24]


@pytest.mark.parametrize("error", FINAL, ids=str)
def test_a_final_failure_ends_the_wait(error: PSOpenAIError) -> None:
    world = World(*jobs("queued"), error)
    with pytest.raises(PSOpenAIError) as caught:
        world.wait()
    assert (caught.value, len(world.polls), world.failed) == (error, 2, [])


def test_failures_count_only_in_a_row() -> None:
    four = [DROPPED] * 4
    world = World(*four, *jobs("queued"), *four, *jobs("queued"), *four, *jobs("completed"))
    assert world.wait()["status"] == "completed"
    assert len(world.polls) == 15


def test_more_failures_may_be_allowed() -> None:
    world = World(*[DROPPED] * 9, *jobs("completed"))
    assert world.wait(most=10)["status"] == "completed"
    assert world.naps == [3, 6, 12, 24, 48, 60, 60, 60, 60]


def test_pauses_after_failures_are_never_tiny() -> None:
    world = World(*[DROPPED] * 4, *jobs("completed"))
    world.wait(interval=0)
    assert world.naps == [0.5, 1, 2, 4]


@pytest.mark.parametrize(("wish", "pause"), [(0.0, 3), (2.0, 3), (10.0, 10), (90.0, 90), (9999.0, 3600)])
def test_a_failing_server_may_ask_for_a_longer_pause(wish: float, pause: float) -> None:
    world = World(DROPPED, *jobs("completed"))
    world.wish = wish
    world.wait()
    assert world.naps == [pause]


# --- the deadline -----------------------------------------------------------------------------------------------


def test_time_runs_out_between_polls() -> None:
    world = World(*jobs("queued", "in_progress"))
    with pytest.raises(TimeIsUp) as caught:
        world.wait(timeout=10)
    assert caught.value.job == {"id": "a", "status": "in_progress"}
    assert (world.polls, world.now) == ([0, 1, 3, 6, 9], 110)


def test_time_runs_out_during_a_poll() -> None:
    """What the poll says at the end of the time limit is its cutting off, and no failure of the server."""
    world = World({"seconds": 10, "raises": DROPPED})
    with pytest.raises(TimeIsUp) as caught:
        world.wait(timeout=10)
    assert (caught.value.job, world.polls, world.naps) == (None, [0], [])


def test_time_runs_out_during_failures() -> None:
    world = World(*jobs("queued"), failure(503))
    with pytest.raises(TimeIsUp) as caught:
        world.wait(timeout=8)
    assert caught.value.job == {"id": "a", "status": "queued"}
    assert (world.polls, world.now) == ([0, 1, 4], 108)


def test_a_final_failure_is_told_even_when_it_is_late() -> None:
    world = World({"seconds": 10, "raises": failure(404, NotFoundError)})
    with pytest.raises(NotFoundError):
        world.wait(timeout=5)


def test_an_end_that_comes_late_is_an_end() -> None:
    world = World({"seconds": 10, "job": {"status": "completed"}})
    assert world.wait(timeout=5) == {"status": "completed"}


def test_without_a_deadline_there_is_no_end() -> None:
    world = World(*jobs(*["odd"] * 10_000), *jobs("completed"))
    assert world.wait()["status"] == "completed"
    assert world.now == pytest.approx(100 + 1 + 2 + 3 * 9998)
