"""-Open: the system's program for files gets what came."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.cmdlets.contents import content, files
from tests.conftest import Run
from tests.pipeline.desk import until
from tests.server import Script

# --- -Open ------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which the system's program for files writes what it is to open."""
    if sys.platform != "linux":
        pytest.skip("puts a program into the place of Linux' xdg-open")
    note, folder = tmp_path / "opened", tmp_path / "bin"
    folder.mkdir()
    (folder / "xdg-open").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {shlex.quote(str(note))}\n')
    (folder / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return note


def test_open(run: Run, api: Script, place: Path, opened: Path) -> None:
    api.responses = [content()]
    result = run("Get-VideoContent", "video_123", "-OutFile", "-a b.mp4", "-Open", process=True)
    assert (result.exit_code, result.stderr) == (0, "")
    until(lambda: opened.exists() and opened.read_text().endswith("\n"))
    assert opened.read_text() == f"{place / '-a b.mp4'}\n"


def test_nothing_is_opened_when_nothing_came(run: Run, api: Script, place: Path, opened: Path) -> None:
    api.responses = [{"status": 404, "json": {}}]
    assert run("Get-VideoContent", "video_123", "-OutFile", "a.mp4", "-Open").exit_code == 1
    assert not opened.exists()


def test_open_without_a_file(run: Run, api: Script, place: Path) -> None:
    result = run("Get-VideoContent", "video_123", "-Open")
    assert (result.exit_code, result.stdout, api.requests) == (1, "", [])
    assert "-Open needs -OutFile: there is no file to open. Nothing was downloaded." in result.stderr


def test_no_program_that_opens_files(run: Run, api: Script, place: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems always have one")
    api.responses = [content()]
    result = run("Get-VideoContent", "video_123", "-OutFile", "a.mp4", "-Open", env={"PATH": str(place)})
    assert (result.exit_code, result.warnings) == (0, ["No program was found that opens 'a.mp4'."])


def test_prefixes_mean_what_they_mean_without_it(run: Run, api: Script, place: Path) -> None:
    api.responses = [content()]
    assert run("Get-VideoContent", "video_123", "-Out", "a.mp4").exit_code == 0
    result = run("Get-VideoContent", "video_123", "-O", "b.mp4")
    assert result.error_ids == ["AmbiguousParameter,Get-VideoContent"]
    assert list(files(place)) == ["a.mp4"]
    assert "-Open" not in result.stderr
