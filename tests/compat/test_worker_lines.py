"""The worker's protocol: the lines of its description, and lines that are no requests."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

import pytest

from psopenai_py import __version__
from tests.compat.client import Client, Record, end
from tests.conftest import KEY
from tests.server import JOB, Script, Server

MARK = codecs.BOM_UTF8
PROTOCOL = Path(__file__).resolve().parents[2] / "compat" / "protocol.md"


def test_transcript(server: Server) -> None:
    """The conversation in the description of the protocol, word for word."""
    answers: list[Record] = [
        {"json": JOB},
        {"status": 429, "json": {"error": {"message": "Slow down.", "code": "rate_limit", "type": "requests"}}},
        {"json": JOB | {"status": "in_progress", "progress": 40}},
    ]
    script = server.script("transcript", answers)
    places = {
        "http://127.0.0.1:8000/list": _listed(server).base,
        "http://127.0.0.1:8000/v1": script.base,
        "127.0.0.1:8000": server.host,
        '"version":"0.1.0"': f'"version":"{__version__}"',
    }
    client = Client({"TZ": "UTC"})
    lines = re.findall(r"^[<>] .*$", PROTOCOL.read_text("utf-8"), re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        text = line[2:]
        for shown, actual in places.items():
            text = text.replace(shown, actual)
        if line[0] == ">":
            client.write(text.encode())
        else:
            assert _steady(client.next()) == _steady(json.loads(text))
    assert client.close() == 0


def _listed(server: Server) -> Script:
    """A service with two jobs, each on a page of its own."""
    jobs = [{"id": f"video_{number}", "status": "completed"} for number in (1, 2)]
    first, second = (
        {"json": {"object": "list", "data": [job], "last_id": job["id"], "has_more": job is jobs[0]}} for job in jobs
    )
    return server.script("transcript-list", [first, {"json": {"deleted": True}}, second])


def _steady(record: Record | None) -> Record | None:
    """A record without what no two runs have alike."""
    if record and "progress" in record:
        record["progress"].pop("seconds", None)
    return record


# What a value of JSON becomes, shown by the request that would be sent.


BAD_LINES: dict[str, tuple[bytes, int | None, str]] = {
    "no JSON": (b"junk " + KEY.encode(), None, "not JSON"),
    "bytes that are no text": (b"\xff\xfe\x00", None, "not JSON"),
    "no object": (b"[1]", None, "JSON object"),
    "nothing that ends": (b"[" * 100_000, None, "not JSON"),
    "no number": (b'{"cmdlet": "Get-Video"}', None, "number"),
    "a number that is none": (b'{"call": true, "cmdlet": "Get-Video"}', None, "number"),
    "an unknown cmdlet": (b'{"call": 900, "cmdlet": "Get-Foo"}', 900, "one of New-Video"),
    "no cmdlet": (b'{"call": 901}', 901, "one of New-Video"),
    "an unknown member": (b'{"call": 902, "cmdlet": "Get-Video", "paramters": {}}', 902, "'paramters'"),
    "parameters that are none": (b'{"call": 903, "cmdlet": "Get-Video", "parameters": [1]}', 903, "an object"),
    "input that is none": (b'{"call": 904, "cmdlet": "Get-Video", "input": "x"}', 904, "an array"),
    "a location that is none": (b'{"call": 905, "cmdlet": "Get-Video", "location": 1}', 905, "text"),
    "a variable that is none": (b'{"call": 906, "cmdlet": "Get-Video", "environment": {"A": 1}}', 906, "variables"),
    "half a character in a variable": (
        rb'{"call": 910, "cmdlet": "Get-Video", "environment": {"OPENAI_API_KEY": "k\ud800"}}',
        910,
        "half a character",
    ),
    "half a character in a name": (
        rb'{"call": 911, "cmdlet": "Get-Video", "environment": {"A\ud800": "k"}}',
        911,
        "half a character",
    ),
    "an unknown preference": (b'{"call": 907, "cmdlet": "Get-Video", "preferences": {"a": 1}}', 907, "'a'"),
    "an unknown action": (b'{"call": 908, "cmdlet": "Get-Video", "preferences": {"error": "x"}}', 908, "one of"),
    "verbosity that is none": (b'{"call": 909, "cmdlet": "Get-Video", "preferences": {"debug": 1}}', 909, "true"),
    "a bad cancel request": (b'{"cancel": "x"}', None, "number of a call"),
    "a line that is too long": (b" " * 33_554_433, None, "longer than"),
}


@pytest.mark.parametrize(("line", "call", "words"), BAD_LINES.values(), ids=BAD_LINES)
def test_lines_that_are_no_requests(service: Client, line: bytes, call: int | None, words: str) -> None:
    service.write(line)
    record = service.next()
    assert record is not None
    assert (record["call"], record["error"]["id"]) == (call, "RequestNotValid")
    assert words in record["error"]["message"] and KEY not in str(record)
    if call is not None:
        assert service.next() == {"call": call, "end": end(1)}
    assert service.call("Get-Video", {"Foo": 1})[-1]["end"] == end(2)


def test_marks_and_blank_lines(service: Client) -> None:
    service.write(b"")
    service.write(b'\xef\xbb\xbf{"call": 77, "cmdlet": "Get-Video", "parameters": {"Foo": 1}}\r')
    assert service.records(77)[-1]["end"] == end(2)


@pytest.mark.parametrize("rest", [MARK, MARK + b"\n", MARK + b"\r\n"], ids=["mark", "line feed", "line end"])
def test_a_mark_at_the_end(rest: bytes) -> None:
    """.NET Framework may write one when it closes a pipe that nothing went through its own writer."""
    client = Client()
    assert client.next() is not None
    client.write(MARK)
    client.write(MARK + b'{"call": 1, "cmdlet": "Get-Video", "parameters": {"Foo": 1}}')
    assert client.records(1)[-1]["end"] == end(2)
    assert client.process.stdin is not None
    client.process.stdin.write(rest)
    assert client.close() == 0
    assert client.next() is None


def test_a_number_that_is_in_use(client: Client, server: Server) -> None:
    script = server.script("worker-number", [{"json": JOB, "delay": 0.5}])
    call = client.send("Get-Video", {"VideoId": "v", "ApiBase": script.base})
    client.write({"call": call, "cmdlet": "Get-Video"})
    assert client.records(call)[-1]["end"] == end()
    record = client.next()
    assert record is not None and record["call"] is None and "in use" in record["error"]["message"]
