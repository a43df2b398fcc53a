"""The recorded cases of the reference, and the list of those that psopenai_py does not follow."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

FOLDER = Path(__file__).parent / "recordings"
DEVIATIONS = Path(__file__).parent / "deviations.json"
#: What is seen here of the cases that are not followed.
OURS = Path(__file__).parent / "ours"

Case = dict[str, Any]


@cache
def cases(kind: str) -> list[Case]:
    """All cases of a kind: "binding", "wire", "json" or "module"."""
    text = (FOLDER / f"{kind}.jsonl").read_text(encoding="ascii")
    return [json.loads(line) for line in text.splitlines()]


def parameters() -> dict[str, Any]:
    """The recorded parameter tables by cmdlet, as a copy."""
    table: dict[str, Any] = json.loads((FOLDER / "parameters.json").read_text(encoding="utf-8"))
    return table


def of_cmdlets(kind: str, cmdlets: set[str]) -> list[Case]:
    """The cases that need no other cmdlets than these."""
    return [case for case in cases(kind) if _cmdlets(case) <= cmdlets]


def _cmdlets(case: Case) -> set[str]:
    return {stage[0] for stage in case.get("pipeline", [])} or {case["cmdlet"]}


@cache
def deviations(kind: str) -> dict[str, str]:
    """Names of the cases of a kind that are not followed, each with the reason."""
    groups: list[dict[str, Any]] = json.loads(DEVIATIONS.read_text(encoding="utf-8"))
    return {name: group["reason"] for group in groups for name in group.get(kind, [])}


@cache
def ours(kind: str) -> dict[str, Case]:
    """What is seen of each case that is not followed, as far as it differs from the record."""
    text = (OURS / f"{kind}.jsonl").read_text(encoding="ascii")
    return {line.pop("name"): line for line in map(json.loads, text.splitlines())}


def expected(kind: str, case: Case) -> Case:
    """A case as it is to come out here: as recorded, or as stored where it is not followed (null: not there)."""
    stored = ours(kind).get(case["name"], {})
    return {name: value for name, value in (case | stored).items() if stored.get(name, "") is not None}


def in_our_terms(bound: dict[str, Any]) -> dict[str, Any]:
    """What a case bound, as it would be bound here.

    Two differences run through many cases, so they are translated rather than stored: Wait-Video's misspelt
    parameter VideohId is called VideoId (the old name is an alias), and an id is encoded when the address is
    built, not when it is bound.
    """
    named = {"VideoId" if name == "VideohId" else name: value for name, value in bound.items()}
    if "VideoId" in named:
        named["VideoId"] = unquote_plus(named["VideoId"])
    return named


def write_files(folder: Path) -> None:
    """Lay out the small files that arguments name."""
    files: dict[str, str] = json.loads((FOLDER / "files.json").read_text(encoding="ascii"))
    for name, content in files.items():
        (folder / name).write_bytes(base64.b64decode(content))


def fill(value: Any, places: dict[str, str]) -> Any:
    """Replace placeholders such as {base} in all texts of a value."""
    if isinstance(value, str):
        for name, text in places.items():
            value = value.replace(f"{{{name}}}", text)
        return value
    if isinstance(value, list):
        return [fill(element, places) for element in value]
    if isinstance(value, dict):
        return {key: fill(element, places) for key, element in value.items()}
    return value
