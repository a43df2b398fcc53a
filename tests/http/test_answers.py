"""Answers that are not a job, and the many forms of errors."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import KEY, Result, Run
from tests.http.sockets import listening
from tests.server import JOB, Server

Response = dict[str, Any]


@pytest.fixture
def call(run: Run, server: Server, request: pytest.FixtureRequest) -> Callable[..., Result]:
    """New-Video against a server that answers so."""

    def call(response: Response, *arguments: str, env: dict[str, str | None] | None = None) -> Result:
        script = server.script("answers", [response])
        usual: dict[str, str | None] = {"OPENAI_API_KEY": KEY}
        return run("New-Video", "x", "-ApiBase", script.base, *arguments, env=usual | (env or {}))

    return call


def _raw(data: bytes, kind: str = "application/json", **headers: str) -> Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"bytes_b64": base64.b64encode(data).decode(), "headers": {"Content-Type": kind} | fields}


INVALID = "System.ArgumentException,New-Video"
#: Name: answer, how the message goes on behind "is not a job: ", and the error id.
NOT_A_JOB: dict[str, tuple[Response, str, str]] = {
    "html": (
        _raw(b"<html>\n<body>Welcome</body>\r\n</html>", "text/html; charset=utf-8"),
        "it is not JSON. Status 200, text/html. It begins: <html> <body>Welcome</body> </html>",
        INVALID,
    ),
    "empty": (_raw(b""), "it is empty. Status 200, application/json.", INVALID),
    "blank": (_raw(b" \r\n"), "it is empty. Status 200, application/json.", INVALID),
    "no content": ({"status": 204}, "it is empty. Status 204, application/json.", INVALID),
    "no type": (
        {"text": "hello", "headers": {"Content-Type": ""}},
        "it is not JSON. Status 200, no content type. It begins: hello",
        INVALID,
    ),
    "cut object": (
        _raw(b'{"id": "video_1", "status":'),
        "The text is not JSON: line 1, column 28: a key or a value is missing or is not written as JSON, where the "
        'text ends. Status 200, application/json. It begins: {"id": "video_1", "status":',
        INVALID,
    ),
    "array": (_raw(b"[1, 2]"), "it is a list, not an object. Status 200, application/json. It begins: [1, 2]", INVALID),
    "number": (_raw(b"5.5"), "it is a number, not an object. Status 200, application/json. It begins: 5.5", INVALID),
    "null": (_raw(b"null"), "it is null, not an object. Status 200, application/json. It begins: null", INVALID),
    "true": (
        _raw(b"true"),
        "it is true or false, not an object. Status 200, application/json. It begins: true",
        INVALID,
    ),
    "text": (_raw(b'"hi"'), 'it is a text, not an object. Status 200, application/json. It begins: "hi"', INVALID),
    "bad UTF-8": (
        _raw(b'{"id": "\xff\xfe"}'),
        'it is not valid UTF-8. Status 200, application/json. It begins: {"id": "\ufffd\ufffd"}',
        INVALID,
    ),
    "bad UTF-16": (
        _raw(b"abc", "text/plain;charset=UTF-16LE"),
        "it is not valid UTF-16-LE. Status 200, text/plain. It begins: \u6261\ufffd",
        INVALID,
    ),
    "control characters": (
        _raw(b"\x1b[2J\x00\x9b1m\x7f\tx", "text/plain; charset=latin-1"),
        "it is not JSON. Status 200, text/plain. It begins: \ufffd[2J\ufffd\ufffd1m\ufffd x",
        INVALID,
    ),
    "nested too deeply": (
        _raw(b"[" * 400),
        "The text is not JSON: line 1, column 401: a key or a value is missing or is not written as JSON, where the "
        "text ends. Status 200, application/json. It begins: " + "[" * 300,
        INVALID,
    ),
    "keys differing by case": (
        _raw(b'{"id": 1, "ID": 2}'),
        'The JSON text has keys of one object, differing only in case: "id" and "ID". '
        'Status 200, application/json. It begins: {"id": 1, "ID": 2}',
        "System.InvalidOperationException,New-Video",
    ),
    "status 304": ({"status": 304}, "its status is 304 (Not Modified). Status 304, application/json.", INVALID),
}


@pytest.mark.parametrize("name", NOT_A_JOB)
def test_what_is_not_a_job_is_a_clear_record(name: str, call: Callable[..., Result]) -> None:
    response, message, error_id = NOT_A_JOB[name]
    result = call(response)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"New-Video: The server's answer is not a job: {message}",
        "    + RecommendedAction     : The request was received, so a job may exist. "
        "Check that -ApiBase is the address of the API itself.",
        f"    + CategoryInfo          : NotSpecified: (:) [New-Video], {_reason(error_id)}",
        f"    + FullyQualifiedErrorId : {error_id}",
    ]


def _reason(error_id: str) -> str:
    return error_id.partition(",")[0].removeprefix("System.")


def test_deep_nesting_is_no_crash(call: Callable[..., Result]) -> None:
    result = call(_raw(b'{"a":' * 60_000 + b"1" + b"}" * 60_000))
    assert (result.exit_code, result.error_ids) == (1, [INVALID])
    assert "it is nested too deeply" in result.stderr


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=nonsense", "application/json; charset=idna", "application/json; charset=hex",
     "application/json; charset=undefined", 'application/json; Charset="UTF-8"', "text/plain", ""],
)  # fmt: skip
def test_a_charset_that_cannot_be_meant_is_utf_8(kind: str, call: Callable[..., Result]) -> None:
    result = call(_raw('{"id": "é"}'.encode(), kind))
    assert (result.exit_code, result.stdout, result.stderr) == (0, '{\n  "id": "é"\n}\n', "")


def test_a_charset_is_obeyed(call: Callable[..., Result]) -> None:
    result = call(_raw('{"id": "é"}'.encode("latin-1"), "application/json; charset=ISO-8859-1"))
    assert result.stdout == '{\n  "id": "é"\n}\n'


def test_a_compressed_answer_is_read(call: Callable[..., Result]) -> None:
    assert call(_raw(gzip.compress(b'{"id": "a"}'), Content_Encoding="gzip")).stdout == '{\n  "id": "a"\n}\n'


def test_a_broken_compression_is_a_clear_record(call: Callable[..., Result], server: Server) -> None:
    result = call(_raw(b'{"id": "video_1"}', Content_Encoding="gzip"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"New-Video: {server.host} broke off without a full answer: Error -3 while decompressing data: incorrect "
        "header check. The request had been sent, so a job may have been created; look for it before you send it "
        'again. Status 200, application/json. It begins: {"id": "video_1"}',
        "    + CategoryInfo          : InvalidOperation: (:) [Invoke-OpenAIAPIRequest], HttpRequestException",
        "    + FullyQualifiedErrorId : PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest",
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_create_follows_no_redirect(status: int, call: Callable[..., Result], server: Server) -> None:
    elsewhere = server.script("elsewhere")
    result = call({"status": status, "headers": {"Location": f"{elsewhere.base}/videos"}, "text": "moved"})
    assert (result.exit_code, result.stdout, elsewhere.requests) == (1, "", [])
    assert result.stderr.splitlines()[0] == (
        f"New-Video: The server's answer is not a job: it redirects to '{elsewhere.base}/videos', and the request is "
        f"not repeated elsewhere. Status {status}, application/json. It begins: moved"
    )


def test_too_large_an_answer_is_not_read(call: Callable[..., Result]) -> None:
    result = call({"text": '{"a": "' + "x" * (50 * 2**20) + '"}'}, env={"PSOPENAI_ERROR_VIEW": "json"})
    record = json.loads(result.stderr)
    assert result.exit_code == 1
    assert record["message"] == (
        "The server's answer is not a job: it is larger than 32 MB. Status 200, application/json. "
        'It begins: {"a": "' + "x" * 293
    )
    assert len(record["body"]) == 4096


_MEASURED = """
import resource, sys
from psopenai_py.shell import run
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
code = run("New-Video", ["x", "-ApiBase", sys.argv[1]])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of the measure differs")
def test_too_large_an_answer_takes_no_more_memory_than_the_limit_needs() -> None:
    """The server would go on for ever."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"a": "')
        while True:
            connection.sendall(b"x" * 2**20)

    with listening(talk) as server:
        command = [sys.executable, "-c", _MEASURED, server.base]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    code, kilobytes = map(int, done.stdout.split())
    assert (code, "it is larger than 32 MB" in done.stderr) == (1, True)
    assert kilobytes < 150_000


def test_the_json_view_of_what_is_not_a_job(call: Callable[..., Result]) -> None:
    response = _raw(b"<h1>hi\x07</h1>", "text/html", x_request_id="req_7")
    result = call(response, env={"PSOPENAI_ERROR_VIEW": "json"})
    assert result.stderr.count("\n") == 1
    assert json.loads(result.stderr) == {
        "message": "The server's answer is not a job: it is not JSON. "
        "Status 200, text/html. It begins: <h1>hi\ufffd</h1>",
        "id": INVALID,
        "category": "NotSpecified",
        "reason": "ArgumentException",
        "target": None,
        "action": "The request was received, so a job may exist. Check that -ApiBase is the address of the API itself.",
        "status": 200,
        "code": None,
        "type": None,
        "param": None,
        "request_id": "req_7",
        "body": "<h1>hi\x07</h1>",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 206])
def test_any_success_with_a_job_will_do(status: int, call: Callable[..., Result]) -> None:
    result = call({"status": status, "json": JOB})
    assert (result.exit_code, result.json["id"]) == (0, "video_123")
