"""Cmdlets that are made up for a test."""

from __future__ import annotations

from typing import Any

from psopenai_py.binding.spec import Cmdlet, Parameter


def sample(*parameters: Parameter[Any]) -> Cmdlet:
    """A cmdlet with these parameters and one set."""
    return Cmdlet(name="Get-Sample", synopsis="", description="", default_set="", examples=(), parameters=parameters)
