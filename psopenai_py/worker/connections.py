"""Connections that outlive a call."""

from __future__ import annotations

from ..http.connections import Connections


class KeptConnections(Connections):
    """The connections of several calls. Nothing but they themselves goes from one call to the next."""

    def forget_cookies(self) -> None:
        """Drop what servers wanted the call before to remember."""
        for connection in self._all:
            connection.client.cookies.clear()


class Pool:
    """Connections that no call has at present. Calls that began while others rest have their own."""

    def __init__(self) -> None:
        self._free: list[KeptConnections] = []
        self._way: object = None

    def take(self, way: object) -> KeptConnections:
        """Connections of earlier calls, as long as hosts are reached the same way, or new ones."""
        if way != self._way:
            self.close()
            self._way = way
        connections = self._free.pop() if self._free else KeptConnections()
        connections.forget_cookies()
        return connections

    def give_back(self, connections: KeptConnections, way: object) -> None:
        """A call is over, and has left them in order."""
        if way == self._way:
            self._free.append(connections)
        else:
            connections.close()

    def close(self) -> None:
        """Close them all."""
        while self._free:
            self._free.pop().close()
