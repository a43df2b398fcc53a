"""A request's body, as h11 hands it out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import h11

from .transport import Transport

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["RequestBody"]


class RequestBody(io.BufferedReader):
    """A request's body as a stream."""

    def __init__(self, http: h11.Connection, transport: Transport) -> None:
        self._events = _BodyEvents(http, transport)
        super().__init__(self._events, 64 * 1024)

    def drain(self, limit: int) -> bool:
        """Read the rest that nobody wanted, if it is short; return whether a new request may follow."""
        try:
            while limit > 0 and (data := self.read1(64 * 1024)):
                limit -= len(data)
        except h11.RemoteProtocolError:
            return False
        return self._events.is_at_end


class _BodyEvents(io.RawIOBase):
    """A body that is called for when the client waits to be (RFC 9110, section 10.1.1)."""

    def __init__(self, http: h11.Connection, transport: Transport) -> None:
        super().__init__()
        self._http = http
        self._transport = transport
        self._rest = b""

    @property
    def is_at_end(self) -> bool:
        return self._http.their_state is h11.DONE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._rest and self._http.their_state is h11.SEND_BODY:
            self._rest = self._next_data()
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next_data(self) -> bytes:
        if self._http.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._transport.send(self._http.send(go_on))
        event = self._http.next_event()
        if event is h11.NEED_DATA:
            self._http.receive_data(self._transport.receive())
        return bytes(event.data) if isinstance(event, h11.Data) else b""
