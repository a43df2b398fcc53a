"""The help of a cmdlet as text, made from its table: for `-Help` and for the manual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..binding.spec import ALL_SETS, Cmdlet, Kind, Parameter
from .layout import INDENT, WIDTH, kept_together, wrapped

#: What stands in place of PowerShell's own parameters, which are the same everywhere.
_COMMON = "-Verbose, -ErrorAction and the like: psopenai help common-parameters"


def render(cmdlet: Cmdlet, width: int = WIDTH) -> str:
    """The whole help page, without a line end behind the last line."""
    own = own_parameters(cmdlet)
    sections = [
        ("NAME", INDENT + cmdlet.name),
        ("SYNOPSIS", wrapped(cmdlet.synopsis, width)),
        ("SYNTAX", "\n\n".join(wrapped(line, width, hanging=True) for line in syntax(cmdlet))),
        ("DESCRIPTION", wrapped(cmdlet.description, width)),
        ("EXAMPLES", "\n\n".join(_example(example.command, example.text, width) for example in cmdlet.examples)),
        ("PARAMETERS", "\n\n".join(_parameter(cmdlet, row, width) for row in own)),
        ("COMMON PARAMETERS", wrapped(_COMMON, width)),
        ("OUTPUTS", wrapped(cmdlet.outputs, width)),
    ]
    if cmdlet.link:
        sections.append(("RELATED LINKS", INDENT + cmdlet.link))
    return "\n\n".join(f"{title}\n{body}" for title, body in sections if body)


def own_parameters(cmdlet: Cmdlet) -> list[Parameter[Any]]:
    """The parameters that help describes one by one: neither common nor hidden."""
    return [parameter for parameter in cmdlet.parameters if not parameter.common and not parameter.hidden]


def syntax(cmdlet: Cmdlet) -> Iterator[str]:
    """One line for each parameter set. A parameter and its value stay together."""
    for set_name in cmdlet.sets:
        rows = [row for row in own_parameters(cmdlet) if not row.sets or set_name in row.sets]
        yield " ".join([cmdlet.name, *(kept_together(_usage(row)) for row in rows), "[<CommonParameters>]"])


def facts(parameter: Parameter[Any]) -> dict[str, str]:
    """What a reader wants to know of a parameter besides its text; only what applies."""
    found = {
        "Required": _required(parameter),
        "Position": "" if parameter.position is None else str(parameter.position),
        "Default": "" if parameter.default is None else str(parameter.default),
        "Aliases": ", ".join(parameter.aliases),
        "Values": ", ".join(parameter.choices or parameter.completions),
        "Range": "{} to {}".format(*parameter.limits) if parameter.limits else "",
        "Pipeline": _pipeline(parameter),
        "Origin": "psopenai_py; PSOpenAI does not have it" if parameter.ours else "",
    }
    return {name: text for name, text in found.items() if text}


def _required(parameter: Parameter[Any]) -> str:
    if not parameter.mandatory:
        return ""
    without = " or ".join(f"-{name}" for name in parameter.optional_with)
    return f"yes, unless {without} is given" if without else "yes"


def _pipeline(parameter: Parameter[Any]) -> str:
    ways = [
        ("by value", parameter.takes_value),
        ("by property name", parameter.takes_property),
    ]
    return ", ".join(text for text, applies in ways if applies)


def _usage(parameter: Parameter[Any]) -> str:
    if parameter.kind is Kind.SWITCH:
        return f"[-{parameter.name}]"
    name = f"-{parameter.name}" if parameter.position is None else f"[-{parameter.name}]"
    usage = f"{name} <{parameter.kind.short_name}>"
    return usage if parameter.mandatory and not parameter.optional_with else f"[{usage}]"


def _parameter(cmdlet: Cmdlet, parameter: Parameter[Any], width: int) -> str:
    switch = parameter.kind is Kind.SWITCH
    head = f"-{parameter.name}" + ("" if switch else f" <{parameter.kind.short_name}>")
    notes = [f"{name}: {text}" for name, text in _all_facts(cmdlet, parameter).items()]
    return "\n".join([INDENT + head, *(wrapped(text, width, depth=2) for text in (parameter.help, *notes))])


def _all_facts(cmdlet: Cmdlet, parameter: Parameter[Any]) -> dict[str, str]:
    sets = ", ".join(parameter.sets) if cmdlet.sets != (ALL_SETS,) else ""
    return facts(parameter) | ({"Sets": sets} if sets else {})


def _example(command: str, text: str, width: int) -> str:
    return f"{INDENT}{command}\n{wrapped(text, width, depth=2)}"
