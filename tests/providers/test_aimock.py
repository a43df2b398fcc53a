"""A second opinion that is not ours: the emulator @copilotkit/aimock, for OpenRouter, xAI and Ark.

`python3 scripts/test.py --providers` installs and runs it; without it these tests are left out. Where it differs from
the services' documentation, the stubs follow the latter.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cmdlets.contents import MP4, content
from tests.conftest import Run
from tests.providers.stub import KEY
from tests.server import Server

FOLDER = os.environ.get("PSOPENAI_AIMOCK", "")
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(not (FOLDER and NODE), reason="PSOPENAI_AIMOCK names no folder, or there is no node")

BASES = {"OpenRouter": "/api/v1", "XAI": "/v1", "Ark": "/api/v3"}


def fixtures(video: str) -> dict[str, Any]:
    """Good ends and bad ones; a task of Ark is told in its own words."""
    done: dict[str, Any] = {"status": "completed", "url": video, "b64": base64.b64encode(MP4).decode(), "duration": 8}
    failed = {"status": "failed", "error": "The model gave up."}
    task = {"model": "m", "created_at": 1760194265, "updated_at": 1760194300}
    good = task | {"status": "succeeded", "content": {"video_url": video}, "usage": {"total_tokens": 1}}
    bad = task | {"status": "failed", "error": {"code": "InternalError", "message": "The model gave up."}}

    def match(words: str, model: str | None = None) -> dict[str, str]:
        return {"userMessage": words, "endpoint": "video"} | ({"model": model} if model else {})

    return {
        "fixtures": [
            {"match": match("Doggo", "ark"), "response": {"json": good}},
            {"match": match("Failing", "ark"), "response": {"json": bad}},
            {"match": match("Doggo"), "response": {"video": {"id": "v1", "cost": 0.25} | done}},
            {"match": match("Failing"), "response": {"video": {"id": "v2"} | failed}},
            {"match": match("Refused"), "response": {"error": {"message": "Slow down."}, "status": 429}},
        ]
    }


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory, storage: Server) -> Iterator[str]:
    """The address of the running emulator."""
    path = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    path.write_text(json.dumps(fixtures(f"{storage.script('aimock', [content()]).base}/video.mp4")))
    command = [str(NODE), str(Path(__file__).with_name("aimock.mjs")), FOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(params=BASES)
def call(request: pytest.FixtureRequest, emulator: str) -> list[str]:
    """The arguments that lead to one service of the emulator."""
    name = request.param
    model = ["-Model", "ark"] if name == "Ark" else []
    return ["-Provider", name, "-ApiBase", emulator + BASES[name], "-ApiKey", KEY, *model]


def later(call: list[str]) -> list[str]:
    """The same without what only a creation takes."""
    return call[:6]


def test_create_wait_and_download(run: Run, call: list[str], tmp_path: Path) -> None:
    job = run("New-Video", "Doggo", "-Seconds", "8", "-Size", "1280x720", *call)
    assert (job.exit_code, job.json["status"], job.json["provider"]) == (0, "queued", call[1])
    seen = run("Get-Video", *later(call), stdin=job.stdout).json["status"]
    assert seen in ("queued", "in_progress")
    waited = run("Wait-Video", "-PollIntervalSec", "0", *later(call), stdin=job.stdout)
    assert (waited.exit_code, waited.json["status"]) == (0, "completed")
    target = tmp_path / "doggo.mp4"
    result = run("Get-VideoContent", "-OutFile", str(target), *later(call), stdin=waited.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert target.read_bytes() == MP4


def test_a_job_that_fails(run: Run, call: list[str]) -> None:
    job = run("New-Video", "Failing", *call)
    waited = run("Wait-Video", "-PollIntervalSec", "0", *later(call), stdin=job.stdout)
    assert (waited.exit_code, waited.json["status"]) == (1, "failed")
    assert "The model gave up." in waited.json["error"]["message"]


def test_a_refusal(run: Run, call: list[str]) -> None:
    result = run("New-Video", "Refused", *call)
    assert result.exit_code == 1
    assert "429" in result.stderr
