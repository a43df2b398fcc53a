"""Standard input as text, read and decoded as far as it is needed; what is no text is refused.

A video or a picture by mistake, or text in another encoding, would otherwise become records with marks in place
of what nobody could read, and each of them a job.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from ..errors import BindingError

#: Reads at most so many bytes and returns what there is; empty at the end.
Read = Callable[[int], bytes]
#: Tells whether nothing arrives, and no end either, for so many seconds.
Quiet = Callable[[float], bool]

#: Characters that a record may have.
_LONGEST = 32 * 2**20
_CHUNK = 65536
#: Characters of a record from which on it is looked at only when there is twice as much of it.
_LONG = 2**18
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def check(pieces: Iterator[bytes]) -> None:
    """Raise what would be raised when all this is read."""
    text = DecodedInput(lambda most: next(pieces, b""), lambda seconds: False)
    while text.more():
        text.drop()


class DecodedInput:
    """What has been read and not been taken yet is `_buffer`, from `_at` on.

    Raises BindingError for what is no text, and for a record without an end.
    """

    def __init__(self, read: Read, quiet: Quiet) -> None:
        self._is_in_use = False
        self._lines = 0
        self._read = read
        self._quiet = quiet
        self._buffer = ""
        self._at = 0
        self._ended = False
        start = read(_CHUNK)
        while any(mark.startswith(start) and mark != start for mark, _ in _MARKS) and (more := read(_CHUNK)):
            start += more
        mark, encoding = next(((m, e) for m, e in _MARKS if start.startswith(m)), (b"", "utf-8"))
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._add(start[len(mark) :], ended=not start)

    def give_out(self) -> None:
        """From now on, some of it may be in use."""
        self._is_in_use = True

    def _add(self, data: bytes, *, ended: bool) -> None:
        bad = ""
        try:
            text = self._decoder.decode(data, final=ended)
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode(error.encoding)
            bad = f"byte 0x{error.object[error.start]:02x} is no {error.encoding.upper()}"
        clean, zero, _ = text.partition("\0")
        self._lines += clean.count("\n")
        if zero or bad:
            raise self._no_text("there is a zero byte" if zero else bad)
        self._buffer = self._buffer[self._at :] + text
        self._at, self._ended = 0, ended

    def _no_text(self, why: str) -> BindingError:
        self._end()
        rest = "Neither its record nor what follows was sent." if self._is_in_use else "Nothing was sent."
        return BindingError(
            f"Standard input is no text: {why}, in line {self._lines + 1}. {rest}",
            error_id="InputNotText",
            category="InvalidData",
            action="Records are lines or JSON, in UTF-8, or in UTF-16 with a byte order mark.",
        )

    def _end(self) -> None:
        """Nothing is read any more."""
        self._ended = True
        self.drop()

    def drop(self) -> None:
        """Forget what has been read."""
        self._at = len(self._buffer)

    def more(self) -> bool:
        """Read on; False when there is nothing more."""
        if self._ended:
            return False
        before = len(self._buffer) - self._at
        if before > _LONGEST:
            self._end()
            most = f"{_LONGEST // 2**20} MB"
            raise BindingError(
                f"A record of standard input is longer than {most}. Neither it nor what follows was sent.",
                error_id="InputTooLong",
                category="LimitsExceeded",
            )
        pieces = [self._read(_CHUNK)]
        size = len(pieces[0])
        while before > _LONG and pieces[-1] and size < before and not self._quiet(0):
            pieces.append(self._read(_CHUNK))
            size += len(pieces[-1])
        self._add(b"".join(pieces), ended=not pieces[-1])
        return not self._ended or len(self._buffer) > before
