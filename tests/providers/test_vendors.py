"""Second opinions that are not ours: requests and answers through the vendors' own typed models.

`python3 scripts/test.py --providers` installs and runs them; without them these tests are left out.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.google import Google
from tests.providers.openrouter import OpenRouter
from tests.providers.stub import KEY, MP4
from tests.providers.test_requests import PNG
from tests.server import Server

LINES = [
    ["Dancing Doggo"],
    ["Dancing Doggo", "-Seconds", "8", "-Size", "1280x720"],
    ["Dancing Doggo", "-Size", "9:16"],
    ["Dancing Doggo", "-Size", "1080p", "-InputReference", "doggo.png"],
    ["Dancing Doggo", "-InputReference", "doggo.mp4"],
    ["Dancing Doggo", "-InputReference", "data:image/png;base64,AAAA"],
    ["-InputReference", "doggo.png"],
]


@pytest.fixture(autouse=True)
def _picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("doggo.png").write_bytes(PNG)
    Path("doggo.mp4").write_bytes(MP4)


def model(module: str, name: str) -> Any:
    """A typed model of a vendor's client."""
    pytest.importorskip(module.partition(".")[0] if module.startswith("openrouter") else "google.genai")
    return getattr(import_module(module), name)


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_requests_of_openrouter(run: Run, server: Server, storage: Server, line: list[str]) -> None:
    request = model("openrouter.components", "VideoGenerationRequest")
    stub = OpenRouter(server, storage)
    assert run("New-Video", *line, *stub.call).exit_code == 0
    _is_taken_whole(request, stub.bodies[-1])


def test_a_remix_of_openrouter(run: Run, server: Server, storage: Server) -> None:
    request = model("openrouter.components", "VideoGenerationRequest")
    stub = OpenRouter(server, storage)
    assert run("New-VideoRemix", "Make it blue", "gen-vid-1", *stub.call).exit_code == 0
    _is_taken_whole(request, stub.bodies[-1])


@pytest.mark.parametrize(
    ("prompt", "end"),
    [("doggo", "completed"), ("[fail]", "failed"), ("[blocked]", "completed"), ("[cancelled]", "cancelled")],
)
def test_answers_of_the_stub_of_openrouter(run: Run, server: Server, storage: Server, prompt: str, end: str) -> None:
    answer = model("openrouter.components", "VideoGenerationResponse")
    stub = OpenRouter(server, storage)
    job = run("New-Video", prompt, *stub.call).json
    seen = [answer.model_validate(stub._poll(job["id"])["json"]).status for _ in range(3)]  # type: ignore[index]
    assert seen == ["pending", "in_progress", end]


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_requests_of_google(run: Run, server: Server, storage: Server, line: list[str]) -> None:
    create = model("google.genai._gaos.types.interactions.createmodelinteraction", "CreateModelInteraction")
    stub = Google(server, storage)
    assert run("New-Video", *line, *stub.call).exit_code == 0
    _is_taken_whole(create, stub.bodies[-1])


def test_a_remix_of_google(run: Run) -> None:
    create = model("google.genai._gaos.types.interactions.createmodelinteraction", "CreateModelInteraction")
    shown = run("New-VideoRemix", "Make it blue", "job-1", "-Provider", "Google", "-ApiKey", KEY, "-WhatIf")
    _is_taken_whole(create, shown.json["body"])


@pytest.mark.parametrize("prompt", ["doggo", "[file] doggo", "[fail]", "[blocked]", "[cancelled]"])
def test_answers_of_the_stub_of_google(run: Run, server: Server, storage: Server, prompt: str) -> None:
    interaction = model("google.genai._gaos.types.interactions.interaction", "Interaction")
    stub = Google(server, storage)
    job = run("New-Video", prompt, *stub.call).json
    for done in range(4):
        interaction.model_validate(stub._interaction(job["id"], done))


def _is_taken_whole(kind: Any, body: dict[str, Any]) -> None:
    """The model accepts the body, and nothing of it is lost on the way: that would be a member it does not know."""
    dumped = json.loads(kind.model_validate(body).model_dump_json(by_alias=True, exclude_unset=True))
    assert dumped == body
