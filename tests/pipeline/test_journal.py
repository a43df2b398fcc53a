"""-Resume: the same command goes on where it stopped, and sends nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import unmeasured
from tests.conftest import KEY, Run
from tests.pipeline.desk import Desk, entries, feed, job, line, lines, prompts, refusal, start

ARGUMENTS = ("-ThrottleLimit", "3", "-Resume", "j")


def test_a_second_run_prints_the_same_and_sends_nothing(desk: Desk, run: Run) -> None:
    """Byte for byte, whatever the server sends."""
    odd = {
        "prompt": 'Zürich 絵 \u2028 "q" \\ \x7f </script> \'',
        "big": 2**70,
        "real": 1.0,
        "tiny": 1e-30,
        "none": None,
    }
    desk.answers = {"p2": [{"json": {**job("p2"), **odd, "list": [[], {}, 1], "date": "2025-10-11T14:51:05Z"}}]}
    first = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    sent = len(desk.requests)
    second = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    assert (first.exit_code, first.stderr, first.data.count(b"\n")) == (0, "", 3)
    assert (second.exit_code, second.data, second.stderr) == (0, first.data, "")
    assert (sent, len(desk.requests)) == (3, 3)


def test_the_form_stays(desk: Desk, run: Run) -> None:
    text = json.dumps([{"prompt": name} for name in prompts(2)])
    first = run("New-Video", *ARGUMENTS, stdin=text)
    assert run("New-Video", *ARGUMENTS, stdin=text).data == first.data
    assert [one["id"] for one in first.json] == prompts(2)


def test_input_that_has_grown(desk: Desk, run: Run) -> None:
    run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    result = run("New-Video", "-ThrottleLimit", "9", "-Resume", "j", "-TimeoutSec", "60", stdin=lines(prompts(4)))
    assert result.stdout == "".join(map(line, prompts(4)))
    assert desk.asked == dict.fromkeys(prompts(4), 1)


OUTCOMES = {
    "refused": ([refusal(400), {}], "failed"),
    "no key": ([refusal(401), {}], "failed"),
    "too many": ([refusal(429), {}], "failed"),
    "come back later": ([refusal(503, retry_after="0"), {}], "failed"),
    "server error": ([refusal(500), {}], "unknown"),
    "a gateway's error": ([refusal(504), {}], "unknown"),
    "overloaded": ([refusal(503), {}], "unknown"),
    "dropped": ([{"drop": True}, {}], "unknown"),
    "a page": ([{"text": "<html>"}, {}], "unknown"),
    "half an answer": ([{"cut": 10}, {}], "unknown"),
    "an error with status 200": ([{"json": {"error": {"message": "No."}}}, {}], "failed"),
    "a job without id": ([{"json": {"status": "queued"}}, {}], "unknown"),
}


@pytest.mark.parametrize(("answers", "state"), OUTCOMES.values(), ids=OUTCOMES)
def test_what_went_wrong(answers: list[dict[str, Any]], state: str, desk: Desk, run: Run) -> None:
    """What was refused for certain is tried again; what may have been done is reported, and not repeated."""
    desk.answers = {"p2": answers}
    first = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    assert (first.exit_code in (1, 4), first.stdout) == (True, line("p1") + line("p3"))
    assert sorted(entries(Path("j")))[2:4] == [(2, "begun"), (2, state)]
    second = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    if state == "failed":
        assert (second.exit_code, second.stdout) == (0, "".join(map(line, prompts(3))))
    else:
        assert (second.exit_code, second.stdout) == (1, first.stdout)
        assert second.error_ids == ["OutcomeUnknown,New-Video"]
        assert "Record 2 was sent by an earlier run" in second.stderr
    assert desk.asked == {"p1": 1, "p2": 2 if state == "failed" else 1, "p3": 1}


@pytest.mark.parametrize(
    ("answer", "times"),
    [(refusal(500), 1), (refusal(503), 1), (refusal(429), 2), (refusal(503, retry_after="0"), 2)],
    ids=["500", "503", "429", "503 with a time"],
)
def test_only_what_was_refused_for_certain_is_repeated(
    answer: dict[str, Any], times: int, desk: Desk, run: Run
) -> None:
    desk.answers = {"p1": [answer, {}]}
    run("New-Video", *ARGUMENTS, "-MaxRetryCount", "1", stdin=lines(["p1", "p2"]))
    assert desk.asked == {"p1": times, "p2": 1}


def test_nothing_answers(run: Run, desk: Desk) -> None:
    """A server that was not reached has made nothing."""
    closed = run("New-Video", *ARGUMENTS, "-ApiBase", "http://127.0.0.1:9/v1", stdin=lines(prompts(2)))
    assert (closed.exit_code, len(closed.error_ids)) == (1, 2)
    assert run("New-Video", *ARGUMENTS, stdin=lines(prompts(2))).stdout == line("p1") + line("p2")


def test_a_record_that_does_not_bind_is_not_begun(desk: Desk, run: Run) -> None:
    run("New-Video", *ARGUMENTS, stdin='{"foo": 1}\n{"prompt": "p1"}\n')
    assert entries(Path("j")) == [(2, "begun"), (2, "done")]


def test_what_does_not_create_is_done_again(desk: Desk, run: Run) -> None:
    """After a poll that broke off there is nothing to be afraid of."""
    desk.answers = {"b": [{"drop": True}, {}]}
    assert run("Get-Video", *ARGUMENTS, stdin="a\nb\n").exit_code == 1
    assert run("Get-Video", *ARGUMENTS, stdin="a\nb\n").exit_code == 0
    assert desk.asked == {"a": 1, "b": 2}


# --- whose journal it is ------------------------------------------------------------------------------------------

OTHERS: dict[str, tuple[list[str], str, str]] = {
    "another value": (["New-Video", "-Size", "1x1"], "", "Size was different then"),
    "another cmdlet": (["Get-Video"], "", "cmdlet was different then"),
    "other input": (["New-Video"], lines(["p1", "other", "p3"]), "record 2 was different then"),
}


@pytest.mark.parametrize(("command", "text", "complaint"), OTHERS.values(), ids=OTHERS)
def test_the_journal_of_something_else(command: list[str], text: str, complaint: str, desk: Desk, run: Run) -> None:
    run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    before, sent = Path("j").read_bytes(), len(desk.requests)
    result = run(command[0], *command[1:], *ARGUMENTS, stdin=text or lines(prompts(3)))
    assert result.exit_code == 1
    assert len(result.error_ids) == 1 and complaint in result.stderr
    assert (Path("j").read_bytes(), len(desk.requests)) == (before, sent)


def test_another_folder(desk: Desk, run: Run) -> None:
    """What is in the first one would not be in the second."""
    run("Get-VideoContent", *ARGUMENTS, "-OutFile", "a/", stdin="a\n")
    result = run("Get-VideoContent", *ARGUMENTS, "-OutFile", "b/", stdin="a\n")
    assert result.exit_code == 1 and "OutFile was different then" in result.stderr


@pytest.mark.parametrize("text", ["prompts\n", '{"prompt": "p1"}\n', '{"journal": 99}\n', "[1]\n", "\0\n"])
def test_a_file_that_is_no_journal_stays_as_it_is(text: str, desk: Desk, run: Run) -> None:
    Path("j").write_text(text)
    result = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    assert (result.exit_code, result.stdout, len(result.error_ids)) == (1, "", 1)
    assert "is no journal of this version" in result.stderr
    assert Path("j").read_text() == text and not desk.requests


def test_two_runs_at_once(desk: Desk, run: Run) -> None:
    desk.held = {"p1"}
    process = start("New-Video", *ARGUMENTS)
    feed(process, lines(prompts(2)))
    desk.wait(lambda: len(desk.asked) == 2)
    second = run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    desk.answer("p1")
    assert process.communicate() == ("".join(map(line, prompts(2))), "")
    assert (second.exit_code, second.stdout) == (1, "") and "is in use by another run" in second.stderr
    assert desk.asked == {"p1": 1, "p2": 1}


PLACES = {"a folder": ".", "a folder that is missing": "none/j", "a null character": "j\0"}


@pytest.mark.parametrize("path", PLACES.values(), ids=PLACES)
def test_a_journal_that_cannot_be_written(path: str, desk: Desk, run: Run) -> None:
    result = run("New-Video", "-Resume", path, stdin=lines(prompts(2)))
    assert (result.exit_code, result.error_ids) == (1, ["OutputNotWritten"])
    assert "could not be written" in result.stderr and "Nothing was sent." in result.stderr
    assert not desk.requests


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_a_full_disk(desk: Desk) -> None:
    """A record that cannot be noted is not sent; results that cannot be noted are printed."""
    import resource

    process = start(
        "New-Video",
        *ARGUMENTS,
        env=unmeasured.environment(),  # what measures coverage may write no more either
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
        stdout=subprocess.PIPE,
    )
    feed(process, lines(prompts(50)))
    out, err = process.communicate()
    assert process.returncode == 1 and "could not be written" in err
    assert out == "".join(line(prompt) for prompt in prompts(50) if prompt in desk.asked)
    assert Path("j").read_bytes().endswith(b"}\n")


def test_no_input(desk: Desk, run: Run) -> None:
    result = run("New-Video", "x", "-Resume", "j")
    assert (result.exit_code, result.error_ids) == (2, ["ParameterWithoutInput,New-Video"])
    assert not Path("j").exists() and not desk.requests


def test_what_if_leaves_it_alone(desk: Desk, run: Run) -> None:
    result = run("New-Video", *ARGUMENTS, "-WhatIf", stdin=lines(prompts(2)))
    assert result.exit_code == 0 and result.stdout.count('"method":"POST"') == 2
    assert not Path("j").exists() and not desk.requests


def test_no_key_is_in_it(desk: Desk, run: Run) -> None:
    desk.answers = {"p1": [{"json": job("p1", echo=f"Bearer {KEY}")}]}
    given = ["-ApiKey", KEY, "-AdditionalHeaders", json.dumps({"x-api-key": KEY})]
    result = run("New-Video", *ARGUMENTS, *given, stdin=lines(prompts(2)))
    assert desk.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in Path("j").read_text() + result.stdout + result.stderr


# --- a run that was killed ----------------------------------------------------------------------------------------

TORN = {
    "in the middle of a note": '{"record":3,"state":"do',
    "before a line end": '{"record":3,"state":"begun","digest":"x"}',
    "in the middle of a character": '{"record":3,"outputs":["\N{SNOWMAN}'.encode()[:-1],
    "with nothing noted": b"",
}


@pytest.mark.parametrize("rest", TORN.values(), ids=TORN)
def test_a_line_that_was_cut_off(rest: str | bytes, desk: Desk, run: Run) -> None:
    """What was not noted whole had not been sent."""
    run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    with Path("j").open("ab") as journal:
        journal.write(rest if isinstance(rest, bytes) else rest.encode())
    result = run("New-Video", *ARGUMENTS, stdin=lines(prompts(3)))
    assert (result.exit_code, result.stdout) == (0, "".join(map(line, prompts(3))))
    assert sorted(entries(Path("j")))[-2:] == [(3, "begun"), (3, "done")]


def test_a_header_that_was_cut_off(desk: Desk, run: Run) -> None:
    """Killed when nothing had been sent."""
    Path("j").write_bytes(b'{"jour')
    result = run("New-Video", *ARGUMENTS, stdin=lines(prompts(2)))
    assert (result.exit_code, result.stdout) == (0, line("p1") + line("p2"))
    assert json.loads(Path("j").read_text().splitlines()[0]) == {"journal": 1, "cmdlet": "New-Video"}
