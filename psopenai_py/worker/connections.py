"""Connections that outlive a call."""

from __future__ import annotations

from ..http.connections import Connections


class KeptConnections(Connections):
    """The connections of several calls. Nothing but they themselves goes from one call to the next."""

    def forget_cookies(self) -> None:
        """Drop what servers wanted the call before to remember."""
        for connection in self._all:
            connection.client.cookies.clear()
