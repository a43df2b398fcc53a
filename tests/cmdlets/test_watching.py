"""What the person sees who waits: progress on a terminal and in a log, and a way to go on after Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import ctrl_c
from tests.conftest import KEY, Run
from tests.http.sockets import listening, silent
from tests.server import JOB, Script, Server
from tests.terminal import CTRL_C, Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of Unix")


def job(status: str, **facts: Any) -> dict[str, Any]:
    """An answer with a job in this state."""
    return {"json": {name: value for name, value in (JOB | {"status": status} | facts).items() if value is not None}}


# --- Ctrl-C -----------------------------------------------------------------------------------------------------

#: Ids that a shell would take apart.
ODD = ["video_123", "it's $(date) \"`*", "-All", "--%", "é 🐶", "a\nb"]


@on_unix
@pytest.mark.parametrize("identifier", ODD)
def test_ctrl_c_prints_a_command_that_waits_again(server: Server, identifier: str) -> None:
    script = server.script("ctrl c", [job("queued")])
    script.base = script.base.replace(" ", "%20")
    server.script("ctrl%20c", [job("queued")]).requests = script.requests
    command = our("Wait-Video", "-VideoId:", identifier, "-ApiBase", script.base, "-ApiKey", KEY, "-TimeoutSec", "60")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    shown = process.stderr.readline()
    out, err = ctrl_c.end(process)
    note = "Interrupted. The job goes on. To wait again: "
    assert (process.returncode, out) == (130, "")
    assert KEY not in err
    again = (shown + err)[(shown + err).index(note) + len(note) :]

    server.script("ctrl%20c", [job("completed")])
    typed = again.replace("Wait-Video ", shlex.join(our("Wait-Video")) + " ", 1)
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (done.returncode, json.loads(done.stdout)["id"]) == (0, identifier)


@on_unix
def test_ctrl_c_while_a_poll_hangs(tmp_path: Path) -> None:
    with listening(silent) as listener:
        command = our("Get-VideoContent", "a", "-w", "-OutFile", "a.mp4", "-ApiBase", listener.base)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        assert listener.asked.wait(20)
        out, err = ctrl_c.end(process)
    again = f"Get-VideoContent -VideoId a -OutFile a.mp4 -WaitForCompletion -ApiBase {listener.base}"
    assert (process.returncode, out, err) == (130, "", f"Interrupted. The job goes on. To wait again: {again}\n")


# --- progress ---------------------------------------------------------------------------------------------------

STEPS = [job("queued"), job("in_progress", progress=0), job("in_progress", progress=50), job("completed", progress=100)]


def _without_time(text: str) -> str:
    """How long things take depends on the machine."""
    return re.sub(r"\(\d+ s\)", "(0 s)", text)


def test_a_log_gets_one_line_for_each_change(run: Run, api: Script) -> None:
    api.responses = STEPS
    result = run("Wait-Video", "video_123", "-PollIntervalSec", "0.1")
    assert result.json["status"] == "completed"
    assert _without_time(result.stderr) == (
        "Video video_123: queued 0 % (0 s)\n"
        "Video video_123: in_progress 0 % (0 s)\n"
        "Video video_123: completed 100 % (0 s)\n"
    )


@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
def test_progress_can_be_switched_off(run: Run, api: Script, action: str) -> None:
    api.responses = STEPS
    assert run("Wait-Video", "video_123", "-PollIntervalSec", "0.1", "-ProgressAction", action).stderr == ""


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
    erase = "\r\x1b[K"
    lines = [
        "Video video_123: odd word 0 % (0 s)",
        "WARNING: The status 'odd word' of the job video_123 is not known here, so the\n"
        "    wait goes on; -StatusForExit can end it.\nVideo video_123: odd word 0 % (0 s)",
        "Video video_123: queued 0 % (0 s)",
        "Video video_123: in_progress 0 % (0 s)",
        "Video video_123: in_progress 50 % (0 s)",
        "Video video_123: completed 100 % (0 s)",
    ]
    assert _without_time(terminal.screen) == "".join(erase + line for line in lines) + erase


@on_unix
def test_the_line_fits_into_a_narrow_terminal(api: Script, tmp_path: Path) -> None:
    api.responses = [job("in_progress", progress=50), job("completed")]
    script = f"stty cols 24; exec {shlex.join(our('Wait-Video', 'video_123'))} > {tmp_path / 'out'}"
    terminal = Terminal("/bin/sh", "-c", script)
    assert terminal.close() == 0
    erase = "\r\x1b[K"
    assert terminal.screen == f"{erase}Video video_123: in_pro{erase}Video video_123: comple{erase}"


@on_unix
def test_ctrl_c_on_a_terminal(api: Script, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w+b") as out:
        terminal = Terminal(*our("Wait-Video", "video_123"), env={**os.environ, "NO_COLOR": "1"}, stdout=out)
        terminal.wait_for("queued 0 % (0 s)")
        terminal.type(CTRL_C)
        assert terminal.close() == 130
    assert terminal.screen.endswith(
        f"\r\x1b[KInterrupted. The job goes on. To wait again:\n    Wait-Video -VideoId video_123 -ApiBase {api.base}\n"
    )
