"""Modules that stand in for what is not installed, so that the route modules of a server load without its engine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, ClassVar
from unittest.mock import MagicMock


class StandIn(ModuleType):
    """A module that has whatever is asked of it: classes to inherit from and exceptions by their names."""

    __path__: ClassVar[list[str]] = []  # type: ignore[misc]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith(("Error", "Exception")):
            made: Any = type(name, (Exception,), {})
        elif name[0].isupper() and not name.isupper():
            made = type(name, (), {"__init__": lambda self, *args, **kwargs: None})
        else:
            made = MagicMock(name=name)
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    """Finds stand-ins for modules with these beginnings, before the real ones or only in their absence."""

    def __init__(self, beginnings: Sequence[str]) -> None:
        self._beginnings = beginnings

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        fits = any(name == each or name.startswith(f"{each}.") for each in self._beginnings)
        return ModuleSpec(name, self, is_package=True) if fits else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def replace(instead: Sequence[str], missing: Sequence[str]) -> None:
    """Put stand-ins in place of some modules, and of others where they are not installed."""
    sys.meta_path.insert(0, _Finder(instead))
    sys.meta_path.append(_Finder(missing))
