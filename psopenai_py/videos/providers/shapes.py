"""A size in pixels, in the words of services that have ratios and steps instead."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .common import unusable

#: A ratio may be off by so much.
_TOLERANCE = 0.05
_STEPS = {"1k": 1024, "2k": 1440, "4k": 2160}


class Shape(NamedTuple):
    """A ratio and a step of resolution, None for what was not asked for; and what the user is to hear of it."""

    ratio: str | None = None
    resolution: str | None = None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def fitted(size: str | None, ratios: Sequence[str], steps: Mapping[int, str], service: str) -> Shape:
    """The shape that is nearest to a size such as 1280x720, or to a ratio (16:9) or a step (720p) alone.

    Args:
        steps: the service's words by their short side in pixels.

    Raises InputError for what is none of these, and for a ratio that the service cannot come near to.
    """
    if size is None:
        return Shape()
    size = size.strip().lower()
    pixels = re.fullmatch(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", size)
    ratio = re.fullmatch(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})", size)
    step = re.fullmatch(r"([1-9][0-9]{2,3})p|[124]k", size)
    if step:
        nearest = _step(int(step[1]) if step[1] else _STEPS[size], steps)
        return Shape(None, nearest, (), _remarks(size, None, nearest))
    found = pixels or ratio
    if not found:
        raise unusable("Size", size, service, "write it as WIDTHxHEIGHT, such as 1280x720")
    width, height = int(found[1]), int(found[2])
    chosen, warnings = _ratio(size, width, height, ratios, service)
    fits = _step(min(width, height), steps) if pixels else None
    return Shape(chosen, fits, warnings, _remarks(size, chosen, fits))


def pixels(ratio: object, resolution: object) -> str | None:
    """About what size a ratio and a step such as 720p make; None where that cannot be told."""
    sides = re.fullmatch(r"([1-9][0-9]?):([1-9][0-9]?)", str(ratio))
    step = re.fullmatch(r"([1-9][0-9]{2,3})p", str(resolution).lower())
    if not (sides and step):
        return None
    width, height, short = int(sides[1]), int(sides[2]), int(step[1])
    return f"{_even(short * max(width / height, 1))}x{_even(short * max(height / width, 1))}"


def _even(value: float) -> int:
    return round(value / 2) * 2


def _ratio(size: str, width: int, height: int, ratios: Sequence[str], service: str) -> tuple[str, tuple[str, ...]]:
    divisor = math.gcd(width, height)
    exact = f"{width // divisor}:{height // divisor}"
    if exact in ratios:
        return exact, ()
    nearest = min(ratios, key=lambda ratio: abs(math.log(_value(ratio) / (width / height))))
    off = max(_value(nearest) / (width / height), (width / height) / _value(nearest)) - 1
    if off > _TOLERANCE:
        known = f"Its ratios are {', '.join(ratios)}."
        raise unusable("Size", size, service, f"the nearest ratio, {nearest}, is off by {off:.0%}", known)
    return nearest, (f"{service} has no ratio {exact}; {nearest} is used, which is off by {off:.1%}.",)


def _value(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)


def _step(short: int, steps: Mapping[int, str]) -> str:
    return steps[min(steps, key=lambda known: abs(math.log(known / short)))]


def _remarks(size: str, ratio: str | None, step: str | None) -> tuple[str, ...]:
    said = [f"ratio {ratio}" if ratio else "", f"resolution {step}" if step else ""]
    return (f"-Size {size} is sent as {' and '.join(filter(None, said))}.",)
