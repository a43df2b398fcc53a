"""Text on a terminal: its width, what a server says to it, and streams that nobody reads."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.server import JOB, Server
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="closes files as a Unix shell does")

PROMPT = ["New-Video", "Dancing Doggo"]
#: An error answer whose text would move the cursor, change the title, and ring.
HOSTILE = "no \x1b[2J\x1b]0;title\x07 \x9b31m\x7f\r\nfree\tcolours"
HOSTILE_SHOWN = "no \ufffd[2J\ufffd]0;title\ufffd \ufffd31m\ufffd\nfree\tcolours"


# --- the width of a terminal --------------------------------------------------------------------------------------


def _at(columns: int, *arguments: str) -> str:
    """What a terminal of a width shows of one of our command lines, without colours."""
    command = f"stty cols {columns}; exec {shlex.join(our(*arguments))}"
    terminal = Terminal("/bin/sh", "-c", command, env=os.environ | {"NO_COLOR": "1"})
    terminal.close()
    return terminal.screen


@on_unix
@pytest.mark.parametrize("columns", [40, 60, 80, 100, 160])
def test_no_word_of_an_error_is_cut(run: Run, columns: int) -> None:
    shown = _at(columns, *PROMPT)
    assert shown.split() == run(*PROMPT).stderr.split()
    lines = shown.splitlines()
    # But for the ids, which are one word and longer than the narrowest screen.
    assert max(len(line) for line in lines if "System.ArgumentException," not in line) <= columns
    assert len(lines) == {40: 13, 60: 8, 80: 7, 100: 5, 160: 5}[columns]


@on_unix
def test_letters_that_take_two_columns_and_lines_of_a_server(server: Server) -> None:
    text = "踊る犬 は 難しい です 。 " * 4 + "\nsecond\tline"
    script = server.script("wide", [{"status": 400, "json": {"error": {"message": text}}}])
    lines = _at(40, *PROMPT, "-ApiBase", script.base).splitlines()
    assert lines[:2] == ["New-Video: OpenAI API returned an 400", "    (Bad Request) Error: 踊る犬 は"]
    assert lines[2] == "    難しい です 。 踊る犬 は 難しい です"
    assert "second\tline" in lines


@on_unix
def test_a_command_keeps_a_line_for_itself(server: Server) -> None:
    """It is there to be copied, and would be two commands otherwise."""
    script = server.script("copied", [{"json": JOB | {"status": "queued"}}])
    again = f"Wait-Video -VideoId video_123 -TimeoutSec 1 -ApiBase {script.base}"
    shown = _at(60, "Wait-Video", "video_123", "-TimeoutSec", "1", "-ApiBase", script.base)
    assert f"\n    + RecommendedAction     : To wait again:\n      {again}\n" in shown


# --- what a server says does not command the terminal ---------------------------------------------------------------


def test_control_characters_of_an_error(run: Run, server: Server) -> None:
    script = server.script("hostile_error", [{"status": 400, "json": {"error": {"message": HOSTILE}}}])
    result = run(*PROMPT, "-ApiBase", script.base, "-Debug")
    assert f"(Bad Request) Error: {HOSTILE_SHOWN}\n" in result.stderr
    assert not set(result.stderr) & set("\x1b\x07\x9b\x7f\r")


def test_control_characters_of_an_error_as_json(run: Run, server: Server) -> None:
    script = server.script("hostile_json", [{"status": 400, "json": {"error": {"message": HOSTILE}}}])
    result = run(*PROMPT, "-ApiBase", script.base, env={"PSOPENAI_ERROR_VIEW": "json"})
    assert json.loads(result.stderr)["message"].endswith(HOSTILE)
    assert not set(result.stderr) & set("\x1b\x07\x9b\x7f\r")


def test_control_characters_of_a_warning_and_of_headers(run: Run, server: Server) -> None:
    job = JOB | {"status": "failed", "error": {"message": HOSTILE}}
    script = server.script("hostile_job", [{"json": job, "headers": {"x-request-id": "\x1b[2J"}}])
    result = run(*PROMPT, "-ApiBase", script.base, "-Verbose", "-Debug")
    assert not set(result.stderr) & set("\x1b\x07\x9b\x7f\r")
    assert result.json["error"]["message"] == HOSTILE


# --- nobody listens -----------------------------------------------------------------------------------------------


def _redirected(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of our command lines as a shell runs it with a redirection."""
    command = f"exec {shlex.join(our(*arguments))} {redirection}"
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)


@on_unix
@pytest.mark.parametrize(
    ("redirection", "why"),
    [
        pytest.param(">&-", "standard output is closed", id="closed"),
        pytest.param(">/dev/full", "No space left on device", id="disk full"),
    ],
)
def test_the_job_is_told_when_stdout_refuses_it(server: Server, redirection: str, why: str) -> None:
    if redirection == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    base = server.script("stdout_refuses").base
    done = _redirected(redirection, *PROMPT, "-ApiBase", base)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"New-Video: The result could not be written: {why}. Its id is video_123.\n"
        "    + CategoryInfo          : WriteError: (:) [], IOException\n"
        "    + FullyQualifiedErrorId : OutputNotWritten\n"
    )


@on_unix
@pytest.mark.parametrize("arguments", [["New-Video", "-?"], ["--version"], []], ids=["help", "version", "overview"])
def test_text_that_stdout_refuses(arguments: list[str]) -> None:
    done = _redirected(">&-", *arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith(": The result could not be written: standard output is closed.")
    assert len(done.stderr.splitlines()) == 3


@on_unix
def test_the_job_is_told_when_the_reader_has_gone(server: Server) -> None:
    base = server.script("reader_has_gone").base
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        done = subprocess.run(
            our(*PROMPT, "-ApiBase", base), stdout=theirs, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(theirs)
    assert done.returncode == 1
    assert done.stderr == (
        "New-Video: The result could not be written: Broken pipe. Its id is video_123.\n"
        "    + CategoryInfo          : WriteError: (:) [], IOException\n"
        "    + FullyQualifiedErrorId : OutputNotWritten\n"
    )


@on_unix
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_without_stderr_the_output_comes_all_the_same(server: Server, redirection: str) -> None:
    job = JOB | {"status": "failed", "error": None}
    base = server.script("no_stderr", [{"json": job}]).base
    done = _redirected(redirection, *PROMPT, "-ApiBase", base, "-Verbose")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["id"] == "video_123"


@on_unix
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_without_stderr_the_exit_code_tells(redirection: str) -> None:
    done = _redirected(redirection, *PROMPT, "-Foo")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
