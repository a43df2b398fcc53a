"""The sandbox in the words of OpenRouter and xAI: scripts for those can be tried without paying."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from psopenai_py.sandbox import open_sandbox
from tests.conftest import Run

NAMES = ["OpenRouter", "XAI"]
QUICK = ["-PollIntervalSec", "0", "-ProgressAction", "SilentlyContinue"]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def base(tmp_path: Path) -> list[str]:
    """The arguments that lead to a sandbox where jobs are done at once; the job names its provider."""
    return ["-ApiBase", f"sandbox:{tmp_path / 'jobs'}?speed=1000"]


def test_create_wait_remix_and_download(run: Run, name: str, base: list[str], tmp_path: Path) -> None:
    job = run("New-Video", "Doggo", "-Seconds", "2", "-Size", "640x480", "-Provider", name, *base)
    assert (job.exit_code, job.json["status"], job.json["provider"]) == (0, "queued", name)
    waited = run("Wait-Video", *QUICK, *base, stdin=job.stdout)
    assert (waited.exit_code, waited.json["status"], waited.json["progress"]) == (0, "completed", 100)
    remix = run("New-VideoRemix", "Make it blue", *base, stdin=job.stdout)
    assert remix.exit_code == 0
    result = run(
        "Get-VideoContent", "-WaitForCompletion", "-OutFile", str(tmp_path / "x.mp4"), *base, stdin=remix.stdout
    )
    assert (result.exit_code, (tmp_path / "x.mp4").read_bytes()[4:8]) == (0, b"ftyp")


def test_the_address_may_name_the_provider(run: Run, name: str, tmp_path: Path) -> None:
    address = f"sandbox:{tmp_path / 'jobs'}?speed=1000&provider={name.lower()}"
    assert run("New-Video", "Doggo", env={"OPENAI_API_BASE": address}).json["provider"] == name


@pytest.mark.parametrize("by", ["parameter", "variable", "job"])
def test_the_variable_may_name_the_sandbox_for_all_commands(run: Run, name: str, tmp_path: Path, by: str) -> None:
    """As the README has it. No other address of that variable is one of a hosted service."""
    env = {"OPENAI_API_BASE": f"sandbox:{tmp_path / 'jobs'}?speed=1000"}
    env |= {"PSOPENAI_PROVIDER": name.lower()} if by == "variable" else {}
    job = run("New-Video", "Doggo", *(["-Provider", name] if by != "variable" else []), env=env)
    assert (job.exit_code, job.stderr, job.json["provider"]) == (0, "", name)
    words = [job.json["id"], "-Provider", name] if by == "parameter" else []
    waited = run("Wait-Video", *words, *QUICK, env=env, stdin="" if words else job.stdout)
    assert (waited.exit_code, waited.json["status"], waited.json["provider"]) == (0, "completed", name)


def test_a_provider_that_the_sandbox_of_the_variable_does_not_know(run: Run) -> None:
    """It is not asked itself, whatever keys there are: who sets the variable wants to pay for nothing."""
    env = {"OPENAI_API_BASE": "sandbox:", "ARK_API_KEY": "ark-0123456789"}
    result = run("New-Video", "Doggo", "-Provider", "Ark", "-WhatIf", env=env)
    assert "ark.ap-southeast.bytepluses.com" not in result.stdout
    result = run("New-Video", "Doggo", "-Provider", "Ark", env=env)
    assert (result.exit_code, "does not speak the words of 'ark'" in result.stderr) == (1, True)


@pytest.mark.parametrize(("word", "said"), [("[fail]", "fail"), ("[blocked]", "held back")])
def test_jobs_fail_on_demand(run: Run, name: str, base: list[str], word: str, said: str) -> None:
    job = run("New-Video", f"{word} doggo", "-Provider", name, *base)
    waited = run("Wait-Video", *QUICK, *base, stdin=job.stdout)
    assert (waited.exit_code, waited.json["status"]) == (1, "failed")
    if name == "XAI":
        assert said in json.dumps(waited.json["error"])


@pytest.mark.parametrize(
    ("word", "code"), [("[moderation]", 1), ("[401]", 4), ("[429]", 1), ("[500]", 1), ("[502]", 1)]
)
def test_requests_fail_on_demand(run: Run, name: str, base: list[str], word: str, code: int) -> None:
    result = run("New-Video", f"{word} doggo", "-Provider", name, *base)
    assert (result.exit_code, result.stdout) == (code, "")


def test_models(run: Run, name: str, base: list[str]) -> None:
    result = run("Get-VideoModel", "-Provider", name, *base)
    assert (result.exit_code, [list(model) for model in result.json]) == (0, [["id"]] * 2)


def test_what_the_services_refuse(run: Run, name: str, base: list[str]) -> None:
    unknown = run("New-Video", "Doggo", "-Provider", name, *base, "-AdditionalBody", '{"fps": 7}')
    assert (unknown.exit_code, "Unknown member: fps" in unknown.stderr) == (1, True)
    missing = run("Get-Video", "video_0123456789", "-Provider", name, *base)
    assert missing.exit_code == 1


def test_a_provider_that_the_sandbox_does_not_know(run: Run, base: list[str]) -> None:
    result = run("New-Video", "Doggo", "-Provider", "Ark", *base)
    assert result.exit_code == 1
    assert "does not speak the words of 'ark'" in result.stderr


def test_two_providers_at_once(run: Run, tmp_path: Path) -> None:
    result = run("New-Video", "Doggo", "-Provider", "Ark", "-ApiBase", f"sandbox:{tmp_path}?provider=xai")
    assert result.exit_code == 1
    assert "The sandbox speaks the words of XAI there. Nothing was sent." in result.stderr


DEEP = b"[" * 100_000
EDITS = [
    b'{"model": "grok-imagine-video", "prompt": "x", "video": %s}' % video for video in (b"5", b'"a"', b"[1]", b"{}")
]
ODD = {
    "a body that is no JSON": ("POST", "/videos/generations", b"x", 400),
    "a body without an end": ("POST", "/videos/generations", DEEP, 400),
    "a body that is no object": ("POST", "/videos/generations", b"[1]", 400),
    **{f"an edit of {data[53:-1].decode()}": ("POST", "/videos/edits", data, 400) for data in EDITS},
    "a list": ("GET", "/videos", b"", 404),
    "a list behind a slash": ("GET", "/videos/", b"", 404),
    "models": ("GET", "/models", b"", 404),
    "a deletion": ("DELETE", "/videos/x", b"", 404),
}


@pytest.mark.parametrize("case", ODD)
def test_other_clients_get_an_error_in_the_words_of_the_service(case: str, tmp_path: Path) -> None:
    method, path, data, status = ODD[case]
    app = open_sandbox(f"sandbox:{tmp_path}?provider=xai", os.environ)
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox/v1") as client:
        answer = client.request(method, path, content=data)
    assert (answer.status_code, sorted(answer.json())) == (status, ["code", "error"])
