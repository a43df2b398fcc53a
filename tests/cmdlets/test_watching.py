"""What the person sees who waits: progress on a terminal and in a log, and a way to go on after Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.terminal.status_line import LogLine, TerminalLine
from tests import ctrl_c
from tests.conftest import KEY, Run
from tests.http.sockets import listening, silent
from tests.pipeline.desk import LIMIT, until
from tests.server import JOB, Script, Server
from tests.terminal import CTRL_C, Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of Unix")


def job(status: str, **facts: Any) -> dict[str, Any]:
    """An answer with a job in this state."""
    return {"json": {name: value for name, value in (JOB | {"status": status} | facts).items() if value is not None}}


# --- Ctrl-C -----------------------------------------------------------------------------------------------------

#: Ids that a shell would take apart.
ODD = ["video_123", "it's $(date) \"`*", "-All", "--%", "é 🐶"]


@on_unix
@pytest.mark.parametrize("identifier", ODD)
def test_ctrl_c_prints_a_command_that_waits_again(server: Server, identifier: str) -> None:
    script = server.script("ctrl c", [job("queued")])
    script.base = script.base.replace(" ", "%20")
    server.script("ctrl%20c", [job("queued")]).requests = script.requests
    command = our("Wait-Video", "-VideoId:", identifier, "-ApiBase", script.base, "-ApiKey", KEY, "-TimeoutSec", "60")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: script.requests or process.poll() is not None)
    out, err = ctrl_c.end(process)
    note = "Interrupted. The job goes on. To wait again: "
    assert (process.returncode, out) == (130, "")
    assert KEY not in err
    again = err[err.index(note) + len(note) :]

    server.script("ctrl%20c", [job("completed")])
    typed = again.replace("Wait-Video ", shlex.join(our("Wait-Video")) + " ", 1)
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, identifier)


@on_unix
def test_ctrl_c_while_a_poll_hangs(tmp_path: Path) -> None:
    with listening(silent) as listener:
        command = our("Get-VideoContent", "a", "-w", "-OutFile", "a.mp4", "-ApiBase", listener.base)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        assert listener.asked.wait(LIMIT)
        out, err = ctrl_c.end(process)
    again = f"Get-VideoContent -VideoId a -OutFile a.mp4 -WaitForCompletion -ApiBase {listener.base}"
    assert (process.returncode, out, err) == (130, "", f"Interrupted. The job goes on. To wait again: {again}\n")


# --- progress ---------------------------------------------------------------------------------------------------

STEPS = [job("queued"), job("in_progress", progress=0), job("in_progress", progress=50), job("completed", progress=100)]


def _without_time(text: str) -> str:
    """How long things take depends on the machine."""
    return re.sub(r", \d+ s\b", ", 0 s", text)


def _changes(screen: str) -> list[str]:
    """What a terminal showed of the line one after another; what was repeated because a second was over, once."""
    shown = re.findall(r"\r\x1b\[K([^\r\n]+)(?=\r)", _without_time(screen))
    return [line for place, line in enumerate(shown) if place == 0 or line != shown[place - 1]]


def test_a_program_that_reads_stderr_gets_no_progress(run: Run, api: Script) -> None:
    api.responses = STEPS
    result = run("Wait-Video", "video_123", "-PollIntervalSec", "0.1", process=True)
    assert (result.json["status"], result.stderr) == ("completed", "")


def test_what_takes_less_than_a_minute_leaves_no_line_in_a_log(api: Script, tmp_path: Path) -> None:
    api.responses = STEPS
    with (tmp_path / "log").open("wb") as log:
        command = our("Wait-Video", "video_123", "-PollIntervalSec", "0.1")
        assert subprocess.run(command, stdout=subprocess.DEVNULL, stderr=log, check=False).returncode == 0
    assert (tmp_path / "log").read_text() == ""


def test_a_log_gets_a_line_in_each_interval() -> None:
    """With an interval that a test can wait for."""
    lines: list[str] = []
    log = LogLine(lines.append)
    log.interval = 0.05
    log.show(lambda: ["12/100 done", "2 failed"])
    until(lambda: len(lines) >= 2)
    log.end()
    count = len(lines)
    until(lambda: "status line" not in {thread.name for thread in threading.enumerate()})
    assert set(lines) == {"12/100 done, 2 failed\n"}
    assert len(lines) == count


def test_a_line_is_erased_whose_writing_was_interrupted() -> None:
    written: list[str] = []

    def write(text: str) -> None:
        written.append(text)
        if text.endswith("queued"):
            raise KeyboardInterrupt

    line = TerminalLine(write, lambda: 80)
    with pytest.raises(KeyboardInterrupt):
        line.show(lambda: ["queued"])
    line.end()
    assert written == ["\r\x1b[Kqueued", "\r\x1b[K"]


@on_unix
@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
def test_progress_can_be_switched_off(api: Script, action: str, tmp_path: Path) -> None:
    api.responses = STEPS
    with (tmp_path / "out").open("wb") as out:
        command = our("Wait-Video", "video_123", "-PollIntervalSec", "0.1", "-ProgressAction", action)
        terminal = Terminal(*command, stdout=out)
        assert (terminal.close(), terminal.screen) == (0, "")


@on_unix
def test_a_terminal_has_one_line_that_is_rewritten(api: Script, tmp_path: Path) -> None:
    """What is printed meanwhile stands above it, and in the end it is gone. Standard output is clean JSON."""
    api.responses = [job("odd\nword"), *STEPS]
    with (tmp_path / "out").open("w+b") as out:
        command = our("Wait-Video", "video_123", "-PollIntervalSec", "0.1")
        terminal = Terminal(*command, env={**os.environ, "NO_COLOR": "1"}, stdout=out)
        assert terminal.close() == 0
        out.seek(0)
        assert json.load(out)["status"] == "completed"
    assert _changes(terminal.screen) == [
        "odd word 0 %, 0 s, video_123",
        "queued 0 %, 0 s, video_123",
        "in_progress 0 %, 0 s, video_123",
        "in_progress 50 %, 0 s, video_123",
        "completed 100 %, 0 s, video_123",
    ]
    assert (
        "\r\x1b[KWARNING: The status 'odd word' of the job video_123 is not known here, so the\n"
        "    wait goes on; -StatusForExit can end it.\n\r\x1b[Kodd word 0 %"
    ) in terminal.screen
    assert terminal.screen.endswith("\r\x1b[K")


@on_unix
def test_the_line_ticks_each_second(api: Script, tmp_path: Path) -> None:
    """Also while nothing is asked: the next question comes after minutes."""
    with (tmp_path / "out").open("wb") as out:
        terminal = Terminal(*our("Wait-Video", "video_123", "-PollIntervalSec", "900"), stdout=out)
        terminal.until(lambda screen: len(set(_seconds(screen))) >= 4)
        terminal.type(CTRL_C)
        assert terminal.close() == 130
    assert len(api.requests) == 1
    assert _seconds(terminal.screen) == sorted(_seconds(terminal.screen))


def _seconds(screen: str) -> list[int]:
    return [int(second) for second in re.findall(r"queued 0 %, (\d+) s", screen)]


@on_unix
@pytest.mark.parametrize(
    ("columns", "shown"),
    [(16, "in_progress 50…"), (24, "in_progress 50 %, 0 s"), (41, "in_progress 50 %, 0 s, video_1234…98765")],
)
def test_the_line_fits_into_a_narrow_terminal(api: Script, tmp_path: Path, columns: int, shown: str) -> None:
    api.responses = [job("in_progress", progress=50), job("completed")]
    command = shlex.join(our("Wait-Video", "video_1234567890123456789098765"))
    terminal = Terminal("/bin/sh", "-c", f"stty cols {columns}; exec {command} > {tmp_path / 'out'}")
    assert terminal.close() == 0
    assert _changes(terminal.screen)[0] == shown


@on_unix
def test_ctrl_c_on_a_terminal(api: Script, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+b") as out:
        terminal = Terminal(*our("Wait-Video", "video_123"), env={**os.environ, "NO_COLOR": "1"}, stdout=out)
        terminal.wait_for("s, video_123")
        terminal.type(CTRL_C)
        assert terminal.close() == 130
    assert terminal.screen.endswith(
        f"\r\x1b[KInterrupted. The job goes on. To wait again:\n    Wait-Video -VideoId video_123 -ApiBase {api.base}\n"
    )
