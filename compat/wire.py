"""What can be seen of a call - requests, output, files, errors, exit code - in the form of `recordings/wire.jsonl`."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .recordings import Case

#: Headers that every recorded request lists; one that is missing there was not sent.
LISTED = ("Authorization", "OpenAI-Organization", "api-key", "Content-Type", "OpenAI-Beta")
#: All that is compared. What else a case has are its input and its history.
MEMBERS = ("requests", "stdout_json", "stdout_base64", "files", "errors", "warnings", "exit_code")
_EMPTY: dict[str, Any] = {"requests": [], "files": {}, "errors": [], "warnings": []}

#: Errors of a command line that does not bind. PowerShell ends with 1 then, psopenai_py with 2.
_BINDING = ("AmbiguousParameterSet", "MissingMandatoryParameter", "ParameterArgument")
#: The server refuses the key. PowerShell has no number of its own for that, psopenai_py ends with 4.
_REFUSED_KEY = ("UnauthorizedException", "PermissionDeniedException")


def outcome(
    case: Case, requests: Iterable[Any], output: bytes, errors: list[Any], warnings: list[str], folder: Path, code: int
) -> Case:
    """Everything that is compared of a call that was made in an empty folder."""
    listed = {*LISTED, *(name for request in case["requests"] for name in request["headers"])}
    written = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {
        "requests": [_request(request, listed) for request in requests],
        **_output(output),
        "files": {name: base64.b64encode(content).decode() for name, content in written.items()},
        "errors": [{"id": error["id"], "category": error["category"]} for error in errors],
        "warnings": warnings,
        "exit_code": code,
    }


def differences(expected: Case, seen: Case) -> list[str]:
    """One line for each member that is not as expected."""
    expected = {"exit_code": exit_code(expected)} | expected
    found = []
    for name in MEMBERS:
        ours, theirs = (_comparable(name, one, unordered=bool(expected.get("unordered"))) for one in (expected, seen))
        if ours != theirs:
            found.append(f"{name}: expected {ours!r}, seen {theirs!r}")
    return found


def exit_code(case: Case) -> int:
    """What psopenai_py ends with where PowerShell reported these errors: see the table of compat/README.md."""
    ids = [error["id"].partition(",")[0].rpartition(".")[2] for error in case["errors"]]
    if not ids:
        return 0
    if case["terminating"] and ids[-1].startswith(_BINDING):
        return 2
    return 4 if ids[-1] in _REFUSED_KEY else 1


def _request(request: Any, listed: set[str]) -> Case:
    sent = {name: request.headers[name.lower()] for name in listed if name.lower() in request.headers}
    told: Case = {"method": request.method, "path": request.path, "headers": sent}
    if "Content-Type" in sent:
        sent["Content-Type"] = sent["Content-Type"].partition("; boundary=")[0]
    if request.fields:
        told["fields"] = request.fields
    elif request.body:
        told["json"] = request.document
    return told


def _output(output: bytes) -> Case:
    """A text and the end of its line are JSON; all else is a video."""
    if not output:
        return {}
    if output.endswith(b"\n"):
        return {"stdout_json": output.decode().removesuffix("\n")}
    return {"stdout_base64": base64.b64encode(output).decode()}


def _comparable(name: str, case: Case, *, unordered: bool) -> Any:
    value: Any = case.get(name)
    if value is None:
        value = _EMPTY.get(name)
    if name == "errors":
        return [(error["id"], error["category"]) for error in value]
    if name == "requests":
        return [_plain(request, unordered) for request in value]
    return value


def _plain(request: Case, unordered: bool) -> Case:
    """A request without its escapes, which both sides may write differently."""
    parts = urlsplit(request["path"])
    plain = request | {
        "path": unquote(parts.path),
        "query": parse_qsl(parts.query, keep_blank_values=True),
        "headers": {name.lower(): value for name, value in request["headers"].items()},
    }
    if unordered and "fields" in plain:
        plain["fields"] = sorted(plain["fields"], key=str)
    return plain
