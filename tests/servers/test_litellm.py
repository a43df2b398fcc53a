"""LiteLLM's proxy in front of the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.servers.conftest import only
from tests.servers.counterparts import Counterpart

pytestmark = only("litellm")
QUIET = ("-ProgressAction", "Ignore", "-PollIntervalSec", "0.2")


def test_a_job_from_its_beginning_to_its_video(run: Run, counterpart: Counterpart, tmp_path: Path) -> None:
    env = counterpart.environment
    job = run("New-Video", "Dancing Doggo", "-Size", "64x64", env=env)
    assert (job.exit_code, job.json["status"]) == (0, "queued")
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    shown = run("Get-Video", stdin=waited.data, env=env)
    assert (waited.exit_code, waited.json["status"], shown.json["id"]) == (0, "completed", job.json["id"])
    file = tmp_path / "doggo.mp4"
    saved = run("Get-VideoContent", "-OutFile", str(file), stdin=shown.data, env=env)
    assert (saved.exit_code, saved.stderr, file.read_bytes()[4:8]) == (0, "", b"ftyp")
    remix = run("New-VideoRemix", "bluer", stdin=shown.data, env=env)
    assert (remix.exit_code, remix.json["id"] != job.json["id"]) == (0, True)


def test_many_jobs(run: Run, counterpart: Counterpart, tmp_path: Path) -> None:
    env = counterpart.environment
    made = run("New-Video", "-Size", "64x64", "-ThrottleLimit", "3", stdin="a\nb\nc\n", env=env)
    videos = ("Get-VideoContent", "-WaitForCompletion", "-OutFile", f"{tmp_path}/", "-ThrottleLimit", "3")
    result = run(*videos, "-ProgressAction", "Ignore", stdin=made.data, env=env)
    assert (made.exit_code, result.exit_code, len(list(tmp_path.glob("*.mp4")))) == (0, 0, 3)


@pytest.mark.parametrize("model", ["sora-2", "wan"])
def test_a_job_that_fails(run: Run, counterpart: Counterpart, model: str) -> None:
    """Of vLLM-Omni's, whose answer has an error status, LiteLLM quotes the job in an error of its own."""
    env = counterpart.environment
    job = run("New-Video", "[fail] x", "-Size", "64x64", "-Model", model, env=env)
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    assert (waited.exit_code, waited.json["status"], waited.json["id"]) == (1, "failed", job.json["id"])
    shown = run("Get-Video", job.json["id"], "-MaxRetryCount", "2", env=env)
    assert (shown.exit_code, shown.json["status"], shown.warnings) == (0, "failed", waited.warnings)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (("New-Video", "[quota] x"), "What the account may use is used up, so repeating does not help."),
        (("New-Video", "[moderation] x"), "The service's moderation refused the prompt or the picture"),
        (("New-Video", "x", "-Model", "other"), "Invalid model name passed in model=other"),
        (("Remove-Video", "nope"), "This server offers no deletion of jobs."),
        (("Get-Video",), "LLM Provider NOT provided"),
    ],
    ids=["quota", "moderation", "model", "deletion", "list"],
)
def test_refusals(run: Run, counterpart: Counterpart, line: tuple[str, ...], text: str) -> None:
    result = run(*line, env=counterpart.environment)
    assert (result.exit_code, result.stdout) == (1, "")
    assert text in result.stderr
