"""The body of a response, piece by piece; a large one of known length straight from the connection."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..errors import ConnectionFailedError
from ..streams import Data, Streams
from . import refusals
from .masks import Masks, conceal
from .request import Request
from .response import Response

#: Seconds without a byte after which a download counts as broken off.
STALL = 120.0
#: Bytes from which on the short cut pays.
_LARGE = 4 * 2**20
_PIECE = 2**20


class StreamedResponse(Protocol):
    """What is needed of the library's response."""

    headers: Any
    extensions: Any

    @property
    def http_version(self) -> str: ...
    def iter_bytes(self) -> Iterator[bytes]: ...
    def iter_raw(self) -> Iterator[bytes]: ...


#: A context in which the library's exceptions become ours.
Translated = Callable[[], AbstractContextManager[None]]


class Incoming:
    """A response whose body has not been read yet. `response` has its status and headers, and an empty body."""

    def __init__(
        self,
        response: Response,
        raw: StreamedResponse,
        request: Request,
        translated: Translated,
        masks: Masks,
        streams: Streams,
    ) -> None:
        self.response = response
        self._raw = raw
        self._request = request
        self._translated = translated
        self._masks = masks
        self._streams = streams

    def chunks(self) -> Iterator[Data]:
        """The body as it arrives, decompressed. Raises ConnectionFailedError when it breaks off."""
        with self._translated():
            yield from pieces(self._raw, STALL)

    def read(self) -> Response:
        """The response with its body.

        Raises AnswerError when that is too large, ConnectionFailedError when it breaks off. Of a response with
        an error status, what came is good enough.
        """
        body = bytearray()
        broken: ConnectionFailedError | None = None
        try:
            for chunk in self.chunks():
                body += chunk
                if len(body) > self._request.largest:
                    break
        except ConnectionFailedError as error:
            broken = error
        response = self.response._replace(body=self._masks.data(bytes(body)))
        if self._request.conceals:
            conceal(response, self._request.url, self._streams)
        if self._streams.preferences.debug:
            self._streams.debug(f"Body of the answer:\n{response.text}")
        if broken is not None and response.status < 400:
            raise refusals.broken_off(response, broken)
        if len(body) > self._request.largest and response.status < 400:
            raise refusals.too_large(response, self._request.expects, self._request.largest, self._request.action)
        return response


def pieces(response: StreamedResponse, stall: float) -> Iterator[Data]:
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
    yield piece
    length -= len(piece)
    for more in _rest(connection, length, stall) if piece else ():
        yield more
        length -= len(more)
    if length:
        raise ConnectionError(f"the connection was closed with {length} bytes missing")


def _rest(connection: Any, length: int, stall: float) -> Iterator[Data]:
    """What a connection brings, at most so many bytes."""
    # What is encrypted has to come through the library.
    if connection.get_extra_info("ssl_object") is None:
        yield from _received(connection.get_extra_info("socket"), length, stall)
        return
    while length and (piece := connection.read(min(length, _PIECE), timeout=stall)):
        yield piece
        length -= len(piece)


def _received(connection: socket.socket, length: int, stall: float) -> Iterator[memoryview]:
    """The same from a socket, into the same memory again and again: new memory costs as much as what it holds."""
    memory = memoryview(bytearray(min(length, _PIECE)))
    connection.settimeout(stall)
    while length:
        try:
            count = connection.recv_into(memory[:length])
        except OSError as error:
            raise ConnectionError(error.strerror or f"no byte came for {stall:g} s") from None
        if not count:
            return
        yield memory[:count]
        length -= count


def _plain_length(response: StreamedResponse) -> int:
    """Bytes that the body has on the wire, or 0 where that is not known or not what it has in the end."""
    headers = response.headers
    if response.http_version != "HTTP/1.1" or "content-encoding" in headers or "transfer-encoding" in headers:
        return 0
    text = headers.get("content-length", "")
    return int(text) if text.isdigit() else 0
