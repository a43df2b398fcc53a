"""Help: whole pages against stored ones, and what must be true of every page."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from psopenai_py.binding.binder import bind
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.cmdlets.shared_parameters import COMMON
from psopenai_py.help import topics
from tests.conftest import Run
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")

#: Written by `scripts/generate.py`; a change of a page is read there, as a difference.
PAGES = Path(__file__).parent / "data" / "help"

SECTIONS = [
    "NAME",
    "SYNOPSIS",
    "SYNTAX",
    "DESCRIPTION",
    "EXAMPLES",
    "PARAMETERS",
    "COMMON PARAMETERS",
    "OUTPUTS",
    "RELATED LINKS",
]


@pytest.mark.parametrize("name", MODULES)
def test_pages(run: Run, name: str) -> None:
    result = run(name, "-?")
    assert result.stdout == (PAGES / f"{name}.txt").read_text(encoding="utf-8")
    assert (result.exit_code, result.stderr) == (0, "")


def test_no_page_is_left_over() -> None:
    assert {path.stem for path in PAGES.glob("*.txt")} == set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_the_form_of_a_page(run: Run, name: str) -> None:
    lines = run(name, "-?").stdout.splitlines()
    titles = [line for line in lines if line and line[0] != " "]
    assert titles == [title for title in SECTIONS if title in titles]
    assert set(SECTIONS) - set(titles) <= {"RELATED LINKS"}
    # An example stays on one line, to be copied.
    examples = {example.command for example in load(name).CMDLET.examples}
    assert [line for line in lines if len(line) > 80 and line.strip() not in examples] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_parameter_is_described(run: Run, name: str) -> None:
    page = run(name, "-?").stdout
    words = " ".join(page.split())
    for row in load(name).CMDLET.parameters:
        if row.common:
            continue
        shown = re.search(rf"^    -{row.name}( <\w+(\[\])?>)?$", page, re.MULTILINE)
        assert bool(shown) != row.hidden
        assert re.fullmatch(r"[A-Z].*[.?]", row.help)
        assert row.hidden or " ".join(row.help.split()) in words


@pytest.mark.parametrize("name", MODULES)
def test_an_addition_is_marked(run: Run, name: str) -> None:
    page = run(name, "-?").stdout
    ours = [row for row in load(name).CMDLET.parameters if row.ours and not row.hidden]
    assert page.count("Origin: psopenai_py; PSOpenAI does not have it") >= len(ours)


# --- topics -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", topics.TOPICS, ids=topics.names())
def test_topics(run: Run, topic: topics.Topic) -> None:
    result = run("psopenai", "help", topic.name)
    assert result.stdout == (PAGES / "topics" / f"{topic.name}.txt").read_text(encoding="utf-8")
    assert (result.exit_code, result.stderr) == (0, "")
    for same in (topic.name.upper(), topic.name.removesuffix("s"), topic.name.replace("-", "_")):
        assert run("psopenai", "HELP", same) == result


def test_no_topic_is_left_over() -> None:
    assert {path.stem for path in (PAGES / "topics").iterdir()} == set(topics.names())


def test_all_common_parameters_are_described(run: Run) -> None:
    page = run("psopenai", "help", "common-parameters").stdout
    for row in COMMON:
        assert f"-{row.name}" in page and f"-{row.aliases[0]}" in page


def test_every_variable_that_is_read_is_named(run: Run) -> None:
    page = run("psopenai", "help", "environment").stdout
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_ORGANIZATION", "OPENAI_ORG_ID"):
        assert name in page


@on_unix
@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize(
    "arguments", [["New-Video", "-Help"], ["help"], ["help", "sandbox"], ["help", "exit-codes"]], ids=" ".join
)
def test_a_page_has_the_width_of_the_terminal(run: Run, width: int, arguments: list[str]) -> None:
    """A line is longer only where it is one word, or a command that is there to be copied."""
    command = f"stty cols {width} rows 24; exec {shlex.join(our(*arguments))}"
    terminal = Terminal("/bin/sh", "-c", command, env={**os.environ, "PAGER": "cat"})
    assert terminal.close() == 0
    program, *words = arguments
    assert terminal.screen.split() == run("psopenai", program, *words).stdout.split()
    prose = [line for line in terminal.screen.splitlines() if not re.search(r"-Video|://|OPENAI|psopenai|<", line)]
    if width >= 60:
        assert max(map(len, prose)) <= min(width, 100)
    if width >= 80:
        assert max(map(len, prose)) > min(width, 100) - 15


# --- the pager --------------------------------------------------------------------------------------------------

#: A pager that shows that it was called.
PAGER = "sed s/^/PAGED:/"


@on_unix
@pytest.mark.parametrize(
    ("rows", "arguments", "paged"),
    [
        pytest.param(24, ["New-Video", "-Help"], True, id="longer than the screen"),
        pytest.param(300, ["New-Video", "-Help"], False, id="fits onto the screen"),
        pytest.param(24, ["help", "environment"], True, id="a topic"),
        pytest.param(24, ["help", "exit-codes"], False, id="a short topic"),
        pytest.param(10, ["version"], False, id="the version"),
    ],
)
def test_a_pager_shows_what_is_longer_than_the_screen(rows: int, arguments: list[str], paged: bool) -> None:
    command = f"stty cols 60 rows {rows}; exec {shlex.join(our(*arguments))}"
    terminal = Terminal("/bin/sh", "-c", command, env={**os.environ, "PAGER": PAGER})
    assert terminal.close() == 0
    assert {line.startswith("PAGED:") for line in terminal.screen.splitlines()} == {paged}


@on_unix
@pytest.mark.parametrize("redirection", ["| cat", "< /dev/null"], ids=["a pipe", "nobody who could turn pages"])
def test_no_pager_without_a_person(redirection: str) -> None:
    command = f"stty cols 60 rows 5; {shlex.join(our('New-Video', '-Help'))} {redirection}"
    terminal = Terminal("/bin/sh", "-c", command, env={**os.environ, "PAGER": PAGER})
    assert terminal.close() == 0
    assert "PAGED:" not in terminal.screen and "SYNOPSIS" in terminal.screen


# --- examples ---------------------------------------------------------------------------------------------------


def _commands() -> dict[str, list[str]]:
    """Every command of ours in the examples, also inside of a pipeline, by its text."""
    found = {}
    for name in MODULES:
        for example in load(name).CMDLET.examples:
            for command in re.split(r"[|<>]", example.command):
                words = shlex.split(command)
                if words and words[0] in MODULES:
                    found[command.strip()] = words
    return found


@pytest.mark.parametrize("words", _commands().values(), ids=_commands())
def test_examples_bind(words: list[str]) -> None:
    assert bind(load(words[0]).CMDLET, words[1:], piped=True).wants == ""


def test_every_cmdlet_has_an_example() -> None:
    assert {words[0] for words in _commands().values()} == set(MODULES)
