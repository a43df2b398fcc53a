"""The bench runs, and what it prints and writes has its form. What it measures is not for a test to judge."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[1] / "scripts" / "bench.py"
PROGRAMS = sysconfig.get_path("scripts")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the bench needs Unix"),
    pytest.mark.skipif(not BENCH.exists(), reason="the bench is not part of what is installed"),
]

#: What is printed, with N for each number and single spaces.
TABLE = """\
creates of N ms, N in flight
psopenai_py openai SDK curl a process each
calls wall, s CPU, s MB wall, s CPU, s MB wall, s CPU, s MB wall, s CPU, s MB
N N N N N N N N N N N N N

one download
psopenai_py openai SDK curl
MB wall, s CPU, s MB wall, s CPU, s MB wall, s CPU, s MB
N N N N N N N N N N
N N N N N N N N N N

one list
psopenai_py openai SDK
jobs wall, s CPU, s MB wall, s CPU, s MB
N N N N N N N

wall, s CPU, s MB
N x create, psopenai_py N N N
N x create, psopenai_py N N N
N x create, openai SDK N N N
N x create, curl N N N
N x create, psopenai_py N N N
N x create, psopenai_py N N N
N x download, psopenai_py N N N
N x download, psopenai_py N N N
N x download, curl N N N

N x create: wall less start-up / ideal N, budget N: VERDICT
N x create: wall / SDK N, budget N: VERDICT
N x create: CPU / SDK N, budget N: VERDICT
N x create: memory / N x create N, budget N: VERDICT
N x download: wall less start-up / curl N, budget N: VERDICT
N x download: CPU / curl N, budget N: VERDICT
"""


def _bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH), "--python", sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(not shutil.which("New-Video", path=PROGRAMS), reason="the package is not installed")
@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_growth_with_tiny_numbers(tmp_path: Path) -> None:
    done = _bench("--growth", "--scale", "100000", "--runs", "1", "--json", str(tmp_path / "found.json"))
    assert (done.returncode, done.stderr) == (0, "")
    about, _, table = done.stdout.partition("\n\n")
    assert "runs 1, scale 1/100000" in about
    assert _form(table) == TABLE
    _check(json.loads((tmp_path / "found.json").read_text()))


def _form(table: str) -> str:
    """With N for numbers; what is less than a start-up may be less than nothing on a machine with much to do."""
    text = re.sub(r"kept|EXCEEDED", "VERDICT", table)
    return re.sub(r" *\n *", "\n", re.sub(r" +", " ", re.sub(r"-?\d[\d.,e-]*(?<!,)", "N", text))).lstrip()


def _check(found: dict[str, Any]) -> None:
    assert list(found) == ["about", "series", "targets", "budgets"]
    sizes = {series["name"]: [row["size"] for row in series["rows"]] for series in found["series"]}
    assert sizes == {"creates of 50 ms, 32 in flight": [1], "one download": [0.001, 0.01], "one list": [1]}
    clients = [case for series in found["series"] for row in series["rows"] for case in row["clients"].values()]
    for case in clients + found["targets"]:
        assert list(case) == ["name", "command", "cpu", "wall", "memory"]
        assert all(len(case[key]) == 1 and case[key][0] > 0 for key in ("cpu", "wall", "memory"))
    assert all(list(budget) == ["name", "ratio", "budget"] for budget in found["budgets"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--runs", "-1"], "--runs and --scale must be at least 1"),
        (["--scale", "0"], "--runs and --scale must be at least 1"),
        (["--chart", "chart.svg"], "--chart goes with --growth and names a .svg or .png file"),
        (["--growth", "--chart", "chart.gif"], "--chart goes with --growth and names a .svg or .png file"),
    ],
    ids=["runs", "scale", "chart of one call", "another picture"],
)
def test_options_that_make_no_sense(arguments: list[str], complaint: str) -> None:
    done = _bench(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"bench.py: error: {complaint}\n")
