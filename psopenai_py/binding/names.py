"""Parameter names: which tokens are names, and which parameter a typed name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import BindingError
from .spec import Cmdlet, Parameter

#: Hyphen-minus, en dash, em dash and horizontal bar; PowerShell takes no other character for a dash.
DASHES = "-\u2013\u2014\u2015"


def looks_like_parameter(token: str) -> bool:
    """True for a token that PowerShell takes for a parameter name: a dash and at least one more character."""
    return len(token) > 1 and token[0] in DASHES


def resolve(cmdlet: Cmdlet, typed: str) -> Parameter[Any] | None:
    """Find the parameter that a typed name (first dash removed) means, by exact name, alias or unique prefix.

    Returns None for an unknown name. Raises BindingError (AmbiguousParameter) when several fit and not
    exactly one of them is the cmdlet's own. Our own additions are not considered: see `resolve_ours`.
    """
    wanted = _key(typed)
    declared = [parameter for parameter in cmdlet.parameters if not parameter.ours]
    exact = _exact(declared, wanted)
    if exact is not None:
        return exact
    candidates = _by_prefix(declared, wanted)
    own = [parameter for parameter in candidates if not parameter.common]
    if len(candidates) > 1 and len(own) != 1:
        raise ambiguous(cmdlet, typed, candidates)
    return next(iter(own or candidates), None)


def resolve_ours(cmdlet: Cmdlet, typed: str) -> Parameter[Any] | None:
    """Find one of our own additions, for a name the reference does not know."""
    wanted = _key(typed)
    ours = [parameter for parameter in cmdlet.parameters if parameter.ours]
    candidates = _by_prefix(ours, wanted) if wanted else []
    if len(candidates) > 1 and _exact(candidates, wanted) is None:
        raise ambiguous(cmdlet, typed, candidates)
    return _exact(candidates, wanted) or (candidates[0] if candidates else None)


def ambiguous(cmdlet: Cmdlet, typed: str, candidates: Sequence[Parameter[Any]]) -> BindingError:
    """The error for a prefix that several parameters share."""
    names = " ".join(f"-{parameter.name}" for parameter in candidates)
    return BindingError(
        f"The parameter name '{typed}' could mean more than one parameter: {names}.",
        error_id="AmbiguousParameter",
        command=cmdlet.name,
        parameter=typed,
    )


def suggest(cmdlet: Cmdlet, typed: str) -> str:
    """The parameter that a misspelt name most likely means, with its dash; empty if none is near."""
    from difflib import get_close_matches

    known = {
        name.lower(): name
        for parameter in cmdlet.parameters
        if not parameter.hidden
        for name in (parameter.name, *parameter.aliases)
    }
    near = get_close_matches(_key(typed.partition("=")[0]), known, n=1, cutoff=0.7)
    return f"-{known[near[0]]}" if near else ""


def _exact(parameters: Sequence[Parameter[Any]], wanted: str) -> Parameter[Any] | None:
    """The parameter of exactly this name, else of exactly this alias: an exact alias beats any prefix."""
    for parameter in parameters:
        if parameter.name.lower() == wanted:
            return parameter
    for parameter in parameters:
        if wanted in (alias.lower() for alias in parameter.aliases):
            return parameter
    return None


def _by_prefix(parameters: list[Parameter[Any]], wanted: str) -> list[Parameter[Any]]:
    """All parameters whose name begins so, in declaration order, then those found by an alias only."""
    by_name = [parameter for parameter in parameters if parameter.name.lower().startswith(wanted)]
    by_alias = [
        parameter
        for parameter in parameters
        if parameter not in by_name and any(alias.lower().startswith(wanted) for alias in parameter.aliases)
    ]
    return by_name + by_alias


def _key(typed: str) -> str:
    """A name as it is compared: one more dash dropped, lower case, without characters that are never seen."""
    if typed.startswith(tuple(DASHES)):
        typed = typed[1:]
    if not typed.isascii():
        from unicodedata import category

        # PowerShell compares names linguistically, where a soft hyphen or a joiner counts for nothing.
        typed = "".join(character for character in typed if category(character) != "Cf")
    return typed.lower()
