"""Runs some tests in an order of their own, and tells how long each took: `_selected_tests.py FILE [PYTEST ARGUMENTS]`.

FILE holds the names of tests as a JSON list, or null for all; the same names with seconds, or with null for a test
that failed, are written to it. When coverage is measured, each test is a context of its own.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest


class Selection:
    """Keeps the tests that are wanted, in the order in which they are."""

    def __init__(self, wanted: list[str] | None) -> None:
        self._order = None if wanted is None else {name: place for place, name in enumerate(wanted)}
        self.seconds: dict[str, float | None] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = self._order
        if order is not None:
            items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        measured = _coverage()
        if measured:
            measured.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self.seconds.get(report.nodeid, 0.0)
        failed = report.failed or before is None
        self.seconds[report.nodeid] = None if failed else (before or 0.0) + report.duration


def _coverage() -> Any:
    if "coverage" not in sys.modules:
        return None
    from coverage import Coverage

    return Coverage.current()


def main(file: Path, arguments: list[str]) -> int:
    """Exit code of pytest."""
    selection = Selection(json.loads(file.read_text("utf-8")))
    code = pytest.main(arguments, plugins=[selection])
    file.write_text(json.dumps(selection.seconds), "utf-8")
    return int(code)


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of scripts: a test must not find what it does not find elsewhere
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
