"""The body of a response, piece by piece; a large one of known length straight from the connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..errors import AnswerError, ConnectionFailedError
from ..errors.remote import INVOKE
from ..redaction import Masks
from ..streams import Data, Streams
from . import decoding, refusals
from .attempt import STALL
from .concealing import conceal
from .request import Request
from .response import Response, whole_number

#: Bytes that are looked at of a body that is refused: they may hold an id.
_GLANCE = 2**16
#: Bytes from which on the short cut pays.
_LARGE = 4 * 2**20
_PIECE = 2**20


class StreamedResponse(Protocol):
    """What is needed of the library's response."""

    extensions: Any

    @property
    def http_version(self) -> str: ...
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
        """The body as it arrives, decompressed. Raises ConnectionFailedError when it breaks off.

        Raises AnswerError for a compression that cannot be undone.
        """
        names, came, brought = decoding.encodings(self.response.headers), 0, 0
        if why := decoding.objection(names):
            raise self._unreadable(self.response, why)

        def counted() -> Iterator[Data]:
            nonlocal came
            for piece in pieces(self._raw, self.response.headers):
                came += len(piece)
                yield piece

        with self._translated():
            for chunk in decoding.decoded(counted(), names):
                brought += len(chunk)
                if decoding.explodes(came, brought):
                    raise self._unreadable(self.response, f"{came:,} bytes of it become more than {brought:,}")
                yield chunk

    def read(self) -> Response:
        """The response with its body.

        Raises AnswerError when that is too large or compressed in a way that cannot be undone,
        ConnectionFailedError when it breaks off. Of a response with an error status, what came is good enough.
        """
        names = decoding.encodings(self.response.headers)
        why = decoding.objection(names)
        body, broken, is_whole = self._collect(names, _GLANCE if why else self._request.largest)
        charset = self.response._replace(body=body).charset
        response = self.response._replace(body=self._masks.data(body, charset))
        if self._request.conceals:
            conceal(response, self._request.url, self._request.conceals, self._streams)
        if self._streams.preferences.debug:
            self._streams.debug(f"Body of the answer:\n{response.text}")
        if response.status >= 400:
            return response
        if why:
            raise self._unreadable(response, why)
        if broken is not None:
            raise refusals.broken_off(response, broken)
        if not is_whole:
            raise self._unreadable(response, f"it is larger than {self._request.largest // 2**20} MB")
        return response

    def _collect(self, names: list[str], limit: int) -> tuple[bytes, ConnectionFailedError | None, bool]:
        """What came, up to a limit; the error with which it broke off; and whether that is all.

        The limit is also for what comes over the wire: compressed, that may be much and hold nothing. Of what is not
        compressed as it says, it is what came.
        """
        body, raw, came = bytearray(), bytearray(), 0

        def limited() -> Iterator[Data]:
            nonlocal came
            for piece in pieces(self._raw, self.response.headers):
                came += len(piece)
                raw.extend(piece[: _GLANCE - len(raw)])
                yield piece
                if came > limit:
                    return

        try:
            with self._translated():
                for chunk in decoding.decoded(limited(), names):
                    body += chunk
                    if len(body) > limit:
                        break
        except ConnectionFailedError as error:
            # What the limit cuts off looks like a broken compression.
            return bytes(body or raw), None if came > limit else error, came <= limit
        return bytes(body), None, max(came, len(body)) <= limit

    def _unreadable(self, response: Response, why: str) -> AnswerError:
        """The error for a body that is refused before it was read whole."""
        return refusals.unusable(response, self._request.expects, why, command=INVOKE, action=self._request.action)


def pieces(response: StreamedResponse, headers: Mapping[str, str]) -> Iterator[Data]:
    """The body as it comes over the wire, of a response with these headers.

    The HTTP library takes every 64 KB through a protocol parser, which for a large body costs more than all the
    rest. When the length is known there is nothing left to parse, so the connection itself is read, by the
    extension that the library documents for it. The connection is not used again after that.
    """
    length = _plain_length(headers) if response.http_version == "HTTP/1.1" else 0
    connection = response.extensions.get("network_stream")
    # The first piece holds all that the library has read ahead. Its iterator closes the connection when it goes.
    read_ahead = response.iter_raw()
    if connection is None or length < _LARGE:
        yield from read_ahead
        return
    piece = next(read_ahead, b"")
    while piece:
        yield piece
        length -= len(piece)
        piece = connection.read(min(length, _PIECE), timeout=STALL) if length else b""
    if length:
        raise ConnectionError(f"the connection was closed with {length} bytes missing")


def _plain_length(headers: Mapping[str, str]) -> int:
    """Bytes that the body has on the wire, or 0 where that is not known."""
    if "transfer-encoding" in headers:
        return 0
    return whole_number(headers.get("content-length")) or 0
