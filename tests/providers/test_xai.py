"""What xAI alone does: a refusal by the status of a question, and words for a job that goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.stub import KEY
from tests.server import Script, Server


def _call(api: Script) -> list[str]:
    return ["-Provider", "XAI", "-ApiBase", api.base, "-ApiKey", KEY]


@pytest.mark.parametrize(
    ("answer", "status", "progress"),
    [
        ({"status": "pending"}, "in_progress", None),
        ({"status": "pending", "progress": 0}, "queued", 0),
        ({"status": "Pending", "progress": 40}, "in_progress", 40),
        ({"status": "processing", "progress": 0}, "in_progress", 0),
        ({"status": "in_progress"}, "in_progress", None),
        ({"status": "running"}, "in_progress", None),
        ({"status": "queued"}, "queued", 0),
        ({"status": "pondering"}, "failed", None),
        ({"status": "expired"}, "failed", None),
        ({"status": "cancelled"}, "failed", None),
        ({"status": "completed"}, "failed", None),
        ({"status": "completed", "video": {"url": "https://h.example/v.mp4"}}, "completed", 100),
    ],
    ids=str,
)
def test_a_word(run: Run, server: Server, answer: dict[str, Any], status: str, progress: int | None) -> None:
    """A job that goes on is none that failed, whatever word is said of it: it is paid for."""
    over = status in ("completed", "failed")
    api = server.script("words", [{"status": 200 if over else 202, "json": answer}])
    job = run("Get-Video", "job-1", *_call(api)).json
    assert (job["status"], job["progress"]) == (status, progress)
    assert (job["error"] is None) == (status != "failed")


def test_a_question_that_is_refused(run: Run, server: Server, place: Path) -> None:
    """It tells whoever asks that the job failed, and nobody to wait for it."""
    said = "The video was rejected by moderation."
    api = server.script("refusing", [{"status": 400, "json": {"code": "invalid-argument", "error": said}}])
    for words in (["Get-VideoContent", "job-1", "-OutFile", "x.mp4"], ["New-VideoRemix", "Blue", "job-1"]):
        result = run(*words, *_call(api))
        assert (result.exit_code, result.stdout, list(place.iterdir())) == (1, "", [])
        assert result.stderr.splitlines()[0] == f"{words[0]}: The job job-1 failed: {said}"
        assert "-WaitForCompletion" not in result.stderr
    assert {request.method for request in api.requests} == {"GET"}
