"""The front: names, versions, help, suggestions, questions on a terminal, exit codes, entry points."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest

from psopenai_py import __version__
from psopenai_py.cmdlets import MODULES
from tests.conftest import Run
from tests.terminal import CTRL_C, CTRL_D, Terminal, our

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: What concerns all cmdlets.
TOPICS = ["environment", "exit-codes", "pipelines", "keys", "providers", "sandbox", "common-parameters"]

on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")


# --- names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-?"], ["-h"], ["-Help"], ["help"]], ids=" ".join)
def test_the_program_lists_its_cmdlets(run: Run, arguments: list[str]) -> None:
    result = run("psopenai", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split()[0] for line in result.stdout.splitlines() if re.match(r"    [A-Z]", line)]
    assert rows == list(MODULES)
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert all(f"\n    {topic} " in result.stdout for topic in TOPICS)


@pytest.mark.parametrize(
    "words", [["help", "New-Video"], ["HELP", "new-video"], ["help", "Get-OpenAIKey"]], ids=" ".join
)
def test_the_program_shows_the_help_of_a_cmdlet(run: Run, words: list[str]) -> None:
    assert run("psopenai", *words) == run(words[1], "-Help")
    assert run("psopenai", *words).exit_code == 0


@pytest.mark.parametrize(("typed", "meant"), [("New-Vidoe", "New-Video"), ("exit-cods", "exit-codes"), ("Xyzzy", None)])
def test_there_is_no_help_for_what_does_not_exist(run: Run, typed: str, meant: str | None) -> None:
    result = run("psopenai", "help", typed)
    assert (result.exit_code, result.stdout) == (2, "")
    suggestion = f" Did you mean {meant}?" if meant else ""
    assert result.stderr == (
        f"psopenai: There is no cmdlet and no topic named '{typed}'.{suggestion}\n"
        "    + RecommendedAction     : psopenai help lists them.\n"
        f"    + CategoryInfo          : ObjectNotFound: ({typed}:String) [], CommandNotFoundException\n"
        "    + FullyQualifiedErrorId : CommandNotFoundException\n"
    )


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("psopenai", ["--version"]),
        ("psopenai", ["-Version"]),
        ("psopenai", ["-V"]),
        ("psopenai", ["version"]),
        ("psopenai", ["New-Video", "--version"]),
        ("New-Video", ["--version"]),
        ("Get-OpenAIKey", ["--Version"]),
    ],
)
def test_version(run: Run, program: str, arguments: list[str]) -> None:
    result = run(program, *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"psopenai {__version__}\n", "")


@pytest.mark.parametrize("name", ["New-Video", "new-video", "NEW-VIDEO", "nEW-vIDEO"])
def test_the_case_of_a_cmdlet_does_not_matter(run: Run, name: str) -> None:
    by_name = run("psopenai", name, "-Foo", "1")
    assert by_name == run("New-Video", "-Foo", "1")
    assert by_name.stderr.startswith("New-Video: ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("New-Vidoe", "New-Video"),
        ("newvideo", "New-Video"),
        ("set-openaikye", "Set-OpenAIKey"),
        ("completions", "completion"),
        ("Xyzzy", None),
        ("", None),
        ("-Prompt", None),
    ],
)
def test_an_unknown_cmdlet(run: Run, typed: str, meant: str | None) -> None:
    result = run("psopenai", typed, "x")
    suggestion = f" Did you mean {meant}?" if meant else ""
    target = f"{typed}:String" if typed else ":"
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"psopenai: There is no cmdlet named '{typed}'.{suggestion}\n"
        "    + RecommendedAction     : psopenai help lists them.\n"
        f"    + CategoryInfo          : ObjectNotFound: ({target}) [], CommandNotFoundException\n"
        "    + FullyQualifiedErrorId : CommandNotFoundException\n"
    )


# --- binding, as the front shows it -----------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["-?", "-h", "-H", "-Help", "-help", "--help", "--HELP"])
def test_help(run: Run, argument: str) -> None:
    result = run("New-Video", argument)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("NAME\n    New-Video\n\nSYNOPSIS\n")


@pytest.mark.parametrize("text", ["-h", "-Help", "--help", "--version", "-WhatIf", "--", "-"])
def test_what_asks_for_help_elsewhere_is_text_behind_a_parameter(run: Run, text: str) -> None:
    result = run("New-Video", "-WhatIf", "-Prompt", text, "-ApiBase", "http://127.0.0.1:9")
    if text == "--":
        assert (result.exit_code, result.error_ids) == (2, ["AmbiguousParameter,New-Video"])
    else:
        assert result.json["fields"][0] == {"name": "prompt", "value": text}


def test_a_misspelt_parameter(run: Run) -> None:
    result = run("New-Video", "Dancing Doggo", "-Sise", "1280x720")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "New-Video: New-Video has no parameter named 'Sise'. Did you mean -Size?\n"
        "    + RecommendedAction     : New-Video -Help lists the parameters.\n"
        "    + CategoryInfo          : InvalidArgument: (:) [New-Video], ParameterBindingException\n"
        "    + FullyQualifiedErrorId : NamedParameterNotFound,New-Video\n"
    )


def test_text_without_quotes(run: Run) -> None:
    result = run("New-Video", "Dancing", "Doggo")
    assert result.stderr == (
        "New-Video: No parameter takes the argument 'Doggo' by its position.\n"
        "    + RecommendedAction     : Put quotes around a text that contains blanks.\n"
        "    + CategoryInfo          : InvalidArgument: (:) [New-Video], ParameterBindingException\n"
        "    + FullyQualifiedErrorId : PositionalParameterNotFound,New-Video\n"
    )


@pytest.mark.parametrize("name", ["AdditionalQuery", "AdditionalHeaders", "AdditionalBody"])
@pytest.mark.parametrize("text", ["System.Collections.Hashtable", "@{seed=System.Object[]}"])
def test_a_hashtable_that_powershell_flattened(run: Run, name: str, text: str) -> None:
    result = run("New-Video", "x", f"-{name}", text, "-ApiBase", "http://127.0.0.1:9")
    advice = (
        "PowerShell turned the hashtable into text and its content is lost on the way; pass JSON text "
        "(ConvertTo-Json -Compress), @file.json, or use the PowerShell module."
    )
    assert result.exit_code == (1 if name == "AdditionalBody" else 2)
    assert advice in result.stderr.splitlines()[0]


# --- a missing prompt -------------------------------------------------------------------------------------------

MISSING = (
    "New-Video: New-Video needs a value for: Prompt.\n"
    "    + RecommendedAction     : Give it as -Prompt VALUE, or through a pipe.\n"
    "    + CategoryInfo          : InvalidArgument: (:) [New-Video], ParameterBindingException\n"
    "    + FullyQualifiedErrorId : MissingMandatoryParameter,New-Video\n"
)


def _on_80_columns(text: str) -> str:
    """What the screen shows of it: no word is cut."""
    return text.replace("[New-Video], ParameterBindingException", "[New-Video],\n      ParameterBindingException")


@pytest.mark.parametrize("process", [False, True], ids=["here", "in a process"])
def test_a_missing_prompt_without_a_terminal(run: Run, process: bool) -> None:
    result = run("New-Video", "-Model", "m", process=process)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", MISSING)


@pytest.mark.parametrize(
    "arguments",
    [["-InputReference", "ref.png"], ["-AdditionalBody", '{"prompt": "Dancing Doggo"}']],
    ids=["picture", "body"],
)
def test_the_prompt_may_be_missing(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "ref.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    arguments = [str(tmp_path / argument) if argument == "ref.png" else argument for argument in arguments]
    result = run("New-Video", *arguments, "-WhatIf", "-ApiBase", "sandbox:")
    assert (result.exit_code, result.stderr) == (0, "")


@on_a_terminal
def test_a_missing_prompt_is_asked_for(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        terminal = Terminal(*our("New-Video", "-WhatIf", "-ApiBase", "sandbox:"), stdout=out)
        terminal.wait_for("Prompt: ")
        terminal.type("Dancing Doggo, süß\n")
        assert terminal.close() == 0
    assert terminal.screen == "Prompt: Dancing Doggo, süß\n"
    assert '"value": "Dancing Doggo, süß"' in (tmp_path / "out").read_text(encoding="utf-8")


@on_a_terminal
@pytest.mark.parametrize(
    ("typed", "exit_code", "shown"),
    [
        pytest.param(CTRL_D, 2, "\n" + _on_80_columns(MISSING), id="Ctrl-D"),
        pytest.param(CTRL_C, 130, "^C\nInterrupted.\n", id="Ctrl-C"),
        pytest.param(
            "\n",
            2,
            "\n"
            "New-Video: The value for -Prompt is not valid: it is empty.\n"
            "    + CategoryInfo          : InvalidData: (:) [New-Video],\n      ParameterBindingValidationException\n"
            "    + FullyQualifiedErrorId : ParameterArgumentValidationError,New-Video\n",
            id="nothing",
        ),
    ],
)
def test_no_answer_to_the_question(tmp_path: Path, typed: str, exit_code: int, shown: str) -> None:
    with (tmp_path / "out").open("wb") as out:
        terminal = Terminal(*our("New-Video"), env={**os.environ, "NO_COLOR": "1"}, stdout=out)
        terminal.wait_for("Prompt: ")
        terminal.type(typed)
        assert terminal.close() == exit_code
    assert terminal.screen == "Prompt: " + shown.replace("], ParameterB", "],\n      ParameterB")
    assert (tmp_path / "out").read_bytes() == b""


@on_a_terminal
def test_nobody_is_asked_who_cannot_see_the_question(tmp_path: Path) -> None:
    script = f"exec {shlex.join(our('New-Video'))} 2>{shlex.quote(str(tmp_path / 'err'))}"
    terminal = Terminal("/bin/sh", "-c", script)
    assert (terminal.close(), terminal.screen) == (2, "")
    assert (tmp_path / "err").read_text() == MISSING


# --- entry points -----------------------------------------------------------------------------------------------


def test_every_cmdlet_is_a_console_script() -> None:
    assert set(PROJECT["scripts"]) == {"psopenai", *MODULES}


@pytest.mark.parametrize(("name", "target"), PROJECT["scripts"].items())
def test_console_scripts_run_the_cmdlet_of_their_name(name: str, target: str) -> None:
    module, _, function = target.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    for program in (f"/usr/bin/{name}", rf"C:\\Python\\Scripts\\{name}.exe", name.lower()):
        code = f"import sys; from {module} import {function}; sys.argv = [{program!r}, '-NoSuchThing']; {function}()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{name}: ")


@pytest.mark.parametrize("name", ["psopenai", "New-Video"])
def test_installed_console_scripts(name: str) -> None:
    script = shutil.which(name, path=sysconfig.get_path("scripts"))
    if script is None:
        pytest.skip("the package is not installed in this environment")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"psopenai {__version__}\n", "")


def test_the_module_runs(run: Run) -> None:
    here, there = (run("psopenai", "new-video", "-?", process=process) for process in (False, True))
    assert (here.exit_code, here.stdout, here.stderr) == (there.exit_code, there.stdout, there.stderr)
