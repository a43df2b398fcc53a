"""A socket with limits of time."""

from __future__ import annotations

import contextlib
import socket
import time

__all__ = ["TooSlow", "Transport"]

_CHUNK = 64 * 1024
_LINGER_SECONDS = 6.0


class TooSlow(Exception):
    """The client took longer than it may."""


class Transport:
    """A client's socket: one deadline for all reads until the next `allow`, however slowly bytes drip."""

    def __init__(self, connection: socket.socket, *, time_limit: float) -> None:
        self._socket = connection
        self._time_limit = time_limit
        self._deadline = 0.0
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = connection.getsockname()
        self.peer = connection.getpeername()

    def allow(self, seconds: float | None = None) -> None:
        """Allow `seconds` from now on for what is read; by default as long as a request may take."""
        self._deadline = time.monotonic() + (self._time_limit if seconds is None else seconds)

    def receive(self) -> bytes:
        """Return what there is, nothing at the end; raises TooSlow when the deadline comes first."""
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            return self._socket.recv(_CHUNK)
        except TimeoutError:
            raise TooSlow from None

    def send(self, data: bytes) -> None:
        """Send all of `data` within the time limit."""
        self._socket.settimeout(self._time_limit)
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise TooSlow from None

    def wait_for_end(self) -> None:
        """Read until the client leaves."""
        while self.receive():
            pass

    def linger(self) -> None:
        """Let the client read the response: closing on unread input would reset the connection under it."""
        self._socket.shutdown(socket.SHUT_WR)
        self.allow(_LINGER_SECONDS)
        self.wait_for_end()

    def shut(self) -> None:
        """End reading and writing, in whichever thread they are."""
        with contextlib.suppress(OSError):  # it has ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
