"""Completion for good: one command writes it where each shell looks, and another takes it away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import OF_NOBODY, Run
from tests.terminal import TAB, Terminal

# --- installed for good -------------------------------------------------------------------------------------------

STARTS = {
    "bash": (["bash", "-i"], ".bashrc"),
    "zsh": (["zsh", "-i"], ".zshrc"),
    "fish": (["fish", "-i"], ".config/fish/config.fish"),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose name has to be quoted, and nothing in the environment that leads elsewhere."""
    folder = tmp_path / "it's a home"
    folder.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR", "SHELL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def _files(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shell", STARTS)
def test_one_command_and_a_new_shell_completes(
    installed: Path, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    if shutil.which(shell) is None or sys.platform == "win32":
        pytest.skip(f"this system has no {shell}")
    start, profile = STARTS[shell]
    (home / profile).parent.mkdir(parents=True, exist_ok=True)
    (home / profile).write_text("function fish_prompt; echo 'now: '; end" if shell == "fish" else "PS1='now: '\n")
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    result = run("psopenai", "completion", "install")
    assert (result.exit_code, result.stderr) == (0, "")
    terminal = Terminal(*start, env={**os.environ, "TERM": "xterm"})
    terminal.wait_until_shown("now: ")
    for typed, completed in (("New-Video -Prom", "pt "), ("Wait-Video -PollI", "ntervalSec ")):
        terminal.type(typed + TAB)
        terminal.wait_until_shown(completed, behind=typed[-5:])
        terminal.type("\x15")
    terminal.type("exit\n")
    terminal.close()


def test_installing_twice_changes_nothing_and_uninstalling_takes_all_away(run: Run, home: Path) -> None:
    (home / ".bashrc").write_bytes(b"alias ll='ls -l'\r\n\xff")
    (home / ".zshrc").write_text("# mine\n")
    before = _files(home)
    told = run("psopenai", "completion", "install", "bash", "zsh", "fish", "pwsh").stdout
    first = _files(home)
    assert all(f"wrote {home / name}" in told for name in first if name not in before and "profile" not in name)
    assert len(first) == 7
    assert first[".bashrc"].startswith(before[".bashrc"])
    again = run("psopenai", "completion", "install", "bash", "zsh", "fish", "pwsh")
    assert (again.exit_code, _files(home), "loads it" in again.stdout) == (0, first, False)
    assert run("psopenai", "completion", "uninstall").exit_code == 0
    left = {name: data for name, data in _files(home).items() if data}
    assert left == {".bashrc": before[".bashrc"] + b"\n", ".zshrc": before[".zshrc"]}
    assert run("psopenai", "completion", "uninstall").stdout == "Nothing was installed.\n"


@pytest.mark.parametrize(
    ("shell", "profiles", "used"),
    [
        pytest.param("/usr/bin/zsh", [], ["zsh"], id="the user's shell"),
        pytest.param("/bin/bash", [".zshrc", ".config/fish/config.fish"], ["bash", "zsh", "fish"], id="with a profile"),
        pytest.param("/bin/tcsh", [".bashrc"], ["bash"], id="another shell"),
    ],
)
def test_shells_that_are_in_use(run: Run, home: Path, shell: str, profiles: list[str], used: list[str]) -> None:
    for name in profiles:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    result = run("psopenai", "completion", "install", env={"SHELL": shell})
    assert [line.split(":")[0] for line in result.stdout.splitlines() if ": wrote " in line] == used


def test_no_shell_at_all(run: Run, home: Path) -> None:
    result = run("psopenai", "completion", "install")
    assert (result.exit_code, result.stdout, result.error_ids) == (2, "", ["ShellNotFound"])


def test_a_profile_that_is_a_link_stays_one(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").write_text("# mine\n")
    (home / ".bashrc").symlink_to(tmp_path / "dotfiles")
    assert run("psopenai", "completion", "install", "bash").exit_code == 0
    assert (home / ".bashrc").is_symlink()
    assert "completion.bash" in (tmp_path / "dotfiles").read_text()


def test_a_folder_that_cannot_be_written(run: Run, home: Path) -> None:
    (home / ".local").touch()
    result = run("psopenai", "completion", "install", "bash")
    assert (result.exit_code, result.error_ids) == (1, ["OutputNotWritten"])
    assert "could not be written" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="there, a user's folder is not looked up by name")
def test_the_home_of_nobody(run: Run) -> None:
    result = run("psopenai", "module", "install", "--path", "~nosuchuser/modules")
    assert (result.exit_code, result.error_ids) == (1, ["OutputNotWritten"])
    assert "The folder '~nosuchuser/modules' cannot be used: Could not determine home directory." in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="users of Unix")
@pytest.mark.parametrize("words", ["module install", "completion install", "completion install zsh"])
def test_no_home_folder(words: str) -> None:
    """As in a container that runs under a number nobody has."""
    variables = {name: value for name, value in os.environ.items() if name not in ("HOME", "USERPROFILE")}
    command = [sys.executable, "-c", OF_NOBODY, *words.split()]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("psopenai: This user has no home folder. Nothing was changed.\n")
