"""New-VideoRemix: a new job made of an old one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from psopenai_py import get_video, new_video, new_video_remix, wait_video
from psopenai_py.errors import APIRequestError, InputError
from tests.conftest import Run
from tests.server import JOB, Script


@pytest.mark.parametrize(
    ("arguments", "given", "ids"),
    [
        (["bluer", "video_123"], "", ["video_123"]),
        (["-VideoId", "a/b", "bluer"], "", ["a%2Fb"]),
        (["bluer"], '{"id": "a"}', ["a"]),
        (["-Prompt", "bluer"], "a\nb\n", ["a", "b"]),
        (["bluer"], json.dumps([{"video_id": "a"}, {"VideoId": "b"}]), ["a", "b"]),
    ],
    ids=["by position", "by name", "an object", "lines", "an array"],
)
def test_the_request(run: Run, api: Script, arguments: list[str], given: str, ids: list[str]) -> None:
    result = run("New-VideoRemix", *arguments, stdin=given)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [request.path for request in api.requests] == [f"/videos/{each}/remix" for each in ids]
    assert all(request.document == {"prompt": "bluer"} for request in api.requests)


def test_the_body_can_be_added_to(run: Run, api: Script) -> None:
    result = run("New-VideoRemix", "bluer", "a", "-AdditionalBody", "@{seed=5; PROMPT='redder'}")
    assert (result.exit_code, api.requests[0].document) == (0, {"prompt": "redder", "seed": 5})


def test_the_prompt_never_comes_from_the_pipeline(run: Run, api: Script) -> None:
    result = run("New-VideoRemix", stdin='{"id": "a", "prompt": "x"}')
    assert (result.exit_code, result.error_ids) == (2, ["MissingMandatoryParameter,New-VideoRemix"])
    assert api.requests == []


def test_a_look_at_the_request(run: Run, api: Script) -> None:
    result = run("New-VideoRemix", "bluer", "a b", "-WhatIf")
    assert (result.exit_code, api.requests) == (0, [])
    assert (result.json["method"], result.json["url"]) == ("POST", f"{api.base}/videos/a%20b/remix")
    assert result.json["body"] == {"prompt": "bluer"}


@pytest.mark.parametrize(
    ("response", "error_id"),
    [
        (
            {"status": 404, "json": {"detail": "Not Found"}},
            "NotFoundException,Invoke",
        ),
        ({"status": 500, "json": {}}, "APIRequestException,Invoke"),
        ({"text": "<html>"}, "ArgumentException,New-VideoRemix"),
        ({"drop": True}, "HttpRequestException,Invoke"),
    ],
    ids=["404", "500", "page", "drop"],
)
def test_failures_make_no_second_job(run: Run, api: Script, response: dict[str, Any], error_id: str) -> None:
    api.responses = [response]
    result = run("New-VideoRemix", "bluer", "video_123")
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", 1)
    assert len(result.error_ids) == 1 and error_id in result.error_ids[0]


def test_a_new_job_that_failed_at_once(run: Run, api: Script) -> None:
    api.responses = [{"json": JOB | {"status": "failed", "error": {"code": "c", "message": "m"}}}]
    result = run("New-VideoRemix", "bluer", "video_123")
    assert (result.exit_code, result.warnings) == (
        0,
        ['The status of job with id "video_123" is "failed". Error: "m" (c)'],
    )


def test_in_python(sandbox: str) -> None:
    first = new_video("Dancing Doggo", size="64x64")
    with pytest.raises(InputError):
        new_video_remix("bluer", "..")
    wait_video(first["id"], poll_interval_sec=0.1)
    second = new_video_remix("bluer", first["id"])
    assert second["remixed_from_video_id"] == first["id"] != second["id"]
    assert [job["prompt"] for job in get_video(all=True)] == ["Dancing Doggo", "bluer"]
    with pytest.raises(APIRequestError) as caught:
        new_video_remix("bluer", "video_" + "0" * 32)
    assert caught.value.status == 404
