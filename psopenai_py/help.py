"""The help of a cmdlet as text, made from its table: for `-?` and for the README."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from .binding.spec import ALL_SETS, Cmdlet, Kind, Parameter

_WIDTH = 80
_INDENT = "    "


def render(cmdlet: Cmdlet) -> str:
    """The whole help page, without a line end behind the last line."""
    sections = [
        ("NAME", _wrapped(cmdlet.name)),
        ("SYNOPSIS", _wrapped(cmdlet.synopsis)),
        ("SYNTAX", "\n\n".join(_wrapped(line, hanging=True) for line in syntax(cmdlet))),
        ("DESCRIPTION", _wrapped(cmdlet.description)),
        ("EXAMPLES", "\n\n".join(_example(example.command, example.text) for example in cmdlet.examples)),
        ("PARAMETERS", "\n\n".join(_parameter(cmdlet, row) for row in own_parameters(cmdlet))),
        ("COMMON PARAMETERS", "\n".join(_common(cmdlet))),
        ("OUTPUTS", _wrapped(cmdlet.outputs)),
    ]
    if cmdlet.link:
        sections.append(("RELATED LINKS", _INDENT + cmdlet.link))
    return "\n\n".join(f"{title}\n{body}" for title, body in sections if body)


def own_parameters(cmdlet: Cmdlet) -> list[Parameter]:
    """The parameters that help describes one by one: neither common nor hidden."""
    return [parameter for parameter in cmdlet.parameters if not parameter.common and not parameter.hidden]


def syntax(cmdlet: Cmdlet) -> Iterator[str]:
    """One line for each parameter set."""
    for set_name in cmdlet.sets:
        rows = [row for row in own_parameters(cmdlet) if not row.sets or set_name in row.sets]
        yield " ".join([cmdlet.name, *map(_usage, rows), "[<CommonParameters>]"])


def facts(parameter: Parameter) -> dict[str, str]:
    """What a reader wants to know of a parameter besides its text; only what applies."""
    found = {
        "Required": _required(parameter),
        "Position": "" if parameter.position is None else str(parameter.position),
        "Default": parameter.default,
        "Aliases": ", ".join(parameter.aliases),
        "Values": ", ".join(parameter.choices or parameter.completions),
        "Range": "{} to {}".format(*parameter.limits) if parameter.limits else "",
        "Pipeline": _pipeline(parameter),
        "Origin": "psopenai_py; PSOpenAI does not have it" if parameter.ours else "",
    }
    return {name: text for name, text in found.items() if text}


def _required(parameter: Parameter) -> str:
    if not parameter.mandatory:
        return ""
    without = " or ".join(f"-{name}" for name in parameter.optional_with)
    return f"yes, unless {without} is given" if without else "yes"


def _pipeline(parameter: Parameter) -> str:
    ways = [
        ("by value", parameter.takes_value),
        ("by property name", parameter.takes_property),
    ]
    return ", ".join(text for text, applies in ways if applies)


def _usage(parameter: Parameter) -> str:
    if parameter.kind is Kind.SWITCH:
        return f"[-{parameter.name}]"
    name = f"-{parameter.name}" if parameter.position is None else f"[-{parameter.name}]"
    usage = f"{name} <{parameter.kind.short_name}>"
    return usage if parameter.mandatory and not parameter.optional_with else f"[{usage}]"


def _parameter(cmdlet: Cmdlet, parameter: Parameter) -> str:
    switch = parameter.kind is Kind.SWITCH
    head = f"-{parameter.name}" + ("" if switch else f" <{parameter.kind.short_name}>")
    lines = [_INDENT + head, _wrapped(parameter.help, depth=2)]
    lines += [_wrapped(f"{name}: {text}", depth=2) for name, text in _all_facts(cmdlet, parameter).items()]
    return "\n".join(lines)


def _all_facts(cmdlet: Cmdlet, parameter: Parameter) -> dict[str, str]:
    sets = ", ".join(parameter.sets) if cmdlet.sets != (ALL_SETS,) else ""
    return facts(parameter) | ({"Sets": sets} if sets else {})


def _common(cmdlet: Cmdlet) -> Iterator[str]:
    for row in cmdlet.parameters:
        if row.common:
            kind = "" if row.kind is Kind.SWITCH else f" <{row.kind.short_name}>"
            yield _wrapped(f"-{row.name}{kind} (-{row.aliases[0]}): {row.help}", hanging=True)


def _example(command: str, text: str) -> str:
    return f"{_INDENT}{command}\n{_wrapped(text, depth=2)}"


def _wrapped(text: str, *, depth: int = 1, hanging: bool = False) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=_INDENT * depth,
        subsequent_indent=_INDENT * (depth + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )
