"""Ctrl-C and cancel requests as a KeyboardInterrupt in the main thread, while a call runs and at no other time.

`kill` and a session that closes end the call in the same way, and the worker after it.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .. import signals

#: Seconds after which the main thread is woken once more, and in which it has to have noticed.
_AGAIN, _LONGEST = 0.02, 2.0


def _never() -> bool:
    return False


def _nothing() -> None:
    pass


class CallInterrupts:
    """The one place that knows about signals. Everything but `wake` belongs to the main thread."""

    def __init__(self) -> None:
        self._cut: Callable[[], None] = _nothing
        self._is_cancelled: Callable[[], bool] = _never
        self._running = False
        self._holding = self._pending = False
        self._woken = 0
        self._seen = 0

    def install(self, leave: Callable[[], None]) -> None:
        """Take over Ctrl-C from now on, and what ends the process, unless that is ignored: it calls `leave` first."""
        signal.signal(signal.SIGINT, self._handle)
        if sys.platform == "win32":
            return  # nothing there would wake a worker that waits for a request

        def end(number: int, frame: FrameType | None) -> None:
            signals.note(number)
            signal.signal(number, signal.SIG_DFL)  # the second time ends it, whatever it does
            leave()
            self._handle(number, frame)

        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, end)

    def wake(self) -> None:
        """From another thread: look whether the call that runs is cancelled, and end it if so."""
        self._woken += 1
        until = time.monotonic() + _LONGEST
        # A signal that comes just before the main thread begins to sleep, or to wait for an answer, does not end
        # that: Python handles it when the wait is over. So it is sent until it was handled.
        while True:
            self._signal()
            if self._handled(_AGAIN) or time.monotonic() > until:
                return

    def _signal(self) -> None:
        if sys.platform == "win32":
            signal.raise_signal(signal.SIGINT)
            if self._running and self._is_cancelled():
                self._cut()
        else:
            # To the main thread itself, so that what it waits for comes back.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def _handled(self, seconds: float) -> bool:
        """Wait so long for the main thread. No Event: a signal can come while its handler sets one."""
        until = time.monotonic() + seconds
        while self._seen < self._woken:
            if time.monotonic() > until:
                return False
            time.sleep(0.0005)
        return True

    @contextmanager
    def during(self, is_cancelled: Callable[[], bool]) -> Iterator[None]:
        """Inside, an interruption is raised as KeyboardInterrupt, once. It can stand in a `suspended` one."""
        outer = self._is_cancelled, self._cut
        self._is_cancelled, self._cut, self._pending, self._running = is_cancelled, _nothing, False, True
        try:
            if is_cancelled():
                self._raise()
            yield
        finally:
            self._running = False
            self._is_cancelled, self._cut = outer

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """Inside, `cut` breaks the connections of the call, where a signal does not end what waits on one."""
        self._cut, outer = cut, self._cut
        try:
            yield
        finally:
            self._cut = outer

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Inside, nothing is interrupted; at the end, the call is if it was cancelled meanwhile."""
        self._running = False
        yield
        self._running = True
        if self._is_cancelled():
            self._raise()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, an interruption waits for the end of the block. Other threads are not interrupted anyway."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._pending:
            self._raise()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        woken = self._woken > self._seen
        self._seen = self._woken
        if not self._running or (woken and not self._is_cancelled()):
            return
        if self._holding:
            self._pending = True
        elif not signals.postponed(number):
            self._raise()

    def _raise(self) -> None:
        self._running = self._pending = False
        raise KeyboardInterrupt
