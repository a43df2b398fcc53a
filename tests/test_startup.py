"""What a start loads, one interpreter for each kind of call, compared with lists: time is spent in modules."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import click
import pytest

from tests.conftest import KEY
from tests.server import Server

ROOT = Path(__file__).parent.parent
PACKAGES = Path(click.__file__).parent.parent
ON_WINDOWS = {"colorama"} if sys.platform == "win32" else set()

#: What everything needs that begins with a command line.
FRONT = {
    "",
    "__main__",
    "binding",
    "binding.binder",
    "binding.bound",
    "binding.names",
    "binding.spec",
    "binding.tokens",
    "binding.typed",
    "binding.values",
    "cmdlets",
    "commands",
    "errors",
    "errors.local",
    "errors.remote",
    "services",
    "program",
    "terminal.screen",
    "disguises",
    "redaction",
    "shell",
    "signals",
    "terminal.standard_input",
    "streams",
    "terminal",
    "terminal.streams",
}
TABLE = {"cmdlets.new_video", "cmdlets.shared_parameters"}
HELP = {"help", "help.layout", "help.page"}


#: Tells at the end what is loaded; nothing of it is loaded for that.
_TELL = "import atexit, sys; atexit.register(lambda: sys.stderr.write('\\0' + ' '.join(sys.modules)));"


def loaded(code: str, *arguments: str, env: Mapping[str, str] | None = None, exit_code: int = 0) -> set[str]:
    """The names of all modules that are loaded at the end of a program."""
    # -S: what a .pth file of the environment loads, such as a coverage tool, is not ours.
    done = subprocess.run(
        [sys.executable, "-S", "-c", _TELL + code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(PACKAGES)]), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == exit_code, done.stderr
    return set(done.stderr.rpartition("\0")[2].split())


def started(*arguments: str, env: Mapping[str, str] | None = None, exit_code: int = 0) -> set[str]:
    """The same for a command line of ours, as a console script starts it."""
    return loaded("from psopenai_py.__main__ import main; main()", *arguments, env=env, exit_code=exit_code)


def ours(modules: set[str]) -> set[str]:
    return {name.removeprefix("psopenai_py").removeprefix(".") for name in modules if name.startswith("psopenai_py")}


def packages(modules: set[str]) -> set[str]:
    """Top-level packages that come neither from us nor with Python."""
    python = {*sys.stdlib_module_names, "_missing_stdlib_info"}  # Debian's 3.15 has one that Python's own list has not
    return {name.partition(".")[0] for name in modules} - {"psopenai_py", "__main__", *python}


@cache
def click_alone() -> set[str]:
    """What click loads: beside it, little may come."""
    return loaded("import click")


def standard(modules: set[str]) -> set[str]:
    """Public modules of the standard library that click does not need, too."""
    also = click_alone() | {"math.integer"}  # which is a part of math from 3.15 on
    public = {name for name in modules - also if not any(part.startswith("_") for part in name.split("."))}
    return {name for name in public if name.partition(".")[0] in sys.stdlib_module_names} - {*sys.builtin_module_names}


@pytest.mark.parametrize(
    ("arguments", "exit_code", "modules", "library"),
    [
        pytest.param(["--version"], 0, FRONT, set(), id="version"),
        pytest.param(["New-Video", "--version"], 0, FRONT | TABLE, set(), id="version of a cmdlet"),
        pytest.param(
            ["New-Video", "-?"], 0, FRONT | TABLE | {"help", "help.layout", "help.page"}, {"textwrap"}, id="help"
        ),
        pytest.param(["New-Video", "-Foo"], 2, FRONT | TABLE, {"difflib", "heapq"}, id="unknown parameter"),
        pytest.param(["New-Video", "x", "y"], 2, FRONT | TABLE, set(), id="text too many"),
        pytest.param(["New-Video"], 2, FRONT | TABLE, set(), id="missing parameter"),
        pytest.param(["New-Vidoe"], 2, FRONT, {"difflib", "heapq"}, id="unknown cmdlet"),
        pytest.param(
            ["New-Video", "x", "-TimeoutSec", "y"], 2, FRONT | TABLE | {"binding.numbers"}, set(), id="bad number"
        ),
    ],
)
def test_without_a_request(arguments: list[str], exit_code: int, modules: set[str], library: set[str]) -> None:
    names = started(*arguments, exit_code=exit_code)
    assert ours(names) == modules
    assert packages(names) == {"click"} | ON_WINDOWS
    assert standard(names) <= library | {"math", "signal"}


def test_completion() -> None:
    asked = {"_PSOPENAI_COMPLETE": "bash_complete", "COMP_WORDS": "New-Video -Pro", "COMP_CWORD": "1"}
    names = loaded("import sys; sys.argv[0] = 'New-Video'; from psopenai_py.__main__ import main; main()", env=asked)
    assert ours(names) == (FRONT | TABLE | {"candidates", "completion", "completion.scripts", "completion.templates"})
    assert packages(names) == {"click"} | ON_WINDOWS
    assert standard(names) <= {"math", "shlex", "signal", "collections.abc"}


def test_the_package_alone() -> None:
    names = loaded("import psopenai_py") - loaded("import typing")
    assert ours(names) == {""}
    assert not packages(names) | standard(names)


def test_errors_of_the_package() -> None:
    names = loaded("import psopenai_py; psopenai_py.errors.RateLimitExceededError")
    assert ours(names) == {"", "errors", "errors.local", "errors.remote"}
    assert not packages(names)


def test_the_functions_need_no_click() -> None:
    names = loaded("from psopenai_py import new_video")
    assert not packages(names)
    assert not {"httpx", "keyring", "ssl", "asyncio", "json"} & names


#: httpx and what comes with it; and what it looks for, in case that it is to be a command line tool itself.
HTTP = {"anyio", "certifi", "h11", "httpcore", "httpx", "idna", "markdown_it", "mdurl", "pygments", "rich", "sniffio"}
#: What nobody needs for one request over plain HTTP, or for the sandbox.
NEEDLESS = {
    "asyncio",
    "concurrent.futures",
    "ftplib",
    "http.server",
    "keyring",
    "multiprocessing",
    "pydoc",
    "sqlite3",
    "tkinter",
    "unittest",
    "xml",
}


def test_a_request_with_the_key_in_the_environment(server: Server) -> None:
    base = server.script("startup").base
    names = started("New-Video", "x", "-ApiBase", base, env={"OPENAI_API_KEY": KEY})
    assert packages(names) <= {"click", *HTTP, *ON_WINDOWS}
    assert not names & NEEDLESS
    assert not {name for name in ours(names) if name.startswith(("sandbox", "keys", "help", "completion"))}
    assert {name for name in ours(names) if name.startswith("cmdlets.")} == TABLE


def test_the_sandbox(tmp_path: Path) -> None:
    names = started("New-Video", "x", "-ApiBase", f"sandbox:{tmp_path}")
    assert packages(names) <= {"click", *HTTP, *ON_WINDOWS}
    assert not names & NEEDLESS
    parts = {name for name in ours(names) if name.startswith("sandbox.")}
    assert not {name for name in parts if name.startswith(("sandbox.media", "sandbox.server"))}


def test_what_would_be_sent_is_shown_without_a_network() -> None:
    names = started("New-Video", "x", "-WhatIf", env={"OPENAI_API_KEY": KEY})
    assert packages(names) == {"click"} | ON_WINDOWS
    assert not names & NEEDLESS
    assert "ssl" not in names


def test_a_worker_needs_no_click() -> None:
    """It loads what calls need before there is one."""
    names = loaded("import runpy; runpy.run_module('psopenai_py.worker', run_name='__main__')")
    assert packages(names) <= HTTP
    assert {"httpx", "httpcore"} <= names
