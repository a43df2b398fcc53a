"""One attempt to get a response: how far it has come, and the end of its time limit. Knows no HTTP library."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from socket import socket

#: Seconds until a server must have accepted the connection, whatever -TimeoutSec says.
CONNECT_LIMIT = 60.0
#: Seconds without a byte after which a body counts as broken off, whatever -TimeoutSec says.
STALL = 30.0


class Cuttable(Protocol):
    """A connection as far as an attempt knows it."""

    def opened(self, connection: socket) -> None:
        """Take note of the socket."""

    def cut(self) -> None:
        """End the connection under whoever reads from it or writes to it."""


class Attempt:
    """How far one attempt has come, told by the HTTP library, and how long each further step may take.

    The time limit covers everything until the response begins, and nothing after: that is what the reference
    does. With `whole` it covers the body too. The library's own limits are for one step each, and a server that
    sends a byte now and then would never exceed them; so at the end of the time the connection is cut.

    Attributes:
        sent: the server may have received the request.
        limits: seconds for each kind of step, as the library wants them.

    Args:
        in_process: the server is the sandbox, called like a function.
        leaves: is told when the request is about to leave, with what cuts its connection.
    """

    def __init__(
        self,
        timeout: float,
        *,
        whole: bool,
        in_process: bool,
        leaves: Callable[[Callable[[], None]], None] | None,
    ) -> None:
        self.sent = False
        self.limits: dict[str, float | None] = {}
        self._whole = whole
        self._in_process = in_process
        self._leaves = leaves
        self._deadline = time.monotonic() + timeout if timeout else None
        self._timer: threading.Timer | None = None
        self._connection: Cuttable | None = None
        self._set_limits()

    @property
    def late(self) -> bool:
        """True when the time is up and no response has begun."""
        return self._deadline is not None and time.monotonic() > self._deadline - 0.01

    def begin(self, connection: Cuttable) -> None:
        """From now on watch this connection, until `answered` or `end`."""
        self._connection = connection
        if self._in_process:
            # There is no connection to watch: the application runs as soon as it is called.
            self._send(connection)
        if self._deadline is not None:
            self._timer = threading.Timer(max(self._deadline - time.monotonic(), 0), connection.cut)
            self._timer.daemon = True
            with contextlib.suppress(RuntimeError):  # without another thread, the limits of each step have to do
                self._timer.start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by the library at each step of the request."""
        if event.endswith("connect_tcp.complete") and self._connection is not None:
            # Also without a limit: a later request over the same connection may have one.
            self._connection.opened(info["return_value"].get_extra_info("socket"))
        elif event.endswith("receive_response_body.started"):
            self.limits["read"] = STALL
        elif self._deadline is not None and event.endswith(".started"):
            self._set_limits()
        # What is sent to a proxy to reach the server has not reached the server.
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self._send(self._connection)

    def _send(self, connection: Cuttable | None) -> None:
        if self._leaves is not None and connection is not None:
            self._leaves(connection.cut)
        self.sent = True

    def answered(self) -> None:
        """The response has begun: the time limit is over, unless it is for the whole."""
        self._deadline = None
        if not self._whole:
            self.end()

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()

    def _set_limits(self) -> None:
        left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0.001)
        self.limits |= {"connect": min(left or CONNECT_LIMIT, CONNECT_LIMIT), "read": left, "write": left}
        self.limits["pool"] = left
