"""What the sandbox's tests share: a clock that stands still, a store, a client in the same process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

NOON = 1_800_000_000.0


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reports() -> list[str]:
    """What the store reported."""
    return []


@pytest.fixture
def store(tmp_path: Path, clock: Clock, reports: list[str]) -> JobStore:
    return JobStore(tmp_path / "sandbox", clock=clock, report=reports.append)


Connect = Callable[..., httpx.Client]


@pytest.fixture
def connect(store: JobStore) -> Iterator[Connect]:
    """Make a client of an application over the store, in this process."""
    clients: list[httpx.Client] = []

    def connect(**options: Any) -> httpx.Client:
        transport = httpx.WSGITransport(app=create_app(store, **options))
        clients.append(httpx.Client(transport=transport, base_url="http://sandbox/v1"))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Connect) -> httpx.Client:
    return connect()


@pytest.fixture
def new_video(client: httpx.Client, clock: Clock) -> Callable[..., str]:
    """Create a job, let it finish, return its id."""

    def new_video(prompt: str = "Dancing Doggo", **fields: str) -> str:
        answer = client.post("/videos", data={"prompt": prompt, **fields})
        assert answer.status_code == 200, answer.text
        clock.now += 60
        return str(answer.json()["id"])

    return new_video


@pytest.fixture
def log() -> list[str]:
    """What the servers of `serve` logged."""
    return []


Serve = Callable[..., SandboxServer]


@pytest.fixture
def serve(store: JobStore, log: list[str]) -> Iterator[Serve]:
    """Start a server of an application over the store; options of either one."""
    servers: list[SandboxServer] = []

    def serve(
        app: WSGIApplication | None = None, *, time_limit: float = 30, max_connections: int = 50, **options: Any
    ) -> SandboxServer:
        application = app or create_app(store, **options)
        server = SandboxServer(
            application, port=0, time_limit=time_limit, max_connections=max_connections, log=log.append
        )
        server.start()
        servers.append(server)
        return server

    yield serve
    for server in servers:
        server.close()
