"""The desk of a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.desk import Desk
from tests.server import Server


@pytest.fixture
def desk(server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """A server of the test's own, at the address where commands look, and an empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(server, f"bulk-{abs(hash(request.node.nodeid))}")
    monkeypatch.setenv("OPENAI_API_BASE", desk.base)
    return desk
