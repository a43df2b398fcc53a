"""Text to number as PowerShell's language does it: hex, binary, type suffixes, multipliers, half-to-even.

PowerShell tries three readers in turn; so does `to_int32`. What no reader takes is a ValueError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

INT32 = range(-(2**31), 2**31)

#: No number of PowerShell's is larger, so none is made: a few characters can name one that fills the memory.
_LARGEST = 2**960
_MOST_DIGITS = 300
_INFINITY = float("inf")

#: Dashes that the number scanner takes for a minus sign.
_MINUS = "-\u2013\u2014\u2015"

_PLAIN_MINUS = str.maketrans(dict.fromkeys(_MINUS, "-"))

# Patterns are plain text: `re` compiles one at its first use, and most calls use none.
_EXPONENT = rf"e[+{re.escape(_MINUS)}]?[0-9]+"
_SCANNER = rf"""(?xi)(?P<sign>[+{re.escape(_MINUS)}]?)
    (?: 0x(?P<hex>[0-9a-f]*) | 0b(?P<binary>[01]+)
      | (?P<real>(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:{_EXPONENT})?|[0-9]+{_EXPONENT}) | (?P<digits>[0-9]+) )
    (?P<suffix>u?[lsy]|u|n|d)?
    (?P<multiplier>[kmgtp]b)?"""
_TYPE_CONVERTER = r"(?i)(?:\#|0x|&h)([0-9a-f]+)"
_NO_DIGITS = r"(?i)[+-]?(?:nan|infinity)"
_WITH_THOUSANDS = r"(?i)[+-]?[0-9][0-9,]*(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?"

_LARGEST_SINGLE = 3.4028235677973366e38
#: Bits that the type of a suffix has, as far as PowerShell looks at it.
_BINARY_BITS = {"y": 8, "s": 16}
_HEX_BITS = {**_BINARY_BITS, "l": 64}
_LARGEST_DECIMAL = 2**96 - 1
_SMALLEST_SINGLE = 7.006492321624085e-46

_SUFFIX_RANGES = {
    "y": range(-(2**7), 2**7),
    "uy": range(2**8),
    "s": range(-(2**15), 2**15),
    "us": range(2**16),
    "l": range(-(2**63), 2**63),
    "ul": range(2**64),
    "u": range(2**64),
}


def to_int32(text: str) -> int:
    """A 32-bit integer. Blank is 0, halves go to the even neighbour, overflow is a ValueError."""
    trimmed = text.strip()
    if not trimmed:
        return 0
    try:
        return _fit(_read(trimmed))
    except ValueError:
        converted = re.fullmatch(_TYPE_CONVERTER, trimmed)
        if converted is None:
            raise
    return _twos_complement(int(converted[1], 16), 32)


def to_single(text: str) -> float:
    """A single-precision number, by the same scanner, else a plain number in the invariant culture."""
    trimmed = text.strip()
    if not trimmed:
        return 0.0
    scanned = _scan(trimmed)
    if scanned is not None:
        return _as_single(float(scanned))
    if re.fullmatch(_NO_DIGITS, trimmed) or re.fullmatch(_WITH_THOUSANDS, trimmed):
        return _as_single(float(trimmed.replace(",", "")))
    raise ValueError(f"'{_beginning(text)}' is not a number")


def _as_single(number: float) -> float:
    """The number, or what becomes of it outside the range of single precision. Its digits stay as written."""
    if abs(number) > _LARGEST_SINGLE:
        return float("inf") if number > 0 else float("-inf")
    return number * 0.0 if abs(number) < _SMALLEST_SINGLE else number  # with its sign


def literal(text: str) -> int | float:
    """The value of a number as it stands in a PowerShell script; ValueError for what is none."""
    number = _scan(text)
    if number is None or number in (_INFINITY, -_INFINITY):
        raise ValueError(f"'{_beginning(text)}' is not a number")
    return number if isinstance(number, int | float) else float(number)


def _beginning(text: str) -> str:
    """What an error message quotes of a text that may be very long."""
    return text if len(text) <= 40 else text[:40] + "..."


def _read(text: str) -> int | float | Decimal:
    scanned = _scan(text)
    if scanned is not None:
        return scanned
    if re.fullmatch(_WITH_THOUSANDS, text):
        return float(text.replace(",", ""))
    raise ValueError(f"'{_beginning(text)}' is not a number")


def _scan(text: str) -> int | float | Decimal | None:
    """The language's number scanner: None when the text is no number literal, ValueError for one out of range."""
    match = re.fullmatch(_SCANNER, text)
    if match is None:
        return None
    suffix = (match["suffix"] or "").lower()
    number = _magnitude(match, suffix)
    if not isinstance(number, float) and number >= _LARGEST:
        raise ValueError(f"'{_beginning(text)}' is too large")
    if match["sign"] and match["sign"] in _MINUS:
        number = -number if isinstance(number, int | float) else number.copy_negate()  # which rounds nothing
    if match["multiplier"]:
        number *= 1024 ** (1 + "kmgtp".index(match["multiplier"][0].lower()))
    if not _fits(number, suffix, in_digits_of_two=match["real"] is None and match["digits"] is None):
        raise ValueError(f"'{_beginning(text)}' does not fit its type")
    return _round(number) if suffix in _SUFFIX_RANGES or suffix == "n" else number


def _fits(number: int | float | Decimal, suffix: str, *, in_digits_of_two: bool) -> bool:
    """True if the type that the suffix names can hold the number; hex and binary ones are 64 bits without any."""
    if suffix == "d":
        return -_LARGEST_DECIMAL <= number <= _LARGEST_DECIMAL
    wanted = _SUFFIX_RANGES.get("l" if in_digits_of_two and not suffix else suffix)
    return wanted is None or _round(number) in wanted


def _magnitude(match: re.Match[str], suffix: str) -> int | float | Decimal:
    if match["hex"] is not None:
        return _sized(int(match["hex"] or "0", 16), len(match["hex"]) * 4, _HEX_BITS.get(suffix), suffix)
    if match["binary"] is not None:
        return _sized(int(match["binary"], 2), len(match["binary"]), _BINARY_BITS.get(suffix), suffix)
    text = match["real"] or match["digits"]
    if suffix == "d":
        return _decimal(text)
    return float(text.translate(_PLAIN_MINUS)) if match["real"] else _integer(text)


def _integer(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:  # Python would refuse still more of them, in its own words
        raise ValueError(f"'{_beginning(digits)}' is too large")
    return int(digits)


def _decimal(text: str) -> Decimal:
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(text.translate(_PLAIN_MINUS))
    except InvalidOperation:  # an exponent of twenty digits
        raise ValueError(f"'{_beginning(text)}' is not a number") from None


def _sized(number: int, bits: int, wanted: int | None, suffix: str) -> int:
    """As many written bits as the type has are two's complement, unless the suffix says unsigned."""
    wanted = wanted or (64 if bits >= 64 else 32)
    return number if "u" in suffix or bits != wanted else _twos_complement(number, bits)


def _twos_complement(number: int, bits: int) -> int:
    if number >= 2**bits:
        raise ValueError(f"{_beginning(hex(number))} has more than {bits} bits")
    return number - 2**bits if number >= 2 ** (bits - 1) else number


def _round(number: int | float | Decimal) -> int:
    """To the nearest integer, halves to the even one; NaN and the infinities are a ValueError."""
    try:
        return round(number)
    except OverflowError:
        raise ValueError("the number has no integer value") from None


def _fit(number: int | float | Decimal) -> int:
    rounded = _round(number)
    if rounded not in INT32:
        raise ValueError("the number does not fit 32 bits")
    return rounded
