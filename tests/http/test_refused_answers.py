"""Answers that are refused before they are read whole, at the statuses where it matters, and the longest redirects."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result, Run
from tests.http.sockets import listening, saying
from tests.server import Received, Server

TOO_LARGE = 32 * 2**20


def _answer(status: int, body: bytes, *more: str, length: int | None = None) -> bytes:
    lengths = f"Content-Length: {len(body) if length is None else length}"
    return "\r\n".join([f"HTTP/1.1 {status} X", "Content-Type: text/plain", lengths, *more, "", ""]).encode() + body


#: What stands behind the host or the cmdlet, for a status that is none of an error, and for one that is.
BROKEN: dict[str, tuple[Callable[[int], bytes], str, str]] = {
    "broken off": (
        lambda status: _answer(status, b"abc", length=9),
        "broke off without a full answer: peer closed connection without sending complete message body "
        "(received 3 bytes, expected 9)",
        "abc",
    ),
    "unknown encoding": (
        lambda status: _answer(status, b"abc", "Content-Encoding: br"),
        "The server's answer is not a job: its encoding 'br' is not one of those that were asked for, gzip, deflate.",
        "abc",
    ),
    "two encodings": (
        lambda status: _answer(status, b"abc", "Content-Encoding: br, x"),
        "The server's answer is not a job: it is compressed 2 times.",
        "abc",
    ),
}


@pytest.mark.parametrize("status", [200, 299, 300, 399, 400, 500])
@pytest.mark.parametrize("name", BROKEN)
def test_from_400_on_what_came_is_good_enough(name: str, status: int, call: Callable[..., Result]) -> None:
    answer, refused, said = BROKEN[name]
    result = call(answer(status))
    first = result.stderr.splitlines()[0]
    assert (result.exit_code, result.stdout) == (1, "")
    if status < 400:
        assert refused in first
    else:
        assert first == f"New-Video: OpenAI API returned an {status} (X) Error: {said}"


@pytest.mark.parametrize("before", [0, 400, 60_000])
def test_an_id_in_what_cannot_be_unpacked(before: int, call: Callable[..., Result]) -> None:
    """So much is looked at, although the body is refused: the request may have made a job."""
    body = b"x" * before + b'"task_id": "t-123"'
    result = call(_answer(200, body, "Content-Encoding: br"))
    assert ("It names the id t-123." in result.stderr) is (before > 0)
    assert "t-123" in result.stderr


def test_an_id_in_a_later_piece_of_what_cannot_be_unpacked(run: Run) -> None:
    """It is looked for as far as the first 64 KB, however they come."""
    answer = _answer(200, b"x" * 60_000 + b'"task_id": "t-123"', "Content-Encoding: br")

    def talk(connection: socket.socket) -> None:
        for at in range(0, len(answer), 15_000):
            connection.sendall(answer[at : at + 15_000])
            threading.Event().wait(0.05)

    with listening(talk) as server:
        result = run("New-Video", "x", "-ApiBase", server.base)
    assert "It names the id t-123." in result.stderr


def test_an_id_far_behind_the_beginning_of_what_cannot_be_unpacked(call: Callable[..., Result]) -> None:
    """Behind the first 64 KB, and what one look at the connection may bring beyond them, nobody looks for it."""
    body = b"x" * 2**17 + b'"task_id": "t-123"' + b"x" * 2**20
    result = call(_answer(200, body, "Content-Encoding: br"))
    assert (result.exit_code, "t-123" in result.stderr) == (1, False)


@pytest.mark.parametrize(("before", "named"), [(60_000, True), (75_000, False)])
def test_an_id_in_what_was_packed_twice(before: int, named: bool, call: Callable[..., Result]) -> None:
    """Of what is compressed several times, the first 64 KB are undone, and the 4 KB beyond them that come along."""
    body = b"x" * before + b'"task_id": "t-123"' + b"x" * 2**17
    for _ in range(2):
        body = gzip.compress(body, 0)  # in pieces that are as long as what they hold
    result = call(_answer(200, body, "Content-Encoding: gzip, gzip"))
    assert (result.exit_code, "It names the id t-123." in result.stderr) == (1, named)


@pytest.mark.parametrize(("size", "refused"), [(TOO_LARGE, False), (TOO_LARGE + 1, True)])
def test_the_largest_answer(size: int, refused: bool, call: Callable[..., Result]) -> None:
    job = b'{"id": "v"}'
    result = call(_answer(200, job.ljust(size)))
    if refused:
        assert result.stderr.startswith("New-Video: The server's answer is not a job: it is larger than 32 MB. ")
    else:
        assert (result.exit_code, result.json) == (0, {"id": "v"})


@pytest.mark.parametrize(("steps", "arrives"), [(1, True), (5, True), (6, False)])
def test_the_longest_row_of_redirects(steps: int, arrives: bool, run: Run, server: Server, place: Path) -> None:
    def answer(request: Received) -> dict[str, object]:
        number = len(script.requests)
        if number > steps:
            return {"text": "picture", "headers": {"Content-Type": "image/png"}}
        return {"status": 302, "headers": {"Location": f"/redirects/{number}"}}

    script = server.script("redirects", answer)
    arguments = ("v", "-Variant", "thumbnail", "-OutFile", "a.png", "-ApiBase", script.base)
    result = run("Get-VideoContent", *arguments)
    assert ((place / "a.png").exists(), result.exit_code) == (arrives, 0 if arrives else 1)
    assert len(script.requests) == min(steps, 5) + 1


@pytest.mark.parametrize(("times", "shown"), [(2, True), (4, True), (5, False)])
def test_how_often_the_body_of_an_error_is_unpacked(times: int, shown: bool, call: Callable[..., Result]) -> None:
    body = b"No, not this."
    for _ in range(times):
        body = gzip.compress(body)
    result = call(_answer(400, body, "Content-Encoding: " + ", ".join(["gzip"] * times)))
    first = result.stderr.splitlines()[0]
    assert first.startswith("New-Video: OpenAI API returned an 400 (X) Error: ")
    assert first.endswith("No, not this.") is shown


@pytest.mark.parametrize("length", [39, 40, 41])
def test_a_long_name_of_an_encoding(length: int, call: Callable[..., Result]) -> None:
    result = call(_answer(200, b"abc", "Content-Encoding: " + "e" * length))
    assert f"its encoding '{'e' * min(length, 40)}' is not one of those" in result.stderr


def test_a_body_of_an_error_that_breaks_off_is_shown_as_far_as_it_came(run: Run) -> None:
    with listening(saying(_answer(503, b'{"error": {"message": "No', length=99))) as server:
        result = run("Get-Video", "v", "-ApiBase", server.base)
    assert result.stderr.splitlines()[0] == (
        'Get-Video: OpenAI API returned an 503 (X) Error: {"error": {"message": "No'
    )
