"""Waiting for a job: how long between polls, when it is over, how many failures in a row. Pure policy.

The ramp of the intervals is the reference's. Its list of words to wait for is not: other servers have other
words, so an unknown or missing one means that the job is not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PSOpenAIError
from ..http import retry
from . import status

#: Polls that may fail one after another.
MOST_FAILURES = 5
#: Longest pause that a row of failures or the header of a good answer leads to, in seconds.
LONGEST_PAUSE = 60.0
#: Longest pause that a refusal can ask for, in seconds.
LONGEST_WISH = 3600.0
#: Shortest pause after a failure, in seconds; it doubles with each further one.
_AFTER_FAILURE = 0.5
#: Shortest pause between two polls, in seconds, whatever the interval: a busy loop serves nobody.
_SHORTEST = 0.05


@dataclass(frozen=True, slots=True)
class Rules:
    """When to poll, and when to stop.

    Attributes:
        interval: seconds between two polls after the first few.
        wait_for: status words that go on; empty for all that are not an end.
        exit_for: status words that stop, before anything else.
        deadline: time of `clock` at which to give up; None for never.
        most_failures: polls that may fail one after another.
    """

    interval: float
    wait_for: frozenset[str]
    exit_for: frozenset[str]
    deadline: float | None
    most_failures: int = MOST_FAILURES

    def goes_on(self, word: str) -> bool:
        """True while a job with this status word is to be waited for."""
        if word in self.exit_for:
            return False
        if self.wait_for and word:
            return word in self.wait_for
        return not status.is_over(word)


def words(values: Sequence[str] | None) -> frozenset[str]:
    """Status words as given: several may stand in one value, with commas between."""
    return frozenset(status.normal(word) for value in values or () for word in value.split(",") if word.strip())


#: A wait in steps: yields the seconds until it wants to go on, and returns the job in the end.
Waiting = Generator[float, None, dict[str, Any]]


class TimeIsUp(Exception):
    """The deadline passed. `job` is the last that was seen, if any; `error` is the last poll's, if it failed."""

    def __init__(self, job: dict[str, Any] | None, error: PSOpenAIError | None) -> None:
        super().__init__()
        self.job = job
        self.error = error


def wait(
    poll: Callable[[], tuple[dict[str, Any], Mapping[str, str]]],
    rules: Rules,
    *,
    seen: Callable[[dict[str, Any]], None],
    failed: Callable[[PSOpenAIError], float],
    held: Callable[[], float],
    clock: Callable[[], float],
) -> Waiting:
    """Poll until the job is over by the rules, and return it as it was last seen. Whoever drives it does the sleeping.

    Args:
        poll: asks once; returns the job and the headers of the answer, in lower case.
        seen: is told each job that came.
        failed: is told each failure after which another poll follows; returns the seconds the server wants to rest.
        held: tells the seconds until any request may go out.

    Raises TimeIsUp at the deadline, and the poll's error when it is final or too many came in a row.
    """
    job: dict[str, Any] | None = None
    lost: PSOpenAIError | None = None
    failures, hint = 0, 0.0
    for pause in _pauses(rules.interval):
        yield from _rest(max(pause, hint, held()), rules.deadline, TimeIsUp(job, lost), clock)
        try:
            job, headers = poll()
            failures, hint, lost = 0, _hint(headers), None
        except PSOpenAIError as error:
            failures, lost = failures + 1, error
            if not retry.may_pass(error):
                raise
            if _is_past(rules.deadline, clock):
                raise TimeIsUp(job, lost) from None
            if failures >= rules.most_failures:
                raise
            own = min(_pause_after(failures, rules.interval), LONGEST_PAUSE)
            hint = max(own, min(failed(error), LONGEST_WISH))
            continue
        seen(job)
        if not rules.goes_on(status.word(job)):
            return job
    raise AssertionError("the pauses never end")


def _pauses(interval: float) -> Iterator[float]:
    """0, a third, two thirds, then the whole interval for ever."""
    for part in (0, 1, 2):
        yield interval * part / 3
    while True:
        yield max(interval, _SHORTEST)


def _pause_after(failures: int, interval: float) -> float:
    return float(max(interval, _AFTER_FAILURE) * 2 ** min(failures - 1, 10))


def _rest(pause: float, deadline: float | None, late: TimeIsUp, clock: Callable[[], float]) -> Iterator[float]:
    """A pause, but not beyond the deadline."""
    if deadline is not None:
        left = deadline - clock()
        if left <= 0 or pause > left:
            yield max(left, 0)
            raise late
    if pause > 0:
        yield pause


def _is_past(deadline: float | None, clock: Callable[[], float]) -> bool:
    return deadline is not None and clock() >= deadline


def _hint(headers: Mapping[str, str]) -> float:
    """Seconds that the server asks to wait before the next poll; 0 for no wish, or one that cannot be read."""
    try:
        seconds = float(headers.get("openai-poll-after-ms", "0")) / 1000
    except ValueError:
        return 0.0
    return min(seconds, LONGEST_PAUSE) if seconds > 0 else 0.0  # NaN is not more than 0
