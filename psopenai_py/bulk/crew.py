"""Threads that share the work. What waits for its time gives its thread away. Knows nothing of what the work is."""

from __future__ import annotations

import threading
import time
from heapq import heappop, heappush
from itertools import count
from typing import Protocol


class Work(Protocol):
    """Something that is done in steps."""

    def step(self) -> float | None:
        """Go on. Returns the seconds until the next step, or None when there is none."""

    def drop(self) -> None:
        """There will be no further step."""


class Crew:
    """At most `limit` threads, started as they are needed.

    There is one schedule for all: what is due first comes first, so nothing starves, however much there is.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._schedule: list[tuple[float, int, Work]] = []
        self._numbers = count()
        self._threads = 0
        self._free = 0
        self._closed = False
        self._defect: BaseException | None = None

    def add(self, work: Work) -> None:
        """Do this as soon as a thread is free."""
        with self._changed:
            self._put(work, 0.0)
            if not self._free and self._threads < self._limit:
                self._threads += 1
                # A daemon: who presses Ctrl-C twice does not want to wait for it.
                threading.Thread(target=self._serve, name="crew", daemon=True).start()

    def drop(self) -> None:
        """Forget all work but the steps that are under way."""
        with self._changed:
            dropped = [work for _, _, work in sorted(self._schedule)]
            self._schedule.clear()
            self._changed.notify_all()
        for work in dropped:
            work.drop()

    def close(self) -> None:
        """No more work will be added: threads may end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def ended(self, seconds: float) -> bool:
        """Wait so long for the end of all work; True when it has come. Raises what a step raised."""
        with self._changed:
            ended = self._changed.wait_for(lambda: not self._threads, seconds)
        if self._defect is not None:
            raise self._defect
        return ended

    def _put(self, work: Work, pause: float) -> None:
        # The number keeps the order of what is due at the same time.
        heappush(self._schedule, (time.monotonic() + pause, next(self._numbers), work))
        self._changed.notify()

    def _serve(self) -> None:
        try:
            while (work := self._take()) is not None:
                pause = work.step()
                if pause is not None:
                    with self._changed:
                        self._put(work, pause)
        except BaseException as error:  # whoever waits for the end is to know
            self._defect = error
        with self._changed:
            self._threads -= 1
            self._changed.notify_all()

    def _take(self) -> Work | None:
        """The work that is due first, when it is due; None when a thread is no longer needed."""
        with self._changed:
            self._free += 1
            try:
                while True:
                    left = self._schedule[0][0] - time.monotonic() if self._schedule else None
                    if left is not None and left <= 0:
                        return heappop(self._schedule)[2]
                    if left is None and self._closed:
                        return None
                    self._changed.wait(left)
            finally:
                self._free -= 1
