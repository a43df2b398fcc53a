"""One argument to one typed value: PowerShell's conversion, then its validators.

An argument is text, or a Boolean where `-Name:true` made it one. What cannot be used is a BindingError that
carries PowerShell's id: declared parameters fail in the script binder, common ones in the compiled binder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import BindingError
from ..redaction import Secret, shortened, shown_argument, without_secrets, without_userinfo
from .spec import ENUMERATIONS, Kind, Parameter

#: What may stand before the first colon of a variable's name; a further colon is a part of the name.
_SCOPES = ("", "global", "local", "script", "private", "variable")


def convert(command: str, parameter: Parameter[Any], argument: Any) -> Any:
    """Turn an argument into the parameter's type and validate it.

    Returns str, int, float, bool, Secret, dict or list by the parameter's kind (enumerations as the member's
    name). Raises BindingError with PowerShell's id, category and reason.
    """
    try:
        if isinstance(argument, Mapping) and parameter.kind not in (Kind.DICTIONARY, Kind.OBJECT):
            raise ValueError("a dictionary cannot be used here")
        value = _CONVERTERS[parameter.kind](parameter, argument)
    except (ValueError, OSError) as error:
        raise refused(command, parameter, argument, str(error)) from None
    _validate(command, parameter, value)
    return value


def _to_text(parameter: Parameter[Any], argument: Any) -> str:
    text = str(argument)
    if not parameter.path:
        text = _sendable(text)
    return text.lower() if parameter.lower_case else text


def _to_texts(parameter: Parameter[Any], argument: Any) -> list[str]:
    return [_to_text(parameter, each) for each in (argument if isinstance(argument, list) else [argument])]


def _sendable(text: str) -> str:
    """Text without lone surrogates, which bytes that are no UTF-8 arrive as. Only a file name needs them."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # halves of UTF-16 pairs
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _to_switch(parameter: Parameter[Any], argument: Any) -> bool:
    if isinstance(argument, bool):
        return argument
    raise ValueError("a switch takes $true or $false, joined with a colon")


def _to_int(parameter: Parameter[Any], argument: Any) -> int:
    from .numbers import to_int32

    return int(argument) if isinstance(argument, bool) else to_int32(argument)


def _to_single(parameter: Parameter[Any], argument: Any) -> float:
    from .numbers import to_single

    return float(argument) if isinstance(argument, bool) else to_single(argument)


def _to_secret(parameter: Parameter[Any], argument: Any) -> Secret:
    if isinstance(argument, bool):
        raise ValueError("a key is text")
    return Secret(argument)


def _to_dictionary(parameter: Parameter[Any], argument: Any) -> dict[str, Any]:
    if isinstance(argument, Mapping):
        return dict(argument)
    if isinstance(argument, bool):
        raise ValueError("a dictionary is needed")
    from .literals import LiteralError, parse_dictionary

    try:
        return parse_dictionary(argument)
    except LiteralError as error:
        raise ValueError(error.bare) from None  # headers and queries hold secrets


def _to_enumeration(parameter: Parameter[Any], argument: Any) -> str:
    """A member by name, number, comma list or unique prefix, as .NET and then PowerShell read it."""
    members = ENUMERATIONS[parameter.kind]
    if isinstance(argument, bool):
        raise ValueError(f"the possible values are {', '.join(members)}")
    number = _enumeration_number(argument.strip(), members)
    if number is not None and 0 <= number < len(members):
        return members[number]
    near = [name for name in members if name.lower().startswith(argument.lower())] if number is None else []
    if len(near) != 1:
        raise ValueError(f"the possible values are {', '.join(near or members)}")
    return near[0]


def _enumeration_number(text: str, members: tuple[str, ...]) -> int | None:
    if re.match(r"[+-]?[0-9]", text):
        return int(text) if re.fullmatch(r"[+-]?0*[0-9]{1,9}", text) else -1
    values = {name.lower(): value for value, name in enumerate(members)}
    parts = [values.get(part.strip().lower()) for part in text.split(",")]
    number = 0
    for part in parts:
        if part is None:
            return None
        number |= part
    return number


def _to_uri(parameter: Parameter[Any], argument: Any) -> str:
    """The text as given, if .NET's Uri accepts it, absolute or relative."""
    if isinstance(argument, bool):
        raise ValueError("an address is needed, such as http://127.0.0.1:8000/v1")
    text = argument.strip()
    if re.match(r"https?://", text, re.IGNORECASE):
        _check_authority(re.split(r"[/?#]", text.partition("//")[2], maxsplit=1)[0])
    elif re.match(r"[A-Za-z]:(?![/\\])", text):
        raise ValueError("one letter before a colon is a drive, not a host")
    return str(argument)


def _check_authority(authority: str) -> None:
    host = r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s\\%\[\]:@<>^`{|}\"]+)"
    match = re.fullmatch(rf"(?:[^@]*@)?{host}(?::0*(?P<port>[0-9]{{0,5}}))?", authority)
    if match is None or int(match["port"] or 0) > 65535:
        raise ValueError(f"'{shortened(without_userinfo(authority))}' is not a host, or a host and a port")


_CONVERTERS = {
    Kind.STRING: _to_text,
    Kind.STRINGS: _to_texts,
    Kind.INT: _to_int,
    Kind.SINGLE: _to_single,
    Kind.SWITCH: _to_switch,
    Kind.URI: _to_uri,
    Kind.SECRET: _to_secret,
    Kind.DICTIONARY: _to_dictionary,
    Kind.OBJECT: lambda parameter, argument: argument,
    Kind.API_TYPE: _to_enumeration,
    Kind.ACTION: _to_enumeration,
}


def refused(command: str, parameter: Parameter[Any], argument: Any, why: str) -> BindingError:
    """The error for an argument that does not convert."""
    message = f"The value{_quoted(parameter, argument)} cannot be used for -{parameter.name}: {without_secrets(why)}."
    if not parameter.common:
        return BindingError(
            message,
            error_id="ParameterArgumentTransformationError",
            command=command,
            category="InvalidData",
            reason="ParameterBindingArgumentTransformationException",
            parameter=parameter.name,
        )
    switch = parameter.kind is Kind.SWITCH
    error_id = "CannotConvertArgument" if switch else "CannotConvertArgumentNoMessage"
    return BindingError(message, error_id=error_id, command=command, parameter=parameter.name)


def _quoted(parameter: Parameter[Any], argument: Any) -> str:
    """The argument in quotation marks, behind a blank; nothing of one that may hold secrets: headers, a query."""
    if parameter.kind in (Kind.SECRET, Kind.DICTIONARY) or isinstance(argument, Mapping):
        return ""
    return f" '{shown_argument(argument)}'"


def _validate(command: str, parameter: Parameter[Any], value: Any) -> None:
    why = _validation_error(parameter, value)
    if why:
        raise BindingError(
            f"The value for -{parameter.name} is not valid: {why}.",
            error_id="ParameterArgumentValidationError",
            command=command,
            category="InvalidData",
            reason="ParameterBindingValidationException",
            parameter=parameter.name,
        )
    if parameter.kind is Kind.ACTION and value == "Suspend":
        # PowerShell converts the name, and then the setter of the preference refuses it.
        raise BindingError(
            f"-{parameter.name} cannot be Suspend; that value is reserved.",
            error_id="ParameterBindingFailed",
            command=command,
            category="WriteError",
            parameter=parameter.name,
        )


def _validation_error(parameter: Parameter[Any], value: Any) -> str:
    """Why a validator refuses the value; empty if none does."""
    if parameter.not_empty and (not value or (isinstance(value, list) and "" in value)):
        return "it is empty"
    if parameter.limits is not None:
        return _outside(parameter.limits, value)
    if parameter.choices and value.lower() not in map(str.lower, parameter.choices):
        return f"'{shown_argument(value)}' is none of {', '.join(parameter.choices)}"
    if parameter.variable_name:
        return _bad_variable_name(value)
    return ""


def _outside(limits: tuple[int, int], value: float) -> str:
    """PowerShell converts the value to the type of the limits first, so it compares the rounded value."""
    low, high = limits
    if value != value or value in (float("inf"), float("-inf")):  # NaN is not itself
        return f"{value} is not a number between {low} and {high}"
    if not low <= round(value) <= high:
        return f"{value} is not between {low} and {high}"
    return ""


def _bad_variable_name(name: str) -> str:
    bare = name.removeprefix("+")
    if not bare:
        return "a variable name is needed"
    scope, colon, rest = bare.partition(":")
    if colon and (scope.lower() not in _SCOPES or not rest):
        return f"'{shown_argument(name)}' is not the name of a variable"
    return ""
