"""Measures whole processes: processor time from the operating system's accounts, and wall time.

Cases take turns (ABC ABC ...), so that whatever else the machine does disturbs all of them alike.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple


def nothing() -> None:
    """For a case that leaves nothing behind to look at."""


@dataclass(frozen=True, slots=True)
class Case:
    """One command line that is measured.

    Attributes:
        command: arguments, the program first; it is looked up in PATH.
        shows: a text that the command prints when it does what it should.
        exit_code: what it ends with.
        input, output: files for its stdin and stdout.
        after: called after each round; checks what the command left behind and removes it.
        cpu, wall: seconds, one value for each round. Child processes that it waited for count as its own.
        memory: largest resident size in MB, one value for each round; at least what this process itself once
            had, since the kernel counts from before the program was loaded.
    """

    name: str
    command: list[str]
    shows: str = ""
    exit_code: int = 0
    input: str = os.devnull
    output: str = os.devnull
    after: Callable[[], None] = nothing
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


class Budget(NamedTuple):
    """What is compared with what, the ratio, and the most that it may be."""

    name: str
    ratio: float
    budget: float

    def __str__(self) -> str:
        verdict = "kept" if self.ratio <= self.budget else "EXCEEDED"
        return f"{self.name:46} {self.ratio:5.2f}, budget {self.budget:.2f}: {verdict}"


def clean_environment(base: str, folder: str) -> dict[str, str]:
    """Environment variables for what is measured: nothing from here that could slow one of them down."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "LANG": "C.UTF-8",
        "PYTHONSAFEPATH": "1",  # modules that happen to lie in the current folder are not measured
        "OPENAI_API_KEY": "sk-bench",
        "OPENAI_API_BASE": base,
        "OPENAI_BASE_URL": base,
    }


def rehearse(case: Case, environment: dict[str, str]) -> None:
    """Run a case once, unmeasured: Python writes its caches, and the case must do what it stands for.

    Ends the process when it does not.
    """
    result = subprocess.run(case.command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    output = result.stdout + result.stderr
    if result.returncode != case.exit_code or case.shows not in output:
        sys.exit(f"{case.name}: exit code {result.returncode}, and it printed:\n{output}")


def measure(cases: Sequence[Case], runs: int, environment: dict[str, str]) -> None:
    """Run all cases in turn, `runs` times."""
    for _ in range(runs):
        for case in cases:
            cpu, wall, memory = once(case, environment)
            case.cpu.append(cpu)
            case.wall.append(wall)
            case.memory.append(memory)
            case.after()


def once(case: Case, environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds of processor time (user and system), of wall time, and MB of memory at its largest, of one process."""
    if sys.platform == "win32":
        sys.exit("Windows does not tell what a single process has used.")
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, case.input, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, case.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    process = os.posix_spawnp(case.command[0], case.command, environment, file_actions=streams)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != case.exit_code:
        sys.exit(f"{case.name}: ended with {os.waitstatus_to_exitcode(status)} in the middle of the measurement")
    # The kernel counts in KB, on macOS in bytes.
    memory = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return usage.ru_utime + usage.ru_stime, wall, memory


def ratio(case: Case, floor: Case) -> float:
    """Processor time of a case in terms of another: of the minima, which other programs disturb least."""
    return min(case.cpu) / min(floor.cpu)


def samples(case: Case) -> dict[str, object]:
    """All that was measured of a case, for JSON."""
    return {"name": case.name, "command": case.command, "cpu": case.cpu, "wall": case.wall, "memory": case.memory}


def table(cases: Sequence[Case], floor: Case) -> Iterator[str]:
    """Lines of text: times in milliseconds, and the ratio of processor times to the floor."""
    width = max(len(case.name) for case in cases)
    yield f"{'':{width}}   CPU, ms         wall, ms        CPU / floor"
    yield f"{'':{width}}       min  median      min  median    min  median"
    for case in cases:
        times = [value * 1000 for values in (case.cpu, case.wall) for value in (min(values), median(values))]
        columns = "".join(f"{value:9.1f}{other:8.1f}" for value, other in (times[:2], times[2:]))
        ratios = f"{ratio(case, floor):7.2f}{median(case.cpu) / median(floor.cpu):8.2f}"
        yield f"{case.name:{width}} {columns}{ratios}"


@contextmanager
def server(command: Sequence[str]) -> Iterator[str]:
    """Address of a server that `command` starts and that prints its port; it ends with the block."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - for mypy: it was asked for
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()
