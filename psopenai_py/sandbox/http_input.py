"""What a connection sends, within limits of size and time: request heads and bodies (RFC 9112).

A stream that breaks a rule or reaches a limit ends with an exception of this module, which the server turns
into an answer or a closed connection.
"""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["BadRequest", "Body", "Head", "TimedSocket", "TooSlow", "body_of", "read_head"]

HEAD_LIMIT = 32 * 1024

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rf"({_NAME}) ([!-~]+) HTTP/1\.([01])")
_FIELD_NAME = re.compile(_NAME)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHUNK_LINE_LIMIT = 4096


class BadRequest(Exception):
    """The request breaks a rule of HTTP; the connection cannot be used any further."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class TooSlow(Exception):
    """The client took longer than it may."""


class TimedSocket(io.RawIOBase):
    """A socket's input, one deadline for all reads until the next `restart`, however slowly bytes drip."""

    def __init__(self, connection: socket.socket, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._connection = connection
        self._clock = clock
        self._deadline = float("inf")

    def restart(self, seconds: float) -> None:
        """Allow `seconds` from now on."""
        self._deadline = self._clock() + seconds

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what there is; raises TooSlow when the deadline comes first."""
        left = self._deadline - self._clock()
        try:
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            return self._connection.recv_into(buffer)
        except TimeoutError:
            raise TooSlow from None


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first line and its fields, names in lower case, repeated ones joined by commas."""

    method: str
    target: str
    minor_version: int
    fields: dict[str, str]

    @property
    def keeps_alive(self) -> bool:
        """Tell whether the client wants to use the connection again."""
        wishes = [wish.strip().lower() for wish in self.fields.get("connection", "").split(",")]
        return self.minor_version == 1 and "close" not in wishes


def read_head(stream: io.BufferedReader[TimedSocket]) -> Head | None:
    """Read one request's head; None when the client has left, BadRequest when it is not one."""
    left = HEAD_LIMIT
    lines: list[str] = []
    while True:
        line = stream.readline(left + 1)
        left -= len(line)
        if left < 0:
            raise BadRequest(f"The request's head is larger than {HEAD_LIMIT} bytes.", 431)
        if not line.endswith(b"\n"):
            if line or lines:
                raise BadRequest("The request ended in the middle of its head.")
            return None
        text = line.rstrip(b"\r\n").decode("latin-1")
        if not text and lines:
            return _parse_head(lines)
        if text:  # an empty line before a request is skipped (section 2.2)
            lines.append(text)


def _parse_head(lines: list[str]) -> Head:
    first = _REQUEST_LINE.fullmatch(lines[0])
    if first is None:
        raise BadRequest("The first line is not that of an HTTP/1.1 request.")
    repeated: dict[str, list[str]] = {}
    for line in lines[1:]:
        # Taken apart without a pattern for the value: the time must not grow with the blanks in it.
        name, colon, value = line.partition(":")
        if not colon or not _FIELD_NAME.fullmatch(name) or "\0" in value:
            raise BadRequest("A header field is malformed.")
        repeated.setdefault(name.lower(), []).append(value.strip(" \t"))
    fields = {name: ", ".join(values) for name, values in repeated.items()}
    if first[3] == "1" and "host" not in fields:
        raise BadRequest("The header field Host is missing.")
    return Head(first[1], first[2], int(first[3]), fields)


class Body(Protocol):
    """A request body as an application reads it."""

    @property
    def finished(self) -> bool:
        """Tell whether nothing of the body is left on the connection."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; none at the end."""
        ...


def body_of(head: Head, stream: io.BufferedReader[TimedSocket]) -> Body:
    """Return the body that the head announces; BadRequest when it does so in an ambiguous way."""
    length, coding = head.fields.get("content-length"), head.fields.get("transfer-encoding")
    if coding is not None:
        if length is not None:  # section 6.3: this may be an attempt at smuggling
            raise BadRequest("The request has both Content-Length and Transfer-Encoding.")
        if coding.lower() != "chunked":
            raise BadRequest("The only transfer coding known here is chunked.", 501)
        return _ChunkedBody(stream)
    if length is None:
        return _SizedBody(stream, 0)
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise BadRequest("The header field Content-Length is not a number.")
    return _SizedBody(stream, int(length))


class _SizedBody:
    """A body of a known length."""

    def __init__(self, stream: io.BufferedReader[TimedSocket], length: int) -> None:
        self._stream = stream
        self._left = length

    @property
    def finished(self) -> bool:
        return not self._left

    def read(self, size: int = -1, /) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        data = self._stream.read1(size) if size else b""
        self._left -= len(data)
        return data


class _ChunkedBody:
    """A body in chunks (section 7.1)."""

    def __init__(self, stream: io.BufferedReader[TimedSocket]) -> None:
        self._stream = stream
        self._left = 0
        self.finished = False

    def read(self, size: int = -1, /) -> bytes:
        if not self.finished and not self._left:
            self._next_chunk()
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._stream.read1(wanted) if wanted else b""
        if wanted and not data:
            raise BadRequest("The body ended in the middle of a chunk.")
        self._left -= len(data)
        if data and not self._left and self._line():
            raise BadRequest("A chunk is longer than it says.")
        return data

    def _next_chunk(self) -> None:
        match = _CHUNK_SIZE.fullmatch(self._stream.readline(_CHUNK_LINE_LIMIT))
        if match is None:
            raise BadRequest("A chunk has no usable length.")
        self._left = int(match[1], 16)
        if self._left:
            return
        for _ in range(100):
            if not self._line():  # what comes before it are trailer fields, which nobody needs here
                self.finished = True
                return
        raise BadRequest("The body has too many trailer fields.")

    def _line(self) -> bytes:
        line = self._stream.readline(_CHUNK_LINE_LIMIT)
        if not line.endswith(b"\n"):
            raise BadRequest("The body ended in the middle of a line.")
        return line.rstrip(b"\r\n")
