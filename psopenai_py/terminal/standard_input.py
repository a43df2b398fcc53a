"""Standard input as bytes: whether there is any, what it brings, and when it is enough."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from .screen import is_terminal

if TYPE_CHECKING:
    from threading import Event

#: Seconds after which whoever reads looks whether it is enough.
_LOOK_UP = 0.2


class StandardInput:
    """The input of a process; `file` is None where it is closed."""

    def __init__(self, file: BinaryIO | None) -> None:
        self.file = file
        self._enough: Event | None = None

    @property
    def is_terminal(self) -> bool:
        """True where a person can answer a question."""
        return is_terminal(self.file)

    @property
    def has_records(self) -> bool:
        """True when it may bring records: a pipe or a file, not a terminal, the null device or nothing."""
        if self.file is None:
            return False
        try:
            mode = os.fstat(self.file.fileno()).st_mode
        except (OSError, ValueError):
            return not self.is_terminal
        return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)

    @contextmanager
    def reading_until(self, enough: Event) -> Iterator[None]:
        """Inside, it ends when `enough` is set, where the system can tell that it brings nothing."""
        self._enough = enough
        try:
            yield
        finally:
            self._enough = None

    def read(self, most: int) -> bytes:
        """What it has, as soon as it has something; empty at its end."""
        while self._enough is not None and self.is_quiet(_LOOK_UP):
            if self._enough.is_set():
                return b""
        if self.file is None:
            return b""
        read_some = getattr(self.file, "read1", self.file.read)
        try:
            return bytes(read_some(most))
        except OSError:
            return b""

    def preview(self) -> Iterator[bytes]:
        """All that it will bring, without taking it, if it is a file; nothing if it is not."""
        if self.file is None or not self.file.seekable():
            return
        start = self.file.tell()
        try:
            while data := self.file.read(2**20):
                yield data
        finally:
            self.file.seek(start)

    def is_quiet(self, seconds: float) -> bool:
        """True if it brings nothing for so long, not even its end; False also where that cannot be known."""
        from select import select

        try:
            return self.file is not None and not select([self.file], [], [], seconds)[0]
        except (OSError, ValueError):
            return False

    def text(self) -> str:
        """All of it as text, without one line end at its end."""
        data = self.file.read() if self.file is not None else b""
        # Windows' own shell writes files in UTF-16.
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
        return text.removesuffix("\n").removesuffix("\r")
