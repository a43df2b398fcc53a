"""A job on its way through a pipeline, or from one Python function to the next: it names its service, and keeps what
the service does not repeat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import psopenai_py
from tests.conftest import Run
from tests.providers.google import Google
from tests.providers.openrouter import OpenRouter
from tests.providers.stub import KEY, MP4, Stub
from tests.providers.test_stories import LINE, QUICK, created
from tests.server import Server

KEPT = ("model", "seconds", "prompt")


def test_what_a_service_does_not_repeat_is_kept(run: Run, stub: Stub) -> None:
    job = json.loads(created(run, stub))
    assert [job[name] for name in KEPT[1:]] == ["8", "Dancing Doggo"]
    waited = run("Wait-Video", *QUICK, *stub.call[2:], stdin=json.dumps(job)).json
    again = run("Get-Video", *stub.call[2:], stdin=json.dumps(waited)).json
    for later in (waited, again):
        assert [later[name] for name in KEPT] == [job[name] for name in KEPT]
        assert later["size"]
        assert later["created_at"]


def test_names_of_files_are_made_of_it(run: Run, stub: Stub, place: Path) -> None:
    """The recipe of the README, which pipes what New-Video printed."""
    job = created(run, stub)
    run("Wait-Video", *QUICK, *stub.call[2:], stdin=job)  # so that the first question finds it over
    arguments = ["-WaitForCompletion", "-OutFile", "{prompt}-{id}.mp4", "-ThrottleLimit", "2", *stub.call[2:]]
    assert run("Get-VideoContent", *arguments, stdin=job).exit_code == 0
    assert {path.name: path.read_bytes() for path in place.iterdir()} == {
        f"Dancing_Doggo-{json.loads(job)['id']}.mp4": MP4
    }


def test_what_the_service_says_goes_before(run: Run, stub: Stub) -> None:
    job = json.loads(created(run, stub)) | {"status": "failed", "progress": 7, "error": {"code": "x", "message": "y"}}
    finished = run("Wait-Video", *QUICK, *stub.call[2:], stdin=json.dumps(job)).json
    assert (finished["status"], finished["progress"], finished["error"]) == ("completed", 100, None)


@pytest.mark.parametrize("other", [{"id": "other"}, {"provider": "OpenAI"}, {"provider": None}], ids=str)
def test_what_another_job_knows_is_not_taken(run: Run, stub: Stub, other: dict[str, Any]) -> None:
    job = json.loads(created(run, stub))
    piped = json.dumps({**job, "video_id": job["id"], "model": "of-another", "prompt": "of another"} | other)
    result = run("Get-Video", *([] if "id" in other else stub.call[:2]), *stub.call[2:], stdin=piped)
    assert "of-another" not in result.stdout
    assert "of another" not in result.stdout


@pytest.mark.parametrize("kind", [OpenRouter, Google])
def test_a_remix_goes_to_the_model_of_the_job(run: Run, server: Server, storage: Server, kind: type[Stub]) -> None:
    """It has to be the same one; a bare id says nothing of it, so that the usual one is named."""
    stub = kind(server, storage)
    job = created(run, stub, *LINE, "-Model", "vendor/other")
    waited = run("Wait-Video", *QUICK, *stub.call[2:], stdin=job).stdout
    for piped in (job, waited):
        assert run("New-VideoRemix", "Make it blue", *stub.call[2:], "-WhatIf", stdin=piped).json["body"]["model"] == (
            "vendor/other"
        )
    bare = run("New-VideoRemix", "Make it blue", json.loads(job)["id"], *stub.call, "-WhatIf")
    assert bare.json["body"]["model"] not in ("vendor/other", "")


def test_python_functions_take_the_service_from_the_job(stub: Stub, place: Path) -> None:
    service: dict[str, Any] = {"api_base": stub.script.base, "api_key": KEY}
    model = stub.arguments[1] if stub.arguments else None
    job = psopenai_py.new_video("Dancing Doggo", size="1280x720", provider=stub.name, model=model, **service)
    waited = psopenai_py.wait_video(job, poll_interval_sec=0, **service)
    assert (waited["provider"], waited["status"], waited["prompt"]) == (stub.name, "completed", "Dancing Doggo")
    assert list(psopenai_py.get_video(waited, **service)) == list(waited)
    if stub.name != "Google":
        path = psopenai_py.get_video_content(waited, out_file="{prompt}.mp4", **service)
        assert (path.name, path.read_bytes()) == ("Dancing_Doggo.mp4", MP4)


def test_a_keyword_goes_before_the_job(server: Server) -> None:
    api = server.script("openai")
    job = {"id": "video_1", "provider": "XAI"}
    assert psopenai_py.get_video(job, provider="OpenAI", api_base=api.base)["id"] == "video_123"
    # Of another server: its word means something else.
    assert psopenai_py.get_video(job | {"provider": "google"}, api_base=api.base)["id"] == "video_123"
    assert [request.path for request in api.requests] == ["/videos/video_1"] * 2
