"""The server, over loopback: rude and slow clients, failures on demand, an orderly end."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from psopenai_py.sandbox.server.server import PortUnavailable, SandboxServer
from tests.pipeline.desk import LIMIT, until
from tests.sandbox.conftest import Clock, Serve
from tests.sandbox.raw_requests import GET, POST, request, talk

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NewVideo = Callable[..., str]


def test_port_zero_chooses_and_the_address_says_it(serve: Serve) -> None:
    server = serve()
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}/v1"
    assert request(server) == 200


def test_a_taken_port_is_a_clear_error(serve: Serve) -> None:
    taken = serve().port
    with pytest.raises(PortUnavailable) as caught:
        SandboxServer(lambda environ, start_response: (), port=taken)
    message = f"Port {taken} on 127.0.0.1 is taken by another program. Choose another one, or 0 for any free."
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("127.0.0.1", 70000, "The sandbox cannot listen on port 70000 of '127.0.0.1': "),
        ("192.0.2.1", 0, "The sandbox cannot listen on port 0 of '192.0.2.1': "),
    ],
    ids=["port", "host"],
)
def test_where_it_cannot_listen_is_a_clear_error(host: str, port: int, message: str) -> None:
    with pytest.raises(PortUnavailable) as caught:
        SandboxServer(lambda environ, start_response: (), host=host, port=port)
    assert str(caught.value).startswith(message)


def test_a_connection_serves_many_requests(serve: Serve) -> None:
    server = serve()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=LIMIT)
    statuses = []
    for method, path in [("GET", "/v1/videos"), ("POST", "/v1/videos"), ("PUT", "/v1/videos"), ("HEAD", "/v1/videos")]:
        connection.request(method, path, body=b"unwanted" if method == "PUT" else None)
        local = connection.sock.getsockname()
        answer = connection.getresponse()
        answer.read()
        statuses.append((answer.status, connection.sock.getsockname() == local))
    connection.close()
    assert statuses == [(200, True), (400, True), (405, True), (200, True)]


def test_slow_clients_keep_nobody_waiting(serve: Serve) -> None:
    server = serve()
    slow = [socket.create_connection((server.host, server.port), timeout=LIMIT) for _ in range(20)]
    for number, connection in enumerate(slow):
        # In the head, in the body, before the first byte, and with an answer that nobody reads.
        connection.sendall([b"GET /v1/vid", POST + b"Content-Length: 9\r\n\r\n{", b"", GET + b"\r\n"][number % 4])
    assert [request(server) for _ in range(5)] == [200] * 5
    for connection in slow:
        connection.close()


def test_a_client_that_is_too_slow_is_left(serve: Serve) -> None:
    server = serve(time_limit=0.2)
    for data in (b"GET /v1/vid", POST + b"Content-Length: 9\r\n\r\n{"):
        with contextlib.suppress(ConnectionError):  # where it was left before it had sent that
            assert talk(server, data) == b""


def test_a_client_that_leaves_in_the_middle_harms_nobody(serve: Serve, new_video: NewVideo, log: list[str]) -> None:
    server = serve()
    path = f"/v1/videos/{new_video(size='4096x4096')}/content".encode()
    for _ in range(3):
        with socket.create_connection((server.host, server.port), timeout=LIMIT) as connection:
            connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(10)
    assert request(server) == 200


def test_more_busy_clients_than_there_is_room_for_are_told(serve: Serve) -> None:
    server = serve(max_connections=1)
    with socket.create_connection((server.host, server.port), timeout=LIMIT) as first:
        first.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 15\r\n\r\n")
        assert first.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert talk(server, b"").startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        first.sendall(b'{"prompt": "x"}')
        assert first.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("sent", [b"", b"GET /v1/vid", GET + b"\r\n"], ids=["nothing", "half-a-head", "a-request"])
def test_idle_clients_give_way_to_new_ones(serve: Serve, sent: bytes) -> None:
    server = serve(max_connections=4)
    idle = [socket.create_connection((server.host, server.port), timeout=LIMIT) for _ in range(20)]
    for connection in idle:
        with contextlib.suppress(OSError):  # it has given way already
            connection.sendall(sent)
            assert not sent.endswith(b"\r\n\r\n") or connection.recv(10) in (b"HTTP/1.1 2", b"")
    started = time.monotonic()
    assert [request(server) for _ in range(5)] == [200] * 5
    assert time.monotonic() - started < 25  # and not until each of them is too slow
    for connection in idle:
        connection.close()


def test_the_log_has_no_key_and_no_prompt(serve: Serve, log: list[str]) -> None:
    server = serve(api_key="sk-secret")
    with httpx.Client(headers={"authorization": "Bearer sk-secret"}, trust_env=False, timeout=LIMIT) as client:
        client.post(f"{server.url}/videos?key=sk-secret", data={"prompt": "private"})
        client.get(f"{server.url}/videos?limit=1")
    until(lambda: len(log) == 2)  # a line is there some time after the answer
    server.close()
    assert [line.rsplit(" ", 4)[0] for line in log] == ["POST /v1/videos 200", "GET /v1/videos 200"]


def _broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/late":
        start_response("200 OK", [("content-length", "10")])
        yield b"half"
    raise KeyError("private")


def test_a_failing_application_fails_that_request_only(serve: Serve, log: list[str]) -> None:
    server = serve(_broken)
    answer = talk(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"The sandbox failed on this request (KeyError)." in answer
    assert talk(server, b"GET /late HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"\r\n\r\nhalf")
    assert "private" not in "".join(log)


def test_drop_breaks_the_connection(serve: Serve, new_video: NewVideo, log: list[str]) -> None:
    server = serve()
    video_id = new_video("[drop content]", size="64x64")
    with httpx.Client(base_url=server.url, trust_env=False, timeout=LIMIT) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            client.post("/videos", data={"prompt": "[drop]"})
        until(lambda: len(log) == 1)
        with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|closed"):
            client.get(f"/videos/{video_id}/content")
        until(lambda: len(log) == 2)
        assert client.get("/videos").status_code == 200
    until(lambda: len(log) == 3)
    server.close()
    assert [line.split()[2] for line in log] == ["no-answer", "200", "200"]


def test_hang_waits_for_the_client_to_give_up(serve: Serve) -> None:
    server = serve()
    with pytest.raises(httpx.ReadTimeout):
        limits = httpx.Timeout(LIMIT, read=0.2)
        httpx.post(f"{server.url}/videos", data={"prompt": "[hang]"}, timeout=limits, trust_env=False)
    assert request(server) == 200


def test_the_end_leaves_nothing_behind(serve: Serve) -> None:
    before = set(threading.enumerate())
    server = serve()
    waiting = socket.create_connection((server.host, server.port), timeout=LIMIT)
    waiting.sendall(GET + b"\r\n")
    assert waiting.recv(10)
    server.close()
    server.close()
    while waiting.recv(1000):
        pass
    waiting.close()
    until(lambda: not set(threading.enumerate()) - before)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=LIMIT)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_resumes_where_it_left_off(serve: Serve, new_video: NewVideo, tmp_path: Path) -> None:
    server = serve()
    address = f"{server.url}/videos/{new_video(size='640x480')}/content"
    whole = httpx.get(address, trust_env=False, timeout=LIMIT).content
    target = tmp_path / "clip.mp4"

    def curl(*options: str) -> None:
        command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", *options, "-o", str(target), address]
        subprocess.run(command, check=True, timeout=LIMIT)

    curl("--range", "0-9999")
    assert target.read_bytes() == whole[:10_000]
    curl("--continue-at", "-")
    assert target.read_bytes() == whole


def test_many_clients_at_once(serve: Serve, clock: Clock) -> None:
    server = serve()
    failures: list[object] = []

    def work(number: int) -> None:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=LIMIT) as client:
            for turn in range(10):
                job = client.post("/videos", data={"prompt": f"{number} {turn}"}).json()
                if client.get(f"/videos/{job['id']}").json()["prompt"] != f"{number} {turn}":
                    failures.append(job)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with httpx.Client(base_url=server.url, trust_env=False, timeout=LIMIT) as client:
        assert len(client.get("/videos?limit=100").json()["data"]) == 100
