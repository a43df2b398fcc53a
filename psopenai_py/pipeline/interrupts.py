"""Ctrl-C and its like while many calls are under way: counted, and breaking off nothing but the wait for input."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .. import signals


class Interrupts:
    """How often Ctrl-C was pressed. Belongs to the main thread."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting = False

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Inside, Ctrl-C is counted. Who has it ignored, as programs in the background do, keeps that."""
        with signals.replaced(self._handle):
            yield

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
        signals.note(number)
        self.count += 1
        if self.count == 2:
            # Whatever still holds the process up, such as a pipe that nobody reads: the third time ends it.
            for each in signals.NUMBERS:
                signal.signal(each, signal.SIG_DFL)
        if self._waiting:
            self._waiting = False
            raise KeyboardInterrupt
