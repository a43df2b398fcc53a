"""Connections to servers, kept open from one request to the next. Imports httpx inside functions only."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import SettingsError
from ..settings import Settings
from . import network
from .request import origin

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    import httpx


class Connection:
    """The transport to one host, and its newest socket, held so that a time limit can end what waits on it.

    A transport alone, and no client of the library: that would look at redirects and cookies too, and fail at odd ones.
    """

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self.transport = transport
        self._socket: socket.socket | None = None

    def opened(self, connection: socket.socket) -> None:
        """Take note of a socket. A duplicate stays valid when the library wraps the original in TLS."""
        self._forget()
        self._socket = connection.dup()

    def cut(self) -> None:
        """End the connection under whoever reads from it or writes to it."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of transport and socket."""
        self.transport.close()
        self._forget()

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Connections:
    """The connections of a run, one a host and thread. Close them in the end."""

    def __init__(self) -> None:
        self._all: list[Connection] = []
        self._mine = threading.local()
        self._trust = _Trust()

    def to(self, settings: Settings, url: str) -> Connection:
        """The connection to an address: sandbox in-process, loopback without proxy, http without CA bundle."""
        key = "//".join(map(str, (settings.sandbox, *origin(url))))
        mine: dict[str, Connection] = vars(self._mine)
        if key not in mine:
            mine[key] = Connection(_sandbox(settings.sandbox) if settings.sandbox else _transport(url, self._trust))
            self._all.append(mine[key])
        return mine[key]

    def cut(self) -> None:
        """From another thread: break the connections under whoever waits on them."""
        for connection in list(self._all):
            connection.cut()

    def close(self) -> None:
        """Close all connections."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()


class _Trust:
    """The certificates that are trusted, loaded once for all connections of a run: it takes longer than a request."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The TLS context. Raises SettingsError for a CA file that cannot be used."""
        import httpx

        with self._lock:
            self._context = self._context or httpx.create_ssl_context(network.certificates())
            return self._context


def _sandbox(address: str) -> httpx.BaseTransport:
    import httpx

    from ..sandbox import open_sandbox
    from ..sandbox.service.jobs import DamagedJob, UnusableFolder

    try:
        app = open_sandbox(address, os.environ)
    except ValueError as error:
        raise SettingsError(f"The sandbox '{address}' cannot be opened: {error}") from None

    def app_of_this_process(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except UnusableFolder as error:
            raise SettingsError(str(error), action="Name another folder: -ApiBase sandbox:/folder") from None
        except DamagedJob as error:
            raise SettingsError(str(error)) from None

    return httpx.WSGITransport(app=app_of_this_process)


def _transport(url: str, trust: _Trust) -> httpx.BaseTransport:
    import httpx

    scheme, proxy = urlsplit(url).scheme, network.proxy_for(url)
    verify = trust.context() if scheme == "https" else network.no_certificates()
    try:
        if proxy is None:
            return httpx.HTTPTransport(verify=verify, trust_env=False)
        secure = trust.context() if proxy.startswith("https:") else None
        return httpx.HTTPTransport(verify=verify, proxy=httpx.Proxy(proxy, ssl_context=secure), trust_env=False)
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise network.unusable_proxy(proxy or "", scheme, str(error).rstrip(".")) from None
