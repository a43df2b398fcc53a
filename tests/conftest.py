"""What all tests share: an environment of their own, a server on loopback, keyrings, and `run`."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import keyring
import pytest
from hypothesis import HealthCheck, settings
from keyring.backend import KeyringBackend

from psopenai_py import environment, shell
from tests import powershell
from tests.backends import Memory
from tests.server import Server, serving

# How long something takes depends on what else the machine does, and is no reason to fail.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

#: A made-up key of the form that real ones have.
KEY = "sk-test-0123456789abcdefXY"

#: The program for a user whom the system does not know, as a container may have one.
OF_NOBODY = "import pwd; pwd.getpwuid = {}.__getitem__; from psopenai_py.__main__ import main; main()"

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: Variables that change what a call does; each test starts without them.
_VARIABLES = [*environment.names(), "http_proxy", "https_proxy", "all_proxy", "no_proxy", "_PSOPENAI_COMPLETE"]

#: Tests of which the coverage of processes counts, too. To measure it takes half as long again, and the processes of
#: all others run what is measured already.
_MEASURED = (
    *("worker/", "compat/test_worker.py", "compat/test_worker_life.py", "compat/test_worker_lines.py"),
    *("sandbox/test_jobs.py", "sandbox/test_server.py"),
    *("pipeline/test_stopping.py", "pipeline/test_progress.py", "pipeline/test_promptness.py"),
    *("pipeline/test_fairness.py", "pipeline/test_live_input.py", "pipeline/test_journal.py"),
    *("cmdlets/test_start_video_sandbox.py", "cmdlets/test_watching.py", "cmdlets/test_broken_downloads.py"),
    *("test_shell.py", "test_streams.py", "test_terminal_text.py", "test_completion.py", "test_lost_interruptions.py"),
)


@dataclass(frozen=True)
class Result:
    """What a run left behind; `data` is stdout as it came, for output that is not text."""

    exit_code: int
    data: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def errors(self) -> list[dict[str, str]]:
        """All errors in order, with what the lines below their sentences say: id, category, target and reason."""
        form = r"^    \+ CategoryInfo {10}: (\w+): \((.*?):\w*\) \[.*?\], (\S+)\n    \+ FullyQualifiedErrorId : (.*)$"
        found = re.findall(form, self.stderr, re.MULTILINE)
        return [{"id": name, "category": kind, "target": target, "reason": why} for kind, target, why, name in found]

    @property
    def error_ids(self) -> list[str]:
        """The FullyQualifiedErrorIds of all errors, in order."""
        mark = "    + FullyQualifiedErrorId : "
        return [line.removeprefix(mark) for line in self.stderr.splitlines() if line.startswith(mark)]

    @property
    def warnings(self) -> list[str]:
        """The texts of all warnings; further lines of a warning stand bare, as in PowerShell."""
        lines = self.stderr.splitlines()
        return [line.removeprefix("WARNING: ") for line in lines if line.startswith("WARNING: ")]


class Run(Protocol):
    def __call__(
        self,
        name: str,
        *arguments: str,
        env: Mapping[str, str | None] | None = None,
        stdin: str | bytes | None = None,
        process: bool = False,
    ) -> Result: ...


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for all that is skipped where there is no PowerShell."""
    if not powershell.PWSH:
        terminalreporter.write_line(f"not tested: {powershell.WITHOUT}")


@pytest.fixture(autouse=True)
def _clean_world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No inherited settings, a keyring that is empty, an own home, the zone UTC."""
    is_measured = request.path.relative_to(Path(__file__).parent).as_posix().startswith(_MEASURED)
    for name in [*_VARIABLES, *([] if is_measured else ["COVERAGE_PROCESS_CONFIG"])]:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    for name, value in {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "HOME": str(home),
        "USERPROFILE": str(home),
        "LOCALAPPDATA": str(home),
        "TZ": "UTC",
    }.items():
        monkeypatch.setenv(name, value)
    _set_zone()
    yield
    monkeypatch.undo()
    _set_zone()


def _set_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line: in this process through the terminal front, or in one of its own.

    Without `stdin`, it is the null device; with an empty one, a pipe that ends at once.
    """

    def run(
        name: str,
        *arguments: str,
        env: Mapping[str, str | None] | None = None,
        stdin: str | bytes | None = None,
        process: bool = False,
    ) -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        with monkeypatch.context() as world:
            for variable, value in (env or {}).items():
                world.delenv(variable, raising=False) if value is None else world.setenv(variable, value)
            _set_zone()
            return _in_process_of_its_own(name, arguments, data) if process else in_this_process(name, arguments, data)

    return run


def in_this_process(name: str, arguments: tuple[str, ...], data: bytes | None) -> Result:
    """Run a command line through the terminal front, with stdin as it is given, or the null device."""
    out, err = io.BytesIO(), io.BytesIO()
    with Path(os.devnull).open("rb") if data is None else io.BytesIO(data) as stdin:
        code = shell.run(name, arguments, stdin=stdin, stdout=out, stderr=err)
    return Result(code, out.getvalue(), err.getvalue().decode())


def _in_process_of_its_own(name: str, arguments: tuple[str, ...], data: bytes | None) -> Result:
    command = [sys.executable, "-m", "psopenai_py", *([] if name == "psopenai" else [name]), *arguments]
    given: dict[str, Any] = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    done = subprocess.run(command, **given, capture_output=True, env=dict(os.environ), check=False, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One HTTP server on loopback for the whole run."""
    with serving() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Iterator[KeyringBackend]:
    """The keyring of this process: an empty one that works, or what the test asks for."""
    before = keyring.get_keyring()
    chosen: KeyringBackend = getattr(request, "param", Memory)()
    keyring.set_keyring(chosen)
    yield chosen
    keyring.set_keyring(before)


@pytest.fixture
def keyring_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Processes keep their keys in a file of their own, by a backend that is not ours."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "python_keyring" / "keyring_pass.cfg"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the PATH that holds the programs, as after an installation."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, target in PROJECT["scripts"].items():
        module, _, function = target.partition(":")
        code = f"import sys; from {module} import {function}; sys.argv[0] = {name!r}; {function}()"
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-c", code])} "$@"\n')
        script.chmod(0o755)
    # As in a shell of the user's, whatever this one inherits.
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    return folder
