"""What is named of a run that ends early: how much of it, with which command, and where nothing is named."""

from __future__ import annotations

import os

import pytest

from tests.conftest import Run
from tests.pipeline.desk import Desk, refusal

posix = pytest.mark.skipif(os.name != "posix", reason="the line for a shell of Unix")


@posix
@pytest.mark.parametrize(("left", "named"), [(9_999, 9_999), (10_000, 10_000), (10_001, 10_000)])
def test_how_many_are_named(left: int, named: int, desk: Desk, run: Run) -> None:
    """A pipe that goes on for ever must not keep a run from its end."""
    desk.answers = {"a": [refusal(404)]}
    ids = [f"v{number}" for number in range(left)]
    result = run("Remove-Video", "-ErrorAction", "Stop", stdin="\n".join(["a", *ids]))
    [line] = [text for text in result.stderr.splitlines() if text.startswith("To go on: ")]
    shown = line.removeprefix("To go on: printf '%s\\n' ").partition(" | ")[0].split(" ")
    assert (result.exit_code, shown) == (1, ids[:named])


COMMANDS: dict[str, tuple[list[str], str]] = {
    "one at a time": ([], ""),
    "one, as it was asked for": (["-ThrottleLimit", "1"], ""),
    "two at a time": (["-ThrottleLimit", "2"], " -ThrottleLimit 2"),
}


@posix
@pytest.mark.parametrize(("given", "more"), COMMANDS.values(), ids=list(COMMANDS))
def test_the_command_that_goes_on(given: list[str], more: str, desk: Desk, run: Run) -> None:
    """Which of two at a time is the one that ends the run depends on the machine, but not what is typed."""
    desk.answers = {name: [refusal(404)] for name in "ab"}
    result = run("Remove-Video", *given, "-ErrorAction", "Stop", stdin="\n".join([*"ab", *map(str, range(2000))]))
    [line] = [each for each in result.stderr.splitlines() if each.startswith("To go on: ")]
    assert line.endswith(f" 1998 1999 | Remove-Video -ApiBase {desk.base}{more}")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("cmdlet", "given", "text"),
    [
        ("New-Video", [], '{"prompt": "a"}\n{"prompt": "b"}\n{"prompt": "c"}\n'),
        ("Remove-Video", [], '{"id": "a"}\n'),
        ("Remove-Video", [], '{"id": "a"}\n{"other": "b"}\n'),
    ],
    ids=["nothing that a pipe alone has", "nothing is left", "what names no job"],
)
def test_where_nothing_is_named(cmdlet: str, given: list[str], text: str, desk: Desk, run: Run) -> None:
    desk.answers = {"a": [refusal(404)]}
    result = run(cmdlet, *given, "-ErrorAction", "Stop", stdin=text)
    assert (result.exit_code, "To go on" in result.stderr) == (1, False)
