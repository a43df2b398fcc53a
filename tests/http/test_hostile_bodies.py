"""Bodies that are no plain text, that are too large, and that stop coming."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cmdlets.contents import MP4
from tests.conftest import Result, Run
from tests.http.answers import JOB, LOST, PRINTED, answer
from tests.http.sockets import listening, saying, silent
from tests.patience import with_limit

# --- text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"\xef\xbb\xbf" + JOB, b"\xff\xfe" + JOB.decode().encode("utf-16-le"), JOB.decode().encode("utf-16-be")],
    ids=["UTF-8", "UTF-16", "UTF-16, named"],
)
@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=utf-16", "; charset=latin-1"])
def test_a_byte_order_mark(body: bytes, charset: str, call: Callable[..., Result]) -> None:
    """It tells more than the header; without one the header is right."""
    if body[:1] == b"\0":
        charset = "; charset=utf-16be"
    result = call(answer(body, f"Content-Type: application/json{charset}".encode()))
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")


def test_a_byte_order_mark_before_an_error(run: Run) -> None:
    body = b'\xef\xbb\xbf{"error": {"message": "No such size."}}'
    with listening(saying(answer(body, status=b"400 Bad Request"))) as server:
        result = run("New-Video", "x", "-ApiBase", server.base)
    assert result.stderr.startswith("New-Video: OpenAI API returned an 400 (Bad Request) Error: No such size.\n")


BINARY = {
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20), "89 50 4e 47"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "ff d8 ff e0"),
    "MP4": (MP4, "00 00 00 18"),
    "gzip": (gzip.compress(JOB), "1f 8b 08 00"),
    "random": (bytes(range(128, 256)), "80 81 82 83"),
    "zeros": (bytes(100), "00 00 00 00"),
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("status", [b"200 OK", b"500 Broken"])
def test_binary_data_is_not_shown_as_text(name: str, status: bytes, call: Callable[..., Result]) -> None:
    body, first = BINARY[name]
    result = call(answer(body, b"Content-Type: application/octet-stream", status=status))
    assert result.stderr.splitlines()[0].endswith(f"binary data (first bytes {first})")
    assert "\N{REPLACEMENT CHARACTER}" not in result.stderr


def test_an_id_far_behind_the_beginning(call: Callable[..., Result]) -> None:
    """Of an answer that is too large, all that came is searched."""
    result = call(answer(b'{"a": "' + b"x" * 10**6 + b'", "id": "video_77", "b": "' + b"x" * 33 * 2**20 + b'"}'))
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        "it is larger than 32 MB. Status 200, application/json. It names the id video_77. It begins: " in result.stderr
    )


# --- silence ----------------------------------------------------------------------------------------------------


def _pausing(data: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(data)
        silent(connection)

    return talk


def test_a_body_without_a_byte_for_30_seconds_is_broken_off(tmp_path: Path) -> None:
    """All at the same time, each in a process of its own, with a limit that is for the beginning of the answer."""
    begun = answer(JOB, b"Content-Length: 500").removesuffix(b"}")
    content = answer(MP4, b"Content-Type: video/mp4")[:-100]
    calls = {
        "New-Video": (begun, ["x", "-TimeoutSec", "20"]),
        "Get-Video": (begun, ["x"]),
        "Get-VideoContent": (content, ["x", "-OutFile", str(tmp_path / "a.mp4")]),
    }

    def timed(name: str) -> tuple[float, int, str]:
        data, arguments = calls[name]
        # The download begins again; the second server is not there any more.
        answers = iter([data])
        with listening(lambda connection: _pausing(next(answers, answer(status=b"404 Gone")))(connection)) as server:
            command = [sys.executable, "-m", "psopenai_py", name, *arguments, "-ApiBase", server.base]
            started = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
            return time.monotonic() - started, done.returncode, done.stderr

    with ThreadPoolExecutor() as pool:
        results = dict(zip(calls, pool.map(timed, calls), strict=True))
    for name, (seconds, code, err) in results.items():
        assert (29 < seconds < 90, code) == (True, 1), (name, seconds, err)
    for name in ("New-Video", "Get-Video"):
        assert "broke off without a full answer: no byte came for 30 s." in results[name][2]
        assert '. Status 200, application/json. It begins: {"id": "video_1"' in results[name][2]
    assert json.dumps(LOST)[1:-1] in results["New-Video"][2]
    assert not (tmp_path / "a.mp4").exists()


def test_a_pause_in_a_body_is_none(run: Run) -> None:
    """Also when it is longer than the time limit, which is for the beginning of the answer."""

    def call(limit: int) -> Result:
        def talk(connection: socket.socket) -> None:
            data = answer()
            connection.sendall(data[:-5])
            time.sleep(1.5 * limit)
            connection.sendall(data[-5:])

        with listening(talk) as server:
            return run("New-Video", "x", "-ApiBase", server.base, "-TimeoutSec", str(limit))

    result = with_limit(call, lambda result: result.exit_code == 0)
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")
