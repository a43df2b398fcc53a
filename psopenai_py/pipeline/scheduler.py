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


class Scheduler:
    """At most `limit` threads, started as they are needed.

    There is one schedule for all: what is due first comes first, so nothing starves, however much there is.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._due = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._schedule: list[tuple[float, int, Work]] = []
        self._numbers = count()
        self._threads = 0
        self._free = 0
        self._closed = self._dropped = False
        self._defect: BaseException | None = None

    def add(self, work: Work) -> None:
        """Do this as soon as a thread is free."""
        self._put(work, 0.0)
        self._help()

    def drop(self) -> None:
        """Forget all work, also what is added later, but for the steps that are under way."""
        with self._lock:
            self._dropped = True
            dropped = [work for _, _, work in sorted(self._schedule)]
            self._schedule.clear()
            self._due.notify_all()
            self._idle.notify_all()
        for work in dropped:
            work.drop()

    def close(self) -> None:
        """No more work will be added: threads may end."""
        with self._lock:
            self._closed = True
            self._due.notify_all()

    def ended(self, seconds: float) -> bool:
        """Wait so long for the end of all work; True when there is none. Raises what a step raised."""
        self._help()
        with self._lock:
            ended = self._idle.wait_for(lambda: not self._schedule and self._threads == self._free, seconds)
        if self._defect is not None:
            raise self._defect
        return ended

    def _help(self) -> None:
        """Where the system gives no thread at all, the work is done by who asks for it."""
        while not self._threads and not self._limit and (work := self._pop_due()):
            pause = work.step()
            if pause is not None:
                self._put(work, pause)

    def _pop_due(self) -> Work | None:
        with self._lock:
            is_due = bool(self._schedule) and self._schedule[0][0] <= time.monotonic()
            return heappop(self._schedule)[2] if is_due else None

    def _put(self, work: Work, pause: float) -> None:
        with self._lock:
            dropped = self._dropped
            if not dropped:
                # The number keeps the order of what is due at the same time.
                heappush(self._schedule, (time.monotonic() + pause, next(self._numbers), work))
                self._watch()
        if dropped:
            work.drop()

    def _watch(self) -> None:
        """See to it that somebody waits for what is due first."""
        if self._free:
            self._due.notify()
        elif self._threads < self._limit:
            # A daemon: who presses Ctrl-C twice does not want to wait for it.
            thread = threading.Thread(target=self._serve, name="scheduler", daemon=True)
            self._threads += 1
            try:
                thread.start()
            except RuntimeError:  # the system gives no more: those that there are have to do
                self._threads -= 1
                self._limit = self._threads

    def _serve(self) -> None:
        try:
            while (work := self._take()) is not None:
                pause = work.step()
                if pause is not None:
                    self._put(work, pause)
        except BaseException as error:  # whoever waits for the end is to know
            with self._lock:
                self._defect = error
                self._threads -= 1
                self._idle.notify_all()

    def _take(self) -> Work | None:
        """The work that is due first, when it is due; None when a thread is no longer needed."""
        with self._lock:
            self._free += 1
            self._idle.notify_all()
            while True:
                left = self._schedule[0][0] - time.monotonic() if self._schedule else None
                if left is not None and left <= 0:
                    break
                if left is None and self._closed:
                    self._free -= 1
                    self._threads -= 1
                    return None
                self._due.wait(left)
            self._free -= 1
            work = heappop(self._schedule)[2]
            if self._schedule:
                self._watch()
            return work
