"""Connections that outlive a call."""

from __future__ import annotations

from ..http.client import Connections


class KeptConnections(Connections):
    """The lines of several calls. Nothing but the connection itself goes from one call to the next."""

    def forget_cookies(self) -> None:
        """Drop what servers wanted the call before to remember."""
        for line in self._lines:
            line.client.cookies.clear()
