"""Wait-Video: its end, its time limit, failing polls, Ctrl-C, and the line that shows progress."""

from __future__ import annotations

import json
import socket
import sys
import time
from typing import Any

import pytest

from psopenai_py import new_video, wait_video
from psopenai_py.errors import APIRequestError, JobFailedError, PendingError
from tests.conftest import KEY, Result, Run
from tests.http.sockets import dripping, listening, silent
from tests.patience import with_limit
from tests.server import JOB, Received, Script

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of Unix")

QUIET = ("-ProgressAction", "Ignore")
FAST = (*QUIET, "-PollIntervalSec", "0.1")
PENDING = "PSOpenAI.APIRequest.TimeoutException,Write-TimeoutError"
FAILED = "Microsoft.PowerShell.Commands.WriteErrorException,Wait-Video"


def job(status: str | None, **facts: Any) -> dict[str, Any]:
    """An answer with a job in this state."""
    return {"json": {name: value for name, value in (JOB | {"status": status} | facts).items() if value is not None}}


def error(status: int, body: Any = None) -> dict[str, Any]:
    return {"status": status, "json": {"error": {"message": "no"}} if body is None else body}


# --- the end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["completed", "succeeded", "SUCCESS", "done", "COMPLETED"])
def test_a_job_that_succeeds(run: Run, api: Script, status: str) -> None:
    api.responses = [job("queued"), job(None), job("something-new"), job("in_progress", progress=50), job(status)]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.json["status"], len(api.requests)) == (0, status, 5)
    assert result.stderr == (
        "WARNING: The status 'something-new' of the job video_123 is not known here, so the wait goes on; "
        "-StatusForExit can end it.\n"
    )


@pytest.mark.parametrize("status", ["failed", "FAILURE", "error", "cancelled", "canceled", "expired", "deleted"])
def test_a_job_that_ends_without_a_video(run: Run, api: Script, status: str) -> None:
    api.responses = [job("queued"), job(status)]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.json["status"], result.error_ids) == (1, status, [FAILED])
    assert f"The job video_123 ended as '{status.lower()}', without a video." in result.stderr
    with pytest.raises(JobFailedError) as caught:
        wait_video("video_123")
    assert caught.value.job == result.json


def test_a_failed_job_is_printed_warned_about_and_an_error(run: Run, api: Script) -> None:
    api.responses = [job("failed", error={"code": "moderation_blocked", "message": "Not this."})]
    result = run("Wait-Video", "video_123", *QUIET)
    assert (result.exit_code, result.json["error"]["code"]) == (1, "moderation_blocked")
    assert result.stderr == (
        'WARNING: The status of job with id "video_123" is "failed". Error: "Not this." (moderation_blocked)\n'
        "Wait-Video: The job video_123 ended as 'failed', without a video.\n"
        "    + CategoryInfo          : NotSpecified: (:) [Wait-Video], WriteErrorException\n"
        f"    + FullyQualifiedErrorId : {FAILED}\n"
    )


EMBEDDED = {"id": "upstream", "object": "video", "status": "failed", "error": {"code": 500, "message": "out of memory"}}


@pytest.mark.parametrize(
    "response",
    [
        error(500, EMBEDDED),
        error(400, EMBEDDED | {"prompt": "p" * 20_000}),
        error(500, {"error": {"message": f"Upstream said: {json.dumps(EMBEDDED)}", "code": "500"}}),
        error(500, {"error": f"b'{json.dumps(EMBEDDED)}'"}),
    ],
    ids=["500", "400 and long", "quoted in a message", "quoted in an error"],
)
def test_an_error_status_may_carry_a_failed_job(run: Run, api: Script, response: dict[str, Any]) -> None:
    api.responses = [job("in_progress"), response]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.error_ids, len(api.requests)) == (1, [FAILED], 2)
    assert (result.json["id"], result.json["status"], result.json["error"]["code"]) == ("video_123", "failed", 500)


@pytest.mark.parametrize(
    ("arguments", "polls", "status"),
    [
        (["-StatusForExit", "in_progress"], 2, "in_progress"),
        (["-StatusForExit", "IN_PROGRESS,other"], 2, "in_progress"),
        (["-StatusForWait", "queued"], 2, "in_progress"),
        (["-StatusForWait", "queued, in_progress"], 3, "odd"),
        (["-StatusForWait", "queued,in_progress,odd"], 4, "failed"),
        (["-StatusForExit", "failed"], 4, "failed"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_status_words_of_ones_own(run: Run, api: Script, arguments: list[str], polls: int, status: str) -> None:
    api.responses = [job("queued"), job("in_progress"), job("odd"), job("failed")]
    result = run("Wait-Video", "video_123", *FAST, *arguments)
    assert (result.json["status"], len(api.requests)) == (status, polls)
    assert result.exit_code == (1 if status == "failed" and "-StatusForExit" not in arguments else 0)
    api.requests.clear()
    if result.exit_code == 0:
        keyword = {"-StatusForExit": "status_for_exit", "-StatusForWait": "status_for_wait"}[arguments[0]]
        words: dict[str, Any] = {keyword: arguments[1].split(",")}
        assert wait_video("video_123", poll_interval_sec=0.1, **words)["status"] == status


@pytest.mark.parametrize(("name", "sent"), [("a+b=", "a%2Bb%3D"), ("a%2Fb", "a%252Fb"), ("a/b", "a%2Fb")])
@pytest.mark.parametrize("told", ["other", 5, None], ids=["another id", "a number", "no id"])
def test_the_id_stays_the_callers(run: Run, api: Script, name: str, sent: str, told: Any) -> None:
    api.responses = [job("queued", id=told), job("completed", id=told)]
    result = run("Wait-Video", *FAST, stdin=json.dumps({"id": name}))
    assert (result.exit_code, result.json["id"]) == (0, name)
    assert [request.path for request in api.requests] == [f"/videos/{sent}"] * 2


def test_in_python(sandbox: str) -> None:
    done = wait_video(new_video("Dancing Doggo")["id"], poll_interval_sec=0.1)
    assert (done["status"], done["progress"]) == ("completed", 100)


# --- failing polls ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "response",
    [error(500), error(429), error(409), {"status": 502, "text": "<html>Bad {gateway}"}, {"drop": True}],
    ids=["500", "429", "409", "page", "drop"],
)
def test_a_poll_that_fails_is_repeated(run: Run, api: Script, response: dict[str, Any]) -> None:
    api.responses = [job("queued"), response, job("completed")]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.stderr, len(api.requests)) == (0, "", 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_poll_that_fails_for_good(run: Run, api: Script, status: int) -> None:
    api.responses = [job("queued"), error(status), job("completed")]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.stdout, len(api.requests)) == (4 if status in (401, 403) else 1, "", 2)
    api.requests.clear()
    with pytest.raises(APIRequestError, match="no"):
        wait_video("video_123", poll_interval_sec=0.1)


def test_an_answer_that_is_no_job(run: Run, api: Script) -> None:
    api.responses = [job("queued"), {"text": "<html>Sign in"}]
    result = run("Wait-Video", "video_123", *FAST)
    assert (result.exit_code, result.error_ids) == (1, ["System.ArgumentException,Wait-Video"])
    assert f"To wait again: Wait-Video -VideoId video_123 -PollIntervalSec 0.1 -ApiBase {api.base}\n" in result.stderr


# --- time -------------------------------------------------------------------------------------------------------


def _takes(limit: float, began: float) -> bool:
    """Not less than its time, and no hanging."""
    return limit - 0.1 < time.monotonic() - began < limit + 30


def test_time_runs_out(run: Run, api: Script) -> None:
    api.responses = [job("queued"), job("in_progress", progress=7)]

    def wait(seconds: int) -> tuple[int, Result]:
        api.requests.clear()
        began = time.monotonic()
        result = run("Wait-Video", "it's", *FAST, "-TimeoutSec", str(seconds))
        assert _takes(seconds, began)
        return seconds, result

    # A question that was asked just before the end had no time to be answered.
    seconds, result = with_limit(wait, lambda found: len(api.requests) >= 2 and "failed" not in found[1].stderr)
    assert (result.exit_code, result.json["status"], result.json["id"]) == (8, "in_progress", "it's")
    assert result.stderr == (
        f"Wait-Video: The job it's is not over after {seconds} s; its status is 'in_progress'. It goes on.\n"
        "    + RecommendedAction     : To wait again: Wait-Video -VideoId 'it'\"'\"'s' -PollIntervalSec 0.1 "
        f"-TimeoutSec {seconds} -ApiBase {api.base}\n"
        "    + CategoryInfo          : OperationTimeout: (:) [Write-TimeoutError], TimeoutException\n"
        f"    + FullyQualifiedErrorId : {PENDING}\n"
    )


def test_the_command_that_waits_again_has_what_was_added_but_no_key(run: Run, api: Script) -> None:
    headers = '{"custom-llm-provider": "x", "X-Api-Key": "secret-of-mine"}'
    added = ["-AdditionalHeaders", headers, "-AdditionalQuery", "@{a=1}", "-ApiKey", KEY, "-Verbose"]
    result = run("Wait-Video", "a", *FAST, "-TimeoutSec", "1", *added)
    assert result.stderr.splitlines()[-3] == (
        "    + RecommendedAction     : To wait again: Wait-Video -VideoId a -PollIntervalSec 0.1 -TimeoutSec 1 "
        f"-ApiBase {api.base} -AdditionalQuery '{{\"a\": 1}}' "
        '-AdditionalHeaders \'{"custom-llm-provider": "x"}\''
    )
    assert "secret-of-mine" not in result.stderr
    assert KEY not in result.stderr


def test_time_runs_out_in_python(api: Script) -> None:
    def wait(seconds: int) -> Any:
        with pytest.raises(PendingError) as caught:
            wait_video("video_123", timeout_sec=seconds)
        return caught.value.job

    assert with_limit(wait, lambda _: api.requests)["status"] == "queued"


BEGUN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{"


def _begun(connection: socket.socket) -> None:
    connection.sendall(BEGUN)
    silent(connection)


@pytest.mark.parametrize("talk", [silent, _begun, dripping(BEGUN + b" " * 400, 0.2)], ids=["silent", "begun", "drips"])
def test_a_poll_that_hangs_does_not_outlast_the_time(run: Run, talk: Any) -> None:
    with listening(talk) as listener:
        began = time.monotonic()
        result = run("Wait-Video", "a", *FAST, "-TimeoutSec", "1", "-ApiBase", listener.base)
        assert _takes(1, began)
    assert (result.exit_code, result.stdout, result.error_ids) == (8, "", [PENDING])
    assert "The job a is not over after 1 s; its status is not known. It goes on." in result.stderr


@pytest.mark.parametrize("retries", [[], ["-MaxRetryCount", "9"]], ids=["", "MaxRetryCount"])
def test_failures_do_not_outlast_the_time(run: Run, api: Script, retries: list[str]) -> None:
    api.responses = [error(503) | {"headers": {"retry-after-ms": "200"}}]
    began = time.monotonic()
    result = run("Wait-Video", "a", *FAST, "-TimeoutSec", "1", *retries)
    assert _takes(1, began)
    assert (result.exit_code, result.error_ids) == (8, [PENDING])


def test_the_server_may_ask_for_a_pause(run: Run, api: Script) -> None:
    api.responses = [job("queued") | {"headers": {"openai-poll-after-ms": "700"}}, job("completed")]
    began = time.monotonic()
    assert run("Wait-Video", "video_123", *FAST).exit_code == 0
    assert _takes(0.7, began)


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "90"}, {"llm_provider-retry-after": "90"}], ids=["usual", "gateway"]
)
def test_a_long_pause_is_waited_for_and_said(run: Run, api: Script, headers: dict[str, str]) -> None:
    api.responses = [job("queued"), error(429) | {"headers": headers}, job("completed")]

    def wait(seconds: int) -> Result:
        api.requests.clear()
        began = time.monotonic()
        result = run("Wait-Video", "video_123", *FAST, "-TimeoutSec", str(seconds))
        assert _takes(seconds, began)
        return result

    result = with_limit(wait, lambda result: result.warnings)
    assert (result.exit_code, len(api.requests), result.error_ids) == (8, 2, [PENDING])
    assert result.warnings == ["The server asks for a pause of 90 s before the next question."]


def test_many_jobs_tell_what_is_waited_for(run: Run, api: Script) -> None:
    """At once, and not only when it is their turn."""

    def answer(request: Received) -> dict[str, Any]:
        told = sum(earlier.path == request.path for earlier in api.requests)
        return job("queued" if told < 2 else "completed")

    api.responses = answer
    result = run("Wait-Video", *FAST, "-ThrottleLimit", "3", "-Verbose", stdin="a\nb\nc\n")
    states = [line for line in result.stderr.splitlines() if line.startswith("VERBOSE: Video ")]
    assert result.exit_code == 0
    assert sorted(states) == [f"VERBOSE: Video {name}: {word}" for name in "abc" for word in ("completed", "queued")]
