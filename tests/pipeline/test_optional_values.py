"""What other parameters make optional is read from the pipeline where a line speaks of many records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.server import Server

TINY: dict[str, Any] = {"id": "video_1", "status": "completed"}
LINE = json.dumps(TINY, separators=(",", ":"))


@pytest.mark.parametrize("of_many", [["-ThrottleLimit", "2"], ["-Resume", "run.journal"]], ids=lambda words: words[0])
@pytest.mark.parametrize(
    "beside", [["-AdditionalBody", '{"seed": 1}'], ["-InputReference", "dog.png"]], ids=["a body", "a picture"]
)
def test_a_run_of_many_reads_prompts(
    run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: list[str], of_many: list[str]
) -> None:
    api = server.script(f"optional-{beside[0]}-{of_many[0]}", [{"json": TINY}])
    monkeypatch.setenv("OPENAI_API_BASE", api.base)
    monkeypatch.chdir(tmp_path)
    Path("dog.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run("New-Video", *beside, *of_many, stdin="one\ntwo\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{LINE}\n{LINE}\n", "")
    fields = [field for request in api.requests for field in request.fields]
    assert sorted(str(value) for name, _, _, value in fields if name == "prompt") == ["one", "two"]


def test_a_call_alone_leaves_the_input_to_others(run: Run, server: Server) -> None:
    api = server.script("optional-alone", [{"json": TINY}])
    result = run("New-Video", "-AdditionalBody", '{"seed": 1}', "-ApiBase", api.base, stdin="one\ntwo\n")
    assert (result.exit_code, result.json, result.stderr) == (0, TINY, "")
    assert [[field[0] for field in request.fields] for request in api.requests] == [["model", "seed"]]
