"""How far a run is: what is done, under way and still to come, for whoever waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from .. import units
from .task import Task


class RunProgress:
    """Counts the records of a run. Records are taken by one thread, and end in any.

    `taken`, `done` and `failed` are numbers of records; `total` is known when the input has ended.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.taken = self.done = self.failed = 0
        self.total: int | None = None
        self._clock = clock
        self._started = clock()
        self._sent = 0
        self._open: dict[int, Task] = {}

    def took(self, task: Task) -> None:
        """Another record was read."""
        self.taken += 1
        self._open[task.number] = task

    def took_all(self) -> None:
        """There are no more records than those that were taken."""
        self.total = self.taken

    def ended(self, task: Task, complete: bool) -> None:
        """A record is done, or was dropped. The caller sees to it that one thread at a time says so."""
        self._open.pop(task.number, None)
        if complete:
            self.done += 1
            self.failed += bool(task.streams.errors)
            # What a journal knew takes no time, and says nothing of how long the rest takes.
            self._sent += task.begun

    def pieces(self) -> list[str]:
        """What a line about it says, the most important first."""
        of = "" if self.total is None else f"/{self.total}"
        under_way = sum(task.begun for task in list(self._open.values()))
        return [
            f"{self.done}{of} done",
            *([f"{self.failed} failed"] if self.failed else []),
            *([f"{under_way} under way"] if under_way else []),
            *self._left(),
        ]

    def _left(self) -> list[str]:
        if self.total is None or not self._sent or self.done >= self.total:
            return []
        each = (self._clock() - self._started) / self._sent
        return [f"about {units.duration(max(each * (self.total - self.done), 1))} left"]
