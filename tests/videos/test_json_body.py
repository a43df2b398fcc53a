"""New-Video in JSON: where the user wants it, and where a server takes no multipart."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from psopenai_py import new_video
from tests.conftest import KEY, Run
from tests.server import JOB, Received, Script, Server

JSON = ("-AdditionalHeaders", '{"Content-Type": "application/json"}')
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server, and the environment that points to it."""
    script = server.script("json_body")
    monkeypatch.setenv("OPENAI_API_BASE", script.base)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return script


def kinds(api: Script) -> list[str]:
    """The content types of what was sent."""
    return [request.headers["content-type"].partition(";")[0] for request in api.requests]


def json_only(status: int, **answer: Any) -> Any:
    """A server that refuses multipart so."""

    def respond(request: Received) -> dict[str, Any]:
        is_json = request.headers["content-type"] == "application/json"
        return {"json": JOB} if is_json else {"status": status, **answer}

    return respond


BODY = '{"seed": 7, "AUDIO": true, "model": null, "nested": {"a": [1, null]}, "tags": ["a", 2]}'
DOCUMENT = {
    "prompt": "x",
    "seconds": "8",
    "size": "1280x720",
    "seed": 7,
    "AUDIO": True,
    "nested": {"a": [1, None]},
    "tags": ["a", 2],
}


def test_asked_for_by_a_header(run: Run, api: Script, tmp_path: Path) -> None:
    """Numbers and constants keep their types, and a picture goes as a data URL."""
    (tmp_path / "ref.png").write_bytes(PICTURE)
    sized = ("-Seconds", "8", "-Size", "1280x720", "-AdditionalBody", BODY)
    result = run("New-Video", "x", *sized, *JSON, "-InputReference", str(tmp_path / "ref.png"))
    assert (result.exit_code, result.stderr, kinds(api)) == (0, "", ["application/json"])
    picture = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    assert api.requests[0].document == DOCUMENT | {"input_reference": picture}
    new_video("x", additional_headers={"content-type": "application/json; charset=utf-8"})
    assert api.requests[1].document == {"prompt": "x", "model": "sora-2"}


def test_a_look_at_the_request_is_short(run: Run, api: Script, tmp_path: Path) -> None:
    (tmp_path / "ref.png").write_bytes(PICTURE * 1000)
    result = run("New-Video", "x", *JSON, "-InputReference", str(tmp_path / "ref.png"), "-WhatIf")
    assert (result.exit_code, api.requests, len(result.stdout) < 1000) == (0, [], True)
    assert result.json["body"]["input_reference"].startswith("data:image/png;base64,iVBOR")


REFUSALS: dict[str, dict[str, Any]] = {
    "415": {"status": 415, "text": ""},
    "415 with words": {"status": 415, "json": {"error": {"message": "Unsupported Media Type"}}},
    "words": {"status": 400, "json": {"error": {"message": "Content-Type must be application/json"}}},
    "no JSON": {"status": 400, "json": {"error": "Failed to parse JSON"}},
    "FastAPI": {"status": 422, "json": {"detail": [{"type": "model_attributes_type", "loc": ["body"]}]}},
    "FastAPI, not decoded": {"status": 422, "json": {"detail": [{"type": "json_invalid", "loc": ["body", 0]}]}},
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=list(REFUSALS))
def test_a_server_that_takes_no_multipart(run: Run, api: Script, refusal: dict[str, Any]) -> None:
    api.responses = json_only(**refusal)
    result = run("New-Video", "x", "-AdditionalBody", '{"seed": 7}', "-Verbose")
    assert (result.exit_code, kinds(api)) == (0, ["multipart/form-data", "application/json"])
    assert api.requests[1].document == {"prompt": "x", "model": "sora-2", "seed": 7}
    assert result.stderr.count("VERBOSE: The request is sent again in JSON: ") == 1


CERTAIN = [
    {"status": 400, "json": {"error": {"message": "The prompt is too long."}}},
    {"status": 422, "json": {"detail": [{"type": "missing", "loc": ["body", "size"]}]}},
    {"status": 500, "json": {"error": {"message": "Expected application/json"}}},
    {"status": 502, "text": "multipart"},
    {"status": 404, "json": {"detail": "application/json"}},
    {"drop": True},
]


@pytest.mark.parametrize("response", CERTAIN, ids=str)
def test_nothing_else_is_sent_twice(run: Run, api: Script, response: dict[str, Any]) -> None:
    api.responses = [response]
    result = run("New-Video", "x")
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", 1)


def test_what_is_refused_both_ways_is_told_as_it_was_first(run: Run, api: Script) -> None:
    api.responses = [
        {"status": 400, "json": {"error": {"message": "extra_params must be JSON"}}},
        {"status": 422, "json": {"detail": "no form"}},
    ]
    result = run("New-Video", "x")
    assert (result.exit_code, len(api.requests)) == (1, 2)
    assert result.stderr.splitlines()[0].endswith("Error: extra_params must be JSON")
    api.requests.clear()
    api.responses = [{"status": 415, "text": ""}, {"status": 402, "json": {"error": "no credit"}}]
    assert run("New-Video", "x").stderr.splitlines()[0].endswith("Error: no credit")


def test_many_records(run: Run, api: Script, tmp_path: Path) -> None:
    api.responses = json_only(415, text="")
    lines = "".join(json.dumps({"prompt": str(number)}) + "\n" for number in range(6))
    journal = tmp_path / "journal"
    result = run("New-Video", "-ThrottleLimit", "3", "-Resume", str(journal), stdin=lines)
    assert (result.exit_code, len(result.stdout.splitlines()), len(api.requests)) == (0, 6, 12)
    sent = [request.document["prompt"] for request in api.requests if request.headers["content-type"][-4:] == "json"]
    assert sorted(sent) == list("012345")
