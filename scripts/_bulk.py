"""Measures what grows: downloads of up to 1 GB beside curl, and lists of up to 100,000 jobs."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from _measure import Case, measure, ratio, server

SERVER = Path(__file__).with_name("peers") / "bulk.py"
SIZES = (1, 100, 1000)
COUNTS = (100, 1000, 10_000, 100_000)


def lines(python: str, runs: int) -> Iterator[str]:
    """The figures as text, as they come."""
    with tempfile.TemporaryDirectory() as folder, server([python, str(SERVER)]) as base:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": folder,
            "PYTHONSAFEPATH": "1",
            "OPENAI_API_BASE": base,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        yield "download                  CPU, s  wall, s  memory, MB  CPU / curl"
        for size in SIZES:
            yield from _downloads(python, base, folder, size, runs, environment)
        yield ""
        yield "Get-Video -All            CPU, s  wall, s  memory, MB  CPU for 1,000, ms"
        for count in COUNTS:
            yield _list(python, base, count, environment)


def _downloads(python: str, base: str, folder: str, size: int, runs: int, environment: dict[str, str]) -> Iterator[str]:
    """One size, with Get-VideoContent and curl in turn."""
    program = str(Path(python).with_name("Get-VideoContent"))
    address = f"{base}/videos/{size * 10**6}/content"
    ours = Case(f"Get-VideoContent {size} MB", [program, str(size * 10**6), "-OutFile", f"{folder}/ours.mp4"])
    curl = Case(f"curl {size} MB", ["curl", "--silent", "--fail", "--output", f"{folder}/curl.mp4", address])
    cases = [ours, curl] if shutil.which("curl") else [ours]
    measure(cases, runs, environment)
    for case in cases:
        beside = f"{ratio(case, curl):12.2f}" if curl.cpu else ""
        yield f"{case.name:24}{min(case.cpu):8.2f}{min(case.wall):9.2f}{min(case.memory):12.1f}{beside}"


def _list(python: str, base: str, count: int, environment: dict[str, str]) -> str:
    """One list, whole."""
    program = str(Path(python).with_name("Get-Video"))
    case = Case(f"{count:,} jobs", [program, "-All", "-ApiBase", f"{base}/list/{count}"])
    measure([case], 1, environment)
    each = case.cpu[0] * 1_000_000 / count
    return f"{case.name:24}{case.cpu[0]:8.2f}{case.wall[0]:9.2f}{case.memory[0]:12.1f}{each:12.0f}"


if __name__ == "__main__":
    sys.exit("run bench.py --bulk")
