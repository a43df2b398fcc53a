"""A worker that is told to end, by `kill` or by a session that closes: what its calls have done is told before."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cmdlets.contents import MP4, content
from tests.compat.client import Client, end, wait_for
from tests.http.answers import LOST
from tests.pipeline.desk import Desk
from tests.server import JOB, Server

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to one process")

#: As many on every system, whether it has them or not.
SIGNALS = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]


def _ended(client: Client, number: signal.Signals) -> int:
    client.process.send_signal(number)
    code = client.process.wait(60)
    client.kill()
    assert client.process.stdin is not None
    client.process.stdin.close()
    return code


def _unread(client: Client) -> int:
    """Bytes that are in the pipe."""
    import fcntl
    import termios

    assert client.process.stdout is not None
    count = fcntl.ioctl(client.process.stdout, termios.FIONREAD, bytes(4))
    return int.from_bytes(count, sys.byteorder)


def _started() -> Client:
    client = Client()
    assert "ready" in (client.next() or {})
    return client


@pytest.mark.parametrize("number", SIGNALS)
def test_calls_are_answered_before_the_end(server: Server, number: signal.Signals) -> None:
    """What has been sent may have been done; what waits was not."""
    desk = Desk(server, "worker-ended")
    desk.held = {"x"}
    client = _started()
    calls = [client.send("New-Video", {"Prompt": "x", "ApiBase": desk.base}) for _ in range(3)]
    client.until_noted()
    desk.wait(lambda: desk.under_way == {"x"})
    assert _ended(client, number) == 128 + number
    notes = [LOST, None, None]
    for call, note in zip(calls, notes, strict=True):
        assert client.records(call) == [{"call": call, "end": end(130, cancelled=True, note=note)}]
    assert client.next() is None
    assert len(desk.requests) == 1
    desk.answer("x")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_download_leaves_no_part(server: Server, tmp_path: Path, number: signal.Signals) -> None:
    begun = {"text": "\0\0\0\x18ftypmp42" + "\0" * 100_000}
    script = server.script("worker-part", [begun | {"headers": {"Content-Type": "", "Content-Length": "5000000"}}])
    folder = tmp_path / "out"
    client = _started()
    client.send("Get-VideoContent", {"VideoId": "v", "OutFile": str(folder / "v.mp4"), "ApiBase": script.base})
    wait_for(lambda: list(folder.glob("*.part")))
    assert _ended(client, number) == 128 + number
    assert not folder.exists()


@pytest.mark.parametrize("number", SIGNALS)
def test_one_that_waits_for_a_call_ends_at_once(number: signal.Signals) -> None:
    client = _started()
    time.sleep(0.3)  # so that it waits
    assert _ended(client, number) == 128 + number


def test_a_job_that_was_printed_is_in_the_records(server: Server) -> None:
    script = server.script("worker-printed")
    client = _started()
    call = client.send("New-Video", {"Prompt": "x", "ApiBase": script.base})
    records = client.records(call)
    assert _ended(client, signal.SIGTERM) == 128 + signal.SIGTERM
    assert records[0]["output"]["id"] == JOB["id"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_ends_one_that_nobody_reads(server: Server, number: signal.Signals) -> None:
    script = server.script("worker-unread", [content(MP4 + bytes(2**20))])
    client = Client(reads=False)
    client.send("Get-VideoContent", {"VideoId": "v", "ApiBase": script.base})
    wait_for(lambda: _unread(client) >= 2**14)  # so that it waits for room in the pipe

    def ended() -> bool:
        client.process.send_signal(number)
        return client.process.poll() is not None

    wait_for(ended)
    assert client.process.returncode == -number
    for pipe in (client.process.stdin, client.process.stdout):
        assert pipe is not None
        pipe.close()
