"""The body of an answer, piece by piece; a large one of known length straight from the connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

#: Bytes from which on the short cut pays.
_LARGE = 4 * 2**20
_PIECE = 2**20


class Response(Protocol):
    """What is needed of the library's answer."""

    headers: Any
    extensions: Any

    @property
    def http_version(self) -> str: ...
    def iter_bytes(self) -> Iterator[bytes]: ...
    def iter_raw(self) -> Iterator[bytes]: ...


def pieces(response: Response, stall: float) -> Iterator[bytes]:
    """The body as it arrives, decompressed.

    The HTTP library takes every 64 KB through a protocol parser, which for a large body costs more than all the
    rest. When the length is known there is nothing left to parse, so the connection itself is read, by the
    extension that the library documents for it. The connection is not used again after that.

    Args:
        stall: seconds without a byte after which the body counts as broken off.
    """
    length = _plain_length(response)
    connection = response.extensions.get("network_stream")
    if connection is None or length < _LARGE:
        yield from response.iter_bytes()
        return
    # The first piece holds all that the library has read ahead. Its iterator closes the connection when it goes.
    read_ahead = response.iter_raw()
    piece = next(read_ahead, b"")
    while piece:
        yield piece
        length -= len(piece)
        piece = connection.read(min(length, _PIECE), timeout=stall) if length else b""
    if length:
        raise ConnectionError(f"the connection was closed with {length} bytes missing")


def _plain_length(response: Response) -> int:
    """Bytes that the body has on the wire, or 0 where that is not known or not what it has in the end."""
    headers = response.headers
    if response.http_version != "HTTP/1.1" or "content-encoding" in headers or "transfer-encoding" in headers:
        return 0
    text = headers.get("content-length", "")
    return int(text) if text.isdigit() else 0
