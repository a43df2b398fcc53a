"""Ctrl-C while many calls are under way: it is counted, and breaks off nothing but the wait for input."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """How often Ctrl-C was pressed. Belongs to the main thread."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting = False

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Inside, Ctrl-C is counted. Who has it ignored, as programs in the background do, keeps that."""
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or usual is signal.SIG_IGN:
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Inside, the first Ctrl-C is raised as KeyboardInterrupt."""
        self._waiting = True
        try:
            if self.count:
                raise KeyboardInterrupt
            yield
        finally:
            self._waiting = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count == 2:
            # Whatever still holds the process up, such as a pipe that nobody reads: the third time ends it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        if self._waiting:
            self._waiting = False
            raise KeyboardInterrupt
