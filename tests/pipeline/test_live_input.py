"""Standard input that is left alone, that is not there, or that comes slowly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from tests.conftest import Run
from tests.pipeline.tiny import COMPACT, TINY
from tests.server import JOB, Script
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="closes files as a Unix shell does")


# --- what is left alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["Get-Video", "-Limit", "5"],
        ["Get-Video", "-All"],
        ["Get-Video", "a"],
        ["New-Video", "x"],
        ["Remove-Video", "a"],
    ],
    ids=" ".join,
)
def test_input_that_is_not_needed_is_not_read(run: Run, api: Script, tmp_path: Path, arguments: list[str]) -> None:
    """As in `while read -r line; do New-Video "$line"; done < lines.txt`."""
    api.responses = [{"json": TINY | {"object": "list", "data": []}}]
    lines = tmp_path / "lines.txt"
    lines.write_text("one\ntwo\nthree\n")
    with lines.open("rb", buffering=0) as file:
        assert file.readline() == b"one\n"
        done = subprocess.run(our(*arguments), stdin=file, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert file.read() == b"two\nthree\n"


def _closed(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *our(*arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _null(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        our(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@on_unix
@pytest.mark.parametrize("without", [_closed, _null], ids=["closed", "null device"])
def test_no_standard_input(api: Script, without: Any) -> None:
    """As under cron: a list is a list, and what needs an id says so."""
    api.responses = [{"json": {"object": "list", "data": []}}]
    assert without(["Get-Video"]) == (0, "[]\n", "")
    code, out, err = without(["Wait-Video"])
    assert (code, out) == (2, "")
    assert "MissingMandatoryParameter,Wait-Video" in err


@on_unix
def test_a_terminal_is_no_pipeline(api: Script, tmp_path: Path) -> None:
    api.responses = [{"json": {"object": "list", "data": []}}]
    with (tmp_path / "out").open("w+b") as out:
        terminal = Terminal(*our("Get-Video"), stdout=out)
        assert (terminal.close(), terminal.screen) == (0, "")
        out.seek(0)
        assert out.read() == b"[]\n"


# --- slow programs ----------------------------------------------------------------------------------------------


def _begin(*arguments: str) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    process = subprocess.Popen(our(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
    assert process.stdin is not None
    assert process.stdout is not None
    return process, process.stdin, process.stdout


@on_unix
@pytest.mark.parametrize("item", ['{"id": "a"}\n', "a\n", '{\n"id": "a"\n}\n'], ids=["JSON line", "text", "object"])
def test_each_item_is_handled_as_soon_as_it_comes(api: Script, item: str) -> None:
    """Its output is there before the next one is written."""
    process, given, printed = _begin("Get-Video")
    for _ in range(3):
        given.write(item.encode())
        given.flush()
        shown = printed.readline()
        assert shown == (b"{\n" if item.startswith("{\n") else f"{COMPACT}\n".encode())
        while shown.rstrip() not in (b"}", COMPACT.encode()):
            shown = printed.readline()
    given.close()
    assert (process.wait(60), printed.read()) == (0, b"")
    printed.close()


@on_unix
def test_each_element_of_an_array_is_handled_as_soon_as_it_comes(api: Script) -> None:
    process, given, printed = _begin("Get-Video")
    given.write(b'["a",')
    given.flush()
    assert printed.readline() == b"[\n"
    assert printed.readline() == b"  {\n"
    given.write(b'"b"]')
    given.close()
    assert json.loads("[{" + printed.read().decode()) == [TINY, TINY]
    assert process.wait(60) == 0
    printed.close()


@on_unix
def test_a_pipeline_of_real_processes(api: Script) -> None:
    api.responses = [{"json": JOB}, {"json": JOB | {"status": "completed"}}, {"json": {"deleted": True}}]
    name = Path(sys.executable)
    stages = " | ".join(f"'{name}' -m psopenai_py {stage}" for stage in ("New-Video x", "Wait-Video", "Remove-Video"))
    done = subprocess.run(["/bin/sh", "-c", stages], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [f"{request.method} {request.path}" for request in api.requests] == [
        "POST /videos",
        "GET /videos/video_123",
        "DELETE /videos/video_123",
    ]
