"""What users are told to do about an error, and what they are not told."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.conftest import KEY, Result, Run
from tests.http.sockets import listening
from tests.server import JOB, Server

MARK = "    + RecommendedAction     : "
ASKS = {"get": ("Get-Video", "v1"), "list": ("Get-Video",), "create": ("New-Video", "x")}
ASKS |= {"remix": ("New-VideoRemix", "x", "v1"), "content": ("Get-VideoContent", "v1", "-OutFile", "x.mp4")}


def actions(result: Result) -> list[str]:
    """What was recommended, error by error."""
    return [line.removeprefix(MARK) for line in result.stderr.splitlines() if line.startswith(MARK)]


def asked(run: Run, server: Server, what: str, response: dict[str, Any], *more: str, base: str = "/v1") -> list[str]:
    """What is recommended when a server answers so; the address stands as BASE."""
    script = server.script("advice", [response])
    result = run(*ASKS[what], *more, "-ApiBase", script.base + base)
    assert (result.exit_code != 0, result.stdout) == (True, "")
    return [action.replace(script.base, "BASE") for action in actions(result)]


# --- repeating --------------------------------------------------------------------------------------------------

REPEATS = "-MaxRetryCount repeats such a request"


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(("what", "end"), [("create", "; it can leave two jobs."), ("get", "."), ("list", ".")])
def test_only_what_creates_can_leave_two_jobs(run: Run, server: Server, status: int, what: str, end: str) -> None:
    response = {"status": status, "json": {"error": {"message": "no"}}}
    assert asked(run, server, what, response) == [REPEATS + end]
    assert asked(run, server, what, response | {"headers": {"retry-after-ms": "1"}}, "-MaxRetryCount", "1") == []


QUOTA = [
    {"error": {"code": "insufficient_quota", "message": "You exceeded it."}},
    {"error": {"code": "429", "message": "You exceeded your current quota, check your plan"}},
    {"error": "out of credits"},
]


@pytest.mark.parametrize("body", QUOTA, ids=["code", "message", "text"])
def test_a_quota_that_is_used_up_is_not_repeated(run: Run, server: Server, body: dict[str, Any]) -> None:
    expected = ["What the account may use is used up, so repeating does not help."]
    assert asked(run, server, "create", {"status": 429, "json": body}) == expected


REFUSED = [
    {"error": {"code": "moderation_blocked", "message": "Not this."}},
    {"error": {"code": "400", "message": 'BadRequestError: {"error": {"code": "moderation_blocked"}}'}},
    {"error": {"message": "litellm.ContentPolicyViolationError: rejected by our safety system", "code": "400"}},
    {"detail": "The prompt was refused by the content policy"},
]


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("body", REFUSED, ids=["code", "quoted", "named", "words"])
def test_what_moderation_refuses_is_refused_again(run: Run, server: Server, status: int, body: dict[str, Any]) -> None:
    expected = ["The service's moderation refused the prompt or the picture; the same request is refused again."]
    assert asked(run, server, "create", {"status": status, "json": body}) == expected


# --- addresses --------------------------------------------------------------------------------------------------

NOTHING_THERE: dict[str, dict[str, Any]] = {
    "FastAPI": {"status": 404, "json": {"detail": "Not Found"}},
    "Go": {"status": 404, "text": "404 page not found\n", "headers": {"Content-Type": "text/plain"}},
    "a page": {"status": 404, "text": "<html>nginx", "headers": {"Content-Type": "text/html"}},
    "nothing": {"status": 404, "text": ""},
    "method": {"status": 405, "json": {"detail": "Method Not Allowed"}},
    "OpenAI": {"status": 404, "json": {"error": {"message": "Invalid URL (GET /videos)"}}},
}
BASES = {
    "": ("GET BASE/videos/v1 was asked. Most servers want /v1 behind the host: -ApiBase BASE/v1"),
    "/": ("GET BASE/videos/v1 was asked. Most servers want /v1 behind the host: -ApiBase BASE/v1"),
    "/v1/videos": ("GET BASE/v1/videos/videos/v1 was asked. Leave /videos out: -ApiBase BASE/v1"),
    "/v1": ("GET BASE/v1/videos/v1 was asked."),
    "/api/v2?x=1": ("GET BASE/api/v2/videos/v1?x=1 was asked."),
}


@pytest.mark.parametrize("response", NOTHING_THERE.values(), ids=list(NOTHING_THERE))
@pytest.mark.parametrize(("base", "advice"), BASES.items(), ids=list(BASES))
def test_the_address_that_was_asked(run: Run, server: Server, response: dict[str, Any], base: str, advice: str) -> None:
    assert asked(run, server, "get", response, base=base) == [advice]


def test_a_job_that_is_not_there_is_no_wrong_address(run: Run, server: Server) -> None:
    for message in ("No video with this id", "Video not found"):
        assert asked(run, server, "get", {"status": 404, "json": {"error": {"message": message}}}, base="") == []


def test_what_a_server_does_not_offer(run: Run, server: Server) -> None:
    response = NOTHING_THERE["FastAPI"]
    assert asked(run, server, "remix", response) == ["This server offers no remix."]
    assert asked(run, server, "list", response) == [
        "GET BASE/v1/videos?limit=20&order=asc was asked. This server may offer no list of jobs; Get-Video with an id "
        "asks for one."
    ]


def _plain(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_https_to_a_server_without_it(run: Run) -> None:
    with listening(_plain, read=False) as listener:
        base = listener.base.replace("http:", "https:")
        result = run("Get-Video", "v1", "-ApiBase", base)
    host = listener.base.removeprefix("http://").partition("/")[0]
    assert result.stderr.splitlines()[0] == (
        f"Get-Video: No connection to {host}: the server does not speak TLS. Nothing was sent."
    )
    assert actions(result) == [f"Try -ApiBase http://{host}, with the rest of the path."]


def test_http_to_a_server_that_wants_https(run: Run, server: Server) -> None:
    script = server.script("advice", [{"status": 400, "text": "Client sent an HTTP request to an HTTPS server.\n"}])
    result = run("Get-Video", "v1", "-ApiBase", script.base)
    assert actions(result) == [f"The server speaks TLS: try -ApiBase https://{server.host}/advice"]


def test_the_sandbox_without_its_colon(run: Run) -> None:
    result = run("Get-Video", "v1", "-ApiBase", "sandbox")
    assert (result.exit_code, actions(result)) == (1, ["The sandbox's address ends in a colon: -ApiBase sandbox:"])


@pytest.mark.parametrize("more", [[], ["-ThrottleLimit", "3"]], ids=["", "ThrottleLimit"])
def test_a_base_that_only_the_first_command_of_a_pipeline_was_given(run: Run, more: list[str]) -> None:
    result = run("Wait-Video", *more, stdin=json.dumps(JOB))
    assert (result.exit_code, len(actions(result))) == (4, 1)
    assert actions(result)[0].startswith("Each command of a pipeline needs -ApiBase, or OPENAI_API_BASE. Give one of: ")
    assert not actions(run("Wait-Video", "v1"))[0].startswith("Each")


# --- command lines ----------------------------------------------------------------------------------------------

LINES = {
    "several ids": (("Get-Video", "x", "y", "z"), r"Several ids go through a pipe, one a line: printf '%s\n' ID ID | "),
    "several words": (("New-Video", "Dancing", "Doggo"), "Put quotes around a text that contains blanks."),
}


@pytest.mark.parametrize(("line", "advice"), LINES.values(), ids=list(LINES))
def test_more_values_than_places(run: Run, line: tuple[str, ...], advice: str) -> None:
    result = run(*line)
    assert (result.exit_code, len(actions(result)), actions(result)[0].startswith(advice)) == (2, 1, True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("-prompt=x", "-Prompt:x"), ("-Prompt=a b", "-Prompt:a b"), (f"-ApiKey={KEY}", "-ApiKey"), ("-Promt", "-Prompt")],
)
def test_an_equals_sign(run: Run, typed: str, meant: str) -> None:
    result = run("New-Video", typed)
    assert (result.exit_code, result.stderr.splitlines()[0].endswith(f" Did you mean {meant}?")) == (2, True)
    assert KEY not in result.stderr


# --- a job's own error ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "shown"),
    [({"message": "m"}, '"m"'), ("m", '"m"'), ({"code": 500, "message": "m"}, '"m" (500)'), ({}, '""')],
    ids=["message alone", "text", "number", "nothing"],
)
def test_a_code_is_shown_where_there_is_one(run: Run, server: Server, error: Any, shown: str) -> None:
    script = server.script("advice", [{"json": JOB | {"status": "failed", "error": error}}])
    result = run("Get-Video", "video_123", "-ApiBase", script.base)
    assert result.warnings == [f'The status of job with id "video_123" is "failed". Error: {shown}']


def test_a_gateway_that_keeps_no_list(run: Run, server: Server) -> None:
    message = "litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to call."
    response = {"status": 400, "json": {"error": {"message": message, "code": "400"}}}
    expected = ["LiteLLM keeps no list of jobs: ask the server behind it, or keep what New-Video prints."]
    assert asked(run, server, "list", response) == expected
