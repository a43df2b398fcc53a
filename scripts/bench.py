"""Measure what one call costs, beside its peers: `python3 scripts/bench.py [--runs 15] [--json FILE] [--bulk]`.

Whole processes against a loopback server, in turn: New-Video; the floor, which is a ten-line click and httpx
script that makes the same request; the vendor's library; curl; and what an interpreter alone needs. All of
Python's run with one interpreter in one environment, with their caches written.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import _environment
import _warm
from _measure import Case, measure, ratio, rehearse, server, table

PEERS = Path(__file__).with_name("peers")
PROMPT = "Dancing Doggo"
#: What the loopback server and the sandbox call a job.
JOB = '"id": "video_'


def main(arguments: list[str]) -> int:
    """Exit code: 0 when everything was measured, whatever came out."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--runs", type=int, default=15, help="rounds (default: 15)")
    parser.add_argument("--bulk", action="store_true", help="measure large downloads and long lists instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all samples here")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if sys.platform == "win32":
        sys.exit("bench.py needs the accounts that only Unix keeps for each process")
    python = _environment.python("dev")
    if options.bulk:
        import _bulk

        print(*_bulk.lines(python, min(options.runs, 3)), sep="\n")
        return 0
    with tempfile.TemporaryDirectory() as folder, server([python, str(PEERS / "server.py")]) as base:
        cases = make_cases(python, base, folder)
        environment = clean_environment(base, folder)
        for case in cases.values():
            rehearse(case, environment)
        measure(list(cases.values()), options.runs, environment)
        worker = list(_warm.lines(python, environment, JOB, cases["module"].wall))
    report(cases, about(python, options.runs), options.json)
    print("", *worker, sep="\n")
    return 0


def make_cases(python: str, base: str, folder: str) -> dict[str, Case]:
    """All that is measured, by a short name."""
    new_video = [str(Path(python).with_name("New-Video")), "-Prompt", PROMPT, "-Seconds", "8"]
    module = [python, "-m", "psopenai_py", "New-Video"]
    floor = [python, str(PEERS / "floor.py"), "--prompt", PROMPT, "--seconds", "8"]
    sandbox = [*new_video, "-ApiBase", f"sandbox:{folder}/sandbox"]
    cases = {
        "script": Case("New-Video", new_video, JOB),
        "module": Case("python -m psopenai_py New-Video", [*module, *new_video[1:]], JOB),
        "sandbox": Case("New-Video, sandbox:", sandbox, JOB),
        "floor": Case("floor: click and httpx", floor, JOB),
        "bare floor": Case("floor without CA bundle", [*floor, "--no-verify"], JOB),
        "sdk": Case("openai SDK", [python, str(PEERS / "sdk.py"), PROMPT], JOB),
        "curl": Case("curl", curl(base), JOB),
        "help": Case("New-Video -?", [new_video[0], "-?"], "SYNTAX"),
        "error": Case("New-Video -Sceonds 8", [new_video[0], "-Sceonds", "8"], "NamedParameterNotFound", 2),
        "click": Case("python -c 'import click'", [python, "-c", "import click"]),
        "python": Case("python -c pass", [python, "-c", "pass"]),
    }
    if not shutil.which("curl"):
        del cases["curl"]
    return cases


def curl(base: str) -> list[str]:
    """The request for curl."""
    fields = {"prompt": PROMPT, "model": "sora-2", "seconds": "8"}
    form = [word for name, value in fields.items() for word in ("--form-string", f"{name}={value}")]
    return ["curl", "--silent", "--fail", "--header", "Authorization: Bearer sk-bench", *form, f"{base}/videos"]


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


def about(python: str, runs: int) -> dict[str, object]:
    """What the figures depend on."""
    code = "from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in ('click','httpx','openai')))"
    versions = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "libraries": versions,
        "runs": runs,
    }


def report(cases: dict[str, Case], facts: dict[str, object], file: Path | None) -> None:
    """Print the table and the budgets; write them and all samples to `file`."""
    print(", ".join(f"{name} {value}" for name, value in facts.items()), end="\n\n")
    print(*table(list(cases.values()), cases["floor"]), sep="\n", end="\n\n")
    budgets = list(make_budgets(cases))
    for text, value, limit in budgets:
        print(f"{text:34} {value:5.2f}, budget {limit:.2f}: {'kept' if value <= limit else 'EXCEEDED'}")
    if file:
        samples = [{"name": c.name, "command": c.command, "cpu": c.cpu, "wall": c.wall} for c in cases.values()]
        ratios = [dict(zip(("name", "ratio", "budget"), budget, strict=True)) for budget in budgets]
        text = json.dumps({"about": facts, "seconds": samples, "budgets": ratios}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")


def make_budgets(cases: dict[str, Case]) -> list[tuple[str, float, float]]:
    """What is compared with what, the ratio of processor times, and the most that it may be."""
    budgets = [
        ("New-Video / floor", "script", "floor", 1.1),
        ("New-Video / openai SDK", "script", "sdk", 0.25),
        ("New-Video -? / import click", "help", "click", 1.25),
        ("binding error / import click", "error", "click", 1.25),
    ]
    return [(text, ratio(cases[case], cases[other]), limit) for text, case, other, limit in budgets]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
