"""Requests: one line of JSON to one request. What is wrong with a line is an InputError that never repeats it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..binding.spec import ENUMERATIONS, Kind
from ..cmdlets import MODULES
from ..errors import InputError
from ..streams import Preferences

#: Bytes that a line may have.
LONGEST_LINE = 32 * 2**20


_KINDS: dict[type, str] = {dict: "an object", list: "an array", str: "text", bool: "true or false"}


class CallRequest(NamedTuple):
    """One call.

    Attributes:
        call: the number that all its records carry.
        parameters: typed values by parameter name, alias or unique prefix.
        records: what a pipeline brings; None for no pipeline.
        job: the piped job that the parameter Provider was taken from; None where the user gave it.
        location: the folder that relative paths start from; None for the worker's own.
        environment: the variables that matter, as they are now; None for the worker's own.
        paced: the call rests when it has written enough, until the client wants more.
    """

    call: int
    cmdlet: str
    parameters: Mapping[str, Any]
    records: list[Any] | None
    job: dict[str, Any] | None
    location: str | None
    environment: Mapping[str, str] | None
    preferences: Preferences
    paced: bool


class Continue(NamedTuple):
    """The wish for more of a call that rests."""

    call: int


class Cancel(NamedTuple):
    """The wish to end a call."""

    call: int


class BadRequest(InputError):
    """A line that is no request. `call` is its number, if that much could be read."""

    error_id = "RequestNotValid"
    category = "InvalidData"
    reason = "InvalidRequestException"

    def __init__(self, message: str, call: int | None = None) -> None:
        super().__init__(message, action="compat/protocol.md describes requests.")
        self.call = call


def too_long() -> BadRequest:
    """The error for a line that was thrown away."""
    return BadRequest(f"A line is longer than {LONGEST_LINE} bytes. It was not read.")


def parse(line: bytes) -> CallRequest | Cancel | Continue:
    """Read a line. Raises BadRequest."""
    members = _members(line)
    for name, kind in (("cancel", Cancel), ("continue", Continue)):
        if name in members:
            if not _is_number(members[name]) or len(members) > 1:
                raise BadRequest(f"A {name} request has one member, and it is the number of a call.")
            return kind(members[name])
    call = members.get("call")
    if not _is_number(call):
        raise BadRequest("A request needs its number: an integer named 'call'.")
    try:
        return _request(members)
    except ValueError as error:
        raise BadRequest(str(error), call) from None


def _members(line: bytes) -> dict[str, Any]:
    try:
        # .NET may put a byte order mark before the first line.
        members = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise BadRequest(f"A line is not JSON: {why}.") from None
    if not isinstance(members, dict):
        raise BadRequest("A request is a JSON object.")
    return members


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _request(members: dict[str, Any]) -> CallRequest:
    known = ("call", "cmdlet", "parameters", "input", "job", "location", "environment", "preferences", "paced")
    for name in members:
        if name not in known:
            raise ValueError(f"A request has no member '{name[:40]}'; it knows {', '.join(known)}.")
    return CallRequest(
        call=members["call"],
        cmdlet=_cmdlet(members.get("cmdlet")),
        parameters=_typed(members, "parameters", dict) or {},
        records=_typed(members, "input", list),
        job=_typed(members, "job", dict),
        location=_typed(members, "location", str),
        environment=_environment(_typed(members, "environment", dict)),
        preferences=_preferences(_typed(members, "preferences", dict) or {}),
        paced=_typed(members, "paced", bool) or False,
    )


def _cmdlet(name: Any) -> str:
    found = next((known for known in MODULES if isinstance(name, str) and known.lower() == name.lower()), None)
    if found is None:
        raise ValueError(f"A request needs the name of a cmdlet: one of {', '.join(MODULES)}.")
    return found


def _typed(members: dict[str, Any], name: str, kind: type) -> Any:
    value = members.get(name)
    if value is not None and not isinstance(value, kind):
        raise ValueError(f"'{name}' must be {_KINDS[kind]}.")
    return value


def _environment(variables: dict[str, Any] | None) -> dict[str, str] | None:
    for name, value in (variables or {}).items():
        if not name or "=" in name or "\0" in name or not isinstance(value, str) or "\0" in value:
            raise ValueError("'environment' must hold names of variables, each with a text.")
        if not (_is_encodable(name) and _is_encodable(value)):
            raise ValueError("'environment' has half a character in a name or a text, which no system can keep.")
    return variables


def _is_encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def _preferences(given: dict[str, Any]) -> Preferences:
    for name, value in given.items():
        if name not in Preferences._fields:
            raise ValueError(f"'preferences' has no member '{name[:40]}'; it knows {', '.join(Preferences._fields)}.")
        if name in ("verbose", "debug"):
            if not isinstance(value, bool):
                raise ValueError(f"The preference '{name}' is true or false.")
        elif value not in ENUMERATIONS[Kind.ACTION]:
            raise ValueError(f"The preference '{name}' is one of {', '.join(ENUMERATIONS[Kind.ACTION])}.")
    return Preferences(**given)
