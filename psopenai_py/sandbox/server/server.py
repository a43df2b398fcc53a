"""The sandbox on a port: HTTP/1.1, one thread per connection, so that no client waits for another.

Serves any WSGI application; knows nothing of videos.
"""

from __future__ import annotations

import errno
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import h11

from ...loopback import LOOPBACK
from .connection import Connection
from .exchange import send_error
from .transport import TooSlow, Transport

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["PortUnavailable", "SandboxServer"]

TIME_LIMIT = 30.0
MAX_CONNECTIONS = 256

_WAKE_SECONDS = 0.1  # how long a stop may take to be noticed
_ROOM_SECONDS = 10.0  # how long an idle connection may take to end, on a machine that stands still
_END_SECONDS = 1.0  # how long all connections may take at the end


class PortUnavailable(OSError):
    """The server cannot listen where it was told to; the text says why and what to do."""


class SandboxServer:
    """An application on a port, from the constructor on: `with SandboxServer(app, port=0) as server: ...`.

    port: 0 chooses a free one, see `url`. time_limit: seconds for a request to arrive and for each part of an
    answer to be taken. log: called with one line per request, from several threads; it holds no key and no
    prompt. Raises PortUnavailable.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str = LOOPBACK,
        port: int,
        time_limit: float = TIME_LIMIT,
        max_connections: int = MAX_CONNECTIONS,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self._app = app
        self._time_limit = time_limit
        self._log = log or _ignore
        self._slots = threading.BoundedSemaphore(max_connections)
        self._open: dict[Connection, threading.Thread] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener = _listen(host, port)
        self.host, self.port = self._listener.getsockname()[:2]

    @property
    def url(self) -> str:
        """The base address for clients, such as `http://127.0.0.1:8000/v1`."""
        # An address that stands for all interfaces is none to connect to.
        host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/v1"

    @property
    def page(self) -> str:
        """The address for browsers, such as `http://127.0.0.1:8000/`."""
        return self.url.removesuffix("v1")

    def serve_forever(self) -> None:
        """Accept clients until `close` is called, from another thread, or an exception such as Ctrl-C."""
        while not self._stopping.is_set():
            try:
                if select.select([self._listener], [], [], _WAKE_SECONDS)[0]:
                    self._accept()
            except (OSError, ValueError):
                # Closed under our hands; or no file handles are left, which may pass.
                self._stopping.wait(_WAKE_SECONDS)

    def start(self) -> None:
        """Serve from a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, name="sandbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, end all connections, and wait shortly for them."""
        self._stopping.set()
        if self._thread:
            self._thread.join()  # before the listener's handle can become another file's
        self._listener.close()
        with self._guard:
            remaining = dict(self._open)
        for connection in remaining:
            connection.shut()
        deadline = time.monotonic() + _END_SECONDS
        for thread in remaining.values():
            if thread.is_alive():  # Ctrl-C may have come before it was started
                thread.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> SandboxServer:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.close()

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._end_idle()
            raise
        try:
            transport = Transport(accepted, time_limit=self._time_limit)
        except OSError:
            accepted.close()  # it has left already
            return
        if not self._slots.acquire(blocking=False) and not self._take_slot_of_idle():
            _turn_away(transport)
        else:
            self._start_thread(Connection(transport, self._app, log=self._log), transport)

    def _start_thread(self, connection: Connection, transport: Transport) -> None:
        thread = threading.Thread(target=self._serve, args=(connection,), name="sandbox client", daemon=True)
        with self._guard:
            self._open[connection] = thread
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            self._forget(connection)
            _turn_away(transport)

    def _take_slot_of_idle(self) -> bool:
        """Make room, since clients that ask for nothing must not keep others out; False when all are busy."""
        return self._end_idle() and self._slots.acquire(timeout=_ROOM_SECONDS)

    def _end_idle(self) -> bool:
        """End the connection that has been without a request for the longest time, if there is one."""
        with self._guard:
            idle = [(since, connection) for connection in self._open if (since := connection.idle_since) is not None]
        if not idle:
            return False
        min(idle, key=lambda pair: pair[0])[1].shut()
        return True

    def _serve(self, connection: Connection) -> None:
        try:
            connection.run()
        finally:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        with self._guard:
            self._open.pop(connection, None)
        self._slots.release()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There, the option of the other systems would let two programs share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortUnavailable(_explain(host, port, error)) from None
    return listener


def _explain(host: str, port: int, error: OSError | OverflowError) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program. Choose another one, or 0 for any free."
    if code == errno.EACCES:
        return f"Port {port} on {host} needs rights this user does not have. Choose one above 1023, or 0."
    reason = getattr(error, "strerror", None) or error
    return f"The sandbox cannot listen on port {port} of '{host}': {reason}."


def _turn_away(transport: Transport) -> None:
    try:
        send_error(h11.Connection(h11.SERVER), transport, 503, "The sandbox has too many connections.")
    except (OSError, TooSlow):
        return  # it has left already
    finally:
        transport.close()


def _ignore(line: str) -> None:
    """Drop a log line."""
