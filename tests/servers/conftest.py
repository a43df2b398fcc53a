"""Servers that others wrote, started for these tests only by `scripts/test.py --servers`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.counterparts import COUNTERPARTS, FACTS, Counterpart, sandboxed

#: Without them, nothing here is a test.
collect_ignore_glob = [] if FACTS else ["test_*.py"]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Counterpart]:
    """A sandbox without jobs."""
    with sandboxed(tmp_path) as running:
        yield running


@pytest.fixture(scope="session", params=COUNTERPARTS)
def counterpart(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counterpart]:
    """Each of the table in turn; a test that is for some of them names them by `only`."""
    with COUNTERPARTS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


def only(*names: str) -> pytest.MarkDecorator:
    """Run a test against these counterparts alone."""
    return pytest.mark.parametrize("counterpart", names, indirect=True, scope="session")
