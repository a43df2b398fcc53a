"""Times and sizes as people say them."""

from __future__ import annotations

_TIMES = (("d", 86400), ("h", 3600), ("min", 60))
_SIZES = (("GB", 10**9, 1), ("MB", 10**6, 1), ("kB", 10**3, 0))


def duration(seconds: float) -> str:
    """A time in the largest unit of which there are two."""
    for unit, length in _TIMES:
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(int(seconds), 0)} s"


def size(count: float) -> str:
    """A number of bytes, such as "171 kB" or "20.2 MB"."""
    number, unit = _scaled(count, count)
    return f"{number} {unit}"


def part(count: float, total: float) -> str:
    """A part of a number of bytes, both in the unit of the whole: "9.1 of 20.2 MB"."""
    number, unit = _scaled(total, total)
    return f"{_scaled(count, total)[0]} of {number} {unit}"


def _scaled(count: float, scale: float) -> tuple[str, str]:
    for unit, length, digits in _SIZES:
        if scale >= length:
            return f"{count / length:.{digits}f}", unit
    return f"{count:.0f}", "B"
