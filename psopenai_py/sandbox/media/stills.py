"""Pictures out of a scene, as lossless WebP (RFC 9649): the thumbnail and the sprite sheet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from .scene import KEY_INTERVAL, Scene, to_rgb

__all__ = ["spritesheet", "thumbnail", "webp_image"]

Rgb = tuple[int, int, int]

SQUARE = 8  # pixels of a cell's side in a still: half of those in the clip

_SHEET_COLUMNS = 4
_SHEET_FRAMES = 16
_LONGEST_SIDE = 40  # squares of a sprite; larger scenes are thinned out


def thumbnail(scene: Scene) -> bytes:
    """Return the first frame, half as wide and as high as the clip's cells."""
    return webp_image(_colors(scene, 0, 1))


def spritesheet(scene: Scene) -> bytes:
    """Return up to sixteen frames, evenly spread over the clip, four a row."""
    keys = scene.frames // KEY_INTERVAL
    columns = min(_SHEET_COLUMNS, keys)
    count = min(_SHEET_FRAMES, keys // columns * columns)
    step = -(-max(scene.columns, scene.rows) // _LONGEST_SIDE)
    sprites = [_colors(scene, keys * place // count * KEY_INTERVAL, step) for place in range(count)]
    rows: list[list[Rgb]] = []
    for first in range(0, count, columns):
        for parts in zip(*sprites[first : first + columns], strict=True):
            rows.append([color for part in parts for color in part])
    return webp_image(rows)


def _colors(scene: Scene, frame: int, step: int) -> list[list[Rgb]]:
    convert = cache(to_rgb)
    return [[convert(color) for color in row[::step]] for row in scene.cells(frame)[::step]]


def webp_image(rows: Sequence[Sequence[Rgb]]) -> bytes:
    """Return a picture with a square of SQUARE pixels for each colour.

    A square is a pixel, copied to the right; its other lines are copies of what is above. With prefix codes that
    give "copy" one bit, and every sample its own eight, nothing has to be counted or sorted.
    """
    bits = [_low(0x2F, 8), _low(len(rows[0]) * SQUARE - 1, 14), _low(len(rows) * SQUARE - 1, 14), "0000", "000"]
    bits += [_GREENS, _SAMPLES, _SAMPLES, _OPAQUE, _DISTANCES]
    for row in rows:
        bits += [f"1{green:08b}{red:08b}{blue:08b}{_COPY_LEFT}" for red, green, blue in row]
        bits += [_COPY_ABOVE * len(row)] * (SQUARE - 1)
    data = "".join(bits)
    packed = int(data[::-1], 2).to_bytes(-(-len(data) // 16) * 2, "little")
    chunk = b"WEBPVP8L" + len(packed).to_bytes(4, "little") + packed
    return b"RIFF" + len(chunk).to_bytes(4, "little") + chunk


def _low(value: int, count: int) -> str:
    """Return `count` bits of a number, lowest first; only prefix codes have their highest bit first."""
    return f"{value:0{count}b}"[::-1]


def _prefix_code(lengths: dict[int, int], symbols: str) -> str:
    """Return how the file announces a prefix code (section 3.7.2.1.2).

    lengths: the code lengths that occur, each with the length of its own code. symbols: the code of the length of
    each symbol.
    """
    order = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9)
    return "0" + _low(len(order) - 4, 4) + "".join(_low(lengths.get(kind, 0), 3) for kind in order) + "0" + symbols


# Green: 256 samples with codes of nine bits ("1" and the sample), nothing for the other lengths of copies, and one
# bit ("0") for symbol 261, a copy of seven pixels or, with its extra bit, of eight.
_GREENS = _prefix_code({9: 1, 0: 2, 1: 2}, "0" * 256 + "10" * 5 + "11" + "10" * 18)
_SAMPLES = _prefix_code({8: 1, 0: 1}, "1" * 256)
_OPAQUE = "101" + _low(255, 8)
_DISTANCES = "1" + "1" + "0" + "0" + _low(1, 8)  # two symbols of one bit each: 0 is above, 1 is left
_COPY_LEFT = "0" + "0" + "1"
_COPY_ABOVE = "0" + "1" + "0"
