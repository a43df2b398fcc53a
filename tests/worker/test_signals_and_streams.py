"""What must not end a worker or get between its records: Ctrl-C while nothing runs, and what libraries print."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.compat.client import Client, end, of_kind, until_rest
from tests.server import JOB, Server

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

#: A keyring that has no key, and says so where the records go.
NOISY = """
import os
from keyring.backend import KeyringBackend

class Noisy(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        print("Nothing for", service, flush=True)
        os.write(1, b"Nothing at all\\n")
"""


def test_what_a_library_prints_is_no_record(server: Server, tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text(NOISY)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    client = Client({"PYTHONPATH": path, "PYTHON_KEYRING_BACKEND": "noisy.Noisy"})
    (error,) = of_kind(client.call("Get-Video", {"VideoId": "v"}, environment={}), "error")
    assert error["id"] == "System.ArgumentException,Initialize-APIKey"
    base = server.script("worker-noisy").base
    assert client.call("Get-Video", {"VideoId": "v", "ApiBase": base})[-1]["end"] == end()
    assert client.close() == 0
    assert b"Nothing" not in client.text


@posix
def test_ctrl_c_while_nothing_runs(client: Client, server: Server) -> None:
    """A terminal sends it to all of its programs."""
    base = server.script("worker-idle").base
    for _ in range(3):
        client.interrupt()
        client.until_noted()
        assert client.call("Get-Video", {"VideoId": "v", "ApiBase": base})[-1]["end"] == end()


@posix
def test_ctrl_c_while_a_call_rests(client: Client, server: Server) -> None:
    """It is neither for the call that rests nor for one that comes later."""
    jobs = [{"id": f"v{number}"} for number in range(130)]
    script = server.script("worker-resting", [{"json": {"data": jobs}}, {"json": JOB}])
    call = client.send("Get-Video", {"ApiBase": script.base}, paced=True)
    assert "rest" in until_rest(client, call)[-1]
    for _ in range(2):  # when the first one is over, the other call rests for certain
        assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()
        client.interrupt()
        client.until_noted()
    client.write({"continue": call})
    assert until_rest(client, call)[-1]["end"] == end()


def test_a_time_zone_is_that_of_its_call(client: Client, server: Server) -> None:
    """One that a call does not have is not that of the call before."""
    base = {"OPENAI_API_BASE": server.script("worker-zones", [{"json": JOB}]).base}
    shown = []
    for zone in ({"TZ": "Asia/Tokyo"}, {"TZ": "UTC"}, {"TZ": "Asia/Tokyo"}, {"TZ": ""}):
        records = client.call("Get-Video", {"VideoId": "v"}, environment=base | zone)
        shown += [job["created_at"][-6:] for job in of_kind(records, "output")]
    assert shown == ["+09:00", "+00:00", "+09:00", "+00:00"]
