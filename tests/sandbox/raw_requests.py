"""Requests as bytes, to a sandbox server."""

from __future__ import annotations

import socket

import httpx

from psopenai_py.sandbox.server.server import SandboxServer
from tests.pipeline.desk import LIMIT

GET = b"GET /v1/videos HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def talk(server: SandboxServer, data: bytes) -> bytes:
    """Send bytes as they are and return all that comes back until the server closes."""
    with socket.create_connection((server.host, server.port), timeout=LIMIT) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(server: SandboxServer, path: str = "/videos") -> int:
    return httpx.get(f"{server.url}{path}", trust_env=False, timeout=LIMIT).status_code
