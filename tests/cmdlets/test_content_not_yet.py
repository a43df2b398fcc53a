"""Content that is not there yet although its job is completed: asked for again, or a hint at how to wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cmdlets.contents import MP4, content, files
from tests.conftest import Run
from tests.server import JOB, Script

HINT = "If the job is not over yet, -WaitForCompletion waits for it."


@pytest.mark.parametrize("status", [400, 404, 409, 425, 502, 503])
@pytest.mark.parametrize("target", [[], ["-OutFile", "x.mp4"]], ids=["output", "file"])
def test_content_that_is_not_there_yet(run: Run, api: Script, place: Path, status: int, target: list[str]) -> None:
    """Right after a job is completed, some servers still refuse its content."""
    refusal = {"status": status, "json": {"error": {"message": "not ready"}}}
    api.responses = [{"json": JOB | {"status": "completed"}}, refusal, refusal, content()]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-ProgressAction", "Ignore", *target)
    assert (result.exit_code, result.stderr, len(api.requests)) == (0, "", 4)
    assert (files(place) if target else result.data) == ({"x.mp4": MP4} if target else MP4)
    api.requests.clear()
    api.responses = [refusal]
    result = run("Get-VideoContent", "video_123", *target)
    assert (result.exit_code, result.data, len(api.requests), result.stderr.count(HINT)) == (1, b"", 1, 1)
    assert files(place).keys() <= {"x.mp4"}


def test_content_that_never_comes(run: Run, api: Script, place: Path) -> None:
    refusal = {"status": 404, "json": {"error": {"message": "not ready"}}}
    api.responses = [{"json": JOB | {"status": "completed"}}, refusal]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "x.mp4")
    assert (result.exit_code, len(api.requests), files(place), HINT in result.stderr) == (1, 6, {}, False)
    assert result.stderr.splitlines()[-1].endswith("NotFoundException,Invoke-OpenAIAPIRequest")


@pytest.mark.parametrize("status", [401, 403, 410, 422])
def test_content_that_is_refused_for_good(run: Run, api: Script, place: Path, status: int) -> None:
    refusal = {"status": status, "json": {"error": {"message": "no"}}}
    api.responses = [{"json": JOB | {"status": "completed"}}, refusal]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "x.mp4")
    assert (result.exit_code != 0, len(api.requests), HINT in result.stderr) == (True, 2, False)


UNFINISHED: dict[str, dict[str, Any]] = {
    "accepted": {"status": 202, "text": ""},
    "no content": {"status": 204},
    "empty": content(b""),
    "a job that goes on": {"json": JOB | {"status": "in_progress"}},
    "an error with 200": {"json": {"error": {"message": "not ready"}}},
    "the same as a video": content(b'{"message": "not ready"}'),
    "the first half": content(MP4[: len(MP4) // 2]),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_success_that_holds_no_content_yet(name: str, run: Run, api: Script, place: Path) -> None:
    answer = UNFINISHED[name]
    api.responses = [{"json": JOB | {"status": "completed"}}, answer, content()]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "x.mp4")
    assert (result.exit_code, result.stderr, len(api.requests), files(place)) == (0, "", 3, {"x.mp4": MP4})
    api.requests.clear()
    api.responses = [answer]
    result = run("Get-VideoContent", "video_123", "-OutFile", "y.mp4")
    advice = "call again later." if name == "the first half" else HINT
    assert (result.exit_code, len(api.requests), result.stderr.count(advice)) == (1, 1, 1)
    assert files(place) == {"x.mp4": MP4}


def test_half_a_video_is_not_followed_by_a_whole_one(run: Run, api: Script) -> None:
    """What has left already cannot be taken back."""
    half = MP4[: len(MP4) // 2]
    api.responses = [{"json": JOB | {"status": "completed"}}, content(half), content()]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion")
    assert (result.exit_code, result.data, len(api.requests)) == (1, half, 2)


@pytest.mark.parametrize("answer", [content(b"<html>Login"), {"status": 302}, content(b"PK" + bytes(99))], ids=str)
def test_a_success_that_will_never_be_content(run: Run, api: Script, place: Path, answer: dict[str, Any]) -> None:
    api.responses = [{"json": JOB | {"status": "completed"}}, answer]
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "x.mp4")
    assert (result.exit_code, len(api.requests), HINT in result.stderr, files(place)) == (1, 2, False, {})
