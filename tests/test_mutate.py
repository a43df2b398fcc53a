"""Mutation testing, on a package of a few lines; and the list of changes that no test can notice."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "mutate.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the scripts are not part of what is installed")

CODE = '''"""A toy."""

import sys

LIMIT = 7


def fits(number: int) -> bool:
    return number < LIMIT


def untested(number: int) -> bool:
    return number == 3


def same(number: int) -> int:
    return number + 0


if __name__ == "__main__":
    sys.exit(len(sys.argv) - 1)
'''
TESTS = """import subprocess
import sys

from psopenai_py.toy import sums


def test_limit():
    assert sums.fits(6) and not sums.fits(7) and not sums.fits(9)


def test_same():
    assert sums.same(5) == 5


def test_process():
    assert subprocess.call([sys.executable, "-m", "psopenai_py.toy.sums", "1", "2"]) == 2
"""
KNOWN = [
    {
        "file": "psopenai_py/toy/sums.py",
        "was": "return number + 0",
        "now": "return number - 0",
        "why": "both are the number",
    }
]
#: What is printed, with N for each time.
REPORT = """\
without a change, all tests pass (N s)
6 changes in toy/sums.py, 3 tests
caught    FILE:5 NumberReplacer: LIMIT = 7  ->  LIMIT = 8 (3 tests, N s by TESTS::test_limit)
caught    FILE:9 ReplaceComparisonOperator_Lt_LtE: return number < LIMIT  ->  return number <= LIMIT\
 (1 tests, N s by TESTS::test_limit)
survived  FILE:13 ReplaceComparisonOperator_Eq_NotEq: return number == 3  ->  return number != 3 (3 tests, N s)
caught    FILE:17 NumberReplacer: return number + 0  ->  return number + 1 (1 tests, N s by TESTS::test_same)
caught    FILE:20 AddNot: if __name__ == "__main__":  ->  if not __name__ == "__main__": (3 tests, N s)
caught    FILE:21 RemoveCall: sys.exit(len(sys.argv) - 1)  ->  pass (3 tests, N s by TESTS::test_process)

survived  FILE:13 ReplaceComparisonOperator_Eq_NotEq: return number == 3  ->  return number != 3
toy/sums.py: 5 caught, 0 timed out, 1 survived. Score: 5 of 6 = 83.3 %
"""


def _checkout(folder: Path, tests: str = TESTS) -> Path:
    for name in ("psopenai_py", "psopenai_py/toy", "tests", "tests/toy", "scripts"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").touch()
    (folder / "psopenai_py" / "toy" / "sums.py").write_text(CODE, "utf-8")
    (folder / "tests" / "toy" / "test_sums.py").write_text(tests, "utf-8")
    (folder / "scripts" / "mutants.json").write_text(json.dumps(KNOWN), "utf-8")
    (folder / "pyproject.toml").write_text("[tool.pytest]\n", "utf-8")
    return folder


def _mutate(checkout: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, str(SCRIPT), "--checkout", str(checkout), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, re.sub(r"\d+ s\b", "N s", done.stdout), done.stderr


def _layout() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_layout", SCRIPT.with_name("_layout.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tool() -> None:
    """Skips where the script would first have to make its environment, from the network."""
    layout = _layout()
    if not layout.is_ready(layout.folder("mutation"), layout.current_stamp()):
        pytest.skip("cosmic-ray is not installed: scripts/mutate.py makes its environment when it is run")


@pytest.mark.usefixtures("tool")
def test_report(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path / "checkout")
    before = {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()}
    code, out, err = _mutate(checkout, "toy/sums.py", "tests/toy", "--sample", "9", "--copies", "1")
    assert (code, err) == (1, "")
    assert out.replace("psopenai_py/toy/sums.py", "FILE").replace("tests/toy/test_sums.py", "TESTS") == REPORT
    assert {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("tool")
def test_nothing_is_tried_where_the_tests_fail_anyway(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path / "checkout", "def test_bad():\n    assert False\n")
    code, out, err = _mutate(checkout, "toy", "--sample", "1")
    assert (code, out) == (2, "")
    assert err.endswith("The tests fail without any change, so nothing was tried.\n") and "test_bad" in err


def test_an_unknown_package() -> None:
    assert _mutate(ROOT, "bindings") == (2, "", "psopenai_py has no bindings\n")


def test_what_need_not_be_noticed_is_still_there_and_has_a_reason() -> None:
    for known in json.loads(SCRIPT.with_name("mutants.json").read_text("utf-8")):
        assert set(known) == {"file", "was", "now", "why"} and known["why"] and known["was"] != known["now"]
        lines = [line.strip() for line in (ROOT / known["file"]).read_text("utf-8").splitlines()]
        assert known["was"] in lines, known
