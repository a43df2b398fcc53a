"""What comes in, read by a thread of its own, so that a cancel request can arrive while a call runs."""

from __future__ import annotations

import codecs
import os
import threading
import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue

from .requests import LONGEST_LINE, BadRequest, CallRequest, Cancel, Continue, parse, too_long

_CHUNK = 65536
#: Seconds for the next call to end when the input has closed. When none does, those that are left are cancelled, and
#: have as long again to end.
GRACE = 2.0


class Stir:
    """Among the requests: something has changed for a call that may rest."""


class Inbox:
    """Requests in the order in which they came.

    Args:
        read: returns what there is, at most so many bytes; empty at the end.
        wake: called by the reading thread when the call that runs may have been cancelled.
        stored: the input is a file: its end says nothing about who waits for the answers.
    """

    def __init__(self, read: Callable[[int], bytes], wake: Callable[[], None], *, stored: bool = False) -> None:
        self._read = read
        self._wake = wake
        self._stored = stored
        self._queue: SimpleQueue[CallRequest | BadRequest | Stir | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._cancelled: set[int] = set()
        self._continued: set[int] = set()
        self._finished = 0
        self._closed = False
        self._left = False

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, daemon=True).start()

    def take(self) -> CallRequest | BadRequest | Stir | None:
        """The next request, or what was wrong with it; None when the input has closed, also when asked again."""
        item = self._queue.get()
        if item is None:
            self._queue.put(None)
        return item

    def may_go_on(self, call: int) -> bool:
        """True if the client wanted more of a call. It is asked for once only."""
        with self._lock:
            wanted = call in self._continued
            self._continued.discard(call)
        return wanted

    def is_cancelled(self, call: int) -> bool:
        """True for a call that somebody cancelled, and for all some time after the input has closed."""
        return self._closed or call in self._cancelled

    def finished(self, call: int) -> None:
        """A call is over, so that its number is free."""
        self._finished += 1
        with self._lock:
            for calls in (self._open, self._cancelled, self._continued):
                calls.discard(call)

    def close(self) -> None:
        """Cancel what runs and what waits, and take nothing more. May be called in the handler of a signal."""
        self._closed = True
        self._queue.put(None)

    def leave(self) -> None:
        """No more will be taken: the process is ending."""
        self._left = True

    def _run(self) -> None:
        for line in _lines(self._read):
            try:
                self._accept(line)
            except BadRequest as error:
                self._queue.put(error)
        self._queue.put(None)
        if self._stored:
            return
        # As long as calls end, somebody reads of it: where nobody does, the first record ends the process.
        finished = -1
        while self._finished != finished:
            finished = self._finished
            time.sleep(GRACE)
        self._closed = True
        self._wake()
        # Nobody is left to read what a call that cannot be ended still has to say.
        time.sleep(GRACE)
        if not self._left:
            os._exit(1)

    def _accept(self, line: bytes | None) -> None:
        if line is None:
            raise too_long()
        # .NET Framework writes a byte order mark where it opens its end, and may do so where it closes it.
        line = line.removeprefix(codecs.BOM_UTF8)
        if not line.strip():
            return
        request = parse(line)
        if isinstance(request, Cancel | Continue):
            self._note(request)
            return
        with self._lock:
            if request.call in self._open:
                raise BadRequest(f"The call number {request.call} is in use.")
            self._open.add(request.call)
        self._queue.put(request)

    def _note(self, request: Cancel | Continue) -> None:
        """Take note of a wish about a call that waits, runs or rests. There is none about one that is over."""
        cancels = isinstance(request, Cancel)
        with self._lock:
            if request.call not in self._open:
                return
            (self._cancelled if cancels else self._continued).add(request.call)
        self._queue.put(Stir())
        if cancels:
            self._wake()


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is too long. What stands behind the last line end is dropped."""
    line = bytearray()
    dropping = False
    while chunk := _some(read):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            line += end
            yield None if dropping or len(line) > LONGEST_LINE else bytes(line)
            line.clear()
            dropping = False
        if not dropping:
            line += rest
        if len(line) > LONGEST_LINE:
            line, dropping = bytearray(), True


def _some(read: Callable[[int], bytes]) -> bytes:
    try:
        return read(_CHUNK)
    except OSError:  # Windows reports a closed pipe so
        return b""
