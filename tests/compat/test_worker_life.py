"""The worker's life: one connection for many calls, cancelled calls, big outputs, and its end."""

from __future__ import annotations

import base64
import json
import socketserver
import subprocess
import sys
import threading
import time
from urllib.request import urlopen

import pytest

from psopenai_py import __version__
from tests.compat.client import Client, Record, end, of_kind, pending, wait_for
from tests.pipeline.desk import Desk
from tests.server import JOB, Server


class _Counting(socketserver.ThreadingTCPServer):
    """Answers every request with a job, and counts connections."""

    daemon_threads = True
    connections = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        assert isinstance(self.server, _Counting)
        self.server.connections += 1
        body = json.dumps(JOB).encode()
        while self.rfile.readline():
            while self.rfile.readline() != b"\r\n":
                pass
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)


def test_a_thousand_calls_take_one_connection(client: Client) -> None:
    with _Counting() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/v1"
        for _ in range(1000):
            assert client.call("Get-Video", {"VideoId": "v", "ApiBase": base})[-1]["end"] == end()
        for key in ("sk-test-one", "sk-test-two"):  # which says nothing of how a host is reached
            variables = {"OPENAI_API_KEY": key, "OPENAI_API_BASE": base}
            assert client.call("Get-Video", {"VideoId": "v"}, environment=variables)[-1]["end"] == end()
        assert server.connections == 1
        server.shutdown()


@pytest.mark.parametrize(
    "by", ["request", pytest.param("signal", marks=pytest.mark.skipif(sys.platform == "win32", reason="no signals"))]
)
def test_a_call_is_cancelled(client: Client, server: Server, by: str) -> None:
    script = server.script(f"worker-cancel-{by}", [{"json": JOB, "delay": 120}, {"json": JOB}])
    call = client.send("New-Video", {"Prompt": "x", "ApiBase": script.base})
    wait_for(lambda: script.requests)
    client.write({"cancel": call}) if by == "request" else client.interrupt()
    (last,) = of_kind(client.records(call), "end")
    assert last["cancelled"] and last["exit_code"] == 130 and "may have been created" in last["note"]
    assert client.call("New-Video", {"Prompt": "x", "ApiBase": script.base})[-1]["end"] == end()


def test_a_wait_is_cancelled_while_it_sleeps(client: Client, server: Server) -> None:
    script = server.script("worker-cancel-wait", [{"json": JOB}])
    call = client.send("Wait-Video", {"Id": "v", "PollIntervalSec": 900, "ApiBase": script.base})
    assert client.next() is not None  # the first progress record
    client.write({"cancel": call})
    records = client.records(call)
    assert records[0]["progress"] == {"completed": True}
    assert "To wait again: Wait-Video" in records[-1]["end"]["note"]


def test_cancelling_what_waits_or_is_over(client: Client, server: Server) -> None:
    desk = Desk(server, "worker-cancel-queued")
    desk.held = {"v"}
    given = {"VideoId": "v", "ApiBase": desk.base}
    first, second, third = (client.send("Get-Video", given) for _ in range(3))
    client.write({"cancel": second})
    client.until_noted()
    desk.answer("v")
    assert client.records(first)[-1]["end"] == end()
    assert client.records(second) == [{"call": second, "end": end(130, cancelled=True)}]
    assert client.records(third)[-1]["end"] == end()
    client.write({"cancel": first})
    client.write({"cancel": 4711})
    if sys.platform != "win32":
        client.interrupt()  # Ctrl-C where nothing runs
    assert client.call("Get-Video", given)[-1]["end"] == end()
    assert len(desk.requests) == 3


def test_big_outputs_one_after_another(client: Client, server: Server) -> None:
    """Requests that are sent without waiting are answered in order, whole, and do not mix."""
    page = {"object": "list", "data": [JOB | {"id": f"v{n}", "prompt": "é" * 500} for n in range(300)]}
    pages = server.script("worker-big-list", [{"json": page}])
    data = bytes(300_000)
    picture = {"bytes_b64": base64.b64encode(data).decode(), "headers": {"Content-Type": "image/webp"}}
    pictures = server.script("worker-big-bytes", [picture])
    calls = []
    for _ in range(5):
        calls.append(client.send("Get-Video", {"ApiBase": pages.base, "Limit": 100}))
        calls.append(client.send("Get-VideoContent", {"Id": "v", "Variant": "thumbnail", "ApiBase": pictures.base}))
    for call in calls:
        found: list[Record] = []
        while not found or "end" not in found[-1]:
            record = client.next()
            assert record is not None and record["call"] == call
            found.append(record)
        if call % 2:
            assert [job["id"] for job in of_kind(found, "output")] == [f"v{n}" for n in range(300)]
        else:
            assert b"".join(map(base64.b64decode, of_kind(found, "bytes"))) == data


def test_a_client_that_stops_reading(server: Server) -> None:
    """The worker waits, takes a cancel request all the same, and goes on when somebody reads."""
    data = {"object": "list", "data": [JOB | {"prompt": "x" * 2000}] * 500}
    script = server.script("worker-unread", [{"json": data}])
    client = Client(reads=False)
    first = client.send("Get-Video", {"ApiBase": script.base})
    _until_full(client)
    client.write({"cancel": first})
    second = client.send("Get-Video", {"ApiBase": script.base, "Limit": 1})
    client.until_noted()
    client.read_on()
    cut_off = client.records(first)
    assert cut_off[-1]["end"]["cancelled"] and len(of_kind(cut_off, "output")) < 500
    assert len(of_kind(client.records(second), "output")) == 500
    assert client.close() == 0


def _until_full(client: Client) -> None:
    """Wait until the worker has written about as much as a pipe takes."""
    if sys.platform == "win32":
        time.sleep(1)
    else:
        wait_for(lambda: pending(client.process.stdout) > 32_768)


@pytest.mark.parametrize("state", ["idle", "waiting for an answer", "sleeping", "writing"])
def test_it_ends_when_its_input_closes(server: Server, state: str) -> None:
    page = {"object": "list", "data": [JOB | {"prompt": "x" * 2000}] * 500}
    answers: dict[str, Record] = {
        "waiting for an answer": {"json": JOB, "delay": 120},
        "sleeping": {"json": JOB},
        "writing": {"json": page},
    }
    client = Client(reads=state != "writing")
    if state != "idle":
        script = server.script(f"worker-close-{state[0]}", [answers[state]])
        sleeps = {"Id": "v", "PollIntervalSec": 900} if state == "sleeping" else {}
        client.send("Wait-Video" if state == "sleeping" else "Get-Video", {"ApiBase": script.base} | sleeps)
        wait_for(lambda: script.requests)
    if state == "writing":
        _until_full(client)
    assert client.close() == (1 if state == "writing" else 0)


def test_it_ends_when_nobody_reads_any_more(server: Server) -> None:
    script = server.script("worker-unheard")
    client = Client(reads=False)
    assert client.process.stdout is not None
    client.process.stdout.close()
    client.send("Get-Video", {"VideoId": "v", "ApiBase": script.base})
    assert client.process.wait(60) == 0
    client.kill()
    assert client.process.stdin is not None
    client.process.stdin.close()


def test_a_killed_worker_leaves_a_broken_line_and_nothing_else(server: Server) -> None:
    """The client sees the end of the stream, and the next worker starts from the beginning."""
    script = server.script("worker-killed", [{"json": JOB, "delay": 20}, {"json": JOB}])
    client = Client()
    client.send("Get-Video", {"VideoId": "v", "ApiBase": script.base})
    wait_for(lambda: script.requests)
    client.kill()
    assert client.next() == {"call": None, "ready": {"protocol": 1, "version": __version__}}
    assert client.next() is None
    assert client.process.stdin is not None
    client.process.stdin.close()
    again = Client()
    assert again.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()
    assert again.close() == 0


def test_a_call_that_serves_until_it_is_cancelled(client: Client) -> None:
    """It ends its own way, and the worker goes on."""
    call = client.send("Start-VideoSandbox", {"Port": 0})
    told = client.next()
    assert told is not None
    base = told["output"]["url"]
    with urlopen(f"{base}/videos") as answer:  # it serves
        assert answer.status == 200
    client.write({"cancel": call})
    assert client.records(call)[-1]["end"] == end()
    assert client.call("Get-Video", {"Foo": 1})[-1]["end"] == end(2)


def test_what_a_start_loads() -> None:
    code = "import psopenai_py.worker.__main__, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"click", "httpx", "keyring", "ssl", "asyncio"} & set(done.stdout.split())
