"""Records from the pipeline bound to parameters: by value, or by property name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import BindingError
from ..redaction import shown_argument
from . import names, typed, values
from .spec import Cmdlet, Kind, Parameter

#: Properties of one record that are named; a document of a program may have any number.
_TOLD = 20


class Unreadable(ValueError):
    """A record that is no JSON although it began like it; its text says why."""


def bind_record(cmdlet: Cmdlet, bound: Mapping[str, Any], record: Any) -> dict[str, Any]:
    """The bound parameters together with those that a record gives.

    A text or whole number binds by value. An object binds by property name: the parameter's name or one of its
    aliases, in any case; the first of them that exists counts. Raises BindingError: InputObjectNotBound for a
    record that gives nothing or cannot be used, InputObjectMissingMandatory for one that leaves something out,
    and what conversion and validation raise.
    """
    result = dict(bound)
    if isinstance(record, Unreadable):
        raise _not_bound(cmdlet, str(record), "")
    for parameter in cmdlet.parameters:
        if parameter.name in bound or not parameter.takes_pipeline:
            continue
        argument = _property(cmdlet, parameter, record) if isinstance(record, dict) else _by_value(parameter, record)
        if argument is not None:
            result[parameter.name] = values.convert(cmdlet.name, parameter, argument)
    if not any(row.name in result and row.name not in bound for row in cmdlet.parameters if not row.ours):
        raise _not_bound(cmdlet, "no property or value of it fits a parameter that takes pipeline input", record)
    _check_mandatory(cmdlet, result, record)
    return result


def lost_properties(cmdlet: Cmdlet, record: Any) -> list[str]:
    """A sentence for each property of a record that nothing takes, for a cmdlet that makes something of it.

    A job is piped as it is, with all that a server says about it, so of a job nothing counts as lost.
    """
    if not cmdlet.creates or not isinstance(record, dict) or _is_job(record):
        return []
    rows = [row for row in cmdlet.parameters if row.takes_property]
    taken = {name.lower() for row in rows for name in (row.name, *row.aliases)}
    lost = [name for name in record if name.lower() not in taken]
    told = [_lost(cmdlet, name) for name in lost[:_TOLD]]
    if len(lost) > _TOLD:
        told.append(f"Further properties of the input that {cmdlet.name} does not take: {len(lost) - _TOLD:,}.")
    return told


def _lost(cmdlet: Cmdlet, name: str) -> str:
    near = names.suggest(cmdlet, name[:40]).removeprefix("-")
    hint = f" Did you mean {near}?" if near and near.lower() != name.lower() else ""
    return f"{cmdlet.name} takes no property '{name[:40]}' of the input; it is left out.{hint}"


def _check_mandatory(cmdlet: Cmdlet, result: Mapping[str, Any], record: Any) -> None:
    missing = [parameter.name for parameter in cmdlet.parameters if parameter.is_missing(result)]
    if missing:
        why = f"it gives no value for {' and '.join(missing)}"
        raise _not_bound(cmdlet, why, record, error_id="InputObjectMissingMandatory")


def _by_value(parameter: Parameter[Any], record: Any) -> str | None:
    return _text(record) if parameter.takes_value else None


def _property(cmdlet: Cmdlet, parameter: Parameter[Any], record: dict[str, Any]) -> str | None:
    """The value of the first property that exists of those the parameter answers to; null is none."""
    properties = {name.lower(): value for name, value in reversed(record.items())}
    for name in (parameter.name, *parameter.aliases):
        if name.lower() in properties:
            value = properties[name.lower()]
            if (
                parameter.ours
                and parameter.choices
                and value not in parameter.choices
                and _is_about_job(cmdlet, record)
            ):
                return None  # some servers have a property of this name that means something else
            text = _text(value)
            if text is None and value is not None:
                # To leave it out would be to do something else than was asked for.
                raise _not_bound(cmdlet, f"its property '{name}' is neither text nor a whole number", record)
            return text
    return None


def _is_job(record: Mapping[str, Any]) -> bool:
    return {"id", "status"} <= {name.lower() for name in record}


def _is_about_job(cmdlet: Cmdlet, record: Mapping[str, Any]) -> bool:
    """True for a record that a server wrote, and not a person: a job, and whatever goes to a cmdlet that takes jobs."""
    return _is_job(record) or any("Id" in row.aliases for row in cmdlet.parameters)


def _text(value: Any) -> str | None:
    """Text and whole numbers as an argument, as .NET writes them; anything else does not bind."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return typed.number(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _not_bound(cmdlet: Cmdlet, why: str, record: Any, error_id: str = "InputObjectNotBound") -> BindingError:
    shown = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)
    return BindingError(
        f"The input does not bind to {cmdlet.name}: {why}.",
        error_id=error_id,
        command=cmdlet.name,
        target=shown_argument(shown)[:40],
        action=f"{cmdlet.name} takes {_accepted(cmdlet)}.",
    )


def _accepted(cmdlet: Cmdlet) -> str:
    """What the pipeline may bring, for the advice."""
    rows = [row for row in cmdlet.parameters if row.takes_pipeline and row.kind is Kind.STRING and not row.ours]
    return ", ".join(f"{row.name} ({' or '.join(_ways(row))})" for row in rows)


def _ways(parameter: Parameter[Any]) -> list[str]:
    names = [*parameter.aliases] or [parameter.name]
    by_value = ["a line of text"] if parameter.takes_value else []
    return [*by_value, "a property " + "/".join(names)]
