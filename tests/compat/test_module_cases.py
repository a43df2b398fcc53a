"""The recorded cases of what scripts see, on the module in a real PowerShell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from compat import recordings, seen
from tests import powershell
from tests.conftest import KEY
from tests.server import JOB, Script, Server

Case = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
REPLAY = Path(__file__).with_name("Replay.ps1")
MODULE = ROOT / "compat" / "PSOpenAI.Py" / "PSOpenAI.Py.psd1"
CASES = recordings.cases("module")
#: Cases whose names begin alike share one PowerShell: to start it takes longer than most cases do.
GROUPS = ("bind", "fam", "resp", "retry", "use", "wire")


def _group(name: str) -> list[Case]:
    return [case for case in CASES if case["name"].startswith(name)]


@powershell.needed
@pytest.mark.parametrize("group", GROUPS)
def test_cases_in_powershell(group: str, server: Server, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    recordings.write_files(files)
    cases = _group(group)
    scripts = {case["name"]: server.script(f"module-{case['name']}") for case in cases}
    to_run = [_to_run(case, scripts[case["name"]], server, files, tmp_path) for case in cases]
    results = _replay(to_run, tmp_path)
    wrong = []
    for case in cases:
        outcome = seen.outcome(results[case["name"]], scripts[case["name"]].requests, case)
        differences = seen.differences(recordings.expected("module", case), outcome)
        wrong += [f"{case['name']} ({case['text']}): {text}" for text in differences]
    assert not wrong, "\n".join(wrong)


def _to_run(case: Case, script: Script, server: Server, files: Path, folder: Path) -> Case:
    """What the PowerShell script needs to know of a case, in a folder of the case's own."""
    place = folder / case["name"]
    place.mkdir()
    places = {"base": script.base, "host": server.host, "files": files.as_posix(), "cwd": place.as_posix()}
    script.responses = recordings.fill(case["responses"], places) or [{"json": JOB}]
    usual = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": f"{script.base}/v1", "OPENAI_ORGANIZATION": None}
    return {
        "name": case["name"],
        "mode": case["mode"],
        "text": recordings.fill(case["text"], places),
        "env": usual | recordings.fill(case["env"], places),
        "folder": str(place),
    }


def _replay(cases: list[Case], folder: Path) -> dict[str, Case]:
    """Run cases in one PowerShell; what a script sees of each, by name."""
    given, results = folder / "cases.json", folder / "results.jsonl"
    given.write_text(json.dumps(cases), "ascii")
    arguments = ["-File", str(REPLAY), "-Module", str(MODULE), "-Cases", str(given), "-Results", str(results)]
    done = powershell.run(arguments, folder, {"PSOPENAI_PYTHON": sys.executable})
    assert (done.returncode, done.stderr) == (0, "")
    return {result["name"]: result for result in map(json.loads, results.read_text("ascii").splitlines())}


def test_every_case_is_in_a_group() -> None:
    assert sum(len(_group(name)) for name in GROUPS) == len(CASES) == 356
