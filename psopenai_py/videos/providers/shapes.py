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


class Wish(NamedTuple):
    """A size as it was written: pixels (1280x720), a ratio (16:9), or a step (720p) by its short side."""

    text: str
    pixels: tuple[int, int] | None = None
    ratio: tuple[int, int] | None = None
    step: int | None = None


def wish(size: str, service: str) -> Wish:
    """Read a size. Raises InputError for what is none."""
    text = size.strip().lower()
    match = re.fullmatch(r"([1-9][0-9]{0,4})([x:])([1-9][0-9]{0,4})", text)
    if match and match[2] == "x":
        return Wish(text, pixels=(int(match[1]), int(match[3])))
    if match:
        return Wish(text, ratio=(int(match[1]), int(match[3])))
    step = re.fullmatch(r"([1-9][0-9]{2,3})p|[124]k", text)
    if step:
        return Wish(text, step=int(step[1]) if step[1] else _STEPS[text])
    raise unusable("Size", size, service, "write it as WIDTHxHEIGHT, such as 1280x720")


def fitted(size: str | None, ratios: Sequence[str], steps: Mapping[int, str], service: str) -> Shape:
    """The shape that is nearest to a size.

    Args:
        steps: the service's words by their short side in pixels.

    Raises InputError for what is no size, and for a ratio that the service cannot come near to.
    """
    if size is None:
        return Shape()
    wanted = wish(size, service)
    sides = wanted.pixels or wanted.ratio
    short = min(wanted.pixels) if wanted.pixels else wanted.step
    ratio, warnings = _ratio(wanted.text, *sides, ratios, service) if sides else (None, ())
    step = _step(short, steps) if short else None
    said = [f"ratio {ratio}" if ratio else "", f"resolution {step}" if step else ""]
    return Shape(ratio, step, warnings, (f"-Size {wanted.text} is sent as {' and '.join(filter(None, said))}.",))


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
    if off > _TOLERANCE + 1e-9:
        known = f"Its ratios are {', '.join(ratios)}."
        raise unusable("Size", size, service, f"the nearest ratio, {nearest}, is off by {off:.0%}", known)
    return nearest, (f"{service} has no ratio {exact}; {nearest} is used, which is off by {off:.1%}.",)


def _value(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)


def _step(short: int, steps: Mapping[int, str]) -> str:
    return steps[min(steps, key=lambda known: abs(math.log(known / short)))]
