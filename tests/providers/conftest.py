"""The services as stubs, each with a server of its own for the videos."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.google import Google
from tests.providers.openrouter import OpenRouter
from tests.providers.stub import Stub
from tests.providers.tasks import Ark, MiniMax
from tests.providers.together import Together
from tests.providers.xai import XAI
from tests.server import Server, serving

#: A new provider is a row here, and its stub in a file of its own.
STUBS: tuple[type[Stub], ...] = (OpenRouter, XAI, Ark, MiniMax, Google, Together)


@pytest.fixture(scope="session")
def storage() -> Iterator[Server]:
    """The server with the videos."""
    with serving() as running:
        yield running


@pytest.fixture(params=STUBS, ids=lambda kind: kind.name)
def stub(request: pytest.FixtureRequest, server: Server, storage: Server) -> Stub:
    """One service after the other."""
    kind: type[Stub] = request.param
    return kind(server, storage)
