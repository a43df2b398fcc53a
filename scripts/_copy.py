"""A copy of the checkout in which tests run, and the coverage of each test."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_NOT_COPIED = shutil.ignore_patterns(".git", ".environments", ".*_cache", "__pycache__", ".coverage*", ".hypothesis")
#: A process that a test starts has the name of the test as its context; `_selected_tests` gives the others theirs.
_COVERAGE = """[run]
source_pkgs = psopenai_py
data_file = {folder}/coverage/data
parallel = true
sigterm = true
patch = _exit
context = ${{PYTEST_CURRENT_TEST-}}
disable_warnings = no-data-collected, module-not-imported, module-not-measured, process-died
"""


class Outcome(NamedTuple):
    """How a run of tests ended.

    Attributes:
        code: exit code of pytest; None when the time was up.
        seconds: how long each test took; None for one that failed.
        output: what pytest printed.
    """

    code: int | None
    seconds: dict[str, float | None]
    output: str

    @property
    def failed(self) -> list[str]:
        """Names of the tests that failed."""
        return [name for name, seconds in self.seconds.items() if seconds is None]


class Copy:
    """A copy with an interpreter of its own that finds the package in it, whatever a test does to the variables."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "checkout"
        shutil.copytree(checkout, self.root, ignore=_NOT_COPIED)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "python")], check=True)
        self.python = folder / "python" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        (packages,) = (folder / "python").glob(
            "Lib/site-packages" if sys.platform == "win32" else "lib/*/site-packages"
        )
        others = next(entry for entry in sys.path if entry.endswith("site-packages"))
        text = f"{self.root}\nimport site; site.addsitedir({others!r})\n"
        (packages / "copy.pth").write_text(text, "utf-8")
        self._changes = 0

    def write(self, file: str, code: str) -> None:
        """Put another text in the place of a file. Its time tells it from all earlier ones, as caches do."""
        path = self.root / file
        path.write_text(code, "utf-8")
        self._changes += 1
        os.utime(path, (1e9 + 2 * self._changes,) * 2)

    def measure(self, tests: Sequence[str]) -> Outcome:
        """Run these files and folders and write down which test runs which line."""
        settings = self.folder / "coverage.ini"
        (self.folder / "coverage").mkdir(exist_ok=True)
        settings.write_text(_COVERAGE.format(folder=self.folder), "utf-8")
        return self._run(None, tests, None, {"COVERAGE_PROCESS_START": str(settings)})

    def run(self, tests: list[str], limit: float) -> Outcome:
        """Run these tests, each one by its name, in this order, until one fails."""
        files = dict.fromkeys(name.partition("::")[0] for name in tests)
        return self._run(tests, ["-x", *files], limit, {})

    def _run(
        self, tests: list[str] | None, arguments: Sequence[str], limit: float | None, variables: dict[str, str]
    ) -> Outcome:
        names = self.folder / "tests.json"
        names.write_text(json.dumps(tests), "utf-8")
        script = Path(__file__).with_name("_selected_tests.py")
        place = self.folder / "basetemp"
        command = [str(self.python), str(script), str(names), "-q", "-p", "no:cacheprovider", f"--basetemp={place}"]
        with (self.folder / "output.txt").open("w+b") as output:
            process = subprocess.Popen(
                [*command, "--tb=line", *arguments],
                cwd=self.root,
                env=_inherited() | {"HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / "examples")} | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            code = _wait(process, limit)
            output.seek(0)
            text = output.read().decode(errors="replace")
        found = json.loads(names.read_text("utf-8"))
        return Outcome(code, found if isinstance(found, dict) else {}, text)

    def contexts(self, files: Sequence[str]) -> dict[tuple[str, int], set[str]]:
        """Which tests run a line, by file and line, as `measure` found out."""
        import coverage

        data = coverage.CoverageData(no_disk=True)
        for part in (self.folder / "coverage").iterdir():
            with contextlib.suppress(coverage.CoverageException):  # a process that was killed while it wrote
                other = coverage.CoverageData(str(part))
                other.read()
                data.update(other)
        return {
            (file, line): set(names)
            for file in files
            for line, names in data.contexts_by_lineno(str(self.root / file)).items()
        }


def _inherited() -> dict[str, str]:
    """The variables of this process, without those that tell of another run of tests around it."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_", "COV_"))}


def _wait(process: subprocess.Popen[bytes], limit: float | None) -> int | None:
    """The exit code, or None when the time is up. What it started and left behind ends with it."""
    until = time.monotonic() + (limit or 3600)
    try:
        return process.wait(until - time.monotonic())
    except subprocess.TimeoutExpired:
        return None
    finally:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
