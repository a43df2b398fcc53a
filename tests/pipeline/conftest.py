"""The desk of a test, and a server that has one job."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.desk import Desk
from tests.pipeline.tiny import TINY
from tests.server import Script, Server


@pytest.fixture
def desk(server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """A server of the test's own, at the address where commands look, and an empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(server, f"bulk-{abs(hash(request.node.nodeid))}")
    monkeypatch.setenv("OPENAI_API_BASE", desk.base)
    return desk


@pytest.fixture
def api(server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server that has one job, and the environment that points to it."""
    script = server.script(request.node.name.partition("[")[0], [{"json": TINY}])
    monkeypatch.setenv("OPENAI_API_BASE", script.base)
    return script
