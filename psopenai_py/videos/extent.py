"""How far a file says that it reaches, read while it streams by."""

from __future__ import annotations

from ..streams import Data

#: Types of the boxes with which MP4 and QuickTime files begin.
FIRST_BOXES = (b"ftyp", b"styp", b"moov", b"free", b"mdat", b"wide", b"skip")
#: The size that means: it follows in 64 bits. 0 means: to the end of the file.
_LONG = 1
#: Boxes that are looked at: hours of video in fragments have fewer, and a gigabyte of empty ones would take minutes.
_MOST_BOXES = 100_000


class Extent:
    """The top-level boxes of an MP4 or QuickTime file; of others nothing is known.

    What has no type of four printable characters is no box but padding or a trailer, and nothing is said of it.
    """

    def __init__(self) -> None:
        self._left = 0  # bytes of the box that are still to come
        self._header = b""
        self._type = ""
        self._is_known = True
        self._boxes = 0

    def feed(self, data: Data) -> None:
        """Take the next bytes of the file."""
        at = 0
        while self._is_known:
            step = min(self._left, len(data) - at)
            at, self._left = at + step, self._left - step
            if at == len(data):
                return
            wanted = 16 if self._header[:4] == b"\0\0\0\1" else 8
            more = bytes(data[at : at + wanted - len(self._header)])
            at, self._header = at + len(more), self._header + more
            if len(self._header) == wanted:
                self._open()

    @property
    def shortfall(self) -> str:
        """Why the file is not complete if it ends here; empty if it may be."""
        if not (self._is_known and self._type):
            return ""
        if self._header.startswith(b"\0"):
            return "it ends within the header of a box"
        if self._header:
            # Of a box it would be one of 16 MiB and more that ends within its header: rather a short trailer.
            return ""
        if self._left:
            return f"it ends {self._left} bytes before its part '{self._type}' does"
        return "it ends behind its first part, which holds no video" if (self._type, self._boxes) == ("ftyp", 1) else ""

    def _open(self) -> None:
        """Note the size of what begins with these 8 or 16 bytes."""
        header, is_first = self._header, not self._type
        size, name = int.from_bytes(header[:4], "big"), header[4:8]
        if size == _LONG:
            if len(header) == 8:
                return
            size = int.from_bytes(header[8:], "big")
        self._boxes += 1
        is_box = name in FIRST_BOXES if is_first else all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in name)
        self._is_known = is_box and size >= len(header) and self._boxes <= _MOST_BOXES
        self._type, self._left, self._header = name.decode("latin-1"), size - len(header), b""
