"""Help: whole pages against stored ones, and what must be true of every page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from psopenai_py.binding.binder import bind
from psopenai_py.cmdlets import MODULES, load
from tests.conftest import Run

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
    assert {path.stem for path in PAGES.iterdir()} == set(MODULES)


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
        shown = re.search(rf"^    -{row.name}( <\w+(\[\])?>)?( \(-\w+\):.*)?$", page, re.MULTILINE)
        assert bool(shown) != row.hidden
        assert re.fullmatch(r"[A-Z].*[.?]", row.help)
        assert row.hidden or " ".join(row.help.split()) in words


@pytest.mark.parametrize("name", MODULES)
def test_an_addition_is_marked(run: Run, name: str) -> None:
    page = run(name, "-?").stdout
    ours = [row for row in load(name).CMDLET.parameters if row.ours and not row.hidden]
    assert page.count("Origin: psopenai_py; PSOpenAI does not have it") >= len(ours)


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
