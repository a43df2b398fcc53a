"""Answers between the known ones: the first status that is no success, and errors that are said twice or in a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import KEY, Result, Run
from tests.server import JOB, Server

ID = "PSOpenAI.APIRequest.{}Exception,Invoke-OpenAIAPIRequest"


@pytest.fixture
def call(run: Run, server: Server) -> Callable[..., Result]:
    """A cmdlet against a server that answers so."""

    def call(response: dict[str, Any], name: str, *arguments: str) -> Result:
        script = server.script("odd-answers", [response])
        return run(name, *arguments, "-ApiBase", script.base, env={"OPENAI_API_KEY": KEY})

    return call


#: Status, and how the message and the id begin. A job stands in each body.
NO_JOB = "System.ArgumentException,New-Video"
AROUND_SUCCESS = [
    (200, None, None),
    (299, None, None),
    (300, "The server's answer is not a job: its status is 300 (Multiple Choices).", NO_JOB),
    (399, "The server's answer is not a job: its status is 399 (Unknown).", NO_JOB),
    (400, "OpenAI API returned an 400 (Bad Request) Error: ", ID.format("BadRequest")),
    (410, "OpenAI API returned an 410 (Gone) Error: ", ID.format("APIRequest")),
    (499, "OpenAI API returned an 499 (Unknown) Error: ", ID.format("APIRequest")),
    (500, "OpenAI API returned an 500 (Internal Server Error) Error: ", ID.format("APIRequest")),
    (599, "OpenAI API returned an 599 (Unknown) Error: ", ID.format("APIRequest")),
]  # fmt: skip


@pytest.mark.parametrize(("status", "message", "error_id"), AROUND_SUCCESS, ids=[str(row[0]) for row in AROUND_SUCCESS])
def test_a_success_is_a_status_from_200_to_299(
    status: int, message: str | None, error_id: str | None, call: Callable[..., Result]
) -> None:
    result = call({"status": status, "json": JOB}, "New-Video", "x")
    if message is None:
        assert (result.exit_code, result.json["id"], result.stderr) == (0, "video_123", "")
        return
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [error_id])
    assert result.stderr.startswith(f"New-Video: {message}")


#: Headers of an answer, and what -Verbose says of it behind the milliseconds.
SUMMARIES: list[tuple[dict[str, str], str]] = [
    ({"Content-Type": ""}, "no content type, request id none"),
    ({"Content-Type": "Text/JSON; charset=utf-8"}, "text/json, request id none"),
    ({"openai-processing-ms": "12"}, "processing 12 ms, application/json, request id none"),
    ({"openai-processing-ms": "", "x-request-id": ""}, "processing  ms, application/json, request id none"),
    ({"x-request-id": "req_1"}, "application/json, request id req_1"),
]


@pytest.mark.parametrize(("headers", "said"), SUMMARIES, ids=str)
def test_what_is_said_of_an_answer(headers: dict[str, str], said: str, call: Callable[..., Result]) -> None:
    result = call({"json": JOB, "headers": headers}, "New-Video", "x", "-Verbose")
    [summary] = [line for line in result.stderr.splitlines() if " after " in line]
    assert re.sub(r"[0-9]+ ms", "N ms", summary, count=1) == f"VERBOSE: 200 OK after N ms, {said}"


#: Body of a 400, and what the message says of it.
SAID_TWICE = {
    "error and detail": ({"error": {"message": "first"}, "detail": "second"}, "first"),
    "detail and error": ({"detail": "second", "error": "first"}, "first"),
    "error without text, and detail": ({"error": "", "detail": "second"}, "second"),
    "error null, and detail": ({"error": None, "detail": [{"msg": "second"}]}, '[{"msg":"second"}]'),
    "error and message": ({"error": {"message": "first"}, "message": "second"}, "first"),
    "detail and message": ({"detail": "first", "message": "second"}, "first"),
    "error without message, and message": (
        {"error": {"code": 1}, "message": "second"}, '{"error": {"code": 1}, "message": "second"}',
    ),
    "message, msg and title": ({"error": {"title": "c", "msg": "b", "message": "a"}}, "a"),
    "msg and title": ({"error": {"title": "c", "msg": "b"}}, "b"),
    "title alone": ({"title": "c", "status": 400}, "c"),
    "an empty message, and msg": ({"error": {"message": "", "msg": "b"}}, "b"),
    "error and err": ({"err": "b", "error": "a"}, "a"),
    "detail and err": ({"err": {"msg": "b"}, "detail": "a"}, "a"),
    "err alone": ({"err": {"msg": "b"}}, "b"),
    "beside a result": ({"base_resp": {"status_code": 1004, "status_msg": "no"}}, "no"),
    "beside a result, with the code of success": (
        {"base_resp": {"status_code": 0, "status_msg": "no"}}, '{"base_resp": {"status_code": 0, "status_msg": "no"}}',
    ),
    "true, and message": ({"error": True, "message": "second"}, "second"),
    "a list of errors": ({"error": [{"message": "a"}, {"message": "b"}]}, '[{"message":"a"},{"message":"b"}]'),
    "a list of one around it": ([{"error": {"message": "only"}}], "only"),
    "a list of two": ([{"error": {"message": "a"}}, {"error": {"message": "b"}}], None),
    "an empty list": ([], "[]"),
    "a list of texts": (["a"], '["a"]'),
}  # fmt: skip


@pytest.mark.parametrize(("body", "said"), SAID_TWICE.values(), ids=list(SAID_TWICE))
def test_errors_that_are_said_twice_or_in_a_list(body: Any, said: str | None, call: Callable[..., Result]) -> None:
    result = call({"status": 400, "json": body}, "New-Video", "x")
    line = result.stderr.splitlines()[0]
    start = "New-Video: OpenAI API returned an 400 (Bad Request) Error: "
    assert line == start + (said or '[{"error": {"message": "a"}}, {"error": {"message": "b"}}]')
    assert result.error_ids == [ID.format("BadRequest")]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, "insufficient_quota", "QuotaLimitExceeded"),
        (429, "QUOTA_EXCEEDED", "QuotaLimitExceeded"),
        (429, "Insufficient_Quota", "QuotaLimitExceeded"),
        (429, "quot", "RateLimitExceeded"),
        (400, "insufficient_quota", "BadRequest"),
        (400, "content_filter", "ContentFiltered"),
        (400, "CONTENT_FILTER", "BadRequest"),
        (403, "content_filter", "PermissionDenied"),
    ],
)
def test_the_code_beside_its_neighbours(status: int, code: str, kind: str, call: Callable[..., Result]) -> None:
    response = {"status": status, "json": {"error": {"message": "no", "code": code}}}
    assert call(response, "New-Video", "x").error_ids == [ID.format(kind)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": "no", "code": "content_filter"}, "ContentFiltered"),
        ({"detail": "no", "code": "content_filter"}, "ContentFiltered"),
        ({"error": "no", "code": 400}, "BadRequest"),
        ({"message": "no", "code": "content_filter"}, "ContentFiltered"),
    ],
    ids=str,
)
def test_a_code_beside_the_text_of_an_error(body: Any, kind: str, call: Callable[..., Result]) -> None:
    result = call({"status": 400, "json": body}, "New-Video", "x")
    assert result.error_ids == [ID.format(kind)]
    assert result.stderr.startswith("New-Video: OpenAI API returned an 400 (Bad Request) Error: no\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc\0def", "binary data (first bytes 61 62 63 00)"),
        ("a\x01\x02\x03bcdefghi", "a\ufffd\ufffd\ufffdbcdefghi"),
        ("a\x01\x02\x03bcdef", "binary data (first bytes 61 01 02 03)"),
    ],
    ids=["a zero byte", "25 percent", "33 percent"],
)
def test_what_is_no_text(text: str, shown: str, call: Callable[..., Result]) -> None:
    response = {"status": 400, "text": text, "headers": {"Content-Type": "text/plain"}}
    result = call(response, "New-Video", "x")
    assert result.stderr.splitlines()[0] == f"New-Video: OpenAI API returned an 400 (Bad Request) Error: {shown}"


#: What a list may be instead, and what is printed of it.
NO_LIST: dict[str, tuple[Any, list[Any]]] = {
    "a text": ({"object": "list", "data": "x"}, [{"object": "list", "data": "x"}]),
    "an object": ({"data": {"id": "a"}}, [{"data": {"id": "a"}}]),
    "zero": ({"data": 0}, [{"data": 0}]),
    "false": ({"data": False}, [{"data": False}]),
    "null": ({"object": "list", "data": None}, []),
    "empty": ({"object": "list", "data": []}, []),
}


@pytest.mark.parametrize(("body", "printed"), NO_LIST.values(), ids=list(NO_LIST))
def test_data_without_a_list(body: Any, printed: list[Any], call: Callable[..., Result]) -> None:
    result = call({"json": body}, "Get-Video")
    assert (result.exit_code, result.json) == (0, printed)
