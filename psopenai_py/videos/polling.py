"""A job watched until it is over: the rules of `waiting`, put to work on the wire."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..errors import AnswerError, APIRequestError, Interrupted, PendingError, PSOpenAIError
from ..http import retry
from . import status, waiting
from .client import VideoClient


@dataclass(frozen=True, slots=True)
class Watch:
    """A job that is watched.

    Attributes:
        client: asks for it.
        identifier: the job's id as the caller gave it; it stays the id, whatever the answers say.
        again: the command line that does the same once more.
        wondered: status words that nobody knows and that were warned about.
    """

    client: VideoClient
    identifier: str
    again: str
    wondered: set[str] = field(default_factory=set)

    def until_over(
        self,
        *,
        interval: float,
        wait_for: frozenset[str] = frozenset(),
        exit_for: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> waiting.Waiting:
        """Poll until the job is over, and return it; yields the seconds between the polls.

        Raises PendingError when the settings' time limit has passed, Interrupted on Ctrl-C, and the error of a
        poll that is final.
        """
        started = clock()
        deadline = started + self.client.settings.timeout if self.client.settings.timeout else None
        most = max(waiting.MOST_FAILURES, self.client.settings.max_retries + 1)
        rules = waiting.Rules(interval, wait_for, exit_for, deadline, most)
        try:
            job: dict[str, Any] = yield from waiting.wait(
                lambda: self._poll(deadline, clock),
                rules,
                seen=lambda job: self._tell(job, rules, clock() - started),
                failed=self._failed,
                held=self.client.http.limiter.left,
                clock=clock,
            )
            return job
        except waiting.TimeIsUp as late:
            raise self._pending(late) from None
        except KeyboardInterrupt:
            raise Interrupted(f"The job goes on. {self._advice}") from None
        except PSOpenAIError as error:
            if retry.may_pass(error) or isinstance(error, AnswerError):
                raise error.with_facts(action=f"The job may go on. {self._advice}") from None
            raise
        finally:
            self.client.streams.progress_end()

    def _poll(self, deadline: float | None, clock: Callable[[], float]) -> tuple[dict[str, Any], Mapping[str, str]]:
        # How often to ask again is decided by whoever waits, and the time limit holds for the whole answer.
        left = 0.0 if deadline is None else max(deadline - clock(), 0.001)
        return self.client.poll(self.identifier, left)

    def _tell(self, job: dict[str, Any], rules: waiting.Rules, seconds: float) -> None:
        """Show how far the job is, and say it once when nobody can tell what a status means."""
        shown, word = status.shown(job), status.word(job)
        percent = status.percent(job)
        self.client.streams.progress(_on_one_line(self.identifier), shown or "no status yet", percent, seconds)
        if shown and rules.goes_on(word) and not (status.is_known(word) or word in rules.wait_for | self.wondered):
            self.wondered.add(word)
            self.client.streams.warning(
                f"The status '{shown}' of the job {self.identifier} is not known here, so the wait goes on; "
                "-StatusForExit can end it."
            )

    def _failed(self, error: PSOpenAIError) -> float:
        """Note a poll that failed; returns the seconds that the server asks to wait."""
        self.client.streams.verbose(f"Asking for the job {self.identifier} failed and is repeated: {error.message}")
        if not isinstance(error, APIRequestError):
            return 0.0
        wish = retry.hint(error.headers, datetime.now(UTC)) / 1000
        if wish > waiting.LONGEST_PAUSE:
            rest = min(wish, waiting.LONGEST_WISH)
            self.client.streams.warning(f"The server asks for a pause of {rest:g} s before the next question.")
        return wish

    def _pending(self, late: waiting.TimeIsUp) -> PendingError:
        job = late.job
        shown = status.shown(job or {})
        known = f"its status is '{shown}'" if shown else "it has no status" if job else "its status is not known"
        text = f"The job {self.identifier} is not over after {self.client.settings.timeout:g} s; {known}. It goes on."
        if late.error:
            text += f" The last question for it failed: {late.error.message}"
        return PendingError(text, job=job, action=self._advice)

    @property
    def _advice(self) -> str:
        return f"To wait again: {self.again}"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())[:80]
