"""Connections that outlive a call."""

from __future__ import annotations

from ..http.connections import Connections


class Pool:
    """Connections that no call has at present. Calls that began while others rest have their own."""

    def __init__(self) -> None:
        self._free: list[Connections] = []
        self._key: object = None

    def take(self, key: object) -> Connections:
        """Connections of earlier calls, as long as hosts are reached the same way, or new ones."""
        if key != self._key:
            self.close()
            self._key = key
        return self._free.pop() if self._free else Connections()

    def give_back(self, connections: Connections, key: object) -> None:
        """A call is over, and has left them in order."""
        if key == self._key:
            self._free.append(connections)
        else:
            connections.close()

    def close(self) -> None:
        """Close them all."""
        while self._free:
            self._free.pop().close()
