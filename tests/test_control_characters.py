"""What a server says does not command the terminal: also not by single bytes, nor by turning the writing round."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.conftest import KEY, Run
from tests.server import Server
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="has a terminal as Unix has")

#: Each turns the writing round, ends a line for some programs, or begins a command.
CHARACTERS = "\x9b\x7f\x85\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"
#: What looks like them and is a part of texts in Arabic, Hebrew and Hindi, or of a picture of a family.
PARTS_OF_TEXTS = "\u200c\u200d\u200e\u200f\u061c\U0001f468\u200d\U0001f469"


def test_what_is_said_has_none(run: Run, server: Server) -> None:
    error = {"error": {"message": f"<{CHARACTERS}{PARTS_OF_TEXTS}>"}}
    base = server.script("said", [{"status": 400, "json": error}]).base
    result = run("New-Video", "x", "-ApiBase", base, "-Verbose", "-Debug")
    assert f" Error: <{len(CHARACTERS) * chr(0xFFFD)}{PARTS_OF_TEXTS}>\n" in result.stderr
    assert not set(result.stderr) & set(CHARACTERS)


def test_errors_as_json_have_them_escaped(run: Run, server: Server) -> None:
    base = server.script("escaped", [{"status": 400, "json": {"error": {"message": CHARACTERS}}}]).base
    result = run("New-Video", "x", "-ApiBase", base, env={"PSOPENAI_ERROR_VIEW": "json"})
    assert not set(result.stderr) & set(CHARACTERS)
    assert json.loads(result.stderr)["message"].endswith(CHARACTERS)


@on_unix
def test_a_job_on_a_terminal_has_them_escaped(server: Server) -> None:
    job = {"id": "v9", "status": "queued", "prompt": CHARACTERS, CHARACTERS: 1}
    base = server.script("shown", [{"json": job}]).base
    terminal = Terminal(*our("Get-Video", "v9", "-ApiBase", base), env=os.environ | {"OPENAI_API_KEY": KEY})
    assert terminal.close() == 0
    assert not set(terminal.screen) & set(CHARACTERS)
    assert json.loads(terminal.screen) == job
    assert terminal.screen.startswith(
        '{\n  "id": "v9",\n  "status": "queued",\n  "prompt": "\\u009b\\u007f\\u0085\\u2028'
    )


def test_a_job_in_a_pipe_is_what_powershell_writes(run: Run, server: Server) -> None:
    base = server.script("piped", [{"json": {"id": "v9", "prompt": CHARACTERS}}]).base
    shown = CHARACTERS.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assert run("Get-Video", "v9", "-ApiBase", base).stdout == f'{{\n  "id": "v9",\n  "prompt": "{shown}"\n}}\n'
