"""Folders that cannot be used, from the command line: a local error that says what to do, and no failed request."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import unmeasured
from tests.terminal import our

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users, modes and folders of Unix")

#: Everything is loaded before, since root's folders cannot be read after.
NOT_ROOT = """import os, sys, tempfile
import psopenai_py, psopenai_py.sandbox.server.server
from psopenai_py.__main__ import main
with tempfile.TemporaryDirectory() as folder:
    psopenai_py.new_video("x", api_base="sandbox:" + folder)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(54321)
    os.setuid(54321)
sys.argv[1:] = sys.argv[4:]
main()"""
EXECUTE = "os.execvp(sys.argv[1], sys.argv[1:])"
GONE = f"import os, sys; os.rmdir(os.getcwd()); {EXECUTE}"
SERVER = ("Start-VideoSandbox", "-Port", "0")
CALLS = [pytest.param(("New-Video", "x"), id="create"), pytest.param(("Get-Video",), id="list")]


def _run(*command: str, env: Mapping[str, str | None] | None = None, cwd: Path | None = None, through: str = "") -> str:
    """Run a command that has to fail, in a process that is changed first, and return its message."""
    # What cannot write files cannot measure coverage either.
    changed = {**unmeasured.environment(), **(env or {})}
    before = [sys.executable, "-c", through] if through else []
    done = subprocess.run(
        [*before, *our(*command)],
        env={name: value for name, value in changed.items() if value is not None},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    message, *rest = done.stderr.splitlines()
    assert all(line.startswith("    + ") for line in rest), done.stderr
    assert "System.ArgumentException" in done.stderr
    return "\n".join([message, *(line for line in rest if "RecommendedAction" in line)])


def _unusable(command: str, folder: object, why: str, remedy: str) -> str:
    return (
        f"{command}: The sandbox cannot use its folder '{folder}': {why}.\n"
        f"    + RecommendedAction     : Name another folder: {remedy}"
    )


@pytest.mark.parametrize("call", CALLS)
def test_a_file_in_place_of_the_folder(call: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        expected = _unusable(call[0], folder, "Not a directory", "-ApiBase sandbox:/folder")
        assert _run(*call, "-ApiBase", f"sandbox:{folder}") == expected


def test_a_file_in_place_of_the_jobs(tmp_path: Path) -> None:
    (tmp_path / "jobs").touch()
    expected = _unusable("New-Video", tmp_path, "Not a directory", "-ApiBase sandbox:/folder")
    assert _run("New-Video", "x", "-ApiBase", f"sandbox:{tmp_path}") == expected
    expected = _unusable("Start-VideoSandbox", tmp_path, "File exists", "-Path")
    assert _run(*SERVER, "-Path", str(tmp_path)) == expected


def test_a_folder_that_may_not_be_written() -> None:
    """The folder is the root, so that nothing on the way to it needs a permission."""
    env = {"HOME": "/", "XDG_STATE_HOME": None}
    folder = "/.local/state/psopenai_py/sandbox"
    expected = _unusable("New-Video", folder, "Permission denied", "-ApiBase sandbox:/folder")
    assert _run("New-Video", "x", "-ApiBase", "sandbox:", env=env, through=NOT_ROOT) == expected
    expected = _unusable("Start-VideoSandbox", folder, "Permission denied", "-Path")
    assert _run(*SERVER, env=env, through=NOT_ROOT) == expected


def test_a_user_without_a_home() -> None:
    env = dict.fromkeys(("HOME", "USERPROFILE", "XDG_STATE_HOME"))
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without an entry")
    problem = "This user has no home folder; name one for the jobs: "
    expected = f"New-Video: The sandbox 'sandbox:' cannot be opened: {problem}sandbox:/folder"
    assert _run("New-Video", "x", "-ApiBase", "sandbox:", env=env, through=NOT_ROOT) == expected
    assert _run(*SERVER, env=env, through=NOT_ROOT) == f"Start-VideoSandbox: {problem}-Path"


@pytest.mark.parametrize("folder", ["jobs", "."])
def test_a_current_folder_that_was_deleted(folder: str, tmp_path: Path) -> None:
    for call, source in (
        (("New-Video", "x", "-ApiBase", f"sandbox:{folder}"), "the sandbox address"),
        ((*SERVER, "-Path", folder), "-Path"),
    ):
        (tmp_path / "here").mkdir()
        message = _run(*call, cwd=tmp_path / "here", through=GONE)
        assert message.endswith(f"The folder of {source} cannot be found: the current folder was deleted.")


def test_a_full_disk(tmp_path: Path) -> None:
    limit = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
    expected = _unusable("New-Video", tmp_path, "File too large", "-ApiBase sandbox:/folder")
    assert _run("New-Video", "x", "-ApiBase", f"sandbox:{tmp_path}", through=limit + EXECUTE) == expected


def test_a_damaged_job_is_named(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    video_id = f"video_{int(time.time() * 1e6):014x}{'0' * 18}"
    (tmp_path / "jobs" / f"{video_id}.json").write_text("{")
    message = _run("Get-Video", video_id, "-ApiBase", f"sandbox:{tmp_path}")
    path = tmp_path / "jobs" / f"{video_id}.json"
    assert message.startswith(f"Get-Video: The job file '{path}' is damaged (") and message.endswith("); delete it.")
