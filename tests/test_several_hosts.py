"""The manual's line for several hosts, with hosts that the test makes; one of them is cut off in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import unmeasured
from tests.conftest import KEY
from tests.documents import ROOT, only
from tests.hosts import Hosts, HostsError, missing

PROMPTS = [f"Doggo {number}" for number in range(40)]
PROGRAMS = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
#: With blocks of some lines, of which one is under way at a time, so that there is a middle to be cut off in.
LINE = (
    only("compat/at-scale", "bash", "Several hosts: GNU parallel")
    .text.replace("--block 100k", "--block 200")
    .replace("-ThrottleLimit 16", "-ThrottleLimit 1")
)

LOCKED = "The journal 'N.journal' is in use by another run. Nothing was sent."
UNKNOWN = "Record N was sent by an earlier run, and nobody knows whether a job was created. It is not sent again."


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    """Two hosts, one and two."""
    why = missing()
    if why:
        pytest.skip(why)
    (tmp_path / "keys").mkdir()
    made = Hosts(tmp_path / "keys", PROGRAMS, "one", "two")
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(made.running())
        except HostsError as error:
            pytest.skip(str(error))
        yield made


@pytest.fixture
def place(tmp_path: Path, hosts: Hosts) -> Iterator[Path]:
    """A folder that all hosts have, and a service that pauses; it ends with the hosts."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "prompts.jsonl").write_text("".join(f'{{"prompt": "{prompt}"}}\n' for prompt in PROMPTS))
    command = hosts.command(sys.executable, "-m", "tests.paused_service", hosts.address, "8000", str(folder))
    with (tmp_path / "service.log").open("wb") as log:
        service = subprocess.Popen(command, cwd=ROOT, env=_environment(hosts), stdout=log, stderr=log)
    try:
        _await(folder / "serving", service)
        yield folder
    finally:
        service.kill()
        service.wait()


def _environment(hosts: Hosts) -> dict[str, str]:
    return unmeasured.environment() | {
        "PATH": PROGRAMS,
        "OPENAI_API_BASE": f"http://{hosts.address}:8000/v1",
        "OPENAI_API_KEY": KEY,
        "PARALLEL_SSH": hosts.ssh,
    }


def _begin(line: str, hosts: Hosts, place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        hosts.command("bash", "-c", line),
        cwd=place,
        env=_environment(hosts),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _await(file: Path, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while not file.exists():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)


def _created(hosts: Hosts, place: Path) -> list[str]:
    """The prompts of all jobs of the service."""
    with _begin("Get-Video -All -Compress", hosts, place) as listing:
        out, err = listing.communicate(timeout=300)
    assert listing.returncode == 0, err
    return [json.loads(row)["prompt"] for row in out.splitlines()]


def _on_host_one(hosts: Hosts, place: Path) -> tuple[int, list[str]]:
    """The same line on the host that is left: exit code, and the errors, with N for each number."""
    with _begin(LINE.replace("one,two", "one"), hosts, place) as again:
        _, err = again.communicate(timeout=300)
    return again.returncode, re.findall(r"^New-Video: (.*)$", re.sub(r"\d+", "N", err), re.MULTILINE)


def test_a_host_is_cut_off_in_the_middle(hosts: Hosts, place: Path) -> None:
    """Nothing is lost and nothing is created twice: of the one request that was under way there, it is said so."""
    with _begin(LINE, hosts, place) as begun:
        _await(place / "paused", begun)
        hosts.pull_the_plug("two")
        (place / "go").touch()
        _, err = begun.communicate(timeout=300)
    assert begun.returncode > 0, err
    # What runs on the host that nobody reaches still has its journal.
    assert _on_host_one(hosts, place) == (1, [LOCKED])
    hosts.switch_off("two")
    assert _on_host_one(hosts, place) == (1, [UNKNOWN])
    assert sorted(_created(hosts, place)) == sorted(PROMPTS)
    printed = [
        json.loads(row)["prompt"] for path in place.glob("*.jobs.jsonl") for row in path.read_text().splitlines()
    ]
    assert len(set(printed)) == len(printed) == len(PROMPTS) - 1
