"""Jobs that never end, on a server that is slower than all of them want: each gets the same share."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Run
from tests.patience import with_limit
from tests.pipeline.desk import Desk, job, lines, prompts, refusal, subject
from tests.server import Received, Server
from tests.terminal import CTRL_C, Terminal, our

PENDING = "PSOpenAI.APIRequest.TimeoutException,Write-TimeoutError"
on_unix = pytest.mark.skipif(os.name != "posix", reason="terminals of Unix")


def test_none_starves(server: Server, run: Run) -> None:
    """Sixty jobs want 600 answers a second, and get at most 200. They go on until there were six for each."""
    names = [f"v{number}" for number in range(60)]
    asked = Counter(dict.fromkeys(names, 0))
    threads, spread = set[int](), list[int]()
    lock = threading.Lock()

    def answer(request: Received) -> dict[str, Any]:
        with lock:
            over = asked.total() >= 6 * len(names)
            asked[subject(request)] += 1
            threads.add(threading.active_count())
            if not over:
                spread[:] = [max(asked.values()) - min(asked.values())]
        return {"json": job("x", status="completed" if over else "in_progress"), "delay": 0.01}

    script = server.script("starving", answer)
    given = ["-ThrottleLimit", "2", "-PollIntervalSec", "0.1", "-ApiBase", script.base]
    before = threading.active_count()
    result = run("Wait-Video", *given, stdin="\n".join(names))
    assert (result.exit_code, result.stderr) == (0, "")
    assert spread[0] <= 2
    # Two that ask, one for the time limit of each question, and two of the server: not one a job.
    assert max(threads) - before < 20


def test_a_slow_one_does_not_hold_up_the_rest(desk: Desk, run: Run) -> None:
    """Its answer comes only after all others are over, although at first one thread was enough for all."""
    names = prompts(30)
    for name in names:
        desk.answers[name] = [{"json": job(name, status=status)} for status in ["queued"] * 4 + ["completed"]]
    desk.answers["p7"] = [{"json": job("p7", status="queued")}, {"json": job("p7", status="completed")}]
    over = threading.Event()

    def answer_late() -> None:
        desk.wait(lambda: all(desk.asked[name] == 5 for name in names if name != "p7"))
        over.set()
        desk.answer("p7")

    beside = threading.Thread(target=answer_late, daemon=True)
    desk.held = {"p7"}
    beside.start()
    result = run("Wait-Video", "-ThrottleLimit", "2", "-PollIntervalSec", "0.1", stdin="\n".join(names))
    assert (result.exit_code, over.is_set(), result.stdout.count('"completed"')) == (0, True, 30)


def test_a_poll_that_is_refused_slows_all_down(desk: Desk, run: Run) -> None:
    """And is repeated, without -MaxRetryCount: asking costs nothing."""
    names = prompts(6)
    for name in names:
        desk.answers[name] = [{"json": job(name, status=status)} for status in ("queued", "queued", "completed")]
    desk.answers["p2"].insert(1, refusal(429, retry_after="1"))
    result = run("Wait-Video", "-ThrottleLimit", "3", "-PollIntervalSec", "0.3", stdin="\n".join(names))
    assert (result.exit_code, result.stderr, result.stdout.count('"completed"')) == (0, "", 6)
    assert desk.asked == dict.fromkeys(names, 3) | {"p2": 4}
    times = sorted(request.time for request in desk.requests)
    assert max(later - earlier for earlier, later in pairwise(times)) >= 0.5


def test_the_time_limit_holds_while_the_server_wants_nothing(desk: Desk, run: Run) -> None:
    desk.answers = {"p1": [refusal(429, retry_after="60")]}

    def wait(limit: int) -> Result:
        desk.asked.clear()
        started = time.monotonic()
        result = run("Wait-Video", "-ThrottleLimit", "2", "-TimeoutSec", str(limit), stdin="p1\np2\n")
        assert time.monotonic() - started < limit + 30
        return result

    result = with_limit(wait, lambda _: desk.asked["p1"])
    assert (result.exit_code, desk.asked["p1"], desk.asked["p2"] <= 1) == (8, 1, True)
    assert result.error_ids == [PENDING] * 2


# --- on a terminal ------------------------------------------------------------------------------------------------


def _piped(command: list[str], source: str) -> list[str]:
    """A pipeline as a person types it; the results go to a file."""
    return ["/bin/sh", "-c", f'{source} | "$@" > out', "sh", *command]


@on_unix
def test_a_person_sees_how_many_are_done(desk: Desk) -> None:
    desk.answers = {"p2": [refusal(400)]}
    desk.held = {"p3"}
    Path("prompts").write_text(lines(prompts(3)))
    command = our("New-Video", "-ThrottleLimit", "2")
    terminal = Terminal(*_piped([*command], "cat prompts"), env={**os.environ, "NO_COLOR": "1"})
    terminal.see("2/3 done, 1 failed")
    desk.answer("p3")
    assert terminal.close() == 1
    assert Path("out").read_text().count("\n") == 2
    before, _, after = terminal.screen.partition("New-Video: OpenAI API returned an 400 (Bad Request) Error: No.\n")
    assert re.match(r"\r\x1b\[K\d(/3)? done", before)
    assert re.search(r"\r\x1b\[K[23]/3 done, 1 failed", after)
    assert after.endswith("\r\x1b[K")


@on_unix
def test_ctrl_c_ends_the_whole_pipeline(desk: Desk) -> None:
    """It reaches what writes the input, too. What is under way is finished all the same."""
    names = prompts(3)
    desk.held = set(names)
    Path("prompts").write_text(lines(names))
    command = our("New-Video", "-ThrottleLimit", "2")
    terminal = Terminal(*_piped([*command], "cat prompts -"))
    desk.wait(lambda: len(desk.under_way) == 2)
    terminal.type(CTRL_C)
    terminal.see("Finishing what is under way; Ctrl-C again breaks it off.\n")
    desk.answer(*names)
    terminal.close()
    assert [text.split('"')[3] for text in Path("out").read_text().splitlines()] == ["p1", "p2"]
    assert "Interrupted. 2 records are done. The others were not sent; with -Resume FILE" in terminal.screen
    assert sorted(desk.asked) == ["p1", "p2"]
