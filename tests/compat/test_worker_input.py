"""The worker's input: what was asked for before it ended is answered, and numbers of calls are used again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compat.client import Client, Record, end, of_kind, wait_for
from tests.conftest import KEY
from tests.patience import with_limit
from tests.pipeline.desk import Desk
from tests.server import JOB, Server

WORKER = [sys.executable, "-m", "psopenai_py.worker"]
#: Bytes that a line may have.
LONGEST_LINE = 33_554_432


@pytest.fixture
def client() -> Iterator[Client]:
    running = Client()
    yield running
    assert running.close() == 0


def _requests(base: str, count: int) -> bytes:
    calls = ({"call": n, "cmdlet": "Get-Video", "parameters": {"VideoId": "v", "ApiBase": base}} for n in range(count))
    return b"".join(json.dumps(call).encode() + b"\n" for call in calls)


def _records(data: bytes) -> list[Record]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize("delay", [0, 3.0])
def test_a_file_is_answered_to_its_end(delay: float, server: Server, tmp_path: Path) -> None:
    """Also when that takes longer than anybody waits for a pipe that has closed."""
    script = server.script("worker-file", [{"json": JOB, "delay": delay}, {"json": JOB}])
    path = tmp_path / "requests"
    path.write_bytes(_requests(script.base, 5))
    with path.open("rb") as file:
        done = subprocess.run(WORKER, stdin=file, stdout=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, len(script.requests)) == (0, 5)
    ends = [(record["call"], record["end"]) for record in _records(done.stdout) if "end" in record]
    assert ends == [(number, end()) for number in range(5)]


def test_a_pipe_that_has_closed_is_answered_to_its_end(server: Server) -> None:
    """Although all calls together take longer than one of them may."""
    script = server.script("worker-pipe", [{"json": JOB}, {"json": JOB, "delay": 0.8}])

    def call(_: int) -> list[Any]:
        client = Client()
        assert "ready" in (client.next() or {})
        client.call("Get-Video", {"VideoId": "warm", "ApiBase": script.base})
        for _ in range(4):
            client.send("Get-Video", {"VideoId": "v", "ApiBase": script.base})
        assert client.close() == 0
        return of_kind(_records(client.text), "end")

    assert with_limit(call, lambda ends: ends == [end()] * 5) == [end()] * 5


@pytest.mark.parametrize("behind", [b"", b'{"call": 9, "cmdlet": "Get-Vi', b"\n\n", b"\xef\xbb\xbf"])
def test_what_stands_behind_the_last_line_is_dropped(behind: bytes, server: Server, tmp_path: Path) -> None:
    script = server.script("worker-behind")
    path = tmp_path / "requests"
    path.write_bytes(_requests(script.base, 1) + behind)
    with path.open("rb") as file:
        done = subprocess.run(WORKER, stdin=file, stdout=subprocess.PIPE, check=False, timeout=60)
    assert [record["call"] for record in _records(done.stdout)] == [None, 0, 0]


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "requests").write_bytes(b"")
    with (tmp_path / "requests").open("rb") as file:
        done = subprocess.run(WORKER, stdin=file, stdout=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, [list(record)[1] for record in _records(done.stdout)]) == (0, ["ready"])


# --- cancelling -------------------------------------------------------------------------------------------------


def test_a_queued_call_is_cancelled_and_the_running_one_goes_on(client: Client, server: Server) -> None:
    desk = Desk(server, "worker-queued")
    desk.held = {"first"}
    first = client.send("Get-Video", {"VideoId": "first", "ApiBase": desk.base})
    queued = client.send("New-Video", {"Prompt": "never", "ApiBase": desk.base})
    third = client.send("Get-Video", {"VideoId": "third", "ApiBase": desk.base})
    desk.wait(lambda: desk.under_way == {"first"})
    client.write({"cancel": queued})
    client.until_noted()
    desk.answer("first")
    running = client.records(first)
    assert (of_kind(running, "output")[0]["id"], running[-1]["end"]) == ("first", end())
    assert client.records(queued) == [{"call": queued, "end": end(130, cancelled=True)}]
    assert client.records(third)[-1]["end"] == end()
    assert [request.path.rpartition("/")[2] for request in desk.requests] == ["first", "third"]


def test_the_number_of_a_cancelled_call_is_used_again(client: Client, server: Server) -> None:
    script = server.script("worker-again", [{"json": JOB, "delay": 120}, {"json": JOB}])
    call = {"call": 7, "cmdlet": "Get-Video", "parameters": {"VideoId": "v", "ApiBase": script.base}}
    client.write(call)
    wait_for(lambda: script.requests)
    client.write({"cancel": 7})
    assert client.records(7)[-1]["end"]["cancelled"] is True
    for _ in range(3):
        client.write(call)
        assert client.records(7)[-1]["end"] == end()


def test_a_number_in_use_is_refused_and_the_call_goes_on(client: Client, server: Server) -> None:
    desk = Desk(server, "worker-in-use")
    desk.held = {"v"}
    call = {"call": 7, "cmdlet": "Get-Video", "parameters": {"VideoId": "v", "ApiBase": desk.base}}
    client.write(call)
    client.write(call)
    client.until_noted()
    desk.answer("v")
    found: list[Record] = []
    while len(of_kind(found, "end")) < 1 or not any(record["call"] is None and "error" in record for record in found):
        record = client.next()
        assert record is not None
        found.append(record)
    assert of_kind(found, "end") == [end()]
    assert [error["message"] for error in of_kind(found, "error")] == ["The call number 7 is in use."]


def test_an_early_cancel_of_an_unused_number_cancels_nothing_later(client: Client, server: Server) -> None:
    script = server.script("worker-early")
    client.write({"cancel": 1})
    client.write({"cancel": 99})
    assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()


def test_a_cancel_of_a_call_that_is_over_cancels_nothing(client: Client, server: Server) -> None:
    desk = Desk(server, "worker-over")
    first = client.send("Get-Video", {"VideoId": "first", "ApiBase": desk.base})
    assert client.records(first)[-1]["end"] == end()
    desk.held = {"second"}
    second = client.send("Get-Video", {"VideoId": "second", "ApiBase": desk.base})
    desk.wait(lambda: desk.under_way == {"second"})
    client.write({"cancel": first})
    client.until_noted()
    desk.answer("second")
    assert client.records(second)[-1]["end"] == end()


# --- lines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [1, 2, 4095, 65_537, 1_000_001])
def test_a_line_over_the_limit_costs_itself_only(more: int, client: Client, server: Server) -> None:
    """However its end lies between the pieces in which it is read."""
    script = server.script("worker-long")
    client.write(b"x" * (LONGEST_LINE + more))
    record = client.next()
    while record is not None and "ready" in record:
        record = client.next()
    assert record is not None
    assert (record["call"], record["error"]["message"]) == (
        None, f"A line is longer than {LONGEST_LINE} bytes. It was not read.",
    )  # fmt: skip
    for _ in range(2):
        assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()


def test_a_line_at_the_limit_is_read(client: Client, server: Server) -> None:
    script = server.script("worker-limit")
    call = {"call": 1, "cmdlet": "Get-Video", "parameters": {"VideoId": "v", "ApiBase": script.base}}
    client.write(json.dumps(call).encode().ljust(LONGEST_LINE))
    assert client.records(1)[-1]["end"] == end()


# --- secrets and control characters -----------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [KEY, "sk-1234"])
def test_no_kind_of_record_has_a_secret_or_a_raw_control_character(secret: str, client: Client, server: Server) -> None:
    echo = f"{secret} \x1b[31m\x9b\x07"
    text = json.dumps({"error": {"message": echo, "code": echo, "param": echo, "type": echo}}, ensure_ascii=False)
    answers: list[dict[str, Any]] = [
        {"status": 500, "text": text, "headers": {"retry-after-ms": "1", "x-request-id": secret}},
        {
            "text": json.dumps(
                JOB | {"prompt": echo, "status": "failed", "error": {"message": echo}}, ensure_ascii=False
            )
        },
        {"status": 401, "text": text},
    ]
    script = server.script("worker-echo", answers)
    parameters = {"ApiBase": script.base, "ApiKey": secret, "Debug": True, "Verbose": True, "MaxRetryCount": 1}
    kinds: set[str] = set()
    for _ in range(2):
        for record in client.call("New-Video", {"Prompt": "x", **parameters}):
            kinds |= record.keys() - {"call"}
    assert kinds >= {"output", "error", "warning", "verbose", "debug", "end"}
    assert secret.encode() not in client.text
    assert not {*b"\x1b\x07"} & {*client.text}
    texts = [value for kind in ("warning", "verbose", "debug") for value in of_kind(_records(client.text), kind)]
    assert not any(character in value for value in texts for character in "\x1b\x9b\x07")


# --- what differs between calls ---------------------------------------------------------------------------------


def test_a_location_is_that_of_its_call(client: Client, server: Server, tmp_path: Path) -> None:
    script = server.script("worker-location")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + name.encode())
    digests = []
    for location in ("one", "two", None, "one"):
        parameters = {"Prompt": "x", "InputReference": "picture.png", "ApiBase": script.base}
        where = {"location": str(tmp_path / location)} if location else {}
        code = client.call("New-Video", parameters, **where)[-1]["end"]["exit_code"]
        assert code == (0 if location else 1)
        digests += [script.requests[-1].fields[-1][3]] if location else []
    assert digests[0] == digests[2] != digests[1]


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that somebody is in cannot be deleted there")
def test_a_call_without_a_location_needs_no_folder(server: Server, tmp_path: Path) -> None:
    """That of the worker was deleted."""
    program = "import os, runpy; os.rmdir(os.getcwd()); runpy.run_module('psopenai_py.worker', run_name='__main__')"
    asked = _requests(server.script("worker-gone").base, 2)
    (tmp_path / "gone").mkdir()
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, cwd=tmp_path / "gone", check=True, timeout=60)
    assert [record["end"] for record in _records(done.stdout) if "end" in record] == [end(), end()]


@pytest.mark.skipif(sys.platform == "win32", reason="the case of a name means nothing there")
def test_a_variable_in_small_letters_is_another_one(client: Client, server: Server) -> None:
    script = server.script("worker-letters")
    client.call("Get-Video", {"VideoId": "v"}, environment={"OPENAI_API_BASE": script.base, "openai_api_key": KEY})
    assert [request.headers.get("authorization") for request in script.requests] == [None]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_is_that_of_its_call(name: str, client: Client) -> None:
    parameters = {"VideoId": "v", "ApiBase": "http://video.test/v1"}
    told = []
    for port in ("9", None, "11"):
        environment = {name: f"http://127.0.0.1:{port}"} if port else {"HTTP_PROXY": "http://127.0.0.1:10"}
        records = client.call("Get-Video", parameters, environment=environment)
        told.append(of_kind(records, "error")[0]["message"].partition("proxy ")[2].partition(": ")[0])
    assert told == ["127.0.0.1:9", "127.0.0.1:10", "127.0.0.1:11"]


def test_certificates_are_those_of_their_call(client: Client, tmp_path: Path) -> None:
    parameters = {"VideoId": "v", "ApiBase": "https://127.0.0.1:9/v1"}
    told = []
    for name in ("a.pem", None, "b.pem"):
        environment = {"SSL_CERT_FILE": str(tmp_path / name)} if name else {}
        error = of_kind(client.call("Get-Video", parameters, environment=environment), "error")[0]["message"]
        told.append(error.partition(",")[0].partition(":")[0].rpartition("/")[2])
    assert told == ["a.pem'", "No connection to 127.0.0.1", "b.pem'"]


def test_nothing_is_waited_for_when_the_input_has_closed() -> None:
    assert Client().close() == 0


def test_a_warning_for_all_calls_comes_once(client: Client) -> None:
    """A shell makes a call for each record of a pipeline. What is to stop a call stops each one."""
    parameters = {"VideoId": "v", "ApiBase": "http://video.test/v1", "ApiKey": KEY}
    environment = {"HTTP_PROXY": "http://127.0.0.1:9"}
    found = []
    for action in ("SilentlyContinue", "Continue", "Continue", "Stop", "Stop"):
        records = client.call("Get-Video", parameters | {"WarningAction": action}, environment=environment)
        found.append((len(of_kind(records, "warning")), of_kind(records, "error")[0]["error_id"]))
    no_proxy = "PSOpenAI.APIRequest.HttpRequestException"
    assert found == [(0, no_proxy), (1, no_proxy), (0, no_proxy), *[(1, "ActionPreferenceStop")] * 2]


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes the input")
def test_an_input_that_is_closed_is_an_empty_one() -> None:
    done = subprocess.run(["/bin/sh", "-c", 'exec "$@" <&-', "sh", *WORKER], stdout=subprocess.PIPE, timeout=60)
    assert [list(record)[1] for record in _records(done.stdout)] == ["ready"]
