"""The arguments of a command line as tokens, and stage 1 of binding: names paired with their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import BindingError
from . import names
from .spec import Cmdlet, Kind, Parameter

#: In place of a value that is not there.
NOTHING: Any = object()
#: PowerShell swallows this sign where a parameter could stand.
_STOP_PARSING = "--%"


class Token:
    """One argument: a parameter name with or without a value, or plain text (`name` is None).

    `apart` is true when the name was followed by its value as a token of its own.
    """

    __slots__ = ("apart", "name", "parameter", "text", "value")

    def __init__(
        self, text: str, name: str | None = None, value: Any = NOTHING, parameter: Parameter[Any] | None = None
    ) -> None:
        self.text = text
        self.name = name
        self.value = value
        self.parameter = parameter
        self.apart = False


def tokenize(cmdlet: Cmdlet, arguments: Sequence[str]) -> Iterator[Token]:
    """Tell names from text. A name that ends in a colon takes the next argument as it is, or vanishes."""
    pending: str | None = None
    for argument in arguments:
        if pending is not None:
            yield _named(cmdlet, pending, argument)
            pending = None
        elif not names.looks_like_parameter(argument):
            yield Token(argument)
        else:
            name, colon, value = argument.partition(":")
            if not colon:
                yield _named(cmdlet, argument, NOTHING)
            elif value:
                yield _named(cmdlet, name, _as_boolean(value))
            else:
                pending = name


def _named(cmdlet: Cmdlet, typed: str, value: Any) -> Token:
    text = typed.rstrip()
    if len(text) < 2:
        # PowerShell itself dies on a dash without a name.
        raise BindingError(
            f"The argument '{typed.strip()}' is a dash without a parameter name.",
            error_id="NamedParameterNotFound",
            command=cmdlet.name,
        )
    return Token(text, name=text[1:], value=value)


def _as_boolean(value: str) -> Any:
    """`-Name:true` and `-Name:$false` carry a Boolean, whatever the parameter's type."""
    return {"true": True, "false": False}.get(value.removeprefix("$").strip().lower(), value)


def pair(cmdlet: Cmdlet, tokens: list[Token]) -> list[Token]:
    """Stage 1: give each name without a value the token that follows it."""
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text == _STOP_PARSING:
            continue
        result.append(token)
        if token.name is None or token.value is not NOTHING:
            continue
        token.parameter = names.resolve(cmdlet, token.name) or names.resolve_ours(cmdlet, token.name)
        if token.parameter is None:
            continue
        if token.parameter.kind is Kind.SWITCH:
            token.value = True
            continue
        token.value = _value_after(cmdlet, token.parameter, tokens[position : position + 1])
        token.apart = True
        position += 1
    return result


def _value_after(cmdlet: Cmdlet, parameter: Parameter[Any], following: list[Token]) -> str:
    """The text of the next token, unless it is missing or is a parameter itself."""
    for token in following:
        if token.name is None:
            return token.text
        # The name is looked up even when it carries a value, because an ambiguous one is reported first.
        known = names.resolve(cmdlet, token.name) if token.value is NOTHING else parameter
        if known is None:
            return token.text
    raise BindingError(
        f"The parameter -{parameter.name} needs a value of type {parameter.kind.name}.",
        error_id="MissingArgument",
        command=cmdlet.name,
        parameter=parameter.name,
    )
