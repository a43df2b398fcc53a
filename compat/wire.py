"""Comparing a call with a recorded one: requests, output, errors, warnings."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .recordings import Case

#: Headers that every recorded request lists; one that is missing there was not sent.
_LISTED = ("authorization", "openai-organization", "api-key", "content-type", "openai-beta")


def request_difference(recorded: dict[str, Any], received: Any, *, unordered: bool) -> list[str]:
    """What differs between a recorded request and one that a server received; empty if nothing does."""
    pairs = [
        ("method", recorded["method"], received.method),
        ("path", _comparable(recorded["path"]), _comparable(received.path)),
        ("headers", *_headers(recorded["headers"], received.headers)),
        ("document", recorded.get("json"), received.document if "json" in recorded else None),
        ("fields", *_fields(recorded.get("fields") or [], received.fields, unordered)),
    ]
    return [f"{what}: recorded {ours!r}, sent {theirs!r}" for what, ours, theirs in pairs if ours != theirs]


def differences(
    case: Case, requests: list[Any], output: bytes, error_ids: list[str], warnings: list[str], folder: Path
) -> list[str]:
    """What differs between a recorded call and one that was made in an empty folder; empty if nothing does."""
    found: list[str] = []
    if len(case["requests"]) != len(requests):
        found.append(f"requests: recorded {len(case['requests'])}, sent {len(requests)}")
    for recorded, received in zip(case["requests"], requests, strict=False):
        found += request_difference(recorded, received, unordered=bool(case.get("unordered")))
    expected = _output(case)
    if expected != output:
        found.append(f"output: recorded {expected!r}, printed {output!r}")
    written = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files = {name: base64.b64decode(content) for name, content in case.get("files", {}).items()}
    if files != written:
        found.append(f"files: recorded {files}, written {written}")
    recorded_ids = [error["id"] for error in case["errors"]]
    if recorded_ids != error_ids:
        found.append(f"errors: recorded {recorded_ids}, reported {error_ids}")
    if case["warnings"] != warnings:
        found.append(f"warnings: recorded {case['warnings']}, written {warnings}")
    return found


def _output(case: Case) -> bytes:
    if "stdout_base64" in case:
        return base64.b64decode(case["stdout_base64"])
    return f"{case['stdout_json']}\n".encode() if case["stdout_json"] is not None else b""


def _comparable(path: str) -> tuple[str, list[tuple[str, str]]]:
    """Path and query without their escapes, which both sides may write differently."""
    parts = urlsplit(path)
    return unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True)


def _headers(recorded: dict[str, str], received: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    expected = {name.lower(): value for name, value in recorded.items()}
    names = {*_LISTED, *expected}
    sent = {name: value.partition("; boundary=")[0] for name, value in received.items() if name in names}
    return expected, sent


def _fields(recorded: list[Any], received: list[Any], unordered: bool) -> tuple[list[Any], list[Any]]:
    return (sorted(recorded, key=str), sorted(received, key=str)) if unordered else (recorded, received)
