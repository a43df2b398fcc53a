"""What must not end a worker or get between its records: Ctrl-C, defects, and what libraries print."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.compat.client import Client, end, of_kind, until_rest
from tests.server import JOB, Server

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")

#: A keyring that says something where the records go. It has a key, and for another host what is no text.
NOISY = """
import os
from keyring.backend import KeyringBackend

class Noisy(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        print("Nothing for", service, flush=True)
        os.write(1, b"Nothing at all\\n")
        return "sk-test-0123456789abcdef" if "127.0.0.1" in username else 5

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


@pytest.fixture
def noisy(tmp_path: Path) -> Client:
    (tmp_path / "noisy.py").write_text(NOISY)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    client = Client({"PYTHONPATH": path, "PYTHON_KEYRING_BACKEND": "noisy.Noisy"})
    assert "ready" in (client.next() or {})
    return client


def test_what_a_library_prints_is_no_record(noisy: Client, server: Server) -> None:
    script = server.script("worker-noisy")
    for _ in range(2):
        assert noisy.call("Get-Video", {"VideoId": "v", "ApiBase": script.base}, environment={})[-1]["end"] == end()
    assert noisy.close() == 0
    assert "authorization" in script.requests[0].headers  # so it has said something
    assert b"Nothing" not in noisy.text


def test_a_defect_names_its_place_and_ends_its_call_alone(noisy: Client, server: Server) -> None:
    """What a keyring gives is text, so that nobody looks."""
    elsewhere = {"VideoId": "v", "ApiBase": "http://video.test/v1"}
    (error,) = of_kind(noisy.call("Get-Video", elsewhere, environment={}), "error")
    script = server.script("worker-defect")
    assert noisy.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()
    assert noisy.close() == 0
    place = re.fullmatch(
        r"An unexpected AttributeError \((.*):[0-9]+\)\. This is a defect of psopenai_py\.", error["message"]
    )
    assert place is not None and Path(place[1]).name == "keys.py"
    assert error["error_id"] == "System.InvalidOperationException"


@posix
def test_ctrl_c_while_nothing_runs(client: Client, server: Server) -> None:
    """A terminal sends it to all of its programs."""
    base = server.script("worker-idle").base
    for _ in range(3):
        client.interrupt()
        client.until_noted()
        assert client.call("Get-Video", {"VideoId": "v", "ApiBase": base})[-1]["end"] == end()


@posix
@pytest.mark.parametrize("meanwhile", ["a call", "a refused line"])
def test_ctrl_c_while_a_call_rests(meanwhile: str, client: Client, server: Server) -> None:
    """It is neither for the call that rests nor for one that comes later."""
    jobs = [{"id": f"v{number}"} for number in range(130)]
    script = server.script("worker-resting", [{"json": {"data": jobs}}, {"json": JOB}])
    call = client.send("Get-Video", {"ApiBase": script.base}, paced=True)
    assert "rest" in until_rest(client, call)[-1]
    for _ in range(2):  # what is answered, is answered while the other call rests
        if meanwhile == "a call":
            assert client.call("Get-Video", {"VideoId": "v", "ApiBase": script.base})[-1]["end"] == end()
        else:
            client.write({"continue": "no number"})
            assert "error" in (client.next() or {})
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
