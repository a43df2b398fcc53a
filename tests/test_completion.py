"""Completion: what is offered, and that the printed scripts work in the shells themselves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from psopenai_py.candidates import candidates
from psopenai_py.cmdlets import MODULES, load
from tests.conftest import Run
from tests.terminal import TAB, Terminal

NEW_VIDEO = load("New-Video").CMDLET
ACTIONS = ["Continue", "SilentlyContinue", "Ignore", "Stop", "Inquire", "Break"]
PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SIZES = ["720x1280", "1280x720", "1024x1792", "1792x1024"]


def offered(*words: str) -> list[str]:
    """What is offered for the last word."""
    return [candidate.value for candidate in candidates(NEW_VIDEO, words[:-1], words[-1])]


#: What begins with -Pro.
BEGINNING = ["-Prompt", "-Provider", "-ProgressAction"]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        pytest.param(["-Pro"], BEGINNING, id="prefix"),
        pytest.param(["-PRO"], BEGINNING, id="any case"),
        pytest.param(["--pro"], ["--Prompt", "--Provider", "--ProgressAction"], id="two dashes"),
        pytest.param(["-Prompt", "x", "-Pro"], ["-Provider", "-ProgressAction"], id="not twice"),
        pytest.param(["-p:x", "-Pro"], ["-Provider", "-ProgressAction"], id="not twice, by prefix"),
        pytest.param(["-Wh"], ["-WhatIf"], id="ours"),
        pytest.param(["-ApiV"], [], id="hidden"),
        pytest.param(["-Xyz"], [], id="unknown"),
        pytest.param(["Dancing"], [], id="text"),
        pytest.param(["Dancing Doggo", "-Se"], ["-Seconds"], id="behind a text"),
        pytest.param(["-Seconds", ""], ["4", "8", "12"], id="values"),
        pytest.param(["-Seconds", "1"], ["12"], id="values by prefix"),
        pytest.param(["-sec", ""], ["4", "8", "12"], id="values of a prefix"),
        pytest.param(["-ea", ""], ACTIONS, id="values of an alias"),
        pytest.param(["-ea", "s"], ["SilentlyContinue", "Stop"], id="values in any case"),
        pytest.param(["-Size:"], [f"-Size:{size}" for size in SIZES], id="values behind a colon"),
        pytest.param(["-Size:12"], ["-Size:1280x720"], id="values behind a colon by prefix"),
        pytest.param(["-Size", ":"], SIZES, id="a colon is a word of its own"),
        pytest.param(["-Size", ":", "12"], ["1280x720"], id="what follows it, too"),
        pytest.param(["-Size:", "12"], ["1280x720"], id="a colon at the end"),
        pytest.param(["-Verbose:"], ["-Verbose:true", "-Verbose:false"], id="a switch"),
        pytest.param(["-Verbose", ":", "f"], ["false"], id="a switch in bash"),
        pytest.param(["-Verbose", "x"], [], id="nothing for a switch"),
        pytest.param(["-Prompt", ""], [], id="no values are known"),
        pytest.param(["-s", "-Sec"], ["-Seconds"], id="an ambiguous name is passed over"),
        pytest.param(["-Xyz:"], [], id="an unknown name with a colon"),
        pytest.param(["-ApiBase", "s"], ["sandbox:"], id="an address"),
    ],
)
def test_candidates(words: Sequence[str], values: list[str]) -> None:
    assert offered(*words) == values


def test_all_names_are_offered_the_cmdlets_own_first() -> None:
    rows = [row for row in NEW_VIDEO.parameters if not row.hidden]
    assert offered("") == [f"-{row.name}" for row in rows if not row.common] + [
        f"-{row.name}" for row in rows if row.common
    ]


@pytest.mark.parametrize("words", [["-InputReference", "ref."], ["-In", "ref."]], ids=["name", "prefix"])
def test_a_file_is_completed_by_the_shell(words: list[str]) -> None:
    (candidate,) = candidates(NEW_VIDEO, words[:-1], words[-1])
    assert candidate.file


# --- the printed scripts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh", "BASH"])
def test_scripts_serve_all_programs(run: Run, shell: str) -> None:
    result = run("psopenai", "completion", shell)
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("psopenai", *MODULES):
        assert name in result.stdout.replace("=", " ").split()


@pytest.mark.parametrize("arguments", [[], ["tcsh"], ["bash", "zsh"]], ids=["none", "unknown", "two"])
def test_one_known_shell_is_wanted(run: Run, arguments: list[str]) -> None:
    result = run("psopenai", "completion", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "psopenai: Completion is made for: bash, zsh, fish, powershell, pwsh.\n"
        "    + RecommendedAction     : psopenai completion install, or psopenai completion bash to print the script\n"
        "    + CategoryInfo          : InvalidData: (:) [], ParameterBindingValidationException\n"
        "    + FullyQualifiedErrorId : ParameterArgumentValidationError\n"
    )


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


Script = Callable[[str], Path]


@pytest.fixture
def script(installed: Path, run: Run) -> Script:
    """Prints the script for a shell into a file; skips the test where the shell is missing."""

    def write(shell: str) -> Path:
        if shutil.which(shell) is None or sys.platform == "win32":
            pytest.skip(f"this system has no {shell}")
        path = installed / f"completion.{shell}"
        path.write_text(run("psopenai", "completion", shell).stdout)
        return path

    return write


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param(["New-Video", "-Pro"], BEGINNING, id="name"),
        pytest.param(["New-Video", "-ea", ""], ACTIONS, id="values of an alias"),
        pytest.param(["New-Video", "Dancing Doggo", "-Sec"], ["-Seconds"], id="behind a text"),
        pytest.param(["New-Video", "-Size", ":", "12"], ["1280x720"], id="behind a colon"),
        pytest.param(["New-Video", "-Size", ":"], SIZES, id="behind a bare colon"),
        pytest.param(["New-Video", "text"], [], id="text"),
        pytest.param(["psopenai", "new-video", "-Pro"], BEGINNING, id="behind the program"),
        pytest.param(["psopenai", "remove-v"], ["Remove-Video"], id="cmdlet in any case"),
        pytest.param(["psopenai", "compl"], ["completion"], id="completion"),
        pytest.param(["psopenai", "completion", "p"], ["powershell", "pwsh"], id="shells"),
        pytest.param(["Set-OpenAIKey", "-Api"], ["-ApiBase"], id="another cmdlet"),
    ],
)
def test_bash_function(script: Script, words: list[str], offered: list[str]) -> None:
    # What bash itself puts into COMP_WORDS for such a line: words as typed, quotes included.
    typed = " ".join(shlex.quote(word) for word in words)
    body = f"""
        source {script("bash")}
        COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}
        [[ "${{COMP_WORDS[1]}}" == *' '* ]] && COMP_WORDS[1]="'${{COMP_WORDS[1]}}'"
        _psopenai_complete {words[0]} "${{COMP_WORDS[COMP_CWORD]}}"
        [[ ${{#COMPREPLY[@]}} -eq 0 ]] || printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "--norc", "-c", body], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == offered


KEYS = [
    pytest.param("New-Video -Prom", "New-Video -Prompt ", id="name"),
    pytest.param("New-Video -Size:12", "New-Video -Size:1280x720 ", id="behind a colon"),
    pytest.param("New-Video x -ea Sto", "New-Video x -ea Stop ", id="value of an alias"),
    pytest.param("New-Video -InputReference pict", "New-Video -InputReference picture.png ", id="file"),
    pytest.param(
        "New-Video x -AdditionalBody @pict", "New-Video x -AdditionalBody @picture.png ", id="behind an at sign"
    ),
    pytest.param("New-Video x -AdditionalBody @fold", "New-Video x -AdditionalBody @folder/", id="a folder behind it"),
    pytest.param("psopenai Get-VideoC", "psopenai Get-VideoContent ", id="cmdlet"),
    pytest.param("psopenai help exi", "psopenai help exit-codes ", id="topic"),
]


@pytest.mark.parametrize(("typed", "completed"), KEYS)
@pytest.mark.parametrize(
    ("shell", "start"),
    [
        pytest.param(["bash", "--norc", "--noprofile", "-i"], "source {}", id="bash"),
        pytest.param(["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source {}", id="zsh"),
    ],
)
def test_a_shell_at_work(
    script: Script,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: list[str],
    start: str,
    typed: str,
    completed: str,
) -> None:
    path = script(shell[0])
    (tmp_path / "picture.png").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(*shell, env={**os.environ, "TERM": "dumb", "PS1": "ready: "})
    terminal.wait_for("ready: ")
    terminal.type(start.format(path) + "; PS1='now: '\n")
    terminal.wait_for("now: ")
    terminal.type(typed + TAB)
    terminal.wait_for(completed)
    terminal.type("\x15exit\n")
    terminal.close()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("New-Video -Pro", BEGINNING, id="name"),
        pytest.param("New-Video x -ea ", ACTIONS, id="values of an alias"),
        pytest.param("New-Video -Size:12", ["-Size:1280x720"], id="behind a colon"),
        pytest.param("New-Video 'Dancing Doggo' -Sec", ["-Seconds"], id="behind a text"),
        pytest.param("New-Video -InputReference pict", ["picture.png"], id="file"),
        pytest.param("New-Video x -AdditionalBody @pict", ["@picture.png"], id="file behind an at sign"),
        pytest.param("psopenai remove-v", ["Remove-Video"], id="cmdlet"),
    ],
)
def test_fish(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, offered: list[str]) -> None:
    path = script("fish")
    (tmp_path / "picture.png").touch()
    monkeypatch.chdir(tmp_path)
    body = f"source {path}; complete -C {shlex.quote(line)}"
    done = subprocess.run(["fish", "--no-config", "-c", body], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert sorted(row.partition("\t")[0] for row in done.stdout.splitlines()) == sorted(offered)


def test_fish_shows_descriptions_whole(script: Script) -> None:
    body = f"source {script('fish')}; complete -C 'New-Video -'"
    done = subprocess.run(["fish", "--no-config", "-c", body], capture_output=True, text=True, check=False)
    rows = dict(line.split("\t") for line in done.stdout.splitlines())
    assert rows == {f"-{row.name}": row.help for row in NEW_VIDEO.parameters if not row.hidden}


def test_bash_3_has_neither_nosort_nor_compopt(script: Script, tmp_path: Path) -> None:
    """As on macOS; a function in the place of the builtin refuses what that version refuses."""
    body = f"""
        complete() {{ [[ $2 != nosort ]] || {{ echo "invalid option" >&2; return 2; }}; builtin complete "$@"; }}
        compopt() {{ echo "compopt: command not found" >&2; return 127; }}
        source {script("bash")}
        builtin complete -p New-Video psopenai
        cd {tmp_path}; touch picture.png
        COMP_WORDS=(New-Video -InputReference pict); COMP_CWORD=2
        _psopenai_complete New-Video pict -InputReference
        printf '%s\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "--norc", "-c", body], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.splitlines()) == (
        "",
        ["complete -F _psopenai_complete New-Video", "complete -F _psopenai_complete psopenai", "picture.png"],
    )


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


@pytest.mark.parametrize(
    ("line", "word", "offered"),
    [
        pytest.param("New-Video -Pro", 1, BEGINNING, id="name"),
        pytest.param("New-Video -Size ", 2, SIZES, id="values"),
        pytest.param("New-Video -Size:12", 1, ["-Size:1280x720"], id="behind a colon"),
        pytest.param("New-Video 'Dancing Doggo' -Sec", 2, ["-Seconds"], id="behind a text"),
    ],
)
def test_the_answers_for_powershell(installed: Path, line: str, word: int, offered: list[str]) -> None:
    """Three lines for each offer: its kind, its text, its description. The script reads them so."""
    env = {"_PSOPENAI_COMPLETE": "powershell_complete", "COMP_WORDS": line, "COMP_CWORD": str(word)}
    done = subprocess.run([installed / "New-Video"], env=os.environ | env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[1::3] == offered
    assert set(lines[0::3]) == {"plain"}
    assert len(lines) == 3 * len(offered)
    assert all(lines[2::3])
