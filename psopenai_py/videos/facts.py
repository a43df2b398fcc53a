"""What a saved file is, from the file itself: width, height and length. Whatever it holds, nothing goes wrong here."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .. import units

#: Boxes of a file that are looked at, and bytes of one: a server may send anything.
_MOST_BOXES = 1000
_LARGEST = 64 * 2**20


def described(path: Path) -> str:
    """What a person wants to know of a file: "1280x720, 8 s, 171 kB"; what cannot be found out is left out."""
    try:
        count = path.stat().st_size
        with path.open("rb") as file:
            known = _facts(file, count)
    except (OSError, ValueError, struct.error, IndexError):
        return ""
    return ", ".join([*known, units.size(count)])


def _facts(file: BinaryIO, count: int) -> list[str]:
    head = file.read(64)
    try:
        if head[4:8] in (b"ftyp", b"styp", b"moov"):
            return _of_video(file, count)
        dimensions = _of_picture(head)
    except (ValueError, struct.error, IndexError):
        return []
    return [f"{dimensions[0]}x{dimensions[1]}"] if dimensions else []


def _of_picture(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or WebP."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack_from(">II", head, 16)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1


def _of_video(file: BinaryIO, count: int) -> list[str]:
    """Dimensions and length of an MP4 or QuickTime film."""
    moov = next((body for kind, body in _top_boxes(file, count) if kind == b"moov"), b"")
    facts = []
    for kind, body in _boxes(moov):
        if kind == b"trak":
            width, height = _track_size(body)
            if width and height:
                facts.append(f"{width}x{height}")
                break
    header = next((body for kind, body in _boxes(moov) if kind == b"mvhd"), b"")
    is_long = header[:1] == b"\1"
    scale, length = struct.unpack_from(">IQ" if is_long else ">II", header, 20 if is_long else 12)
    if scale and 0 < length / scale < 10**6:
        facts.append(f"{length / scale:.1f} s".replace(".0 s", " s"))
    return facts


def _track_size(track: bytes) -> tuple[int, int]:
    header = next((body for kind, body in _boxes(track) if kind == b"tkhd"), b"")
    place = 88 if header[:1] == b"\1" else 76
    width, height = struct.unpack_from(">II", header, place) if len(header) >= place + 8 else (0, 0)
    return width >> 16, height >> 16


def _top_boxes(file: BinaryIO, count: int) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file, with the bodies of those that say what it is."""
    place = 0
    for _ in range(_MOST_BOXES):
        if place + 8 > count:
            return
        file.seek(place)
        length, kind = struct.unpack(">I4s", file.read(8))
        start = 8
        if length == 1:
            (length,), start = struct.unpack(">Q", file.read(8)), 16
        length = length or count - place
        if length < start:
            return
        yield kind, file.read(min(length - start, _LARGEST)) if kind == b"moov" else b""
        place += length


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if length < 8:
            return
        yield kind, data[place + 8 : place + length]
        place += length
