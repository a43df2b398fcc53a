"""What a script inside of PowerShell sees of a case, in the form of `recordings/module.jsonl`."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from .recordings import Case
from .wire import LISTED

_MEMBERS = ("output", "output_base64", "types", "errors", "terminating", "hangs")


def outcome(result: Case, requests: list[Any], case: Case) -> Case:
    """Everything that is compared of a case that was run: what the script put out, and what the server received."""
    seen = {name: result[name] for name in _MEMBERS if result.get(name) is not None}
    if "paths" in case:
        return seen | {"paths": [f"{request.method} {_path(request)}" for request in requests]}
    extra = {name for request in case["requests"] for name in request["headers"]}
    return seen | {"requests": [_request(request, {*LISTED, *extra}) for request in requests]}


def differences(expected: Case, seen: Case) -> list[str]:
    """One line for each member that is not as expected."""
    names = [*_MEMBERS, "paths" if "paths" in expected else "requests"]
    pairs = [(name, _comparable(name, expected.get(name)), _comparable(name, seen.get(name))) for name in names]
    return [f"{name}: expected {ours!r}, seen {theirs!r}" for name, ours, theirs in pairs if ours != theirs]


def _comparable(name: str, value: Any) -> Any:
    if name == "errors":
        return [error | {"exception": _exception(error["exception"])} for error in value or []]
    if name == "requests":
        return [request | {"headers": _headers(request["headers"])} for request in value or []]
    return value


def _exception(name: str) -> str:
    """Which of its exceptions for parameters PowerShell takes tells a script nothing."""
    family = "System.Management.Automation.ParameterBinding"
    return family if name.startswith(family) else name


def _headers(headers: dict[str, str]) -> dict[str, str]:
    """The reference sends `Authorization: Bearer` where there is no key; that says nothing."""
    return {name: value for name, value in headers.items() if value.strip() not in ("", "Bearer")}


def _request(request: Any, listed: set[str]) -> Case:
    query = urlsplit(request.path).query
    told: Case = {
        "method": request.method,
        "path": _path(request),
        "query": sorted(unquote_plus(part) for part in query.split("&") if part),
        "headers": {name: _value(name, request) for name in sorted(listed) if _value(name, request)},
    }
    if request.fields:
        told["fields"] = sorted(request.fields, key=str)
    elif request.body:
        told["json"] = request.document
    return told


def _path(request: Any) -> str:
    return unquote(urlsplit(request.path).path)


def _value(name: str, request: Any) -> str:
    """A header without a boundary; a type only where there is a body."""
    if name == "Content-Type" and not request.body:
        return ""
    return str(request.headers.get(name.lower(), "").partition("; boundary=")[0])
