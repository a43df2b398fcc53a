"""What the tests of the cmdlets share: a server by script, and a sandbox in-process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server import Script, Server


@pytest.fixture
def api(server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server that answers by script, and the environment that points to it."""
    script = server.script(request.node.name.partition("[")[0])
    monkeypatch.setenv("OPENAI_API_BASE", script.base)
    return script


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a sandbox where jobs are done at once, and the environment that points to it."""
    address = f"sandbox:{tmp_path / 'jobs'}?speed=1000"
    monkeypatch.setenv("OPENAI_API_BASE", address)
    return address
