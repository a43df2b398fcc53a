"""What the tests of calls share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Result, Run
from tests.http.sockets import listening, saying


@pytest.fixture
def call(run: Run) -> Callable[..., Result]:
    """New-Video against a server that says these bytes."""

    def call(data: bytes, *arguments: str) -> Result:
        with listening(saying(data)) as server:
            return run("New-Video", "x", "-ApiBase", server.base, *arguments)

    return call
