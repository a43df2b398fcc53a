"""Bound values, asked for by the rows of a cmdlet's table, so that a type checker knows their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, overload

from .spec import Parameter

T = TypeVar("T")


class Bound:
    """What was bound. A default is never among it.

    Attributes:
        by_name: the values by the parameters' own names.
    """

    def __init__(self, by_name: Mapping[str, Any]) -> None:
        self.by_name = by_name

    def __contains__(self, row: Parameter[Any]) -> bool:
        return row.name in self.by_name

    def __getitem__(self, row: Parameter[T]) -> T:
        """The value of a parameter that is bound for certain: it is mandatory."""
        value: T = self.by_name[row.name]
        return value

    @overload
    def get(self, row: Parameter[T]) -> T | None: ...
    @overload
    def get(self, row: Parameter[T], otherwise: T) -> T: ...
    def get(self, row: Parameter[T], otherwise: T | None = None) -> T | None:
        """The value, or another one where nothing is bound."""
        value: T | None = self.by_name.get(row.name, otherwise)
        return value

    def or_default(self, row: Parameter[T]) -> T:
        """The value, or the default of the table."""
        if row.default is None:
            raise TypeError(f"-{row.name} has no default")
        value: T = self.by_name.get(row.name, row.default)
        return value
