"""What the person sees who waits for many records: how many are done, failed and under way, and how long it takes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.desk import Desk, refusal
from tests.server import JOB, Server
from tests.terminal import CTRL_C, Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")

SLOW = {"delay": 1.2, "json": JOB}


def _command(base: str, count: int, *more: str, columns: int = 80, out: Path | str = "/dev/null") -> str:
    """A shell's line that creates so many jobs, two at a time."""
    lines = shlex.quote("".join(f'{{"prompt": "{number}"}}\n' for number in range(count)))
    call = shlex.join(our("New-Video", "-ThrottleLimit", "2", "-ApiBase", base, *more))
    return f"stty cols {columns}; printf %s {lines} | {call} > {out}"


def _shown(screen: str) -> list[str]:
    """The lines that were shown one after another, each once."""
    return list(dict.fromkeys(re.findall(r"\r\x1b\[K([^\r\n]+)(?=\r)", screen)))


@on_unix
@pytest.mark.parametrize(
    ("columns", "last"),
    [(80, r"2/6 done, 1 failed, 2 under way, about \d+ (s|min) left"), (24, r"2/6 done, 1 failed")],
)
def test_how_far_a_run_is(desk: Desk, columns: int, last: str) -> None:
    desk.answers = {"1": [refusal(400)]}
    desk.held = {"2", "3"}
    terminal = Terminal("/bin/sh", "-c", _command(desk.base, 6, columns=columns), env={**os.environ, "NO_COLOR": "1"})
    terminal.until(lambda screen: any(re.fullmatch(last, line) for line in _shown(screen)))
    desk.answer("2", "3")
    terminal.close()
    shown = _shown(terminal.screen)
    assert "0 done" in shown
    assert max(map(len, shown)) < columns
    assert "New-Video: OpenAI API" in terminal.screen
    assert terminal.screen.endswith("\r\x1b[K")


@on_unix
def test_output_on_the_same_terminal_stands_above_the_line(server: Server) -> None:
    base = server.script("same_terminal", [SLOW, SLOW, SLOW]).base
    terminal = Terminal("/bin/sh", "-c", _command(base, 3, out="/dev/tty"), env={**os.environ, "NO_COLOR": "1"})
    terminal.close()
    left = re.sub(r"\r\x1b\[K([^\r\n]+(?=\r\x1b\[K))?", "", terminal.screen)
    assert [json.loads(line)["id"] for line in left.splitlines()] == ["video_123"] * 3


@on_unix
def test_ctrl_c_takes_the_line_away(server: Server) -> None:
    base = server.script("line_away", [SLOW]).base
    terminal = Terminal("/bin/sh", "-c", _command(base, 9), env={**os.environ, "NO_COLOR": "1"})
    terminal.wait_for("under way")
    terminal.type(CTRL_C)
    terminal.close()
    *_, last = re.split(r"\r\x1b\[K", terminal.screen)
    assert re.fullmatch(r"Interrupted\. \d records? (is|are) done\. [^\r]+", last)


@pytest.mark.parametrize("stderr", ["pipe", "file"])
def test_nothing_where_nobody_looks(server: Server, tmp_path: Path, stderr: str) -> None:
    base = server.script("nobody_looks").base
    call = our("New-Video", "-ThrottleLimit", "2", "-ApiBase", base)
    with (tmp_path / "err").open("w+") as err:
        target = subprocess.PIPE if stderr == "pipe" else err
        done = subprocess.run(call, input="a\nb\n", stdout=subprocess.PIPE, stderr=target, text=True, check=False)
        err.seek(0)
        assert (done.returncode, (done.stderr or "") + err.read()) == (0, "")
