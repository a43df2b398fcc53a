"""What Get-Video, Wait-Video and Get-VideoContent take for a job, and under which id: they agree."""

from __future__ import annotations

import json
from typing import Any

import pytest

from psopenai_py import get_video
from tests.conftest import Run
from tests.server import JOB, Script

FAILED = JOB | {"id": "upstream", "status": "failed", "error": {"code": 500, "message": "m"}}
QUOTING: dict[str, dict[str, Any]] = {
    "as the body": FAILED,
    "quoted": {"error": {"message": f"InternalServerError: b'{json.dumps(FAILED)}'", "code": "500"}},
    "quoted twice": {"error": {"message": "x " + json.dumps({"error": {"message": json.dumps(FAILED)}})}},
    "in a detail": {"detail": FAILED},
}


@pytest.mark.parametrize("status", [400, 500, 503])
@pytest.mark.parametrize("body", QUOTING.values(), ids=list(QUOTING))
def test_a_failed_job_that_comes_with_an_error_status(run: Run, api: Script, status: int, body: dict[str, Any]) -> None:
    """It is printed and not asked for again, and Wait-Video and Get-VideoContent say the same of it."""
    api.responses = [{"status": status, "json": body}]
    result = run("Get-Video", "video_123", "-MaxRetryCount", "3")
    assert (result.exit_code, result.json["id"], result.json["error"], len(api.requests)) == (
        *(0, "video_123"),
        *(FAILED["error"], 1),
    )
    assert result.stderr == 'WARNING: The status of job with id "video_123" is "failed". Error: "m" (500)\n'
    waited = run("Wait-Video", "video_123", "-ProgressAction", "Ignore")
    assert (waited.exit_code, waited.json, waited.warnings) == (1, result.json, result.warnings)
    for arguments in ([], ["-WaitForCompletion", "-ProgressAction", "Ignore"]):
        content = run("Get-VideoContent", "video_123", *arguments)
        assert (content.exit_code, content.data, content.warnings) == (1, b"", result.warnings)
        assert "The job video_123 is not completed; its status is 'failed'." in content.stderr
    assert get_video("video_123") == result.json


@pytest.mark.parametrize(
    "answer", [{"error": {"message": "No"}}, {"error": "No"}, {"code": 9, "message": "No"}], ids=str
)
@pytest.mark.parametrize("cmdlet", ["Get-Video", "Wait-Video"])
def test_a_refusal_with_status_200_is_no_job(run: Run, api: Script, cmdlet: str, answer: Any) -> None:
    api.responses = [{"json": answer}]
    result = run(cmdlet, "video_123", *(["-ProgressAction", "Ignore"] if cmdlet == "Wait-Video" else []))
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", 1)
    assert result.error_ids == [f"System.ArgumentException,{cmdlet}"]
    assert "The server's answer is not a job: it says: No. Status 200" in result.stderr


def test_a_job_in_an_envelope(run: Run, api: Script) -> None:
    inner = {"task_id": "task_1", "status": "SUCCESS", "progress": "100%", "data": {"x": 1}}
    api.responses = [{"json": {"code": "success", "message": "", "data": inner}}]
    assert run("Get-Video", "task_1").json == {"id": "task_1"} | inner
    assert run("Wait-Video", "task_1", "-ProgressAction", "Ignore").json == {"id": "task_1"} | inner


LONG = "video_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOm9wZW5haTttb2RlbF9pZDp4O3ZpZGVvX2lkOnZpZGVvXzE="
IDENTIFIERS: dict[str, tuple[str, Any, str]] = {
    "a gateway's other id": (LONG, LONG[:60] + "Ozt2aWRlb19pZDp2aWRlb18x", LONG),
    "without the provider": ("video_abc:openai", "video_abc", "video_abc:openai"),
    "none": ("video_abc", None, "video_abc"),
    "empty": ("video_abc", "", "video_abc"),
    "quite another": ("v1", "video_123", "video_123"),
}


@pytest.mark.parametrize(("asked", "told", "shown"), IDENTIFIERS.values(), ids=list(IDENTIFIERS))
def test_the_id_that_was_asked_for_stays(run: Run, api: Script, asked: str, told: Any, shown: str) -> None:
    api.responses = [{"json": {name: v for name, v in (JOB | {"id": told}).items() if (name, v) != ("id", None)}}]
    assert run("Get-Video", asked).json["id"] == shown


def test_an_envelope_with_words_of_its_own(run: Run, api: Script) -> None:
    inner = {"task_id": "t1", "task_status": "succeed"}
    api.responses = [{"json": {"code": 1000, "message": "SUCCEED", "data": inner}}]
    assert run("Get-Video", "t1").json == inner


@pytest.mark.parametrize("line", [("Get-Video", "v1"), ("New-Video", "x")], ids=["get", "create"])
@pytest.mark.parametrize("status", ["error", "failed"])
def test_an_error_with_an_id_of_its_own_is_no_job(run: Run, api: Script, line: tuple[str, ...], status: str) -> None:
    api.responses = [{"status": 400, "json": {"id": "req_1", "status": status, "message": "No GPU"}}]
    result = run(*line)
    assert (result.exit_code, result.stdout, "No GPU" in result.stderr) == (1, "", True)
