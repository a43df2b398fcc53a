"""A creation at a service that may charge for it is repeated only where it is certain that nothing was created."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import KEY, Run
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
