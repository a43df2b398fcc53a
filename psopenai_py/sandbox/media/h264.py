"""H.264 (ITU-T H.264), Constrained Baseline, for mosaics that move sideways: lossless, a few bits per cell.

A key frame codes each macroblock as «like the one to the left (or above), plus a difference of its mean»; at
the chosen quantizer such a difference is exact. Frames in between hold no picture at all: each band of
rows is the frame before, moved. Clause and table numbers are those of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

__all__ = ["Band", "key_frame", "moved_frame", "parameter_sets"]

Color = tuple[int, int, int]
Band = tuple[int, int]  # macroblock rows, pixels to the right

# With QP 28 one unit of a luma DC level is one sample step, since LevelScale(4) is a power of two (8.5.10).
# Chroma gets the same step at QP 22, hence the offset.
_QP = 28
_CHROMA_QP_OFFSET = -6
_FRAME_NUM_BITS = 8

# Table A-1: level_idc, macroblocks per second, macroblocks per frame.
_LEVELS = (
    (10, 1_485, 99), (11, 3_000, 396), (12, 6_000, 396), (13, 11_880, 396), (21, 19_800, 792),
    (22, 20_250, 1_620), (30, 40_500, 1_620), (31, 108_000, 3_600), (32, 216_000, 5_120),
    (40, 245_760, 8_192), (42, 522_240, 8_704), (50, 589_824, 22_080), (51, 983_040, 36_864),
    (52, 2_073_600, 36_864), (60, 4_177_920, 139_264),
)  # fmt: skip


def parameter_sets(width: int, height: int, frames_per_second: int) -> tuple[bytes, bytes]:
    """Return the sequence and picture parameter sets (7.3.2.1, 7.3.2.2) as NAL units."""
    columns, rows = -(-width // 16), -(-height // 16)
    cropping = (0, (columns * 16 - width) // 2, 0, (rows * 16 - height) // 2)  # left, right, top, bottom
    sequence = [
        f"{66:08b}", "11000000", f"{_level(columns, rows, frames_per_second):08b}",  # Constrained Baseline
        _ue(0), _ue(_FRAME_NUM_BITS - 4),
        _ue(2),  # pictures come out in the order they are coded
        _ue(1), "0", _ue(columns - 1), _ue(rows - 1), "1", "1",
        "1", *map(_ue, cropping),
        "1", _usability(),
    ]  # fmt: skip
    picture = [
        _ue(0), _ue(0), "0", "0", _ue(0), _ue(0), _ue(0), "0", "00",
        _se(_QP - 26), _se(0), _se(_CHROMA_QP_OFFSET),
        "1",  # slices say themselves that they want no deblocking
        "0", "0",
    ]  # fmt: skip
    return _nal(0x67, sequence), _nal(0x68, picture)


def _usability() -> str:
    """Return the video usability information (E.1.1): BT.709 video range, no reordering, one reference."""
    color = f"1{5:03b}0" + "1" + f"{1:08b}" * 3
    bounds = "1" + "1" + _ue(0) + _ue(0) + _ue(16) + _ue(16) + _ue(0) + _ue(1)
    return "0" + "0" + color + "0" + "0" + "0" + "0" + "0" + bounds


def _level(columns: int, rows: int, frames_per_second: int) -> int:
    size = columns * rows
    for level, rate, largest in _LEVELS:
        # A.3.1: no side may be longer than the root of eight times the largest frame.
        if size <= largest and size * frames_per_second <= rate and max(columns, rows) ** 2 <= 8 * largest:
            return level
    raise ValueError(f"No level of H.264 holds {columns * 16}x{rows * 16} at {frames_per_second} frames per second.")


def key_frame(rows: Sequence[Sequence[Color]], index: int) -> bytes:
    """Return an IDR picture (as a NAL unit) of the given cells; `index` counts key frames."""
    header = [_ue(0), _ue(7), _ue(0), "0" * _FRAME_NUM_BITS, _ue(index % 2), "00", _se(0), _ue(1)]
    return _nal(0x65, [*header, *_key_rows(rows)])


def _key_rows(rows: Sequence[Sequence[Color]]) -> Iterable[str]:
    above: Color = (128, 128, 128)  # what DC prediction gives without neighbours
    mode = _DC
    for row in rows:
        first = row[0]
        yield _intra(mode, first[0] - above[0], first[1] - above[1], first[2] - above[2])
        left = first
        same = _intra(_HORIZONTAL, 0, 0, 0)
        for color in row[1:]:
            if color == left:
                yield same
                continue
            yield _intra(_HORIZONTAL, color[0] - left[0], color[1] - left[1], color[2] - left[2])
            left = color
        above, mode = first, _VERTICAL


# Intra_16x16 prediction mode, and the chroma mode of the same meaning (tables 8-4 and 8-5).
_VERTICAL = (0, 2)
_HORIZONTAL = (1, 1)
_DC = (2, 0)


@cache
def _intra(mode: tuple[int, int], luma: int, blue: int, red: int) -> str:
    """Return an Intra_16x16 macroblock of an I slice: a prediction plus three differences (7.3.5)."""
    has_chroma = bool(blue or red)
    bits = _ue(1 + mode[0] + (4 if has_chroma else 0)) + _ue(mode[1]) + _se(0) + _level_block(luma, "1", "01", "000101")
    if has_chroma:
        bits += _level_block(blue, "01", "1", "000111") + _level_block(red, "01", "1", "000111")
    return bits


def _level_block(value: int, none: str, one: str, more: str) -> str:
    """Return a residual block of at most one level, its first (9.2); the tokens are those of table 9-5."""
    if not value:
        return none
    if abs(value) == 1:
        return one + ("1" if value < 0 else "0") + "1"
    code = 2 * abs(value) - (4 if value > 0 else 3)  # 9.2.2.1, with no trailing ones
    if code < 14:
        prefix = "0" * code + "1"
    elif code < 30:
        prefix = "0" * 14 + "1" + f"{code - 14:04b}"
    else:
        prefix = "0" * 15 + "1" + f"{code - 30:012b}"
    return more + prefix + "1"


def moved_frame(columns: int, bands: Sequence[Band], number: int) -> bytes:
    """Return a P picture (as a NAL unit), the `number`-th after its key frame: each band moved on."""
    header = [_ue(0), _ue(5), _ue(0), f"{number:0{_FRAME_NUM_BITS}b}", "0", "0", "0", _se(0), _ue(1)]
    return _nal(0x41, [*header, _moved_rows(columns, tuple(bands))])


@cache
def _moved_rows(columns: int, bands: tuple[Band, ...]) -> str:
    """Return the slice data: few macroblocks are coded, the rest follow by prediction (8.4.1).

    A band's first row differs from what its neighbours predict and is coded throughout. Below it only the
    first macroblock of a row is coded, since a skipped one stands still at the left edge (8.4.1.1).
    """
    coded: list[str] = []
    skipped = before = 0
    for band, (rows, pixels) in enumerate(bands):
        vector = -4 * pixels  # quarter samples, pointing to where the block comes from
        if pixels:
            difference = vector - before
            # In the picture's first row a macroblock predicts from the left, further down from above.
            rest = _inter(0, 0 if band == 0 else difference)
            coded.append(_inter(skipped, difference) + rest * (columns - 1))
            skipped = 0
            for _ in range(rows - 1):
                coded.append(_inter(skipped, 0))
                skipped = columns - 1
        else:
            skipped += rows * columns
        before = vector
    return "".join(coded) + (_ue(skipped) if skipped else "")


def _inter(skipped: int, difference: int) -> str:
    """Return a run of skipped macroblocks and a P_L0_16x16 with a horizontal difference, no residual."""
    return _ue(skipped) + _ue(0) + _se(difference) + _se(0) + _ue(0)


def _ue(value: int) -> str:
    """Return an unsigned Exp-Golomb code (9.1)."""
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def _se(value: int) -> str:
    """Return a signed Exp-Golomb code (9.1.1)."""
    return _ue(2 * value - 1 if value > 0 else -2 * value)


_FORBIDDEN = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def _nal(kind: int, parts: Iterable[str]) -> bytes:
    """Return a NAL unit: stop bit, padding, and no byte sequence that looks like a start code (7.4.1)."""
    bits = "".join(parts) + "1"
    bits += "0" * (-len(bits) % 8)
    return bytes([kind]) + _FORBIDDEN.sub(b"\x00\x00\x03", int(bits, 2).to_bytes(len(bits) // 8, "big"))
