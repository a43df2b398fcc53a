"""Measures whole processes: processor time from the operating system's accounts, and wall time.

Cases take turns (ABC ABC ...), so that whatever else the machine does disturbs all of them alike.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

#: Standard streams of what is measured.
NULL = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]


@dataclass(frozen=True, slots=True)
class Case:
    """One command line that is measured.

    Attributes:
        command: arguments, the program first; it is looked up in PATH.
        shows: a text that the command prints when it does what it should.
        exit_code: what it ends with.
        cpu, wall: seconds, one value for each round.
        memory: largest resident size in MB, one value for each round.
    """

    name: str
    command: list[str]
    shows: str = ""
    exit_code: int = 0
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


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


def once(case: Case, environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds of processor time (user and system), of wall time, and MB of memory at its largest, of one process."""
    started = time.perf_counter()
    process = os.posix_spawnp(case.command[0], case.command, environment, file_actions=NULL)
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
