"""Many records at once come out as if they had been taken one after another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Result, Run, in_this_process
from tests.pipeline.desk import Beside, Desk, line, lines, prompts, refusal, start
from tests.server import Server


def test_answers_in_another_order(desk: Desk, run: Run) -> None:
    """The server answers from behind, and only when all are there."""
    names = prompts(6)
    desk.held = set(names)
    desk.answers = {name: [{"delay": 0.02 * (6 - number)}] for number, name in enumerate(names)}

    def answer_all() -> None:
        desk.wait(lambda: desk.under_way == set(names))
        desk.answer(*names)

    with Beside(answer_all):
        result = run("New-Video", "-ThrottleLimit", "6", stdin=lines(names))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "".join(map(line, names)), "")


def test_a_result_comes_as_soon_as_all_before_it_have_come(desk: Desk) -> None:
    desk.held = {"p1", "p3"}
    process = start("New-Video", "-ThrottleLimit", "4")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines(prompts(4)))
    process.stdin.flush()  # and more may come
    desk.wait(lambda: len(desk.asked) == 4)
    desk.answer("p1")
    assert [process.stdout.readline() for _ in range(2)] == [line("p1"), line("p2")]
    desk.answer("p3")
    assert [process.stdout.readline() for _ in range(2)] == [line("p3"), line("p4")]
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("limit", [2, 5])
def test_as_many_as_allowed_are_under_way(limit: int, desk: Desk, run: Run) -> None:
    """Never more, and over as many connections."""
    names = prompts(20)
    desk.held = set(names)

    def answer_all() -> None:
        for first in range(0, 20, limit):
            group = names[first : first + limit]
            desk.wait(lambda group=group: set(group) <= desk.under_way)  # type: ignore[misc]
            desk.answer(*group)

    with Beside(answer_all):
        result = run("New-Video", "-ThrottleLimit", str(limit), stdin=lines(names))
    assert result.stdout == "".join(map(line, names))
    assert desk.most == limit
    assert len({request.peer for request in desk.requests}) == limit


INPUTS = {
    "JSON lines": lines(prompts(3)),
    "text": "p1\np2\n\np3\n",
    "an array": json.dumps([{"prompt": "p1"}, {"prompt": "p2"}]),
    "an array of one": '[{"prompt": "p1"}]',
    "an empty array": "[]",
    "one object": '{"prompt": "p1"}',
    "one object in several lines": '{\n"prompt": "p1"\n}',
    "one line of text": "p1",
    "a record that does not fit": '{"prompt": "p1"}\n{"foo": 1}\n{"prompt": "p2"}\n',
    "a line that is no JSON": '{"prompt": "p1"}\n{"prompt": \n{"prompt": "p2"}\n',
    "an array that is not closed": '[{"prompt": "p1"}, {"prompt": "p2"}',
    "properties": '{"prompt": "p1", "seconds": 8, "model": "x"}\n{"prompt": "p2", "size": "1280X720"}\n',
    "refused records": lines(["p1", "refused", "p2", "broken", "p3"]),
}


@pytest.mark.parametrize("limit", [2, 16])
@pytest.mark.parametrize("text", INPUTS.values(), ids=INPUTS)
def test_the_form_is_that_of_one_after_another(text: str, limit: int, desk: Desk, run: Run) -> None:
    desk.answers = {"refused": [refusal(400)], "broken": [{"drop": True}]}
    # Several at a time give lines, also for one record, so that parts can be put together.
    usual = run("New-Video", *([] if text.startswith("[") else ["-Compress"]), stdin=text)
    sent = _sent(desk)
    desk.script.requests.clear()
    result = run("New-Video", "-ThrottleLimit", str(limit), stdin=text)
    assert _form(result) == _form(usual)
    assert sorted(_sent(desk)) == sorted(sent)


_RECORDS = st.lists(st.sampled_from(["ok", "refused", "late", "unbound", "text"]), max_size=12)


@given(records=_RECORDS, limit=st.integers(2, 8), stop=st.booleans())
@settings(max_examples=25)
def test_any_records(server: Server, records: list[str], limit: int, stop: bool) -> None:
    """Output, errors and exit code are the same; with -ErrorAction Stop, up to the first error at least."""
    text = "".join(_record(number, kind) for number, kind in enumerate(records))
    arguments = ("-ApiBase", _judge(server), *(("-ErrorAction", "Stop") if stop else ()))
    usual = in_this_process("New-Video", (*arguments, "-Compress"), text.encode())
    result = in_this_process("New-Video", (*arguments, "-ThrottleLimit", str(limit)), text.encode())
    if not stop:
        assert _form(result) == _form(usual)
    assert result.data.startswith(usual.data)
    assert bool(result.exit_code) == bool(usual.exit_code)


def _record(number: int, kind: str) -> str:
    if kind == "text":
        return f'"text {number}"\n'
    return f'{{"{"foo" if kind == "unbound" else "prompt"}": "{kind} {number}"}}\n'


def _judge(server: Server) -> str:
    desk = Desk(server, "judge")
    for number in range(12):
        desk.answers[f"refused {number}"] = [refusal(422, f"Not {number}.")]
        desk.answers[f"late {number}"] = [{"delay": 0.03}]
    return desk.base


def _form(result: Result) -> tuple[int, str, str]:
    """All but the number of the record, which only those have that come at once."""
    shown = [text for text in result.stderr.splitlines() if not text.startswith("    + CategoryInfo")]
    return result.exit_code, result.stdout, "\n".join(shown)


def _sent(desk: Desk) -> list[Any]:
    return [request.fields for request in desk.requests]


def test_an_error_names_its_record(desk: Desk, run: Run) -> None:
    desk.answers = {"p2": [refusal(400)]}
    result = run("New-Video", "-ThrottleLimit", "2", stdin=lines(prompts(3)))
    assert result.stdout == line("p1") + line("p3")
    assert result.stderr == (
        "New-Video: OpenAI API returned an 400 (Bad Request) Error: No.\n"
        "    + CategoryInfo          : InvalidOperation: (record 2:String) [Invoke-OpenAIAPIRequest], "
        "BadRequestException\n"
        "    + FullyQualifiedErrorId : PSOpenAI.APIRequest.BadRequestException,Invoke-OpenAIAPIRequest\n"
    )


def test_what_is_said_comes_in_order_too(desk: Desk, run: Run) -> None:
    desk.answers = {"p1": [{"delay": 0.2}]}
    result = run("New-Video", "-ThrottleLimit", "3", "-Verbose", stdin=lines(prompts(3)))
    told = [text for text in result.stderr.splitlines() if "is queued" in text]
    assert told == [f"VERBOSE: Job p{number} is queued." for number in (1, 2, 3)]
