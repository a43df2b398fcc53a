"""What TAB offers: parameter names, and the documented values of a parameter. No shell is known here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .binding import names
from .binding.spec import Cmdlet, Kind, Parameter
from .errors import BindingError


class Candidate(NamedTuple):
    """One offer. `file` means: let the shell complete a path here."""

    value: str
    help: str = ""
    file: bool = False


def candidates(cmdlet: Cmdlet, words: Sequence[str], incomplete: str) -> list[Candidate]:
    """What may stand in place of the incomplete word.

    Args:
        words: the complete words between the cmdlet's name and the incomplete one. A colon may be a word of its
            own, as bash has it; then only what follows it is to be completed. So may be an at sign.
    """
    if words and words[-1] == "@":
        words, incomplete = words[:-1], f"@{incomplete}"
    if incomplete == ":" and _is_name(words[-1:]):
        return _joined_values(cmdlet, words[-1], "", before="")
    if words and words[-1] == ":" and _is_name(words[-2:-1]):
        return _joined_values(cmdlet, words[-2], incomplete, before="")
    name, colon, part = incomplete.partition(":")
    if colon and _is_name([name]):
        return _joined_values(cmdlet, name, part, before=f"{name}:")
    parameter = _waiting(cmdlet, words)
    if parameter is not None:
        return _values(parameter, parameter.completions, incomplete)
    return _names(cmdlet, words, incomplete) if incomplete[:1] in ("", "-") else []


def _is_name(words: Sequence[str]) -> bool:
    return any(names.looks_like_parameter(word) for word in words)


def _waiting(cmdlet: Cmdlet, words: Sequence[str]) -> Parameter[Any] | None:
    """The parameter that takes the next word as its value."""
    parameter = _meant(cmdlet, words[-1].rstrip(":")) if words else None
    return None if parameter is None or parameter.kind is Kind.SWITCH else parameter


def _joined_values(cmdlet: Cmdlet, name: str, part: str, before: str) -> list[Candidate]:
    """Values behind `-Name:`, where a switch takes one, too."""
    parameter = _meant(cmdlet, name)
    if parameter is None:
        return []
    # Without PowerShell's dollar sign, which other shells would expand.
    known = ("true", "false") if parameter.kind is Kind.SWITCH else parameter.completions
    return _values(parameter, known, part, before)


def _values(parameter: Parameter[Any], known: Sequence[str], part: str, before: str = "") -> list[Candidate]:
    if parameter.path:
        return [Candidate(part, file=True)]
    if parameter.kind in (Kind.DICTIONARY, Kind.OBJECT) and part[:1] == "@" and part[1:2] != "{":
        return [Candidate(f"{before}@{name}") for name in _files(part[1:])]
    return [Candidate(before + value) for value in known if value.lower().startswith(part.lower())]


def _files(part: str) -> list[str]:
    """What a path may go on to; folders with a slash at their end. Hidden files only if that is how it begins."""
    from pathlib import Path

    head, slash, start = part.rpartition("/")
    try:
        found = sorted(Path(head + slash or ".").expanduser().iterdir())
    except (OSError, RuntimeError):
        return []
    shown = [each for each in found if each.name.startswith(start) and (start or not each.name.startswith("."))]
    return [head + slash + each.name + ("/" if each.is_dir() else "") for each in shown]


def _names(cmdlet: Cmdlet, words: Sequence[str], incomplete: str) -> list[Candidate]:
    """Parameters that begin so and were not given yet, the cmdlet's own first."""
    given = {parameter.name for word in words if (parameter := _meant(cmdlet, word.partition(":")[0]))}
    dash = "--" if incomplete.startswith("--") else "-"
    return [
        Candidate(f"{dash}{parameter.name}", parameter.help)
        for parameter in sorted(cmdlet.parameters, key=lambda parameter: parameter.common)
        if not parameter.hidden
        and parameter.name not in given
        and f"{dash}{parameter.name}".lower().startswith(incomplete.lower())
    ]


def _meant(cmdlet: Cmdlet, word: str) -> Parameter[Any] | None:
    if not names.looks_like_parameter(word):
        return None
    try:
        return names.resolve(cmdlet, word[1:]) or names.resolve_ours(cmdlet, word[1:])
    except BindingError:
        return None
