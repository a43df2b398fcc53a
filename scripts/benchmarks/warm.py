"""Measures calls over one warm worker, to be put beside a new process for each call."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

#: Calls that are not measured: the first loads modules and opens the connection.
REHEARSALS = 5


@dataclass(frozen=True, slots=True)
class Warm:
    """What calls over one worker cost.

    Attributes:
        first: seconds of wall time from the start of the worker to the end of the first call.
        wall: seconds of wall time for each call after the rehearsals.
        cpu: seconds of processor time for each of these calls, on average; 0.0 where nobody counts it.
    """

    first: float
    cpu: float
    wall: list[float] = field(default_factory=list)


def lines(python: str, environment: Mapping[str, str], shows: str, process: Sequence[float]) -> Iterator[str]:
    """Lines of text: time for each call over a worker, beside the wall times of processes that make the same call."""
    found = warm(python, environment, shows)
    yield f"{'one New-Video call, ms wall':36}     min  median"
    for text, times in (("a new process each", process), ("over a warm worker", found.wall)):
        yield f"{text:36}{min(times) * 1000:8.2f}{median(times) * 1000:8.2f}"
    yield f"{'first call, worker start included':36}{found.first * 1000:8.2f}"
    yield f"{'processor time a call, worker':36}{found.cpu * 1000:8.2f}"
    yield f"{'process / worker, of the medians':36}{median(process) / median(found.wall):8.1f}"


def warm(python: str, environment: Mapping[str, str], shows: str, runs: int = 200) -> Warm:
    """Make `New-Video` calls, one after another, over one worker. `shows` must be in each answer.

    Ends the process when a call does not do what it stands for.
    """
    started = time.perf_counter()
    command = [python, "-m", "psopenai_py.worker"]
    with subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        _call(worker, 1, shows)
        first = time.perf_counter() - started
        for number in range(2, REHEARSALS + 1):
            _call(worker, number, shows)
        before = _processor(worker.pid)
        wall = [_call(worker, number, shows) for number in range(REHEARSALS + 1, REHEARSALS + 1 + runs)]
        cpu = (_processor(worker.pid) - before) / runs
        assert worker.stdin is not None  # noqa: S101 - for mypy: it was asked for
        worker.stdin.close()
    return Warm(first, cpu, wall)


def _call(worker: subprocess.Popen[bytes], number: int, shows: str) -> float:
    """One call; returns its seconds."""
    request = {"call": number, "cmdlet": "New-Video", "parameters": {"Prompt": "Dancing Doggo", "Seconds": 8}}
    assert worker.stdin is not None  # noqa: S101
    assert worker.stdout is not None  # noqa: S101
    started = time.perf_counter()
    worker.stdin.write(json.dumps(request).encode() + b"\n")
    worker.stdin.flush()
    text = b""
    for line in worker.stdout:
        text += line
        if line.startswith(f'{{"call":{number},"end"'.encode()):
            break
    seconds = time.perf_counter() - started
    if shows.replace(": ", ":").encode() not in text:
        sys.exit(f"the worker did not do what it should; it wrote:\n{text.decode()}")
    return seconds


def _processor(process: int) -> float:
    """Seconds of processor time that a running process has used so far, where /proc tells."""
    if sys.platform == "win32":
        return 0.0
    try:
        with Path(f"/proc/{process}/stat").open(encoding="ascii") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
