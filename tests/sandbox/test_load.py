"""Many clients at once, on a server in a process of its own: what it takes, and how long others wait."""

from __future__ import annotations

import base64
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from .processes import Running, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

MEGABYTE = 1_000_000
SMALL = b"GET /v1/videos?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _talk(sandbox: Running, *parts: bytes) -> bytes:
    with socket.create_connection(sandbox.address, timeout=60) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(1 << 20), b""))


def _at_once(count: int, work: Callable[[int], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_small_requests_are_answered_beside_large_downloads(tmp_path: Path) -> None:
    with running("-Path", str(tmp_path), "-Speed", "1000000") as sandbox:
        body = {"size": "4096x4096", "seconds": 8}
        jobs = [
            httpx.post(f"{sandbox.url}/videos", json={"prompt": str(n), **body}, trust_env=False, timeout=60)
            for n in range(16)
        ]
        done: list[int] = []

        def download(number: int) -> None:
            path = f"/v1/videos/{jobs[number].json()['id']}/content"
            done.append(
                len(_talk(sandbox, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()))
            )

        threads = _at_once(16, download)
        answered = 0
        while any(thread.is_alive() for thread in threads):
            assert _talk(sandbox, SMALL).startswith(b"HTTP/1.1 200 OK")
            answered += 1
    assert len(done) == 16
    assert min(done) > MEGABYTE
    # Whoever had to wait for the downloads would be answered once or twice.
    assert answered > 20


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(23 * MEGABYTE) + b"IEND\xaeB`\x82"
PARTS = b'--B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name='


def _multipart() -> tuple[str, bytes]:
    head = PARTS + b'"input_reference"; filename="a.png"\r\n\r\n'
    return "multipart/form-data; boundary=B", head + PNG.replace(
        b"IEND", bytes(8 * MEGABYTE) + b"IEND"
    ) + b"\r\n--B--\r\n"


def _json() -> tuple[str, bytes]:
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    return "application/json", json.dumps({"prompt": "x", "input_reference": {"image_url": url}}).encode()


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
@pytest.mark.parametrize(("make", "count"), [(_multipart, 30), (_json, 12)], ids=["multipart", "json"])
def test_many_large_uploads_take_little_memory(
    make: Callable[[], tuple[str, bytes]], count: int, tmp_path: Path
) -> None:
    content_type, body = make()
    assert len(body) > 30 * MEGABYTE
    head = (
        "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with running("-Path", str(tmp_path)) as sandbox:
        statuses: list[bytes] = []
        for thread in _at_once(count, lambda _: statuses.append(_talk(sandbox, head.encode(), body)[9:12])):
            thread.join()
        assert statuses == [b"200"] * count
        assert sandbox.most_memory < 300 * MEGABYTE


def test_idle_connections_do_not_block_the_next_one(tmp_path: Path) -> None:
    with running("-Path", str(tmp_path)) as sandbox:
        idle = [socket.create_connection(sandbox.address, timeout=60) for _ in range(500)]
        started = time.monotonic()
        assert _talk(sandbox, SMALL).startswith(b"HTTP/1.1 200 OK")
        assert time.monotonic() - started < 25  # and not until each of them is too slow
        for connection in idle:
            connection.close()


BLANKS = [
    pytest.param(b"x:" + b" " * 31_000 + b"\0", id="leading"),
    pytest.param(b"x: a" + b" " * 31_000 + b"\0", id="trailing"),
    pytest.param(b"x:" + (b" " * 90 + b"\r\n") * 300 + b" \0", id="folded"),
    pytest.param(b"x: " + b"a " * 15_000 + b"\0", id="runs"),
    pytest.param(b"a:\r\n" * 7_000, id="many-fields"),
    pytest.param(b"Connection: " + b"," * 31_000, id="commas"),
    pytest.param(b"Cookie: " + b'a="; ' * 6_000, id="quotation-marks"),
    pytest.param(b"Content-Type: multipart/form-data; " + b'a="\\' * 6_000, id="parameters"),
    pytest.param(b"Range: bytes=" + b" " * 90 + b"1" * 30_000 + b"x", id="range"),
    pytest.param(b"If-None-Match: " + b"W/" * 15_000, id="tags"),
]


@pytest.mark.parametrize("field", BLANKS)
def test_one_long_header_field_holds_nobody_up(field: bytes, tmp_path: Path) -> None:
    with running("-Path", str(tmp_path)) as sandbox:
        _talk(sandbox, SMALL)
        for line in (b"GET /v1/videos", b"POST /v1/videos", b"GET /v1/videos/x/content"):
            with socket.create_connection(sandbox.address, timeout=60) as connection:
                before = sandbox.work
                connection.sendall(line + b" HTTP/1.1\r\nHost: localhost\r\n" + field + b"\r\n\r\n")
                assert _talk(sandbox, SMALL).startswith(b"HTTP/1.1 200 OK")
                assert connection.recv(9) == b"HTTP/1.1 "
                assert sandbox.work - before < 2
