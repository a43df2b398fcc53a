"""Width, height and length of files, read from files that are built byte by byte, and what is wrong with some."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from psopenai_py.videos.facts import described


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _long_box(kind: bytes, body: bytes) -> bytes:
    """A box whose size is written in 64 bits."""
    return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body


def _header(scale: int, length: int, *, version: int = 0) -> bytes:
    times = bytes(16 if version else 8)
    return _box(b"mvhd", bytes([version, 0, 0, 0]), times, struct.pack(">IQ" if version else ">II", scale, length))


def _track(width: int, height: int, *, version: int = 0, cut: int = 0) -> bytes:
    body = bytes([version, 0, 0, 0]) + bytes(84 if version else 72) + struct.pack(">II", width << 16, height << 16)
    return _box(b"trak", _box(b"tkhd", body[: len(body) - cut]))


FTYP = _box(b"ftyp", b"isom")
EIGHT = _header(1000, 8000)
HD = _track(1280, 720)

FILMS = {
    "a film": (FTYP + _box(b"moov", EIGHT, HD), "1280x720, 8 s"),
    "the index behind the pictures": (FTYP + _box(b"mdat", bytes(99)) + _box(b"moov", EIGHT, HD), "1280x720, 8 s"),
    "long fields": (FTYP + _box(b"moov", _header(600, 900, version=1), _track(2, 4, version=1)), "2x4, 1.5 s"),
    "a box of 64 bits": (FTYP + _long_box(b"mdat", bytes(9)) + _box(b"moov", EIGHT, HD), "1280x720, 8 s"),
    "an index up to the end": (FTYP + b"\0\0\0\0moov" + EIGHT + HD, "1280x720, 8 s"),
    "an empty box inside": (FTYP + _box(b"moov", _box(b"free"), EIGHT, HD, _box(b"free")), "1280x720, 8 s"),
    "seven bytes too many": (FTYP + _box(b"moov", EIGHT, HD, bytes(7)), "1280x720, 8 s"),
    "seven bytes behind it": (FTYP + _box(b"moov", EIGHT, HD) + bytes(7), "1280x720, 8 s"),
    "a box that is shorter than its head": (FTYP + _box(b"moov", EIGHT, HD, b"\0\0\0\7free"), "1280x720, 8 s"),
    "sound before pictures": (FTYP + _box(b"moov", EIGHT, _track(0, 0), HD), "1280x720, 8 s"),
    "two tracks": (FTYP + _box(b"moov", EIGHT, _track(2, 4), HD), "2x4, 8 s"),
    "a track without a height": (FTYP + _box(b"moov", EIGHT, _track(2, 0)), "8 s"),
    "no track, and seven bytes too many": (FTYP + _box(b"moov", EIGHT, bytes(7)), "8 s"),
    "no track, and an empty box": (FTYP + _box(b"moov", EIGHT, _box(b"free")), "8 s"),
    "a track whose head is cut": (FTYP + _box(b"moov", EIGHT, _track(2, 4, cut=1)), "8 s"),
    "no length": (FTYP + _box(b"moov", _header(1000, 0), HD), "1280x720"),
    "no scale": (FTYP + _box(b"moov", _header(0, 8000), HD), "1280x720"),
    "a length that is none": (FTYP + _box(b"moov", _header(1, 10**6), HD), "1280x720"),
    "the longest": (FTYP + _box(b"moov", _header(1, 10**6 - 1), HD), "1280x720, 999999 s"),
    "no index": (FTYP + _box(b"mdat", bytes(9)), ""),
    "an index that is cut": (FTYP + _box(b"moov", EIGHT, HD)[:30], ""),
    "nothing but a head": (FTYP, ""),
}

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 64, 32)


def _webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + bytes(4) + body


PICTURES = {
    "PNG": (PNG, "64x32"),
    "PNG that is cut": (PNG[:-1], ""),
    "WebP": (_webp(b"VP8 ", bytes(6) + struct.pack("<HH", 64 | 0x4000, 32 | 0x8000)), "64x32"),
    "the largest WebP": (_webp(b"VP8 ", bytes(6) + struct.pack("<HH", 0x3FFF, 0x3FFF)), "16383x16383"),
    "lossless WebP": (_webp(b"VP8L", b"\x2f" + (63 | 31 << 14).to_bytes(4, "little")), "64x32"),
    "extended WebP": (_webp(b"VP8X", bytes(4) + (63).to_bytes(3, "little") + (31).to_bytes(3, "little")), "64x32"),
    "another RIFF": (b"RIFF\0\0\0\0WAVEfmt " + bytes(20), ""),
    "something else": (b"GIF89a" + bytes(20), ""),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize(("data", "known"), [*FILMS.values(), *PICTURES.values()], ids=[*FILMS, *PICTURES])
def test_what_is_known(data: bytes, known: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert described(path) == ", ".join(filter(None, [known, f"{len(data)} B"]))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert described(tmp_path / "gone") == ""
