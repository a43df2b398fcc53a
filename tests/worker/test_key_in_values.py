"""A key that stands among the values of a call, too: nothing that the worker writes repeats it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.client import Client
from tests.conftest import KEY
from tests.server import JOB, Server

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "a prompt": ("New-Video", {"Prompt": f"a {KEY}"}),
    "a prompt that is only shown": ("New-Video", {"Prompt": f"a {KEY}", "WhatIf": True}),
    "an id": ("Get-Video", {"VideoId": KEY}),
    "an id that is waited for": ("Wait-Video", {"VideoId": KEY, "TimeoutSec": 1}),
    "an id that is deleted": ("Remove-Video", {"VideoId": KEY}),
}


@pytest.mark.parametrize(("cmdlet", "values"), CALLS.values(), ids=list(CALLS))
def test_no_record_repeats_the_key(cmdlet: str, values: dict[str, Any], client: Client, server: Server) -> None:
    script = server.script("worker-key-in-values", [{"json": JOB}])
    loud = {"ApiBase": script.base, "ApiKey": KEY, "Verbose": True, "Debug": True}
    assert "end" in client.call(cmdlet, values | loud)[-1]
    assert KEY.encode() not in client.text
