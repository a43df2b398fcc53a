"""Get-VideoContent when the server, the person, the disk or the reader does not hold out to the end."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from psopenai_py import get_video_content
from tests import ctrl_c, unmeasured
from tests.cmdlets.contents import DROPPED, MP4, NOT_CONTENT, NOT_WRITTEN, content, files
from tests.cmdlets.processes import measured, measures_memory
from tests.conftest import Result, Run
from tests.http.sockets import listening, refusing, saying, silent
from tests.patience import with_limit
from tests.server import Script
from tests.terminal import our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and terminals of Unix")


# --- breaks -----------------------------------------------------------------------------------------------------

TAGGED = {"ETag": '"1"', "Accept-Ranges": "bytes"}


def part(start: int, **more: Any) -> dict[str, Any]:
    headers = {"Content-Range": f"bytes {start}-{len(MP4) - 1}/{len(MP4)}", "ETag": '"1"'}
    return content(MP4[start:], status=206, headers=headers, **more)


@pytest.mark.parametrize("target", ["a.mp4", None], ids=["file", "pipe"])
def test_a_download_that_breaks_off_is_continued(run: Run, api: Script, place: Path, target: str | None) -> None:
    api.responses = [content(cut=len(MP4) - 4000, headers=TAGGED), part(4000, cut=1000), part(len(MP4) - 1000)]
    result = run("Get-VideoContent", "video_123", *(["-OutFile", target] if target else []))
    assert (result.exit_code, result.stderr) == (0, "")
    assert (files(place)["a.mp4"] if target else result.data) == MP4
    asked = [(request.headers.get("range"), request.headers.get("if-range")) for request in api.requests]
    assert asked == [(None, None), ("bytes=4000-", '"1"'), (f"bytes={len(MP4) - 1000}-", '"1"')]


@pytest.mark.parametrize(
    "second", [content(), content(headers={"ETag": '"2"'}), part(3999)], ids=["no ranges", "changed", "another part"]
)
def test_a_download_that_cannot_be_continued_starts_again(
    run: Run, api: Script, place: Path, second: dict[str, Any]
) -> None:
    api.responses = [content(cut=len(MP4) - 4000, headers=TAGGED), second, content()]
    result = run("Get-VideoContent", "video_123", "-OutFile", "a.mp4")
    assert (result.exit_code, files(place)) == (0, {"a.mp4": MP4})


def test_a_pipe_cannot_start_again(run: Run, api: Script) -> None:
    api.responses = [content(cut=len(MP4) - 4000), content()]
    result = run("Get-VideoContent", "video_123")
    assert (result.exit_code, result.data, result.error_ids) == (1, MP4[:4000], [NOT_WRITTEN])
    assert "With -OutFile it can begin again." in result.stderr


def test_content_from_python_starts_again(api: Script) -> None:
    api.responses = [content(cut=len(MP4) - 4000), content()]
    assert get_video_content("video_123") == MP4


def test_each_break_is_told_on_request(run: Run, sandbox: str, place: Path) -> None:
    job = run("New-Video", "[drop x2 content] Dancing Doggo").data
    result = run("Get-VideoContent", "-w", "-OutFile", "a.mp4", "-Verbose", stdin=job)
    assert (result.exit_code, list(files(place))) == (0, ["a.mp4"])
    assert result.stderr.count("VERBOSE: The download broke off after ") == 2


def test_an_end_of_all_attempts(run: Run, api: Script, place: Path) -> None:
    api.responses = [content(cut=len(MP4) - 4000, headers=TAGGED), {"status": 404, "json": {"error": "gone"}}]
    result = run("Get-VideoContent", "video_123", "-OutFile", "a.mp4")
    assert (result.exit_code, files(place), len(api.requests)) == (1, {}, 2)


UNSIZED = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n"


def one_after_another(*answers: bytes) -> Callable[[socket.socket], None]:
    """Another answer on each connection, the last one again and again."""
    left = list(answers)
    return lambda connection: connection.sendall(left.pop(0) if len(left) > 1 else left[0])


def chunked(status: bytes, data: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: video/mp4", b"Transfer-Encoding: chunked", *headers, b"", b""]
    return b"\r\n".join(lines) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


REST = b"Content-Range: bytes 5000-%d/%d" % (len(MP4) - 1, len(MP4))
HALVES: dict[str, list[bytes]] = {
    "without a length": [UNSIZED + MP4[:5000], UNSIZED + MP4],
    "in chunks": [chunked(b"200 OK", MP4[:5000]), chunked(b"200 OK", MP4)],
    "compressed": [
        UNSIZED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + gzip.compress(MP4)[:-8],
        UNSIZED + MP4,
    ],
    "and continued with too much": [
        chunked(b"200 OK", MP4[:5000], b'ETag: "1"'),
        chunked(b"206 Partial Content", MP4[5000:] + b"more", b'ETag: "1"', REST),
        UNSIZED + MP4,
    ],
    "and continued in parts": [
        chunked(b"200 OK", MP4[:5000], b'ETag: "1"'),
        b"HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=a\r\n\r\n--a--",
        UNSIZED + MP4,
    ],
}


@pytest.mark.parametrize("name", HALVES)
def test_a_video_that_comes_in_half(run: Run, place: Path, name: str) -> None:
    """It looks complete but for its boxes."""
    with listening(one_after_another(*HALVES[name])) as listener:
        result = run("Get-VideoContent", "a", "-OutFile", "a.mp4", "-ApiBase", listener.base)
        assert (result.exit_code, result.stderr, listener.connections) == (0, "", len(HALVES[name]))
    assert files(place) == {"a.mp4": MP4}


def test_a_video_that_is_half_on_the_server(run: Run, api: Script, place: Path) -> None:
    api.responses = [content(MP4[:5000])]
    result = run("Get-VideoContent", "a", "-OutFile", "a.mp4")
    assert (result.exit_code, result.error_ids, len(api.requests), files(place)) == (1, [NOT_CONTENT], 1, {})
    assert result.stderr.startswith(
        "Get-VideoContent: The content is incomplete on the server: it ends 5280 bytes before its part 'mdat' does.\n"
        "    + RecommendedAction     : The server may still be writing it; call again later.\n"
    )


def test_a_video_that_always_comes_in_half(run: Run, place: Path) -> None:
    with listening(saying(UNSIZED + MP4[:5000])) as listener:
        result = run("Get-VideoContent", "a", "-OutFile", "a.mp4", "-ApiBase", listener.base)
        assert (result.exit_code, result.error_ids, listener.connections, files(place)) == (1, [DROPPED], 5, {})
    assert "broke off after 5000 bytes: it ends 5280 bytes before its part 'mdat' does." in result.stderr


# --- interruptions and limits -----------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n"


def stalling(connection: socket.socket) -> None:
    """Send a good beginning, more of it than a file keeps in memory, and then nothing."""
    connection.sendall(HEAD % 10**9 + MP4 + bytes(2**20))
    silent(connection)


@on_unix
@pytest.mark.parametrize("target", ["old.mp4", "new/a.mp4"])
def test_nothing_is_left_of_an_interrupted_download(place: Path, target: str) -> None:
    (place / "old.mp4").write_bytes(b"old")
    with listening(stalling) as listener:
        command = our("Get-VideoContent", "a", "-OutFile", target, "-ApiBase", listener.base)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        parts = iter(lambda: [path for path in place.rglob("*.part") if path.stat().st_size], [1])
        assert next(found for found in parts if found or process.poll() is not None)
        out, err = ctrl_c.end(process)
    assert (process.returncode, out, err) == (130, "", "Interrupted.\n")
    assert files(place) == {"old.mp4": b"old"}
    assert not (place / "new").exists()


@on_unix
def test_a_file_that_may_not_grow(api: Script, place: Path) -> None:
    """A quota, as the kernel sees it."""
    import resource

    (place / "a.mp4").write_bytes(b"old")
    api.responses = [content(MP4 * 100)]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # noqa: E731
    command = our("Get-VideoContent", "a", "-OutFile", "a.mp4")
    env = unmeasured.environment()  # what measures coverage may write no more either
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "Get-VideoContent: The file 'a.mp4' could not be written: File too large. Nothing is left of it.\n"
    )
    assert files(place) == {"a.mp4": b"old"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "none", disk], check=False).returncode:
        pytest.skip("no right to mount a disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk(run: Run, api: Script, small_disk: Path) -> None:
    (small_disk / "a.mp4").write_bytes(b"old")
    api.responses = [content(MP4 * 100)]
    result = run("Get-VideoContent", "-OutFile", str(small_disk / "a.mp4"), stdin="a\nb\n")
    assert (result.exit_code, result.error_ids, len(api.requests)) == (1, [NOT_WRITTEN], 1)
    assert "No space left on device. Nothing is left of it." in result.stderr
    assert files(small_disk) == {"a.mp4": b"old"}


@on_unix
def test_a_reader_that_leaves(api: Script) -> None:
    api.responses = [content(MP4 * 100)]
    line = f"'{sys.executable}' -m psopenai_py Get-VideoContent a | head -c 3"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "\0\0\0")
    assert done.stderr.startswith("Get-VideoContent: The result could not be written: Broken pipe.\n")


def _of_size(total: int) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD % (len(MP4) + total) + MP4)
        block = bytes(2**20)
        for _ in range(total // len(block)):
            connection.sendall(block)

    return talk


@pytest.mark.skipif(not measures_memory, reason="measures as Linux does")
@pytest.mark.parametrize("target", [["-OutFile", "a.mp4"], ["-OutFile", os.devnull]], ids=["file", "device"])
def test_memory_does_not_grow_with_the_content(place: Path, target: list[str]) -> None:
    peaks = []
    for total in (20 * 2**20, 200 * 2**20):
        with listening(_of_size(total)) as listener:
            done, peak = measured("Get-VideoContent", "a", *target, "-ApiBase", listener.base)
        assert done.returncode == 0
        peaks.append(peak)
        for path in place.iterdir():
            assert path.stat().st_size == total + len(MP4)
            path.unlink()
    assert peaks[1] - peaks[0] < 16 * 1024, f"{peaks} KiB"


def test_no_answer_in_time(run: Run, place: Path) -> None:
    def call(limit: int) -> tuple[Result, int]:
        arguments = ["a", "-OutFile", "a.mp4", "-TimeoutSec", str(limit)]
        with listening(silent) as listener:
            return run("Get-VideoContent", *arguments, "-ApiBase", listener.base), listener.connections

    result, connections = with_limit(call, lambda outcome: outcome[1])
    assert (result.exit_code, connections) == (1, 1)
    assert result.error_ids == ["ConnectionTimeoutReached,Invoke-OpenAIAPIRequest"]


def test_a_server_that_is_not_there(run: Run, place: Path) -> None:
    with refusing() as base:
        result = run("Get-VideoContent", "a", "-OutFile", "a.mp4", "-ApiBase", base)
    assert (result.exit_code, result.error_ids, files(place)) == (1, [DROPPED], {})
