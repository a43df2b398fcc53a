"""The key and what else authenticates never stands in any output, whoever says it."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from psopenai_py import errors, new_video
from tests.conftest import KEY, Result, Run
from tests.http.sockets import listening, saying
from tests.server import JOB, Server

#: Besides the key: what a user may put into headers, query and address.
OTHERS = ["header-secret-0123456789", "query+secret/0123456789", "password-in-the-address"]
ECHO = {"x-request-id": f"req-{KEY}", "x-echo": KEY, "x-auth-token": KEY, "openai-processing-ms": KEY}


def _error(status: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "json": {"error": {"message": f"Bad key {KEY}.", "code": KEY, "param": KEY}}} | more


#: What the server answers.
ANSWERS: dict[str, dict[str, Any]] = {
    "job": {"json": JOB},
    "echo in a job": {
        "json": JOB | {"prompt": f"key {KEY}", KEY: [KEY], "error": {"message": KEY}, "status": "failed"}
    },
    "echo in escapes": {"text": '{"id": "a", "prompt": "\\u0073' + KEY[1:] + '"}'},
    "echo in headers": {"json": JOB, "headers": ECHO},
    "400": _error(400),
    "401": _error(401, headers=ECHO),
    "401 in escapes": {"status": 401, "text": '{"error": {"message": "\\u0073' + KEY[1:] + '"}}'},
    "401 as text": {"status": 401, "text": f"who is {KEY}?"},
    "429": _error(429, headers={"retry-after-ms": "1"} | ECHO),
    "500": _error(500, reason=f"No {KEY}", headers={"retry-after-ms": "1"}),
    "html": {"text": f"<p>{KEY}</p>", "headers": {"Content-Type": f"text/html; x={KEY}"}},
    "list": {"json": [KEY]},
    "cut": {"text": f'{{"id": "{KEY}", "more": 1', "cut": 5},
    "redirect": {"status": 302, "headers": {"Location": f"http://h.test/{KEY}?key={KEY}"}},
    "dropped": {"drop": True},
    "bad gzip": {"text": KEY, "headers": {"Content-Encoding": "gzip"}},
}
MODES: dict[str, tuple[list[str], dict[str, str]]] = {
    "plain": ([], {}),
    "all streams": (["-Verbose", "-Debug", "-MaxRetryCount", "1"], {}),
    "JSON errors": (["-Verbose", "-Debug"], {"PSOPENAI_ERROR_VIEW": "json"}),
    "WhatIf": (["-WhatIf", "-Verbose", "-Debug"], {}),
    "Azure": (["-ApiType", "Azure", "-Verbose", "-Debug"], {}),
}


@pytest.fixture
def call(run: Run, server: Server) -> Callable[..., Result]:
    """New-Video with secrets in every place where there can be one."""

    def call(response: dict[str, Any], *arguments: str, **env: str) -> Result:
        base = server.script("secrecy", [response]).base.replace("//", f"//me:{OTHERS[2]}@")
        extra = [
            "-AdditionalHeaders",
            json.dumps({"X-Auth-Token": OTHERS[0], "Proxy-Authorization": f"Basic {OTHERS[0]}"}),
        ]
        extra += ["-AdditionalQuery", json.dumps({"api_key": OTHERS[1]}), "-ApiBase", base]
        return run("New-Video", "x", *extra, *arguments, env={"OPENAI_API_KEY": KEY} | env)

    return call


def _found(text: str) -> list[str]:
    return [secret for secret in [KEY, *OTHERS, quote(OTHERS[1], safe="")] if secret in text]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ANSWERS)
def test_no_output_shows_a_secret(name: str, mode: str, call: Callable[..., Result]) -> None:
    arguments, env = MODES[mode]
    result = call(ANSWERS[name], *arguments, **env)
    assert result.stdout or result.stderr
    assert _found(result.stdout + result.stderr) == []


@pytest.mark.parametrize("by", ["parameter", "environment"])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-ApiBase", "http://127.0.0.1:9/v1"], id="refused"),
        pytest.param(["-ApiBase", "http://no-such-host.invalid/v1"], id="unknown host"),
        pytest.param(["-ApiBase", "foo"], id="relative base"),
        pytest.param(["-ApiBase", "http://127.0.0.1:9/v1", "-InputReference", "/none.png"], id="missing file"),
        pytest.param(["-ApiBase", "http://127.0.0.1:9/v1", "-AdditionalBody", "{"], id="bad body"),
        pytest.param(["-ApiBase", "http://127.0.0.1:9/v1", "-TimeoutSec", "-1"], id="bad limit"),
        pytest.param(["-NoSuchParameter", "1"], id="binding"),
        pytest.param(["-Seconds"], id="missing argument"),
    ],
)
def test_no_failure_shows_the_key(by: str, arguments: list[str], run: Run) -> None:
    given = ["-ApiKey", KEY] if by == "parameter" else []
    env = {"OPENAI_API_KEY": KEY} if by == "environment" else {}
    result = run("New-Video", "x", "-Verbose", "-Debug", *given, *arguments, env=dict(env))
    assert result.exit_code in (1, 2)
    assert _found(result.stdout + result.stderr) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["New-Video", f"say {OTHERS[0]}"],
        ["Get-Video", f"v-{OTHERS[0]}"],
        ["Get-VideoContent", "v", "-OutFile", OTHERS[0]],
    ],
    ids=["prompt", "id", "file name"],
)
def test_what_a_header_keeps_secret_is_shown_nowhere_else(
    arguments: list[str], run: Run, server: Server, place: Path
) -> None:
    """It can stand in what else the user wrote, too, which is shown beside the header."""
    base = server.script("secrecy", [{"text": "ftypmp42", "headers": {"Content-Type": "video/mp4"}}]).base
    headers = json.dumps({"X-Auth-Token": OTHERS[0]})
    result = run(*arguments, "-ApiBase", base, "-AdditionalHeaders", headers, "-Verbose", "-Debug")
    assert "X-Auth-Token" in result.stderr
    assert _found(result.stdout + result.stderr) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\0", "\x0b", "\x0c", "\x01", "é", "\u2028"])
def test_a_key_that_no_header_can_carry_is_not_shown(end: str) -> None:
    with pytest.raises(errors.InputError) as caught:
        new_video("x", api_base="http://127.0.0.1:9/v1", api_key=KEY + end)
    assert _found(_all_of(caught.value)) == []


@pytest.mark.parametrize("blank", [" {}", "{} ", "\t{}\t"])
def test_blanks_around_a_key_are_not_sent(blank: str, server: Server) -> None:
    script = server.script("secrecy")
    new_video("x", api_base=script.base, api_key=blank.format(KEY))
    assert script.requests[0].headers["authorization"].split() == ["Bearer", KEY]


@pytest.mark.parametrize("name", [name for name in ANSWERS if "job" not in name and name != "echo in escapes"])
def test_no_error_of_the_python_functions_shows_the_key(name: str, server: Server) -> None:
    script = server.script("secrecy", [ANSWERS[name]])
    try:
        new_video("x", api_base=script.base, api_key=KEY)
    except errors.PSOpenAIError as error:
        assert _found(_all_of(error)) == []
        assert _found(json.dumps(error.record())) == []
    else:
        assert name == "echo in headers"


def test_the_python_functions_show_no_key_that_no_http_server_echoes() -> None:
    with listening(saying(f"{KEY}\r\n\r\n".encode())) as server, pytest.raises(errors.ConnectionFailedError) as caught:
        new_video("x", api_base=server.base, api_key=KEY)
    assert _found(_all_of(caught.value)) == []


def test_no_job_of_the_python_functions_shows_the_key(server: Server) -> None:
    script = server.script("secrecy", [ANSWERS["echo in a job"]])
    assert _found(json.dumps(new_video("x", api_base=script.base, api_key=KEY))) == []


def test_no_log_of_the_python_functions_shows_the_key(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    script = server.script("secrecy", [ANSWERS["echo in headers"]])
    with caplog.at_level(logging.DEBUG):
        new_video("x", api_base=script.base, api_key=KEY)
    ours = [record.getMessage() for record in caplog.records if record.name == "psopenai_py"]
    assert any("200 OK" in line for line in ours)
    assert _found("\n".join(ours)) == []


def test_a_server_that_speaks_no_http_and_echoes_the_key(run: Run) -> None:
    with listening(saying(f"{KEY}\r\n\r\n".encode())) as server:
        result = run("New-Video", "x", "-ApiBase", server.base, "-Debug", env={"OPENAI_API_KEY": KEY})
    assert result.exit_code == 1
    assert _found(result.stdout + result.stderr) == []


def _all_of(error: BaseException) -> str:
    return "\n".join([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])
