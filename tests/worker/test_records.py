"""Records one by one: how bytes are cut, what progress says, what errors about a line repeat."""

from __future__ import annotations

import base64
import os
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compat.client import Client, Record, end, of_kind, wait_for
from tests.server import JOB, Server

#: Bytes in one record.
PART = 49_152


@pytest.fixture(scope="module")
def service() -> Iterator[Client]:
    """One worker for all tests of this file."""
    running = Client({"TZ": "UTC", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    assert "ready" in (running.next() or {})
    yield running
    assert running.close() == 0


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 3 * PART + 2])
def test_bytes_come_in_parts(size: int, service: Client, server: Server) -> None:
    data = bytes(index % 251 for index in range(size))
    answer = {"bytes_b64": base64.b64encode(data).decode(), "headers": {"Content-Type": "application/octet-stream"}}
    script = server.script("worker-parts", [answer])
    bound = {"Id": "v", "Variant": "thumbnail", "ApiBase": script.base}
    parts = [
        base64.b64decode(part, validate=True) for part in of_kind(service.call("Get-VideoContent", bound), "bytes")
    ]
    assert b"".join(parts) == data
    assert all(0 < len(part) <= PART for part in parts)


def test_bytes_that_broke_off_are_not_sent_once_more(service: Client, server: Server) -> None:
    """Who reads the records has them already. Only a file can begin again."""
    data = base64.b64encode(bytes(20_000)).decode()
    picture = {"bytes_b64": data, "headers": {"Content-Type": "image/webp"}}
    script = server.script("worker-broken-bytes", [picture | {"cut": 5000}, picture])
    records = service.call("Get-VideoContent", {"Id": "v", "Variant": "thumbnail", "ApiBase": script.base})
    (error,) = of_kind(records, "error")
    assert error["message"].startswith("The download broke off, and the server cannot continue it.")
    assert sum(len(base64.b64decode(part)) for part in of_kind(records, "bytes")) == 15_000


# --- progress ---------------------------------------------------------------------------------------------------

TOTAL = 100_000
HEAD = b"\0\0\0\x18ftypmp42" + bytes(TOTAL // 2 - 12)


class _Half(socketserver.StreamRequestHandler):
    """Sends the first half of a video at once, goes on byte by byte until it is told, and then sends the rest."""

    told: threading.Event

    def handle(self) -> None:
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n")
        self.wfile.write(b"Content-Length: %d\r\n\r\n" % TOTAL + HEAD)
        sent = len(HEAD)
        while not self.told.wait(0.1) and sent < TOTAL:
            self.wfile.write(b"\0")
            sent += 1
        self.wfile.write(bytes(TOTAL - sent))


def test_progress_is_whole_percents_and_tenths_of_seconds(service: Client, tmp_path: Path) -> None:
    told = threading.Event()
    handler = type("Half", (_Half,), {"told": told})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/v1"
        place = tmp_path / "doggo.mp4"
        call = service.send("Get-VideoContent", {"VideoId": "v", "OutFile": str(place), "ApiBase": base})
        first = service.next()
        told.set()
        records = service.records(call)
        server.shutdown()
    assert first is not None and first["call"] == call
    progress = first["progress"]
    assert progress.keys() == {"activity", "status", "percent", "seconds", "completed"}
    assert (progress["status"], progress["completed"]) == ("downloading", False)
    assert progress["percent"] == 50
    assert progress["seconds"] == round(progress["seconds"], 1) >= 0.3
    assert (records[-1]["end"], place.stat().st_size) == (end(), TOTAL)


# --- lines ------------------------------------------------------------------------------------------------------

BAD_MEMBERS: dict[str, tuple[Record, str]] = {
    "a member of 40": ({"x" * 40: 1}, f"A request has no member '{'x' * 40}'; it knows call, cmdlet,"),
    "a member of 41": ({"x" * 41: 1}, f"A request has no member '{'x' * 40}'; it knows call, cmdlet,"),
    "a preference of 40": ({"preferences": {"x" * 40: 1}}, f"'preferences' has no member '{'x' * 40}'; it knows"),
    "a preference of 41": ({"preferences": {"x" * 41: 1}}, f"'preferences' has no member '{'x' * 40}'; it knows"),
    "no name": ({"environment": {"": "x"}}, "'environment' must hold names of variables, each with a text."),
    "an equals sign": ({"environment": {"A=B": "x"}}, "'environment' must hold names of variables, each with a text."),
    "only that": ({"environment": {"=": "x"}}, "'environment' must hold names of variables, each with a text."),
    "zero in a name": ({"environment": {"A\0": "x"}}, "'environment' must hold names of variables, each with a text."),
    "zero in a text": ({"environment": {"A": "\0"}}, "'environment' must hold names of variables, each with a text."),
    "a number": ({"environment": {"A": 1}}, "'environment' must hold names of variables, each with a text."),
    "null": ({"environment": {"A": None}}, "'environment' must hold names of variables, each with a text."),
    "a list": ({"environment": ["A"]}, "'environment' must be an object."),
    "one that is no text for an action": ({"preferences": {"error": 1}}, "The preference 'error' is one of Silently"),
    "an action in small letters": ({"preferences": {"error": "stop"}}, "The preference 'error' is one of Silently"),
    "a number for verbose": ({"preferences": {"verbose": 1}}, "The preference 'verbose' is true or false."),
    "a text for debug": ({"preferences": {"debug": "true"}}, "The preference 'debug' is true or false."),
    "a number for paced": ({"paced": 1}, "'paced' must be true or false."),
    "an object for input": ({"input": {}}, "'input' must be an array."),
    "a text for a job": ({"job": "x"}, "'job' must be an object."),
    "a list for a location": ({"location": []}, "'location' must be text."),
    "a text for parameters": ({"parameters": ""}, "'parameters' must be an object."),
    "a list for a cmdlet": ({"cmdlet": []}, "A request needs the name of a cmdlet: one of New-Video,"),
}  # fmt: skip


@pytest.mark.parametrize(("members", "message"), BAD_MEMBERS.values(), ids=list(BAD_MEMBERS))
def test_what_is_wrong_with_a_line(members: Record, message: str, service: Client) -> None:
    service.calls += 1
    service.write({"call": service.calls, "cmdlet": "Get-Video", **members})
    error, last = service.records(service.calls)
    assert error["error"]["message"].startswith(message)
    assert (error["error"]["id"], error["error"]["target"]) == ("RequestNotValid", None)
    assert last["end"] == end(1)


@pytest.mark.parametrize(
    "members",
    [{"input": None}, {"job": None}, {"location": None}, {"environment": None}, {"preferences": None}, {"paced": None}],
    ids=str,
)
def test_null_is_as_if_it_were_missing(members: Record, service: Client) -> None:
    error, last = service.call("get-VIDEO", {"Foo": 1}, **members)
    assert (error["error"]["error_id"], last["end"]) == ("NamedParameterNotFound", end(2))


@pytest.mark.parametrize("place", ["missing/folder", "", __file__, "a\0b"], ids=["missing", "empty", "file", "zero"])
def test_a_location_that_cannot_be_used(place: str, service: Client) -> None:
    with pytest.raises((OSError, ValueError)) as refused:
        os.chdir(place)  # says it in the system's or in Python's own words
    why = getattr(refused.value, "strerror", str(refused.value))
    records = service.call("Get-Video", {"VideoId": "v"}, location=place)
    shown = place.replace("\0", "\N{REPLACEMENT CHARACTER}")
    (error,) = of_kind(records, "error")
    assert error["message"] == f"The location '{shown}' cannot be used: {why}. Nothing was sent."
    assert (len(records), records[-1]["end"]) == (2, end(1))


def test_a_variable_may_hold_what_its_name_may_not(service: Client) -> None:
    records = service.call("Get-Video", {"Foo": 1}, environment={"A": "=", "B": "", "C": "x=y"})
    assert records[0]["error"]["error_id"] == "NamedParameterNotFound"


# --- connections ------------------------------------------------------------------------------------------------


def test_a_connection_outlives_an_error_and_not_a_cancelled_call(service: Client, server: Server) -> None:
    answers: list[dict[str, Any]] = [
        {"json": JOB},
        {"status": 404, "json": {"error": {"message": "no"}}},
        {"json": JOB},
        {"json": JOB, "delay": 20},
        {"json": JOB},
    ]
    script = server.script("worker-kept", answers)
    bound = {"VideoId": "v", "ApiBase": script.base}
    codes = [service.call("Get-Video", bound)[-1]["end"]["exit_code"] for _ in range(3)]
    call = service.send("Get-Video", bound)
    wait_for(lambda: len(script.requests) == 4)
    service.write({"cancel": call})
    codes.append(service.records(call)[-1]["end"]["exit_code"])
    codes.append(service.call("Get-Video", bound)[-1]["end"]["exit_code"])
    assert codes == [0, 1, 0, 130, 0]
    peers = [request.peer for request in script.requests]
    assert peers[0] == peers[1] == peers[2] == peers[3] != peers[4]


def test_the_time_limit_of_a_call_ends_with_it(service: Client, server: Server) -> None:
    """Nothing of it may cut the connection while a later call waits on it."""
    answers: list[Record] = [{"json": JOB}, {"json": JOB | {"status": "completed"}}, {"json": JOB, "delay": 1.5}]
    script = server.script("worker-limit", answers)
    bound = {"VideoId": "v", "ApiBase": script.base}
    assert service.call("Get-Video", bound)[-1]["end"] == end()
    service.call("Wait-Video", bound | {"TimeoutSec": 1})
    assert service.call("Get-Video", bound)[-1]["end"] == end()


def test_half_a_character_in_a_record_does_not_end_the_worker(service: Client) -> None:
    service.calls += 1
    service.write({"call": service.calls, "cmdlet": "Get-Video", "preferences": {"a\ud800": 1}})
    error, last = service.records(service.calls)
    assert error["error"]["message"].startswith("'preferences' has no member 'a?'; it knows ")
    assert last["end"] == end(1)
