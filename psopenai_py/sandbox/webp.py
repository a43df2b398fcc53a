"""WebP, lossless (RFC 9649), for mosaics: a literal per run of cells, all else copied from left or above."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

__all__ = ["webp_image"]

Rgb = tuple[int, int, int]

_CODE_LENGTH_ORDER = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
_ABOVE, _LEFT = 0, 1  # prefix codes of the two distances in use (section 5.2.2)
_LONGEST_COPY = 4096


def webp_image(rows: Sequence[Sequence[Rgb]], cell: int, width: int, height: int) -> bytes:
    """Return a picture of `width` x `height` pixels whose squares of `cell` pixels have the given colours."""
    symbols = list(_symbols(rows, cell, width, height))
    greens = _Code({green for green, *_ in symbols}, 280)
    reds = _Code({rest[0] for green, *rest in symbols if green < 256}, 256)
    blues = _Code({rest[1] for green, *rest in symbols if green < 256}, 256)
    distances = _Code({_ABOVE, _LEFT}, 40)
    bits = [_low(0x2F, 8), _low(width - 1, 14), _low(height - 1, 14), "0000"]
    bits.append("000")  # no transform, no colour cache, one set of codes
    bits += [greens.header, reds.header, blues.header, _Code({255}, 256).header, distances.header]
    for green, *rest in symbols:
        if green < 256:
            bits.append(greens[green] + reds[rest[0]] + blues[rest[1]])
        else:
            bits.append(greens[green] + _low(rest[1], rest[2]) + distances[rest[0]])
    return _file("".join(bits))


def _symbols(rows: Sequence[Sequence[Rgb]], cell: int, width: int, height: int) -> Iterable[tuple[int, ...]]:
    """Yield literals (green, red, blue) and copies (256 + length prefix, distance, extra bits, count)."""
    for number, row in enumerate(rows):
        tall = min(cell, height - number * cell)
        if tall <= 0:
            return
        for color, pixels in _runs(row, cell, width):
            yield color[1], color[0], color[2]
            yield from _copies(pixels - 1, _LEFT)
        yield from _copies((tall - 1) * width, _ABOVE)


def _runs(row: Sequence[Rgb], cell: int, width: int) -> Iterable[tuple[Rgb, int]]:
    start = 0
    for column in range(1, len(row) + 1):
        if column == len(row) or row[column] != row[start]:
            pixels = min(column * cell, width) - start * cell
            if pixels > 0:
                yield row[start], pixels
            start = column


def _copies(pixels: int, distance: int) -> Iterable[tuple[int, ...]]:
    while pixels > 0:
        length = min(pixels, _LONGEST_COPY)
        yield _length_symbol(length, distance)
        pixels -= length


def _length_symbol(length: int, distance: int) -> tuple[int, ...]:
    value = length - 1
    if value < 4:
        return 256 + value, distance, 0, 0
    extra = value.bit_length() - 2
    prefix = 2 * (extra + 1) + (value >> extra & 1)
    return 256 + prefix, distance, value & ((1 << extra) - 1), extra


class _Code:
    """A prefix code that gives all its symbols about the same length, and how the file announces it."""

    def __init__(self, used: set[int], alphabet: int) -> None:
        self._bits: dict[int, str] = {}
        symbols = sorted(used)
        if len(symbols) == 1:
            self._bits[symbols[0]] = ""
            self.header = "1" + "0" + "1" + _low(symbols[0], 8)
            return
        long = (len(symbols) - 1).bit_length()
        shorter = 2**long - len(symbols)  # so many symbols do with a bit less, and the code is complete
        lengths = {symbol: long - (place < shorter) for place, symbol in enumerate(symbols)}
        self._bits = _canonical(lengths)
        # Four kinds of length with two bits each are a complete code, whether all occur or not.
        kinds = (0, long - 1, long, long + 1) if long > 1 else (0, 1, 2, 3)
        code = _canonical(dict.fromkeys(kinds, 2))
        lengths_of_lengths = "".join(_low(2 if kind in kinds else 0, 3) for kind in _CODE_LENGTH_ORDER)
        self.header = "0" + _low(15, 4) + lengths_of_lengths + "0"
        self.header += "".join(code[lengths.get(symbol, 0)] for symbol in range(alphabet))

    def __getitem__(self, symbol: int) -> str:
        return self._bits[symbol]


def _canonical(lengths: dict[int, int]) -> dict[int, str]:
    """Return the codes that follow from the lengths alone."""
    codes = {}
    code = last = 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items()):
        code <<= length - last
        codes[symbol] = f"{code:0{length}b}"
        code, last = code + 1, length
    return codes


def _low(value: int, count: int) -> str:
    """Return `count` bits of a number, lowest first; only prefix codes have their highest bit first."""
    return f"{value:0{count}b}"[::-1] if count else ""


def _file(bits: str) -> bytes:
    data = int(bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")
    padding = b"\x00" * (len(data) % 2)
    chunk = b"WEBPVP8L" + struct.pack("<I", len(data)) + data + padding
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk
