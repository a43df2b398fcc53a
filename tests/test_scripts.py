"""Stories in plain bash, told with the installed console scripts: over HTTP, and with the sandbox in-process."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore
from tests import unmeasured

FOLDER = Path(__file__).parent / "scripts"
STORIES = sorted(FOLDER.glob("*.sh"))
PROGRAMS = sysconfig.get_path("scripts")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="needs bash"),
    pytest.mark.skipif(not shutil.which("New-Video", path=PROGRAMS), reason="the package is not installed"),
]


@contextlib.contextmanager
def _address(kind: str, folder: Path) -> Iterator[str]:
    """Where a story finds the sandbox. Jobs are done ten times as fast as usual."""
    if kind == "in-process":
        yield f"sandbox:{folder}?speed=10"
        return
    with SandboxServer(create_app(JobStore(folder, speed=10)), port=0) as server:
        yield server.url


#: One of them has servers of its own.
KINDS = {"server_dies": ["http"]}
TOLD = [(story, kind) for story in STORIES for kind in KINDS.get(story.stem, ["http", "in-process"])]


@pytest.mark.parametrize(("story", "kind"), TOLD, ids=[f"{story.stem}-{kind}" for story, kind in TOLD])
def test_story(story: Path, kind: str, tmp_path: Path) -> None:
    with _address(kind, tmp_path / "state") as address:
        _tell(story, kind, address, tmp_path / "place")


def _tell(story: Path, kind: str, address: str, place: Path) -> None:
    place.mkdir()
    env = unmeasured.environment() | {
        "PATH": os.pathsep.join([PROGRAMS, os.environ["PATH"]]),
        "PYTHON": sys.executable,
        "OPENAI_API_BASE": address,
        "KIND": kind,
    }
    done = subprocess.run(["bash", story], cwd=place, env=env, capture_output=True, text=True, timeout=300, check=False)
    log = place / "log.txt"
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{log.read_text() if log.exists() else ''}"
