"""One client's connection: requests in, WSGI calls, responses out, until one side has enough.

Never logs a header, a query or a body, so no key and no prompt.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import h11

from .body import RequestBody
from .exchange import Exchange, malformed, send_error
from .transport import TooSlow, Transport
from .wsgi import environ_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["Connection"]

_HEAD_LIMIT = 32 * 1024
_DRAIN_LIMIT = 1024 * 1024  # bytes of an unwanted body that are read to keep the connection
_HEAD_END = re.compile(rb"\n\r?\n")
# h11's patterns try each way to divide a run of blanks when a field turns out to be malformed. Folding joins
# short runs to long ones, and a server may refuse it (RFC 9112, section 5.2).
_COSTLY = re.compile(rb"[ \t]{100}|\n[ \t]")


class Connection:
    """A connection served to its end by `run`. log: called with one line per request."""

    def __init__(self, transport: Transport, app: WSGIApplication, *, log: Callable[[str], None]) -> None:
        self._transport = transport
        self._app = app
        self._log = log
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT)
        self.idle_since: float | None = time.monotonic()  # None from a request's head to its response's end

    def run(self) -> None:
        """Serve requests until the connection ends; never raises for what a client does."""
        try:
            while self._serve_request():
                self._http.start_next_cycle()
                self.idle_since = time.monotonic()
        except (TooSlow, OSError):
            return  # it left, or was too slow; nobody is there to be told
        finally:
            self._transport.close()

    def shut(self) -> None:
        """End the connection from another thread."""
        self._transport.shut()

    def _serve_request(self) -> bool:
        """Serve one request; return whether another one may follow."""
        self._transport.allow()
        request = None
        try:
            request = self._next_request()
            if request is None:
                return False
            self.idle_since = None
            environ = environ_of(request, self._transport)
        except h11.RemoteProtocolError as error:
            head_only = request is not None and request.method == b"HEAD"
            send_error(self._http, self._transport, error.error_status_hint, malformed(error), head_only=head_only)
            self._transport.linger()
            return False
        return self._respond(request, environ)

    def _respond(self, request: h11.Request, environ: dict[str, object]) -> bool:
        body = environ["wsgi.input"] = RequestBody(self._http, self._transport)
        self._transport.allow()
        exchange = Exchange(self._http, self._transport, request)
        try:
            exchange.run(self._app, environ)
        finally:
            self._log(exchange.summary())
        if exchange.is_silent:
            self._transport.wait_for_end()
            return False
        if self._http.our_state is h11.DONE and body.drain(_DRAIN_LIMIT):
            return True
        self._transport.linger()
        return False

    def _next_request(self) -> h11.Request | None:
        """Return the next request's head; None when the client has left."""
        while True:
            self._check_head()
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                return event
            if event is not h11.NEED_DATA:
                return None
            self._receive()

    def _receive(self) -> None:
        data = self._transport.receive()
        if data and not self._http.trailing_data[0]:
            # An empty line before a request is to be skipped (RFC 9112, section 2.2).
            data = data.lstrip(b"\r\n")
            if not data:
                return
        self._http.receive_data(data)

    def _check_head(self) -> None:
        """Refuse a head that is too large, or that would take long to parse."""
        head = _HEAD_END.split(self._http.trailing_data[0], maxsplit=1)[0]
        if len(head) > _HEAD_LIMIT:
            raise h11.RemoteProtocolError(f"its head is larger than {_HEAD_LIMIT:,} bytes", error_status_hint=431)
        if _COSTLY.search(head):
            raise h11.RemoteProtocolError("a header field is folded or has too many blanks")
