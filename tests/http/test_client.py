"""Calls that get no whole answer: refused, cut, late, interrupted; and what is said of a job that may exist."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from psopenai_py import errors, new_video
from tests import ctrl_c
from tests.conftest import Result, Run
from tests.http.answers import LOST
from tests.http.sockets import Listener, deaf, dripping, listening, refusing, saying, silent
from tests.patience import with_limit
from tests.server import Server

HTTP_ERROR = "PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest"
TIME_OUT = "ConnectionTimeoutReached,Invoke-OpenAIAPIRequest"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _record(message: str, error_id: str, info: str, *more: str) -> list[str]:
    return [
        f"New-Video: {message}",
        *more,
        f"    + CategoryInfo          : {info}",
        f"    + FullyQualifiedErrorId : {error_id}",
    ]


FAILED = "InvalidOperation: (:) [Invoke-OpenAIAPIRequest], HttpRequestException"
LATE = "OperationTimeout: (:) [Invoke-OpenAIAPIRequest], TaskCanceledException"

#: Name: what the server says before it hangs up, and how the message goes on.
CUT = {
    "nothing": (b"", f"Server disconnected without sending a response. {LOST}"),
    "half a header": (b"HTTP/1.1 200 OK\r\nContent-", f"Server disconnected without sending a response. {LOST}"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", f"illegal status line: 'SSH-2.0-OpenSSH_9.6'. {LOST}"),
    "a long line of something else": (
        b"SSH-2.0 " + b"X" * 400 + b"\r\n\r\n",
        f"illegal status line: 'SSH-2.0 {'X' * (300 - len('illegal status line: bytearray(bXSSH-2.0 '))}'. {LOST}",
    ),
    "less than announced": (
        OK + b'Content-Length: 500\r\n\r\n{"id": "video_77", ',
        "peer closed connection without sending complete message body (received 19 bytes, expected 500). "
        f'{LOST} Status 200, application/json. It begins: {{"id": "video_77",',
    ),
    "no body at all": (
        OK + b"Content-Length: 5\r\n\r\n",
        "peer closed connection without sending complete message body (received 0 bytes, expected 5). "
        f"{LOST} Status 200, application/json.",
    ),
    "chunks without an end": (
        OK + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n',
        "peer closed connection without sending complete message body (incomplete chunked read). "
        f'{LOST} Status 200, application/json. It begins: {{"id"',
    ),
}


@pytest.mark.parametrize("name", CUT)
def test_a_connection_that_breaks_off(name: str, run: Run) -> None:
    data, message = CUT[name]
    with listening(saying(data)) as server:
        result = run("New-Video", "x", "-ApiBase", server.base, "-MaxRetryCount", "3")
    assert (result.exit_code, result.stdout, server.connections) == (1, "", 1)
    message = f"127.0.0.1:{server.port} broke off without a full answer: {message}"
    assert result.stderr.splitlines() == _record(message, HTTP_ERROR, FAILED)


def test_a_refused_connection_has_sent_nothing(run: Run) -> None:
    with refusing() as base:
        result = run("New-Video", "x", "-ApiBase", base)
    host = base.split("/")[2]
    assert (result.exit_code, result.stdout) == (1, "")
    message = (
        f"No connection to {host}: [Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}. Nothing was sent."
    )
    advice = "Check -ApiBase and that the server runs. To try without one: -ApiBase sandbox:"
    assert result.stderr.splitlines() == _record(message, HTTP_ERROR, FAILED, f"    + RecommendedAction     : {advice}")


def test_an_unknown_host_has_sent_nothing(run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "http://no-such-host.invalid/v1")
    assert (result.exit_code, result.error_ids) == (1, [HTTP_ERROR])
    assert result.stderr.startswith("New-Video: No connection to no-such-host.invalid: ")
    assert ". Nothing was sent.\n" in result.stderr


#: Name: how the server keeps the client waiting.
LATENESS: dict[str, Callable[[], AbstractContextManager[Listener]]] = {
    "never answers": lambda: listening(silent),
    "drips its headers": lambda: listening(dripping(OK, 2.0)),
    "reads nothing": lambda: listening(deaf, read=False),
}


@pytest.mark.parametrize("name", LATENESS)
def test_a_time_limit_until_the_answer_begins(name: str, run: Run, tmp_path: Path) -> None:
    upload = tmp_path / "clip.mp4"
    with upload.open("wb") as file:
        file.truncate(20 * 2**20)  # more than the buffers of a connection hold
    arguments = ["-InputReference", str(upload)] if name == "reads nothing" else []

    def call(limit: int) -> tuple[int, int, Result]:
        with LATENESS[name]() as server:
            started = time.monotonic()
            result = run("New-Video", "x", "-ApiBase", server.base, "-TimeoutSec", str(limit), *arguments)
            assert limit - 0.1 < time.monotonic() - started < limit + 30
        return limit, server.port, result

    limit, port, result = with_limit(call, lambda outcome: LOST in outcome[-1].stderr)
    assert (result.exit_code, result.stdout) == (1, "")
    message = f"127.0.0.1:{port} did not answer within {limit} s. {LOST}"
    assert result.stderr.splitlines() == _record(message, TIME_OUT, LATE)


@pytest.mark.skipif(sys.platform == "win32", reason="a stack that is too large is refused at once")
def test_a_time_limit_for_what_is_sent_where_the_system_gives_no_thread_to_keep_it(tmp_path: Path) -> None:
    upload = tmp_path / "clip.mp4"
    with upload.open("wb") as file:
        file.truncate(20 * 2**20)
    code = "import threading; threading.stack_size(1 << 46); from psopenai_py.__main__ import main; main()"

    def call(limit: int) -> tuple[int, str]:
        with listening(deaf, read=False) as server:
            arguments = ["-InputReference", str(upload), "-ApiBase", server.base, "-TimeoutSec", str(limit)]
            command = [sys.executable, "-c", code, "New-Video", "x", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return limit, done.stderr.partition("\n")[0].replace(str(server.port), "PORT")

    limit, first = with_limit(call, lambda outcome: LOST in outcome[-1])
    assert first == f"New-Video: 127.0.0.1:PORT did not answer within {limit} s. {LOST}"


def test_the_time_limit_does_not_cover_the_body(run: Run) -> None:
    body = OK + b'Content-Length: 11\r\n\r\n{"id": "a"}'

    def call(limit: int) -> Result:
        def talk(connection: socket.socket) -> None:
            connection.sendall(body[:-5])
            time.sleep(1.2 * limit)
            connection.sendall(body[-5:])

        with listening(talk) as server:
            return run("New-Video", "x", "-ApiBase", server.base, "-TimeoutSec", str(limit))

    result = with_limit(call, _succeeded)
    assert (result.exit_code, result.stdout, result.stderr) == (0, '{\n  "id": "a"\n}\n', "")


def test_each_attempt_has_the_whole_time(run: Run, server: Server) -> None:
    def call(limit: int) -> tuple[Result, int]:
        slow = {"status": 503, "delay": 0.6 * limit, "headers": {"retry-after-ms": "1"}}
        script = server.script("slow", [slow, slow, {"json": {"id": "a"}, "delay": 0.6 * limit}])
        arguments = ["-TimeoutSec", str(limit), "-MaxRetryCount", "2", "-WarningAction", "Ignore"]
        return run("New-Video", "x", "-ApiBase", script.base, *arguments), len(script.requests)

    result, requests = with_limit(call, lambda outcome: _succeeded(outcome[0]))
    assert (result.exit_code, result.stderr, requests) == (0, "", 3)


def _succeeded(result: Result) -> bool:
    return result.exit_code == 0


def test_a_reused_connection_is_under_the_limit_too(run: Run) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nretry-after-ms: 1\r\nContent-Length: 0\r\n\r\n"

    def talk(connection: socket.socket) -> None:
        connection.sendall(busy)
        connection.recv(65536)
        dripping(OK, 2.0)(connection)

    with listening(talk) as server:
        arguments = ["-TimeoutSec", "1", "-MaxRetryCount", "1"]
        result = run("New-Video", "x", "-ApiBase", server.base, *arguments)
    assert (result.exit_code, result.error_ids, server.connections) == (1, [TIME_OUT], 1)


@pytest.mark.parametrize(
    ("seconds", "error_id", "category"),
    [
        ("-1", "ParameterArgumentValidationError", "InvalidData"),
        ("-2147483648", "ParameterArgumentValidationError", "InvalidData"),
        ("2147483647", "System.ArgumentOutOfRangeException", "NotSpecified"),
    ],
)
def test_time_limits_that_cannot_be(seconds: str, error_id: str, category: str, run: Run, server: Server) -> None:
    script = server.script("limits")
    result = run("New-Video", "x", "-ApiBase", script.base, "-TimeoutSec", seconds)
    assert (result.exit_code, script.requests) == (1, [])
    assert result.error_ids == [f"{error_id},Invoke-OpenAIAPIRequest"]
    assert f"    + CategoryInfo          : {category}: (:) [Invoke-OpenAIAPIRequest], " in result.stderr


def test_python_is_told_whether_the_request_was_sent() -> None:
    def was_sent(limit: int) -> bool:
        with listening(silent) as server, pytest.raises(errors.RequestTimeoutError) as caught:
            new_video("x", api_base=server.base, timeout_sec=limit)
        return caught.value.sent

    assert with_limit(was_sent, bool)
    with refusing() as base, pytest.raises(errors.ConnectionFailedError) as refused:
        new_video("x", api_base=base)
    assert not refused.value.sent


@pytest.fixture
def waiting() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """New-Video as a process of its own that goes on while the test does."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "psopenai_py", "New-Video", "x", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _interrupted(process: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    out, err = ctrl_c.end(process)
    return process.returncode, out, err


def _until_said(process: subprocess.Popen[bytes], text: bytes) -> None:
    assert process.stderr is not None
    while text not in (line := process.stderr.readline()):
        assert line, "it ended"


posix = pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C to one process")


@posix
def test_ctrl_c_while_waiting_for_an_answer(waiting: Callable[..., subprocess.Popen[bytes]]) -> None:
    with listening(silent) as server:
        process = waiting("-ApiBase", server.base)
        assert server.asked.wait(60)
        assert _interrupted(process) == (130, b"", f"Interrupted. {LOST}\n".encode())


@posix
def test_ctrl_c_in_the_middle_of_an_answer(waiting: Callable[..., subprocess.Popen[bytes]]) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 100\r\n\r\n{")
        silent(connection)

    with listening(talk) as server:
        process = waiting("-ApiBase", server.base, "-Verbose")
        _until_said(process, b" 200 OK after")
        came = "Status 200, application/json. It begins: {"
        assert _interrupted(process)[::2] == (130, f"Interrupted. {LOST} {came}\n".encode())


@posix
def test_ctrl_c_before_anything_is_sent(waiting: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with listening(silent) as server:
        process = waiting("-ApiBase", server.base, "-InputReference", str(pipe), "-Verbose")
        _until_said(process, b"No API key")  # the last line before the file is opened
        assert _interrupted(process) == (130, b"", b"Interrupted.\n")
        assert server.connections == 0
