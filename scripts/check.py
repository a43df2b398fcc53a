"""Run the checks that need no test: lint, format, types, generated files. `--fix` repairs what a program can.

    python3 scripts/check.py [--fix]

Prints each command with what it says, and those that failed at the end.
"""

import concurrent.futures
import os
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import _environment


def main(arguments: list[str]) -> int:
    """Exit code: 0 when all checks passed, 1 when one did not, 2 for an unknown argument."""
    if arguments not in ([], ["--fix"]):
        print(__doc__, file=sys.stderr)
        return 2
    failed = run_checks(_environment.python("dev"), fix=bool(arguments))
    print("checks failed: " + "; ".join(failed) if failed else "all checks passed", flush=True)
    return 1 if failed else 0


def run_checks(python: str, fix: bool) -> list[str]:
    """Run all checks with the interpreter `python`; returns the commands that failed.

    Those that change nothing run side by side, and are shown in their order.
    """
    failed = []
    commands = fixes() if fix else checks()
    at_once = 1 if fix else os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        try:
            for command, done in zip(commands, pool.map(partial(_result, python), commands), strict=True):
                line = shlex.join(["python", *command])
                print(f"$ {line}\n{done.stdout}", end="", flush=True)
                if done.returncode:
                    failed.append(line)
        except KeyboardInterrupt:  # what runs got it, too
            pool.shutdown(cancel_futures=True)
            sys.exit(130)
    return failed


def _result(python: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """What a check says, on both of its streams, and its exit code."""
    return subprocess.run(
        [python, *command],
        cwd=_environment.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def checks() -> list[list[str]]:
    """Arguments for Python, one list for each check."""
    return [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        *other_systems(),
        *generator("--check"),
    ]


def other_systems() -> list[list[str]]:
    """Types as they are on other systems, and by the newest grammar. Each keeps a cache of its own."""
    options = [["--platform", "win32"], ["--platform", "darwin"], ["--python-version", "3.14"]]
    code = ["psopenai_py", "scripts"]
    return [["-m", "mypy", *each, "--cache-dir", f".mypy_cache/{each[1]}", *code] for each in options]


def fixes() -> list[list[str]]:
    """The same, but changing files. What is generated comes first, for the others to see the result."""
    return [
        *generator(),
        ["-m", "ruff", "check", "--fix", "."],
        ["-m", "ruff", "format", "."],
        ["-m", "mypy"],
    ]


def generator(*options: str) -> list[list[str]]:
    """The command that renews the generated files."""
    script = Path(__file__).with_name("generate.py")
    return [[str(script), *options]] if script.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
