"""JPEG, baseline (ITU-T T.81, JFIF), for mosaics of 8-pixel squares: each block is its mean."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from functools import cache

__all__ = ["jpeg_image"]

Rgb = tuple[int, int, int]

# The mean's coefficient is eight times the sample; divided by eight it is the sample.
_QUANTIZER = 8
# Table K.3: how long the codes of the size categories 0 to 11 are.
_MEAN_CODES = (
    "00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110",
)  # fmt: skip
_MEAN_COUNTS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
_END_OF_BLOCK = "0"  # the only other code: its table holds nothing else


def jpeg_image(rows: Sequence[Sequence[Rgb]]) -> bytes:
    """Return a picture of eight by eight pixels for each colour."""
    width, height = len(rows[0]) * 8, len(rows) * 8
    components = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, b"\x00" + bytes([_QUANTIZER]) * 64),
            _segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + components),
            _segment(0xC4, b"\x00" + _MEAN_COUNTS + bytes(range(12))),
            _segment(0xC4, b"\x10\x01" + bytes(15) + b"\x00"),
            _segment(0xDA, b"\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00"),
            _packed("".join(_blocks(rows))),
            b"\xff\xd9",
        )
    )


def _blocks(rows: Sequence[Sequence[Rgb]]) -> Iterable[str]:
    last = (0, 0, 0)
    for row in rows:
        for color in row:
            means = _means(color)
            yield (_difference(means[0] - last[0]) + _difference(means[1] - last[1]) + _difference(means[2] - last[2]))
            last = means


@cache
def _difference(value: int) -> str:
    """Return one block: its mean as a difference from the block before (F.1.2.1), and the end."""
    size = abs(value).bit_length()
    bits = f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""
    return _MEAN_CODES[size] + bits + _END_OF_BLOCK


@cache
def _means(color: Rgb) -> tuple[int, int, int]:
    """Return Y, Cb and Cr around zero, by the equations of JFIF."""
    red, green, blue = color
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    parts = (luma - 128, (blue - luma) / 1.772, (red - luma) / 1.402)
    middle, cb, cr = (max(-128, min(127, round(part))) for part in parts)
    return middle, cb, cr


def _packed(bits: str) -> bytes:
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content
