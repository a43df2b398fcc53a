"""Bodies of many megabytes: read straight from the connection, to the byte, and from files and pipes to be sent."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest

from tests.cmdlets.contents import FTYP, box
from tests.conftest import Run
from tests.http.sockets import listening, saying
from tests.server import Server

#: From so many bytes on, the HTTP library is passed by.
LARGE = 4 * 2**20


def _video(size: int) -> bytes:
    """A video of so many bytes, which are not all alike."""
    head = FTYP + box(b"moov", b"")
    rest = size - len(head) - 8
    return head + box(b"mdat", (bytes(range(256)) * (rest // 256 + 1))[:rest])


def _head(status: str, length: int | None, *more: str, version: str = "1.1") -> bytes:
    lengths = [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([f"HTTP/{version} {status}", "Content-Type: video/mp4", *lengths, *more, "", ""]).encode()


def _chunked(data: bytes) -> bytes:
    step = 2**20
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


WHOLE = {
    "one byte less": _head("200 OK", LARGE - 1) + _video(LARGE - 1),
    "just as large": _head("200 OK", LARGE) + _video(LARGE),
    "one byte more": _head("200 OK", LARGE + 1) + _video(LARGE + 1),
    "of an older server": _head("200 OK", LARGE + 1, version="1.0") + _video(LARGE + 1),
    "in chunks": _head("200 OK", None, "Transfer-Encoding: chunked") + _chunked(_video(LARGE + 1)),
    "with more behind it": _head("200 OK", LARGE) + _video(LARGE) + b"HTTP/1.1 500 No\r\n\r\n",
}


@pytest.mark.parametrize("name", WHOLE)
def test_all_of_it_comes(name: str, run: Run, place: Path) -> None:
    with listening(saying(WHOLE[name])) as server:
        result = run("Get-VideoContent", "v", "-OutFile", "a.mp4", "-ApiBase", server.base)
    assert (result.exit_code, result.stderr, server.connections) == (0, "", 1)
    size = (place / "a.mp4").stat().st_size
    assert size in (LARGE - 1, LARGE, LARGE + 1)
    assert (place / "a.mp4").read_bytes() == _video(size)


#: How many bytes there are, how many come at first, and how what reads them tells it.
MISSING = [
    (LARGE, LARGE // 2, f"the connection was closed with {LARGE // 2} bytes missing"),
    (LARGE, LARGE - 1, "the connection was closed with 1 bytes missing"),
    (LARGE - 1, LARGE - 2, f"without sending complete message body (received {LARGE - 2} bytes, expected {LARGE - 1})"),
]


@pytest.mark.parametrize(("size", "came", "why"), MISSING)
def test_what_is_missing_is_told_and_fetched(size: int, came: int, why: str, run: Run, place: Path) -> None:
    data, tag = _video(size), 'ETag: "1"'
    span = f"Content-Range: bytes {came}-{size - 1}/{size}"
    answers = [
        _head("200 OK", size, tag, "Accept-Ranges: bytes") + data[:came],
        _head("206 Partial Content", size - came, tag, span) + data[came:],
    ]
    with listening(lambda connection: connection.sendall(answers.pop(0))) as server:
        result = run("Get-VideoContent", "v", "-OutFile", "a.mp4", "-ApiBase", server.base, "-Verbose")
    assert (result.exit_code, (place / "a.mp4").read_bytes() == data, answers) == (0, True, [])
    [told] = re.findall(r"VERBOSE: The download broke off after (.*)", result.stderr)
    assert told.startswith(f"{came} bytes and goes on: ")
    assert why in told


def test_a_look_at_a_large_file_and_at_a_pipe(run: Run, server: Server, tmp_path: Path) -> None:
    """Of a file, its size is asked; of a pipe, all is read, so that it is still there for the request."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(LARGE))
    base = server.script("large-files").base
    shown = run("New-Video", "x", "-InputReference", str(tmp_path / "a.png"), "-WhatIf", "-ApiBase", base).json
    assert [field.get("bytes") for field in shown["fields"]][-1] == LARGE + 8
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / "pipe.png")
    writer = threading.Thread(target=(tmp_path / "pipe.png").write_bytes, args=[bytes(100_000)], daemon=True)
    writer.start()
    shown = run("New-Video", "x", "-InputReference", str(tmp_path / "pipe.png"), "-WhatIf", "-ApiBase", base).json
    writer.join(60)
    assert [field.get("bytes") for field in shown["fields"]][-1] == 100_000
