"""Compressed bodies, decompressed in pieces of bounded size. Knows no HTTP library."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator, Mapping

from ..streams import Data

#: What is said to servers about the encodings that can be read here.
ACCEPTED = "gzip, deflate"
#: Most bytes that one step may bring: 1 KB can hold 1 MB, and that again as much.
_PIECE = 2**18
#: Bytes that are given to a decoder at once: it copies what it leaves, and a body may have a part each 20 bytes.
_STEP = 2**12
#: Bytes that are undone of each of several encodings.
_BEGINNING = 2**16
_GZIP = b"\x1f\x8b"
_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
#: What changes nothing: also what servers write there by mistake, a charset, or how the file once was uploaded.
_NOTHING = ("", "identity", "none", "utf-8", "utf8", "aws-chunked")
#: Bytes from which on it matters how many times more they are than what came, and how many times more is too much.
_LARGE, _THIN = 2**26, 200
#: Encodings on top of each other that are looked into for an error message.
_DEEPEST = 4


def encodings(headers: Mapping[str, str]) -> list[str]:
    """The encodings of a body in the order in which they were applied, those that change nothing left out."""
    names = (name.strip().lower() for name in headers.get("content-encoding", "").split(","))
    return [name for name in names if name not in _NOTHING]


def objection(names: list[str]) -> str:
    """Why a body with these encodings is not read; empty if it is."""
    if len(names) > 1:
        return f"it is compressed {len(names)} times"
    if names and names[0] not in _NAMES:
        return f"its encoding '{names[0][:40]}' is not one of those that were asked for, {ACCEPTED}"
    return ""


def explodes(came: int, brought: int) -> bool:
    """True if a body is so much more than its compressed bytes that it can be no video: it would fill the disk."""
    return brought > _LARGE and brought > came * _THIN


def decoded(pieces: Iterator[Data], names: list[str]) -> Iterator[Data]:
    """The content, as far as its encodings are known. Raises ConnectionError when the compression is broken.

    Of what is compressed several times only the beginning is undone: each time may make a thousand bytes of one.
    """
    for name in reversed(names[-_DEEPEST:]):
        if name in _NAMES:
            pieces = _inflated(pieces, _NAMES[name])
            pieces = pieces if len(names) == 1 else _first(pieces)
    return pieces


def _inflated(pieces: Iterator[Data], name: str) -> Iterator[Data]:
    """One encoding undone. A body of several compressed parts is all of them; what follows the last is dropped."""
    decoder = _Decoder(name)
    for piece in pieces:
        for start in range(0, len(piece), _STEP):
            yield from decoder.feed(bytes(piece[start : start + _STEP]))
    if decoder.is_incomplete:
        raise ConnectionError("the compressed body ends too early")


def _first(pieces: Iterator[Data]) -> Iterator[Data]:
    left = _BEGINNING
    while left > 0 and (piece := next(pieces, b"")):
        yield piece
        left -= len(piece)


class _Decoder:
    """The state between two pieces."""

    def __init__(self, name: str) -> None:
        self._is_gzip = name == "gzip"
        self._inflater: zlib._Decompress | None = None
        self._held = b""
        self._parts = 0
        self._is_over = False

    @property
    def is_incomplete(self) -> bool:
        """True when more was to come. A body without a byte is an empty one, whatever its headers say."""
        return self._inflater is not None or (bool(self._held) and not self._parts)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these further bytes bring."""
        data, self._held = self._held + data, b""
        while data and not self._is_over:
            inflater = self._inflater or self._begin(data)
            if inflater is None:
                return
            data = yield from self._drain(inflater, data)

    def _begin(self, data: bytes) -> zlib._Decompress | None:
        """Begin a part; None for first bytes that are too few to tell what it is, or that are none."""
        if len(data) < 2:
            self._held = data
        elif self._parts and not (self._is_gzip and data.startswith(_GZIP)):
            self._is_over = True
        else:
            self._inflater = zlib.decompressobj(self._window(data))
        return self._inflater

    def _window(self, data: bytes) -> int:
        if self._is_gzip:
            return zlib.MAX_WBITS | 16
        # Deflate means zlib's format, and many send the bare one.
        has_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS

    def _drain(self, inflater: zlib._Decompress, data: bytes) -> Generator[bytes, None, bytes]:
        """All that these bytes bring in one part; returns what follows the part."""
        piece = b""
        # After a full piece more may be waiting, also without further bytes.
        while not inflater.eof and (data or len(piece) == _PIECE):
            try:
                piece = inflater.decompress(data, _PIECE)
            except zlib.error as error:
                raise ConnectionError(str(error)) from None
            data = inflater.unconsumed_tail
            if piece:
                yield piece
        if not inflater.eof:
            return b""
        self._inflater = None
        self._parts += 1
        return inflater.unused_data
