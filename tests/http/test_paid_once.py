"""A creation at a service that may charge for it is repeated only where it is certain that nothing was created."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.client import Client
from tests.conftest import KEY, Run
from tests.http.answers import LOST
from tests.server import Server

DONE: dict[str, Any] = {"json": {"request_id": "job-1"}}


@pytest.mark.parametrize(
    ("status", "headers", "asked"),
    [
        (429, {}, 2),
        (503, {"retry-after": "1"}, 2),
        (503, {}, 1),
        (500, {}, 1),
        (502, {"retry-after": "1"}, 1),
        (500, {"x-should-retry": "true"}, 1),
        (400, {}, 1),
    ],
)
def test_repetitions(status: int, headers: dict[str, str], asked: int, run: Run, server: Server) -> None:
    refused = {"status": status, "json": {"error": "no"}, "headers": {"retry-after-ms": "1"} | headers}
    script = server.script("paid-once", [refused, DONE])
    arguments = ("-Provider", "XAI", "-ApiBase", script.base, "-ApiKey", KEY, "-MaxRetryCount", "1")
    result = run("New-Video", "x", *arguments)
    assert (len(script.requests), result.exit_code) == (asked, 0 if asked == 2 else 1)


def test_who_breaks_off_the_wait_for_a_repetition_hears_what_may_have_happened(server: Server) -> None:
    """A refusal is certain. Behind an error of the server, there may be a job."""
    client, left = Client(), []
    assert "ready" in (client.next() or {})
    for status in (429, 499, 500, 501):
        headers = {"retry-after-ms": "60000", "x-should-retry": "true"}
        base = server.script("paid-once", [{"status": status, "json": {"error": "no"}, "headers": headers}]).base
        call = client.send("New-Video", {"Prompt": "x", "MaxRetryCount": 1, "ApiBase": base})
        while "Retry the request" not in (client.next() or {"warning": "Retry the request"}).get("warning", ""):
            pass
        client.write({"cancel": call})
        left.append(client.records(call)[-1]["end"])
    assert client.close() == 0
    assert [end["note"] for end in left] == [None, None, LOST, LOST]
    assert [end["cancelled"] for end in left] == [True] * 4
