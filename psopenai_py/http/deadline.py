"""One attempt on the wire: how far it has come, and the end of its time limit. Knows no HTTP library."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

#: Seconds until a server must have accepted the connection, whatever -TimeoutSec says.
CONNECT_LIMIT = 60.0


class Wire:
    """The newest connection of a client, held so that a time limit can end what waits on it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def opened(self, connection: socket.socket) -> None:
        """Take note of a connection. A duplicate stays valid when the library wraps the original in TLS."""
        self.close()
        self._socket = connection.dup()

    def cut(self) -> None:
        """End the connection under whoever reads from it or writes to it."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Progress:
    """How far one attempt has come, told by the HTTP library, and how long each further step may take.

    The time limit covers everything until the answer begins, and nothing after: that is what the reference
    does. The library's own limits are for one step each, and a server that sends a byte now and then would
    never exceed them; so at the end of the time the connection is cut.

    Attributes:
        sent: the server may have received the request.
        limits: seconds for each kind of step, as the library wants them.
    """

    def __init__(self, timeout: float, *, stall: float | None, sent: bool) -> None:
        self.sent = sent
        self.limits: dict[str, float | None] = {}
        self._stall = stall
        self._deadline = time.monotonic() + timeout if timeout else None
        self._timer: threading.Timer | None = None
        self._wire = Wire()
        self._set_limits()

    @property
    def late(self) -> bool:
        """True when the time is up and no answer has begun."""
        return self._deadline is not None and time.monotonic() > self._deadline - 0.01

    def begin(self, wire: Wire) -> None:
        """From now on watch this wire, until `answered` or `end`."""
        self._wire = wire
        if self._deadline is not None:
            self._timer = threading.Timer(max(self._deadline - time.monotonic(), 0), wire.cut)
            self._timer.daemon = True
            self._timer.start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by the library at each step of the request."""
        if event.endswith("connect_tcp.complete"):
            # Also without a limit: a later request over the same connection may have one.
            self._wire.opened(info["return_value"].get_extra_info("socket"))
        elif event.endswith("receive_response_body.started"):
            self.limits["read"] = self._stall
        elif event.endswith(".started"):
            self._set_limits()
        # What is sent to a proxy to reach the server has not reached the server.
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent = True

    def answered(self) -> None:
        """The answer has begun: the time limit is over."""
        self._deadline = None
        self.end()

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()

    def _set_limits(self) -> None:
        left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0.001)
        self.limits |= {"connect": min(left or CONNECT_LIMIT, CONNECT_LIMIT), "read": left, "write": left}
        self.limits["pool"] = left
