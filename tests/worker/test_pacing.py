"""Paced calls: they rest when they have written enough, and others are made meanwhile."""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.compat.client import Client, Record, end, of_kind, until_rest
from tests.conftest import KEY
from tests.server import JOB, Received, Script, Server


def _pages(server: Server, name: str, size: int = 3, pages: int = 3) -> Script:
    """A service with so many pages of so many jobs, which deletes whatever it is asked to."""
    counter = itertools.count()

    def answer(request: Received) -> dict[str, Any]:
        if not request.path.startswith("/videos?"):
            return {"json": JOB | {"id": request.path.rpartition("/")[2]}}
        page = next(counter)
        jobs = [JOB | {"id": f"v{page}_{number}"} for number in range(size)]
        return {"json": {"object": "list", "data": jobs, "last_id": jobs[-1]["id"], "has_more": page + 1 < pages}}

    return server.script(name, answer)


def test_a_list_rests_behind_each_page(client: Client, server: Server) -> None:
    script = _pages(server, "paced-list")
    call = client.send("Get-Video", {"All": True, "ApiBase": script.base}, paced=True)
    for page in range(3):
        found = until_rest(client, call)
        assert [job["id"] for job in of_kind(found, "output")] == [f"v{page}_{number}" for number in range(3)]
        assert len(script.requests) == page + 1
        assert found[-1] == ({"call": call, "end": end()} if page == 2 else {"call": call, "rest": True})
        client.write({"continue": call})


def test_who_does_not_pace_gets_everything_at_once(client: Client, server: Server) -> None:
    script = _pages(server, "unpaced-list")
    records = client.call("Get-Video", {"All": True, "ApiBase": script.base})
    assert len(of_kind(records, "output")) == 9 and not of_kind(records, "rest")


def test_a_large_page_rests_in_between(client: Client, server: Server) -> None:
    script = _pages(server, "paced-large", size=500, pages=1)
    call = client.send("Get-Video", {"ApiBase": script.base}, paced=True)
    sizes = []
    while True:
        found = until_rest(client, call)
        sizes.append(len(of_kind(found, "output")))
        if "end" in found[-1]:
            break
        client.write({"continue": call})
    assert sum(sizes) == 500 and max(sizes) == 128


def test_calls_are_made_while_one_rests(client: Client, server: Server) -> None:
    """As `Get-Video -All | Remove-Video` makes them: page, deletions, page."""
    script = _pages(server, "paced-remove", size=2, pages=2)
    bound = {"ApiBase": script.base}
    call = client.send("Get-Video", bound | {"All": True}, paced=True)
    while True:
        found = until_rest(client, call)
        for job in of_kind(found, "output"):
            assert client.call("Remove-Video", bound | {"VideoId": job["id"]}, paced=True)[-1]["end"] == end()
        if "end" in found[-1]:
            break
        client.write({"continue": call})
    asked = [f"{request.method} {request.path.partition('?')[0]}" for request in script.requests]
    page = "GET /videos"
    assert asked[:4] == [page, "DELETE /videos/v0_0", "DELETE /videos/v0_1", page]
    assert len({request.peer for request in script.requests}) == 2  # a connection for each of the two levels


def test_three_deep_and_cancelled_from_the_outside(client: Client, server: Server) -> None:
    script = _pages(server, "paced-deep", pages=9)
    calls = []
    for _ in range(3):
        calls.append(client.send("Get-Video", {"All": True, "ApiBase": script.base}, paced=True))
        assert "rest" in until_rest(client, calls[-1])[-1]
    client.write({"cancel": calls[0]})
    client.write({"cancel": calls[1]})
    client.write({"continue": calls[2]})
    assert "rest" in until_rest(client, calls[2])[-1]
    client.write({"cancel": calls[2]})
    for call in reversed(calls):
        assert client.next() == {"call": call, "end": end(130, cancelled=True)}
    assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()


def test_a_call_within_another_has_a_world_of_its_own(client: Client, server: Server, tmp_path: Path) -> None:
    outer, inner = _pages(server, "paced-outer", pages=2), server.script("paced-inner")
    here = {"OPENAI_API_BASE": outer.base, "OPENAI_API_KEY": KEY, "TZ": "Asia/Tokyo"}
    call = client.send("Get-Video", {"All": True}, environment=here, location=str(tmp_path), paced=True)
    first = until_rest(client, call)
    within = client.call("Get-Video", {"VideoId": "v", "ApiBase": inner.base})
    client.write({"continue": call})
    second = until_rest(client, call)
    assert [request.headers.get("authorization") for request in outer.requests] == [f"Bearer {KEY}"] * 2
    assert [request.headers.get("authorization") for request in inner.requests] == [None]
    if hasattr(time, "tzset"):
        zones = [of_kind(records, "output")[0]["created_at"][-6:] for records in (first, within, second)]
        assert zones == ["+09:00", "+00:00", "+09:00"]


def test_paced_pipeline_input(client: Client, server: Server) -> None:
    script = server.script("paced-input")
    call = client.send("Get-Video", {"ApiBase": script.base}, input=["a", "b"], paced=True)
    assert "rest" in until_rest(client, call)[-1] and len(script.requests) == 1
    client.write({"continue": call})
    assert "end" in until_rest(client, call)[-1] and len(script.requests) == 2


def test_it_ends_while_calls_rest(server: Server) -> None:
    script = _pages(server, "paced-close")
    client = Client()
    assert client.next()
    for _ in range(2):
        call = client.send("Get-Video", {"All": True, "ApiBase": script.base}, paced=True)
        assert "rest" in until_rest(client, call)[-1]
    assert client.close() == 0


@pytest.mark.parametrize(
    "line",
    [{"continue": "1"}, {"continue": 1, "call": 1}, {"call": 1, "cmdlet": "Get-Video", "paced": 1}],
    ids=["no number", "two members", "no truth value"],
)
def test_what_is_no_pace(client: Client, line: Record) -> None:
    client.write(line)
    record = client.next()
    assert record is not None and record["error"]["error_id"] == "RequestNotValid"


def test_wishes_about_calls_that_are_none(client: Client, server: Server) -> None:
    script = server.script("paced-none")
    client.write({"continue": 4711})
    for _ in range(2):
        assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base}, paced=True)[-1]["end"] == end()


def test_a_cancel_request_is_never_lost(client: Client, server: Server) -> None:
    """Whenever it comes: just before a wait begins to sleep, too."""
    script = server.script("cancel-any-time")
    moments = random.Random(7)
    for _ in range(150):
        call = client.send("Wait-Video", {"Id": "v", "PollIntervalSec": 900, "ApiBase": script.base})
        if moments.random() < 0.5:
            assert client.next() is not None  # it is about to sleep
        time.sleep(moments.random() * 0.004)
        client.write({"cancel": call})
        assert client.records(call)[-1]["end"]["cancelled"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat(client: Client, server: Server) -> None:
    """Over many pages, with a call for a job of each."""
    script = _pages(server, "paced-flat", size=100, pages=60)
    call = client.send("Get-Video", {"All": True, "ApiBase": script.base}, paced=True)
    sizes = []
    while "end" not in (found := until_rest(client, call))[-1]:
        job = of_kind(found, "output")[0]
        client.call("Get-Video", {"VideoId": job["id"], "ApiBase": script.base}, paced=True)
        client.write({"continue": call})
        sizes.append(_resident(client.process.pid))
    assert len(sizes) == 59 and sizes[-1] - sizes[9] < 4 * 2**20


def _resident(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_who_reads_the_beginning_knows_the_kind(client: Client, server: Server) -> None:
    """Number and kind stand first, without blanks, so that a client need not parse a line to sort it."""
    script = server.script("line-form")
    client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})
    for line in client.text.decode().splitlines():
        members = json.loads(line)
        (kind,) = set(members) - {"call"}
        assert line.startswith(f'{{"call":{json.dumps(members["call"])},"{kind}":')
