"""Completion: what is offered, and that the printed scripts work in the shells themselves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from psopenai_py.candidates import candidates
from psopenai_py.cmdlets import MODULES, load
from tests.conftest import Run
from tests.terminal import TAB, Terminal

NEW_VIDEO = load("New-Video").CMDLET
ACTIONS = ["Continue", "SilentlyContinue", "Ignore", "Stop", "Inquire", "Break"]
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
