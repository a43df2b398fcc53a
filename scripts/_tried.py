"""How often tests try something: `_tried.py FILE...` prints a JSON object, file: test: [cases, random examples].

pytest itself collects them, since only it knows what its fixtures make of a test. What a test repeats under a constant
`TRIES` of its file counts as often, and what hypothesis makes up as often as its settings say.
"""

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent.parent / "tests"


class Counter:
    """Counts what pytest has collected."""

    def __init__(self) -> None:
        self.tried: dict[str, dict[str, list[int]]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            if isinstance(item, pytest.Function):
                of_file = self.tried.setdefault(item.path.relative_to(TESTS).as_posix(), {})
                counts = of_file.setdefault(item.originalname, [0, 0])
                made_up = getattr(item.obj, "is_hypothesis_test", False)
                counts[made_up] += _examples(item.obj) if made_up else _repetitions(item.obj)


def _examples(test: Any) -> int:
    return int(test._hypothesis_internal_use_settings.max_examples)


def _repetitions(test: Any) -> int:
    return int(test.__globals__["TRIES"]) if "TRIES" in test.__code__.co_names else 1


def main(files: list[str]) -> int:
    """Exit code of pytest; it says on standard error what it cannot collect."""
    counter, said = Counter(), io.StringIO()
    # Without what costs time, and can change nothing: nothing is run here.
    options = ["--collect-only", "--quiet", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with contextlib.redirect_stdout(said):
        code = pytest.main([*options, *(str(TESTS / file) for file in files)], plugins=[counter])
    print(json.dumps(counter.tried) if not code else "", end="")
    print(said.getvalue() if code else "", end="", file=sys.stderr)
    return int(code)


if __name__ == "__main__":
    sys.path[0] = str(TESTS.parent)
    sys.exit(main(sys.argv[1:]))
