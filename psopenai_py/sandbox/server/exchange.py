"""One request and its response: the application called, what it returns sent by h11."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

import h11

from .transport import TooSlow, Transport

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["Exchange", "malformed", "send_error"]

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Exchange:
    """The application's part of a request."""

    def __init__(self, http: h11.Connection, transport: Transport, request: h11.Request) -> None:
        self._http = http
        self._transport = transport
        self._request = request
        self._response: h11.Response | None = None  # waits for the first bytes of its body
        self._started = time.monotonic()
        self._sent = 0
        self._status = "no-answer"
        self.is_silent = False

    def run(self, app: WSGIApplication, environ: dict[str, object]) -> None:
        """Call the application and send what it returns; whatever breaks there breaks this request only."""
        try:
            self._respond(app, environ)
        except TimeoutError:  # the application's own: a failure on demand
            self.is_silent = True
        except (OSError, TooSlow):
            raise  # the connection is lost, or the application wants it to be
        except h11.RemoteProtocolError as error:
            self._fail(error.error_status_hint, malformed(error))
        except Exception as error:
            self._fail(500, f"The sandbox failed on this request ({type(error).__name__}).")

    def summary(self) -> str:
        """Return the line for the log: method, path, status, bytes and time."""
        path = self._request.target.decode("ascii").partition("?")[0][:200]
        took = (time.monotonic() - self._started) * 1000
        return f"{self._request.method.decode('ascii')[:20]} {path} {self._status} {self._sent} bytes {took:.0f} ms"

    def _respond(self, app: WSGIApplication, environ: dict[str, object]) -> None:
        result = app(environ, self._start_response)
        try:
            for chunk in result:
                self._write(chunk)
            self._send(h11.EndOfMessage())
        finally:
            close = getattr(result, "close", None)
            if close:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        if exc_info and exc_info[1] and self._http.our_state is h11.SEND_BODY:
            raise exc_info[1]  # PEP 3333: the head is gone, so there is no way back
        self._status = status[:3]
        # Who waits to be asked for a body, and is not, may send it or not: only the connection's end is clear.
        waits = self._http.they_are_waiting_for_100_continue
        self._response = _response(status, [*headers, ("connection", "close")] if waits else headers)
        return self._write

    def _write(self, chunk: bytes) -> None:
        if chunk and self._request.method != b"HEAD":
            self._send(h11.Data(data=chunk))
            self._sent += len(chunk)

    def _send(self, event: h11.Data | h11.EndOfMessage) -> None:
        head = self._http.send(self._response) if self._response else b""
        self._response = None
        self._transport.send(head + self._http.send(event))

    def _fail(self, status: int, message: str) -> None:
        self._response = None
        if self._http.our_state is not h11.SEND_RESPONSE:
            self._http.send_failed()  # a response is under way and can only be cut off
            return
        self._status = str(status)
        send_error(self._http, self._transport, status, message, head_only=self._request.method == b"HEAD")


def malformed(error: h11.RemoteProtocolError) -> str:
    """Return the message for a request that breaks a rule of HTTP."""
    # h11 quotes what it has read, as bytes after a colon; that may hold a key.
    return f"The request is malformed: {str(error).partition(': b')[0]}."


def send_error(
    http: h11.Connection, transport: Transport, status: int, message: str, *, head_only: bool = False
) -> None:
    """Send a whole response for what the application did not answer; it ends the connection."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    body = json.dumps({"error": error}).encode()
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("x-request-id", f"req_{os.urandom(16).hex()}"),
        ("connection", "close"),
    ]
    response = _response(f"{status} {HTTPStatus(status).phrase}", headers)
    events = (response, *(() if head_only else (h11.Data(data=body),)), h11.EndOfMessage())
    transport.send(b"".join(http.send(event) for event in events))


def _response(status: str, headers: Iterable[tuple[str, str]]) -> h11.Response:
    own = (("date", formatdate(usegmt=True)), ("server", "psopenai-sandbox"))
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*own, *headers)]
    return h11.Response(status_code=int(status[:3]), headers=fields, reason=status[4:].encode("latin-1"))
