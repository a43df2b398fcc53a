"""A web page of another site cannot use a sandbox server, and one long header field holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore

PASSES = [
    pytest.param({}, id="as-it-is"),
    pytest.param({"host": "localhost:1"}, id="localhost"),
    pytest.param({"host": "doggo.localhost"}, id="below-localhost"),
    pytest.param({"host": "LOCALHOST"}, id="case"),
    pytest.param({"host": "localhost.:80"}, id="root"),
    pytest.param({"host": "[::1]:80"}, id="ipv6"),
    pytest.param({"host": "192.168.0.1"}, id="address"),
    pytest.param({"origin": "http://localhost:3000"}, id="page-of-this-machine"),
    pytest.param({"origin": "http://127.0.0.1"}, id="page-of-loopback"),
]
REFUSED = [
    pytest.param({"host": "evil.example"}, id="name"),
    pytest.param({"host": "127.0.0.1.evil.example"}, id="name-like-an-address"),
    pytest.param({"host": "localhost.evil.example"}, id="name-like-localhost"),
    pytest.param({"host": "["}, id="malformed"),
    pytest.param({"host": "evil.example", "origin": "http://evil.example"}, id="rebound-page"),
    pytest.param({"origin": "https://evil.example"}, id="page"),
    pytest.param({"origin": "http://127.0.0.1.evil.example"}, id="page-like-loopback"),
    pytest.param({"origin": "null"}, id="page-without-origin"),
    pytest.param({"origin": "http://["}, id="malformed-page"),
]


@pytest.fixture
def server(store: JobStore) -> Iterator[SandboxServer]:
    with SandboxServer(create_app(store, local=True), port=0) as server:
        yield server


def _post(server: SandboxServer, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{server.url}/videos", json={"prompt": "x"}, headers=headers, trust_env=False, timeout=60)


@pytest.mark.parametrize("headers", PASSES)
def test_requests_of_this_machine_pass(server: SandboxServer, headers: dict[str, str]) -> None:
    assert _post(server, headers).json()["status"] == "queued"


@pytest.mark.parametrize("headers", REFUSED)
def test_foreign_names_and_pages_are_refused(server: SandboxServer, store: JobStore, headers: dict[str, str]) -> None:
    answer = _post(server, headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")
    assert store.page(10, after=None, newest_first=True) == ([], False)


def test_a_refusal_looks_like_every_answer(server: SandboxServer) -> None:
    """On one connection: the answer to HEAD has no body that would be taken for the beginning of the next one."""
    with httpx.Client(headers={"host": "evil.example"}, trust_env=False, timeout=60) as client:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            answer = client.request(method, f"{server.url}/videos")
            assert (answer.status_code, bool(answer.content)) == (403, method == "GET")
            assert answer.headers["x-request-id"].startswith("req_")


def test_long_header_fields_hold_nobody_up(server: SandboxServer) -> None:
    """Blanks at both ends of a value, of nearly the size that a head may have."""
    for value in ("a" + " \t" * 15000 + "b", "a " * 15000 + "b"):
        client = threading.Thread(target=_post, args=(server, {"x-long": value}))
        client.start()
        assert _post(server, {}).status_code == 200
        client.join(60)
        assert not client.is_alive()
