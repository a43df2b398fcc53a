"""Connections to servers, kept open from one request to the next. Imports httpx inside functions only."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import SettingsError
from ..settings import Settings
from . import network
from .decoding import ACCEPTED
from .request import origin

if TYPE_CHECKING:
    import ssl

    import httpx


class Connection:
    """The HTTP client for one host, and its newest socket, held so that a time limit can end what waits on it."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
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
        """Let go of client and socket."""
        self.client.close()
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
            mine[key] = Connection(_sandbox(settings.sandbox) if settings.sandbox else _client(url, self._trust))
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


def _sandbox(address: str) -> httpx.Client:
    import httpx

    from ..sandbox import open_sandbox

    try:
        app = open_sandbox(address, os.environ)
    except (ValueError, OSError) as error:
        raise SettingsError(f"The sandbox '{address}' cannot be opened: {error}") from None
    return _plain_client(transport=httpx.WSGITransport(app=app))


def _client(url: str, trust: _Trust) -> httpx.Client:
    import httpx

    scheme, proxy = urlsplit(url).scheme, network.proxy_for(url)
    verify = trust.context() if scheme == "https" else network.no_certificates()
    try:
        if proxy is None:
            return _plain_client(verify=verify)
        secure = trust.context() if proxy.startswith("https:") else None
        return _plain_client(verify=verify, proxy=httpx.Proxy(proxy, ssl_context=secure))
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise network.unusable_proxy(proxy or "", scheme, str(error).rstrip(".")) from None


def _plain_client(**options: Any) -> httpx.Client:
    """A client that looks at no environment, asks for what we can read, and takes no cookies.

    A call needs none; and one with an odd date or letter would be the end of the next request.
    """
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    none = CookieJar(DefaultCookiePolicy(netscape=False, rfc2965=False))
    return httpx.Client(headers={"Accept-Encoding": ACCEPTED}, cookies=none, trust_env=False, **options)
