"""A create that is cancelled at any moment: its id, or that a job may exist, is among the records of the call."""

from __future__ import annotations

import json
import random
import socket
import time

from tests.compat.client import Client
from tests.http.answers import LOST
from tests.http.sockets import listening

JOB = b'{"id":"video_paid","object":"video","status":"queued"}'


def _answer(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    connection.sendall(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(JOB))
    time.sleep(0.002)
    connection.sendall(JOB)


def test_around_the_response(client: Client) -> None:
    client.call("Get-Video", {"VideoId": "warm", "ApiBase": "sandbox:"})
    for seed in range(40):
        with listening(_answer) as server:
            call = client.send("New-Video", {"Prompt": "x", "ApiBase": server.base})
            assert server.asked.wait(20)
            time.sleep(random.Random(seed).uniform(0, 0.008))
            client.write({"cancel": call})
            records = client.records(call)
        told = json.dumps(records)
        assert "video_paid" in told or LOST in told, (seed, records)
    assert "output" in client.call("New-Video", {"Prompt": "next", "ApiBase": "sandbox:"})[0]
