"""Waiting for many jobs: one schedule for all, so that each gets its turn."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Run
from tests.patience import with_limit
from tests.pipeline.desk import Desk, job, subject
from tests.server import Received, Script, Server

PENDING = "PSOpenAI.APIRequest.TimeoutException,Write-TimeoutError"
COUNT = 1000
POLLS = 3
THREADS = 8
INTERVAL = 0.3
#: The first pauses are a third and two thirds of the interval.
RAMP = (INTERVAL / 3, INTERVAL * 2 / 3)


@pytest.fixture(scope="module")
def times(server: Server) -> dict[str, list[float]]:
    """When each of a thousand jobs was asked for, which are over the third time. Every tenth wants a longer pause."""
    asked: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()

    def answer(request: Received) -> dict[str, Any]:
        name = subject(request)
        with lock:
            asked[name].append(request.time)
            over = len(asked[name]) >= POLLS
        headers = {"openai-poll-after-ms": "900"} if name.endswith("0") else {}
        return {"json": job(name, status="completed" if over else "in_progress"), "headers": headers}

    return _waited(server.script("a-thousand", answer), asked)


def _waited(script: Script, asked: dict[str, list[float]]) -> dict[str, list[float]]:
    from tests.conftest import in_this_process

    names = [f"v{number}" for number in range(COUNT)]
    arguments = ("-ThrottleLimit", str(THREADS), "-PollIntervalSec", str(INTERVAL), "-ApiBase", script.base)
    result = in_this_process("Wait-Video", arguments, "\n".join(names).encode())
    assert (result.exit_code, result.stderr) == (0, "")
    assert [text.split('"')[3] for text in result.stdout.splitlines()] == names
    return asked


def test_each_is_asked_as_often_as_it_needs(times: dict[str, list[float]]) -> None:
    assert {name: len(asked) for name, asked in times.items()} == {f"v{number}": POLLS for number in range(COUNT)}


def test_the_interval_holds_for_each(times: dict[str, list[float]]) -> None:
    for name, asked in times.items():
        pauses = [0.9, 0.9] if name.endswith("0") else RAMP
        assert all(later - earlier >= pause for earlier, later, pause in zip(asked, asked[1:], pauses, strict=False))


@pytest.mark.parametrize("poll", [1, 2])
def test_none_has_to_wait_for_the_others(poll: int, times: dict[str, list[float]]) -> None:
    """They are asked for in the same order every time, but for what the threads overtake each other."""
    usual = [name for name in times if not name.endswith("0")]
    place = {name: number for number, name in enumerate(sorted(usual, key=lambda name: times[name][0]))}
    again = sorted(usual, key=lambda name: times[name][poll])
    late = sorted(abs(place[name] - number) for number, name in enumerate(again))
    # But for one in the hands of each thread, where one of them stood still.
    assert late[-1 - THREADS] < COUNT / 5


def test_jobs_that_take_long_do_not_hold_up_the_rest(server: Server, run: Run) -> None:
    """Two requests at a time are enough for forty jobs of which none is over before all were asked for."""
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(request: Received) -> dict[str, Any]:
        name = subject(request)
        with lock:
            asked[name] += 1
            over = len(asked) == 40 and asked[name] >= POLLS + int(name[1:]) % 3
        return {"json": job(name, status="completed" if over else "queued")}

    names = [f"v{number}" for number in range(40)]
    base = server.script("forty", answer).base
    limits = ("-ThrottleLimit", "2", "-PollIntervalSec", "0.1", "-TimeoutSec", "60")
    result = run("Wait-Video", *limits, "-ApiBase", base, stdin="\n".join(names))
    assert (result.exit_code, result.stderr) == (0, "")
    assert [text.split('"')[3] for text in result.stdout.splitlines()] == names
    assert all(asked[f"v{number}"] >= POLLS + number % 3 for number in range(40))


def test_each_ends_in_its_own_way(desk: Desk, run: Run) -> None:
    desk.answers = {
        "fails": [{"json": job("fails", status="failed", error={"message": "Out of memory."})}],
        "stays": [{"json": job("stays", status="in_progress")}],
        "none": [{"status": 404, "json": {"error": {"message": "No such job."}}}],
        "good": [{"json": job("good", status="completed")}],
    }

    def wait(limit: int) -> Result:
        desk.asked.clear()
        given = ["-ThrottleLimit", "4", "-TimeoutSec", str(limit), "-PollIntervalSec", "0.2"]
        return run("Wait-Video", *given, stdin="fails\nstays\nnone\ngood\n")

    result = with_limit(wait, lambda result: len(desk.asked) == 4 and result.error_ids.count(PENDING) == 1)
    states = [text.split('"status":"')[1].split('"')[0] for text in result.stdout.splitlines()]
    assert (result.exit_code, states) == (1, ["failed", "in_progress", "completed"])
    assert [error.partition(",")[0] for error in result.error_ids] == [
        "Microsoft.PowerShell.Commands.WriteErrorException",
        PENDING.partition(",")[0],
        "PSOpenAI.APIRequest.NotFoundException",
    ]


def test_from_prompts_to_files(run: Run, tmp_path: Path) -> None:
    """With the sandbox, and each step under way for several at once."""
    many = ["-ThrottleLimit", "4", "-ApiBase", f"sandbox:{tmp_path}/jobs?speed=20"]
    made = run("New-Video", *many, stdin="".join(f"Doggo {number}\n" for number in range(6)))
    saved = run("Get-VideoContent", *many, "-WaitForCompletion", "-OutFile", f"{tmp_path}/clips/", stdin=made.data)
    assert (saved.exit_code, saved.data, saved.stderr) == (0, b"", "")
    ids = [text.split('"')[3] for text in made.stdout.splitlines()]
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == sorted(f"{one}.mp4" for one in ids)
    assert all(path.read_bytes()[4:8] == b"ftyp" for path in (tmp_path / "clips").iterdir())
