"""Measure what a call costs, or what many cost: `python3 scripts/bench.py [--growth [--chart FILE]] [--json FILE]`.

Whole processes against a loopback server, in turn: New-Video; the floor, which is a ten-line click and httpx
script that makes the same request; the vendor's library; curl; and what an interpreter alone needs. All of
Python's run with one interpreter in one environment, with their caches written.

With --growth: up to 10,000 calls, files of up to 1 GB, lists of up to 100,000 jobs, and the targets of bulk work,
beside the vendor's library and curl. This takes about ten minutes and 1 GB in the folder for temporary files.
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
from benchmarks import growth, module, warm
from benchmarks.measure import Budget, Case, clean_environment, measure, ratio, rehearse, samples, server, table

PEERS = Path(__file__).parent / "benchmarks" / "peers"
PROMPT = "Dancing Doggo"
#: What the loopback server and the sandbox call a job.
JOB = '"id": "video_'


def main(arguments: list[str]) -> int:
    """Exit code: 0 when everything was measured, whatever came out."""
    options = parse(arguments)
    if sys.platform == "win32":
        sys.exit("bench.py needs the accounts that only Unix keeps for each process")
    # Made before anything is measured: ten minutes later, nobody wants to hear that there is no network.
    painter = _environment.python("chart") if options.chart else ""
    python = options.python or _environment.python("dev")
    found = grow(python, options) if options.growth else call(python, options.runs or 15)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if options.chart:
        growth.draw(painter, found, options.chart)
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options. Ends the process when they make no sense."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--growth", action="store_true", help="measure many calls, large files and long lists instead")
    parser.add_argument("--runs", type=int, default=0, help="rounds (default: 15, with --growth 3)")
    parser.add_argument("--scale", type=int, default=1, help="divide what --growth counts, to try it (default: 1)")
    parser.add_argument("--python", help="interpreter whose environment is measured (default: that of the checkout)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all samples here")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="also draw what --growth measures, .svg or .png")
    options = parser.parse_args(arguments)
    if options.runs < 0 or options.scale < 1:
        parser.error("--runs and --scale must be at least 1")
    if options.chart and not (options.growth and options.chart.suffix in (".svg", ".png")):
        parser.error("--chart goes with --growth and names a .svg or .png file")
    return options


def grow(python: str, options: argparse.Namespace) -> dict[str, object]:
    """Measure what grows and print it as it comes; returns all that came out."""
    runs, measured = options.runs or 3, growth.Growth()
    facts = about(python, runs) | ({"scale": f"1/{options.scale}"} if options.scale > 1 else {})
    print(described(facts), end="\n\n")
    for line in growth.lines(python, runs, options.scale, measured):
        print(line, flush=True)
    return {"about": facts, **growth.document(measured)}


def call(python: str, runs: int) -> dict[str, object]:
    """Measure one call and print it; returns all that came out."""
    with tempfile.TemporaryDirectory() as folder, server([python, str(PEERS / "server.py")]) as base:
        cases = make_cases(python, base, folder)
        environment = clean_environment(base, folder)
        for case in cases.values():
            rehearse(case, environment)
        measure(list(cases.values()), runs, environment)
        worker = list(warm.lines(python, environment, JOB, cases["module"].wall))
        worker += ["", *module.lines(python, environment)]
    facts, budgets = about(python, runs), make_budgets(cases)
    print(described(facts), "", *table(list(cases.values()), cases["floor"]), "", *budgets, "", *worker, sep="\n")
    return {
        "about": facts,
        "seconds": [samples(case) for case in cases.values()],
        "budgets": [budget._asdict() for budget in budgets],
    }


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


def described(facts: dict[str, object]) -> str:
    """The facts in one line."""
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def make_budgets(cases: dict[str, Case]) -> list[Budget]:
    """Ratios of processor times, and the most that each may be."""
    budgets = [
        ("New-Video / floor", "script", "floor", 1.1),
        ("New-Video / openai SDK", "script", "sdk", 0.25),
        ("New-Video -? / import click", "help", "click", 1.25),
        ("binding error / import click", "error", "click", 1.25),
    ]
    return [Budget(text, ratio(cases[case], cases[other]), limit) for text, case, other, limit in budgets]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
