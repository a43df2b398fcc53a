"""Typed values, as JSON carries them, to the arguments that a command line would give: PowerShell's way.

A number becomes the text that .NET writes for it, an array keeps its elements where the parameter takes
several, null becomes the empty value of the type. Validation and the rest of the conversion are in `values`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from .spec import Kind, NetType, Parameter

#: What PowerShell makes of null; for the other kinds it is as if the parameter had not been given.
_OF_NULL: dict[NetType[Any], Any] = {
    Kind.STRING: "",
    Kind.STRINGS: "",
    Kind.INT: "0",
    Kind.SINGLE: "0",
    Kind.SWITCH: False,
    Kind.API_TYPE: "",
    Kind.ACTION: "",
}
_ONLY_TEXT = (Kind.URI, Kind.SECRET)


def is_absent(parameter: Parameter[Any], value: Any) -> bool:
    """True for a null where it means that nothing was given."""
    return value is None and parameter.kind not in _OF_NULL


def argument(parameter: Parameter[Any], value: Any) -> Any:
    """The argument that `values.convert` takes for a typed value; ValueError for one that no command line has."""
    kind = parameter.kind
    if isinstance(value, Mapping):
        return value if all(isinstance(name, str) for name in value) else {str(name): value[name] for name in value}
    if kind is Kind.OBJECT:
        return value
    if value is None:
        return _OF_NULL[kind]
    if isinstance(value, list | tuple):
        if kind is not Kind.STRINGS:
            raise ValueError("an array cannot be used here")
        return [_text(element) for element in value]
    if kind is Kind.SWITCH and isinstance(value, int | float):
        return bool(value)
    if kind in _ONLY_TEXT and isinstance(value, int | float):
        raise ValueError("text is needed")
    return value if isinstance(value, bool) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping | list | tuple):
        raise ValueError("an array of texts is needed")
    try:
        return os.fsdecode(value) if isinstance(value, os.PathLike) else str(value)
    except ValueError:  # more digits than Python converts
        raise ValueError("the number is too large") from None


def number(value: float) -> str:
    """A real number as .NET writes it in the invariant culture: 4, 1.5, 1E+20, 1E-05."""
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    from ..psjson import dumps

    return dumps(value).removesuffix(".0")
