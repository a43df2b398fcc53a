"""Answers with an error status: what is shown of them, under which id, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from psopenai_py import errors, new_video
from tests.conftest import KEY, Result, Run
from tests.server import Server

ID = "PSOpenAI.APIRequest.{}Exception,Invoke-OpenAIAPIRequest"


@pytest.fixture
def call(run: Run, server: Server) -> Callable[..., Result]:
    """New-Video against a server that answers so."""

    def call(response: dict[str, Any], *arguments: str, **env: str) -> Result:
        script = server.script("errors", [response])
        return run("New-Video", "x", "-ApiBase", script.base, *arguments, env={"OPENAI_API_KEY": KEY} | env)

    return call


LONG = "<p>" + "é " * 400
#: Name: the body's text, and what the message says of it.
BODIES = {
    "openai": ('{"error":{"message":"No such size.","type":"t","param":"size","code":"c"}}', "No such size."),
    "message only": ('{"error":{"message":"Queue full"}}', "Queue full"),
    "error text": ('{"error":"Unauthorized"}', "Unauthorized"),
    "detail text": ('{"detail":"Video not ready"}', "Video not ready"),
    "detail list": (
        '{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":null}]}',
        '[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":null}]',
    ),
    "detail object": ('{"detail":{"message":"Too long","code":7}}', "Too long"),
    "message": ('{"status":"failure","message":"Out of memory"}', "Out of memory"),
    "message object": ('{"message":{"a":[1]}}', '{"a":[1]}'),
    "envelope": (
        '{"is_bifrost_error":true,"status_code":400,"error":{"message":"no provider"},"extra_fields":{}}',
        "no provider",
    ),
    "problem": (
        '{"type":"t","title":"Invalid","status":422,"detail":"Not valid.","validation":['
        '{"location":["body","size"],"message":"size must be one of: 720x1280"},{"message":"x"},{"code":1},7]}',
        "Not valid. size must be one of: 720x1280; x",
    ),
    "problem of RFC 9457": (
        '{"title":"Bad","detail":"No.","errors":[{"detail":"must be positive"}]}',
        "No. must be positive",
    ),
    "problem without a detail": ('{"type":"t","title":"socket hang up","status":500,"detail":""}', "socket hang up"),
    "null error": ('{"error":null,"message":"odd"}', "odd"),
    "list": ('[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT"}}]', "API key not valid"),
    "unknown object": ('{"errors":[{"reason":"x"}]}', '{"errors":[{"reason":"x"}]}'),
    "plain": ("upstream\r\nconnect error\n", "upstream connect error"),
    "html": ("<html>\n  <h1>502 Bad Gateway</h1>\n</html>", "<html> <h1>502 Bad Gateway</h1> </html>"),
    "long": (LONG, LONG[:300].strip()),
    "controls": ("\x1b]0;title\x07 \x9b2J", "\ufffd]0;title\ufffd \ufffd2J"),
    "empty": ("", "the answer says nothing about the reason"),
    "blank message": ('{"error":{"message":""}}', '{"error":{"message":""}}'),
    "cut JSON": ('{"error":{"message":"Half', '{"error":{"message":"Half'),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_message_of_an_error(name: str, call: Callable[..., Result]) -> None:
    body, message = BODIES[name]
    result = call({"status": 400, "text": body})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"New-Video: OpenAI API returned an 400 (Bad Request) Error: {message}",
        "    + CategoryInfo          : InvalidOperation: (:) [Invoke-OpenAIAPIRequest], BadRequestException",
        f"    + FullyQualifiedErrorId : {ID.format('BadRequest')}",
    ]


def test_a_very_long_message_is_cut(call: Callable[..., Result]) -> None:
    result = call({"status": 400, "json": {"error": {"message": "m" * 100_000}}})
    assert len(result.stderr.splitlines()[0]) < 5000


STATUS = {
    400: ("BadRequest", 1),
    401: ("Unauthorized", 4),
    402: ("APIRequest", 1),
    403: ("PermissionDenied", 4),
    404: ("NotFound", 1),
    405: ("APIRequest", 1),
    408: ("APIRequest", 1),
    409: ("Conflict", 1),
    418: ("APIRequest", 1),
    422: ("UnprocessableEntity", 1),
    425: ("APIRequest", 1),
    429: ("RateLimitExceeded", 1),
    499: ("APIRequest", 1),
    500: ("APIRequest", 1),
    503: ("APIRequest", 1),
    529: ("APIRequest", 1),
    599: ("APIRequest", 1),
}


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("action", ["Continue", "Stop", "SilentlyContinue", "Ignore"])
def test_exit_codes_and_ids(status: int, action: str, call: Callable[..., Result]) -> None:
    """Hiding an error is not success."""
    kind, code = STATUS[status]
    result = call({"status": status, "json": {"error": {"message": "no"}}}, "-ErrorAction", action)
    shown = action in ("Continue", "Stop")
    assert (result.exit_code, result.error_ids) == (code, [ID.format(kind)] if shown else [])
    assert bool(result.stderr) is shown
    assert result.stdout == ""


CODES = {
    "content filter": (400, "content_filter", "ContentFiltered"),
    "quota": (429, "insufficient_quota", "QuotaLimitExceeded"),
    "rate": (429, "rate_limit_exceeded", "RateLimitExceeded"),
    "integer": (400, 400, "BadRequest"),
    "integer 429": (429, 429, "RateLimitExceeded"),
    "none": (429, None, "RateLimitExceeded"),
    "object": (400, {"a": 1}, "BadRequest"),
}


@pytest.mark.parametrize(("status", "code", "kind"), [CODES["content filter"], CODES["quota"], CODES["rate"]])
@pytest.mark.parametrize("quoted", [str, json.dumps], ids=["as it was", "as a text"])
def test_a_code_that_a_gateway_quotes(
    status: int, code: str, kind: str, quoted: Callable[[str], str], call: Callable[..., Result]
) -> None:
    message = "litellm.Error: OpenAIException - " + quoted(json.dumps({"error": {"message": "no", "code": code}}))
    result = call({"status": status, "json": {"error": {"message": message, "code": str(status)}}})
    assert result.error_ids == [ID.format(kind)]


@pytest.mark.parametrize("name", CODES)
def test_the_servers_code_refines_the_id(name: str, call: Callable[..., Result]) -> None:
    status, code, kind = CODES[name]
    response = {"status": status, "json": {"error": {"message": "no", "code": code}}}
    assert call(response).error_ids == [ID.format(kind)]
    assert json.loads(call(response, PSOPENAI_ERROR_VIEW="json").stderr)["code"] == code


def test_the_json_view(call: Callable[..., Result]) -> None:
    body = '{"error":{"message":"No such size.\\n","type":"invalid_request_error","param":"size","code":400}}'
    response = {"status": 403, "text": body, "headers": {"X-Request-Id": "req_1"}}
    result = call(response, PSOPENAI_ERROR_VIEW="json")
    assert result.stderr.count("\n") == 1
    assert json.loads(result.stderr) == {
        "message": "OpenAI API returned an 403 (Forbidden) Error: No such size.\n",
        "id": ID.format("PermissionDenied"),
        "category": "InvalidOperation",
        "reason": "PermissionDeniedException",
        "target": None,
        "action": "Get-OpenAIKey shows which key is used and where it comes from.",
        "status": 403,
        "code": 400,
        "type": "invalid_request_error",
        "param": "size",
        "request_id": "req_1",
        "body": body,
    }


def test_an_error_whose_body_breaks_off_is_still_that_error(call: Callable[..., Result]) -> None:
    result = call({"status": 401, "text": "Who are you? And where", "cut": 10})
    assert (result.exit_code, result.error_ids) == (4, [ID.format("Unauthorized")])
    assert result.stderr.startswith("New-Video: OpenAI API returned an 401 (Unauthorized) Error: Who are you?\n")


def test_an_unknown_status_without_a_reason(call: Callable[..., Result]) -> None:
    result = call({"status": 599, "text": "?"})
    assert result.stderr.startswith("New-Video: OpenAI API returned an 599 (Unknown) Error: ?\n")


def test_python_gets_the_same_tree(server: Server) -> None:
    script = server.script("python", [{"status": 401, "json": {"error": {"message": "no", "code": "bad_key"}}}])
    with pytest.raises(errors.UnauthorizedError) as caught:
        new_video("x", api_base=script.base, api_key=KEY)
    error = caught.value
    assert isinstance(error, errors.APIRequestError)
    assert (error.status, error.code, error.type, error.param) == (401, "bad_key", None, None)
    assert str(error) == "OpenAI API returned an 401 (Unauthorized) Error: no"


MISSING = {
    "openai": ([], "api.openai.com"),
    "openai by name": (["-ApiBase", "https://API.openai.com/v1"], "api.openai.com"),
    "azure": (["-ApiType", "Azure", "-ApiBase", "https://x.openai.azure.com"], "x.openai.azure.com"),
    "azure on a host of one's own": (["-ApiType", "Azure", "-ApiBase", "http://127.0.0.1:9"], "127.0.0.1:9"),
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("action", ["Continue", "Ignore"])
def test_a_missing_key(name: str, action: str, run: Run) -> None:
    arguments, host = MISSING[name]
    result = run("New-Video", "x", *arguments, "-ErrorAction", action)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.splitlines() == [
        f"New-Video: There is no API key for {host}.",
        "    + RecommendedAction     : Give one of: -ApiKey, the environment variable OPENAI_API_KEY, or store it with "
        "Set-OpenAIKey. To try without a key: -ApiBase sandbox:",
        "    + CategoryInfo          : NotSpecified: (:) [Initialize-APIKey], ArgumentException",
        "    + FullyQualifiedErrorId : System.ArgumentException,Initialize-APIKey",
    ]
