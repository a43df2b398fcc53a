"""A line on stderr that says how far something is: rewritten each second on a terminal, added each minute in a log."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from . import screen

#: What a line says now, the most important first; what does not fit is left out from the end.
Pieces = Callable[[], Sequence[str]]
_ERASE, _ERASE_ABOVE = "\r\x1b[K", "\x1b[A\x1b[K"


class StatusLine(ABC):
    """A line that is renewed in regular intervals until it is ended.

    Args:
        write: writes text to stderr as it is.
    """

    #: Seconds between two renewals.
    interval: float

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.lock = threading.RLock()
        self._pieces: Pieces | None = None
        self._ended = threading.Event()

    def show(self, pieces: Pieces) -> None:
        """From now on, say this."""
        with self.lock:
            begins, self._pieces = self._pieces is None, pieces
            if begins:
                self._ended = threading.Event()
                self._begin(self._ended)
            self.changed()

    def _begin(self, ended: threading.Event) -> None:
        # Where the system gives no thread, the line does not tick, but it still changes.
        with suppress(RuntimeError):
            threading.Thread(target=self._tick, args=(ended,), name="status line", daemon=True).start()

    def end(self) -> None:
        """Say nothing any more."""
        with self.lock:
            self._pieces = None
            self._ended.set()
            self.erase()

    @contextmanager
    def aside(self, *, ends_line: bool = True) -> Iterator[None]:
        """Inside, something else is written to the terminal. The line comes back below it, if that is at its start."""
        with self.lock:
            self.erase()
            yield
            if ends_line:
                self.changed()

    @property
    def pieces(self) -> Sequence[str]:
        """What is to be said now."""
        return [] if self._pieces is None else self._pieces()

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(self.interval):
            with self.lock:
                if not ended.is_set():
                    self.renew()

    @abstractmethod
    def renew(self) -> None:
        """Another interval is over."""

    def changed(self) -> None:  # noqa: B027
        """There is something else to say, or something else was written."""

    def erase(self) -> None:  # noqa: B027
        """Take away what is shown."""


class TerminalLine(StatusLine):
    """The line of a terminal.

    Args:
        columns: tells the width of the terminal, which may change.
    """

    interval = 1.0

    def __init__(self, write: Callable[[str], None], columns: Callable[[], int]) -> None:
        super().__init__(write)
        self._columns = columns
        self._length = 0

    def renew(self) -> None:
        width = self._columns()
        text = _fitted(self.pieces, width - 1)
        if text:
            erasing, cells = self._erasing(width), screen.cells(text)
            # Before it is written: whatever interrupts the writing, what may be on the screen will be erased.
            self._length = max(self._length, cells)
            self.write(f"{erasing}{text}")
            self._length = cells

    changed = renew

    def erase(self) -> None:
        if self._length:
            self.write(self._erasing(self._columns()))
            self._length = 0

    def _erasing(self, width: int) -> str:
        """What takes the line away, also when the terminal became narrower and has broken it into several."""
        return _ERASE + _ERASE_ABOVE * ((self._length - 1) // max(width, 1) if self._length else 0)


class LogLine(StatusLine):
    """Lines of a log: what takes less than a minute leaves none."""

    interval = 60.0

    def renew(self) -> None:
        self.write(", ".join(self.pieces) + "\n")


def _fitted(pieces: Sequence[str], width: int) -> str:
    text = ""
    for piece in pieces:
        longer = f"{text}, {piece}" if text else screen.cut(piece, width)
        if screen.cells(longer) > width:
            break
        text = longer
    return text
