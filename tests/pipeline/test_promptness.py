"""How soon a run notices that it is to end, and that it then begins nothing more."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from psopenai_py.errors import Interrupted
from psopenai_py.http.rate_limit import SharedRateLimiter
from tests.conftest import Run
from tests.pipeline.desk import (
    FINISHING,
    LIMIT,
    Desk,
    entries,
    feed,
    interrupt,
    job,
    line,
    lines,
    prompts,
    refusal,
    start,
)

posix = pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C to one process")


def _to_go_on(desk: Desk, *ids: str, limit: int) -> str:
    """What is said about jobs that were left, whose ids stood in the pipe."""
    command = f"Wait-Video -PollIntervalSec 600 -ApiBase {desk.base} -ThrottleLimit {limit}"
    return f"To go on: printf '%s\\n' {' '.join(ids)} | {command}"


# --- Ctrl-C -----------------------------------------------------------------------------------------------------


@posix
def test_a_poll_that_is_under_way_is_the_last(desk: Desk) -> None:
    """The pause after it is not waited for."""
    desk.held = {"a"}
    process = start("Wait-Video", "-ThrottleLimit", "2", "-PollIntervalSec", "600")
    feed(process, "a\nb\n")
    desk.wait(lambda: len(desk.asked) == 2 and desk.under_way == {"a"})
    interrupt(process)
    desk.answer("a")
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, "")
    assert err == f"Interrupted. 0 records are done. {_to_go_on(desk, 'a', 'b', limit=2)}\n"
    assert desk.asked == {"a": 1, "b": 1}


@posix
def test_jobs_that_only_wait_are_left_at_once(desk: Desk) -> None:
    """What was found out behind them is printed all the same."""
    process = start("Wait-Video", "-ThrottleLimit", "4", "-PollIntervalSec", "600", "-Resume", "j")
    desk.answers = {"c": [{"json": job("c", status="completed")}]}
    feed(process, "a\nb\nc\n")
    desk.wait(lambda: len(desk.asked) == 3 and not desk.under_way)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, line("c").replace("queued", "completed"))
    assert err.removeprefix(FINISHING) == (
        f"Interrupted. 1 record is done. The same command goes on from there. {_to_go_on(desk, 'a', 'b', limit=4)}\n"
    )
    assert sorted(entries(Path("j"))) == [
        *[(1, "begun"), (1, "failed")],
        *[(2, "begun"), (2, "failed")],
        *[(3, "begun"), (3, "done")],
    ]


@posix
def test_an_array_is_closed(desk: Desk) -> None:
    desk.held = {"p2"}
    process = start("New-Video", "-ThrottleLimit", "2")
    assert process.stdin is not None
    process.stdin.write('[{"prompt": "p1"}, {"prompt": "p2"},')
    process.stdin.flush()
    desk.wait(lambda: desk.under_way == {"p2"} and "p1" in desk.asked)
    interrupt(process)
    desk.answer("p2")
    out, _ = process.communicate(timeout=LIMIT)
    assert (process.returncode, [one["id"] for one in json.loads(out)]) == (130, ["p1", "p2"])


@posix
def test_what_was_under_way_is_noted(desk: Desk, run: Run) -> None:
    """The same command prints it, and goes on behind it."""
    names = prompts(8)
    desk.held = set(names)
    process = start("New-Video", "-ThrottleLimit", "3", "-Resume", "j")
    feed(process, lines(names))
    desk.wait(lambda: len(desk.under_way) == 3)
    interrupt(process)
    desk.answer(*names)
    out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out) == (130, "".join(map(line, names[:3])))
    assert err == "Interrupted. 3 records are done. The same command goes on from there.\n"
    second = run("New-Video", "-ThrottleLimit", "3", "-Resume", "j", stdin=lines(names))
    assert (second.exit_code, second.stdout, second.stderr) == (0, "".join(map(line, names)), "")
    assert desk.asked == dict.fromkeys(names, 1)


@posix
def test_what_was_broken_off_is_unknown(desk: Desk, run: Run) -> None:
    names = prompts(4)
    desk.held = {"p1", "p2"}
    process = start("New-Video", "-ThrottleLimit", "2", "-Resume", "j")
    feed(process, lines(names))
    desk.wait(lambda: len(desk.under_way) == 2)
    interrupt(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT)
    desk.answer(*names)
    assert (process.returncode, out, err.count("a job may have been created")) == (130, "", 2)
    second = run("New-Video", "-ThrottleLimit", "2", "-Resume", "j", stdin=lines(names))
    assert second.error_ids == ["OutcomeUnknown,New-Video"] * 2
    assert second.stdout == line("p3") + line("p4")
    assert desk.asked == dict.fromkeys(names, 1)


def test_nothing_goes_out_any_more_from_the_moment_of_ctrl_c() -> None:
    """Also before the main thread has looked up."""
    pressed = threading.Event()
    pace = SharedRateLimiter(lambda error: True, pressed.is_set)
    pace.admit()
    pressed.set()
    with pytest.raises(Interrupted):
        pace.admit()


# --- errors -----------------------------------------------------------------------------------------------------


def test_error_action_stop_finishes_what_is_under_way(desk: Desk) -> None:
    """Although the input does not end, and the other one is answered later."""
    desk.held = {"p1"}
    desk.answers = {"p2": [refusal(400)]}
    process = start("New-Video", "-ThrottleLimit", "2", "-ErrorAction", "Stop", "-Resume", "j")
    assert process.stdin is not None
    process.stdin.write(lines(prompts(2)))
    process.stdin.flush()
    desk.wait(lambda: len(desk.asked) == 2 and desk.under_way == {"p1"})
    desk.answer("p1")
    assert process.wait(LIMIT) == 1
    out, err = process.communicate()
    assert out == line("p1")
    assert err.count("FullyQualifiedErrorId") == 1
    assert sorted(entries(Path("j"))) == [(1, "begun"), (1, "done"), (2, "begun"), (2, "failed")]


def test_stopped_by_the_warning_about_a_repetition(desk: Desk, run: Run) -> None:
    """It was refused, so that no job was made of it, and the next run may send it."""
    desk.answers = {"p1": [refusal(429, retry_after="0"), {}]}
    given = ["-ThrottleLimit", "2", "-Resume", "j"]
    first = run("New-Video", *given, "-MaxRetryCount", "1", "-WarningAction", "Stop", stdin=lines(["p1", "p2"]))
    assert first.error_ids == ["ActionPreferenceStop,Microsoft.PowerShell.Commands.WriteWarningCommand"]
    assert run("New-Video", *given, stdin=lines(["p1", "p2"])).stdout == line("p1") + line("p2")
    assert desk.asked == {"p1": 2, "p2": 1}
