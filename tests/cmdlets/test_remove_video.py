"""Remove-Video: what servers answer to a deletion, and what is said about it."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py import get_video, new_video, remove_video
from psopenai_py.errors import AnswerError, APIRequestError, InputError, NotFoundError
from tests.conftest import Run
from tests.server import JOB, Script

GONE: dict[str, dict[str, Any]] = {
    "a confirmation": {"json": {"id": "video_123", "object": "video.deleted", "deleted": True}},
    "204": {"status": 204},
    "200 without a body": {"text": ""},
    "the whole job": {"json": JOB | {"status": "deleted"}},
    "the job as it was": {"json": JOB | {"status": "completed"}},
    "the cancelled job": {"json": JOB | {"status": "cancelled"}},
    "202": {"status": 202, "json": {}},
}


@pytest.mark.parametrize("response", GONE.values(), ids=list(GONE))
def test_a_deletion_prints_nothing(run: Run, api: Script, response: dict[str, Any]) -> None:
    api.responses = [response]
    result = run("Remove-Video", "a/b")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert [(request.method, request.path, request.body) for request in api.requests] == [
        ("DELETE", "/videos/a%2Fb", b"")
    ]
    result = run("Remove-Video", "a/b", "-Verbose")
    assert result.stderr.splitlines()[-1] == "VERBOSE: The video a/b is deleted."


STAYS: dict[str, tuple[dict[str, Any], str, str]] = {
    "404": ({"status": 404, "json": {"error": {"message": "no such job"}}}, "NotFoundException", "no such job"),
    "405": (
        {"status": 405, "json": {"detail": "Method Not Allowed"}},
        "APIRequestException",
        "    + RecommendedAction     : This server offers no deletion of jobs.\n",
    ),
    "409": ({"status": 409, "json": {"error": {"message": "try again"}}}, "ConflictException", "try again"),
    "500": ({"status": 500, "json": {}}, "APIRequestException", "(Internal Server Error)"),
    "a denial": ({"json": {"deleted": False}}, "ArgumentException", "the job video_123 is not deleted."),
    "a page": ({"text": "<html>Sign in"}, "ArgumentException", "The job may still be there."),
    "a redirect": ({"status": 302, "headers": {"Location": "/login"}}, "ArgumentException", "it redirects to '/login'"),
    "no answer": ({"drop": True}, "HttpRequestException", "broke off without a full answer"),
}


@pytest.mark.parametrize(("response", "error_id", "text"), STAYS.values(), ids=list(STAYS))
def test_a_job_that_is_not_deleted(run: Run, api: Script, response: dict[str, Any], error_id: str, text: str) -> None:
    api.responses = [response]
    result = run("Remove-Video", "video_123")
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", 1)
    assert len(result.error_ids) == 1 and error_id in result.error_ids[0]
    assert text in result.stderr


def test_a_list_of_jobs(run: Run, api: Script) -> None:
    """One that fails does not keep the others."""
    api.responses = [GONE["204"], {"status": 404, "json": {}}, GONE["a confirmation"]]
    result = run("Remove-Video", stdin='[{"id": "a"}, {"id": "b"}, {"id": "c"}]')
    assert (result.exit_code, result.stdout, len(result.error_ids)) == (1, "", 1)
    assert [request.path for request in api.requests] == ["/videos/a", "/videos/b", "/videos/c"]


def test_an_empty_list(run: Run, api: Script) -> None:
    result = run("Remove-Video", stdin="[]")
    assert (result.exit_code, result.stdout, result.stderr, api.requests) == (0, "", "", [])


def test_a_look_at_the_request(run: Run, api: Script) -> None:
    result = run("Remove-Video", "video_123", "-WhatIf")
    assert (result.exit_code, result.json["method"], result.json["url"], api.requests) == (
        0,
        "DELETE",
        f"{api.base}/videos/video_123",
        [],
    )


def test_in_python(sandbox: str, api: Script) -> None:
    job = new_video("Dancing Doggo", api_base=sandbox)
    remove_video(job["id"], api_base=sandbox)
    assert get_video(api_base=sandbox) == []
    with pytest.raises(NotFoundError):
        remove_video(job["id"], api_base=sandbox)
    for response, kind in [(STAYS["405"][0], APIRequestError), (STAYS["a denial"][0], AnswerError)]:
        api.responses = [response]
        with pytest.raises(kind):
            remove_video("video_123")
    with pytest.raises(InputError):
        remove_video("..")
