"""Modules that stand in for an engine, so that the shipped route modules of a server load without it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock


class StandIn(ModuleType):
    """A module that has whatever is asked of it: exceptions, classes by their names, and else what takes any call."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made: Any
        if name.endswith(("Error", "Exception")):
            made = type(name, (Exception,), {})
        elif name[0].isupper() and not name.isupper():
            made = type(name, (), {})
        else:
            made = MagicMock(name=name)
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    """Finds stand-ins for all modules with these beginnings, but for the real ones, which are in a folder."""

    def __init__(self, folder: Path, beginnings: Sequence[str], real: Sequence[str]) -> None:
        self._folder = folder
        self._beginnings = beginnings
        self._real = real

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name in self._real:
            return spec_from_file_location(name, self._folder.joinpath(*name.split(".")).with_suffix(".py"))
        fits = any(name == each or name.startswith(f"{each}.") for each in self._beginnings)
        return ModuleSpec(name, self, is_package=True) if fits else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def install(folder: Path, beginnings: Sequence[str], real: Sequence[str], facts: Mapping[str, Any]) -> None:
    """Let imports find the real modules and stand-ins for the rest.

    Args:
        facts: what stand-ins are to have, by module and name with dots between.
    """
    sys.meta_path.insert(0, _Finder(folder, beginnings, real))
    for place, value in facts.items():
        module, _, name = place.rpartition(".")
        __import__(module)
        setattr(sys.modules[module], name, value)
