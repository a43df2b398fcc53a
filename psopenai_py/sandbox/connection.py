"""One client's connection: requests in, WSGI calls, answers out, until one side has enough.

Never logs a header, a query or a body, so no key and no prompt.
"""

from __future__ import annotations

import io
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from .http_input import BadRequest, Body, Head, TimedSocket, TooSlow, body_of, read_head

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

__all__ = ["Connection", "error_answer"]

_DRAIN_LIMIT = 1024 * 1024  # bytes of an unwanted body that are read to keep the connection
_LINGER_SECONDS = 2.0

Send = Callable[[bytes], None]
Excuse = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Connection:
    """A connection served to its end by `run`.

    time_limit: seconds for a request to arrive and for each part of an answer to be taken. log: called with
    one line per request.
    """

    def __init__(
        self,
        connection: socket.socket,
        app: WSGIApplication,
        *,
        time_limit: float,
        log: Callable[[str], None],
    ) -> None:
        self._socket = connection
        self._app = app
        self._time_limit = time_limit
        self._log = log
        self._input = TimedSocket(connection)
        self._stream = io.BufferedReader(self._input, 64 * 1024)

    def run(self) -> None:
        """Serve requests until the connection ends; never raises for what a client does."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._exchange():
                pass
        except (TooSlow, OSError):
            return  # it left, or was too slow; nobody is there to be told
        finally:
            self._stream.close()
            self._socket.close()

    def _exchange(self) -> bool:
        """Serve one request; return whether another one may follow."""
        self._input.restart(self._time_limit)
        try:
            head = read_head(self._stream)
            if head is None:
                return False
            body = _Expected(body_of(head, self._stream), head, self.send)
            environ = self._environ(head, body)
        except BadRequest as error:
            self.send(error_answer(error.status, str(error)))
            self._linger()
            return False
        self._input.restart(self._time_limit)
        exchange = _Exchange(head, body, environ, self.send)
        try:
            exchange.run(self._app)
        finally:
            self._log(exchange.summary())
        if exchange.is_silent:
            self._wait_for_leave()
        elif exchange.keeps_alive and _drained(body):
            return True
        self._linger()
        return False

    def send(self, data: bytes) -> None:
        """Send all of `data` within the time limit."""
        self._socket.settimeout(self._time_limit)
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise TooSlow from None

    def _environ(self, head: Head, body: _Expected) -> dict[str, Any]:
        host, port = self._socket.getsockname()[:2]
        return {
            **_request_variables(head),
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "REMOTE_ADDR": self._socket.getpeername()[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": body,
            "wsgi.input_terminated": True,  # reading stops by itself where the body ends
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def _wait_for_leave(self) -> None:
        self._input.restart(self._time_limit)
        while self._stream.read1(4096):
            pass

    def _linger(self) -> None:
        """Let the client read the answer: closing on unread input would reset the connection under it."""
        self._socket.shutdown(socket.SHUT_WR)
        self._input.restart(_LINGER_SECONDS)
        while self._stream.read1(64 * 1024):
            pass


class _Expected:
    """A body that is called for when the client waits to be (RFC 9110, section 10.1.1)."""

    def __init__(self, body: Body, head: Head, send: Send) -> None:
        self._body = body
        self._send = send
        self._waits = head.minor_version == 1 and head.fields.get("expect", "").lower() == "100-continue"

    @property
    def finished(self) -> bool:
        """Tell whether nothing of the body is left on the connection."""
        return self._body.finished

    @property
    def is_held_back(self) -> bool:
        """Tell whether the client still waits to be asked for it."""
        return self._waits and not self._body.finished

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; none at the end."""
        if self.is_held_back:
            self._waits = False
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._body.read(size)


def _drained(body: _Expected) -> bool:
    """Read the rest of a body nobody wanted, if it is short; return whether a new request may follow."""
    left = _DRAIN_LIMIT
    try:
        while not body.finished and not body.is_held_back and left > 0:
            data = body.read(64 * 1024)
            left -= len(data)
            if not data and not body.finished:
                return False
    except BadRequest:
        return False
    return body.finished


class _Exchange:
    """One request and its answer."""

    def __init__(self, head: Head, body: _Expected, environ: dict[str, Any], send: Send) -> None:
        self._head = head
        self._body = body
        self._environ = environ
        self._send = send
        self._pending = b""  # the answer's head, sent together with the first bytes of its body
        self._started = time.monotonic()
        self._sent = 0
        self._status = ""
        self.keeps_alive = False
        self.is_silent = False

    def run(self, app: WSGIApplication) -> None:
        """Call the application and send what it answers; whatever breaks there breaks this request only."""
        try:
            self._answer(app)
        except (OSError, TooSlow) as error:
            # A TimeoutError of the application's own is a failure on demand; so is a ConnectionError, which
            # ends the connection like one that the client caused.
            if not isinstance(error, TimeoutError):
                raise
            self.is_silent = True
        except BadRequest as error:
            self._give_up(error.status, str(error))
        except Exception as error:
            self._give_up(500, f"The sandbox failed on this request ({type(error).__name__}).")

    def _answer(self, app: WSGIApplication) -> None:
        result = app(self._environ, self._start)
        try:
            for chunk in result:
                self._write(chunk)
            self._write(b"")
        finally:
            close = getattr(result, "close", None)
            if close:
                close()

    def _give_up(self, status: int, message: str) -> None:
        self.keeps_alive = False
        if not self._status or self._pending:  # otherwise an answer is under way and can only be cut off
            self._status = str(status)
            self._send(error_answer(status, message))

    def summary(self) -> str:
        """Return the line for the log: method, path, status, bytes and time."""
        path = self._head.target.partition("?")[0][:200]
        took = (time.monotonic() - self._started) * 1000
        status = self._status[:3] or "no-answer"
        return f"{self._head.method[:20]} {path} {status} {self._sent} bytes {took:.0f} ms"

    def _start(
        self, status: str, headers: list[tuple[str, str]], excuse: Excuse | None = None, /
    ) -> Callable[[bytes], object]:
        if excuse and excuse[1] and self._status and not self._pending:
            raise excuse[1]  # PEP 3333: the head is gone, so there is no way back
        names = {name.lower() for name, _ in headers}
        has_end = "content-length" in names or status[:3] in ("204", "304")
        self._status = status
        self.keeps_alive = has_end and self._head.keeps_alive
        self._pending = _head_bytes(status, headers if self.keeps_alive else [*headers, ("connection", "close")])
        return self._write

    def _write(self, chunk: bytes) -> None:
        data, self._pending = self._pending + chunk, b""
        if data:
            self._send(data)
            self._sent += len(chunk)


def error_answer(status: int, message: str) -> bytes:
    """Return a whole answer for what never reached the application; it closes the connection."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    body = json.dumps({"error": error}).encode()
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("x-request-id", f"req_{os.urandom(16).hex()}"),
        ("connection", "close"),
    ]
    return _head_bytes(f"{status} {HTTPStatus(status).phrase}", headers) + body


def _head_bytes(status: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"date: {formatdate(usegmt=True)}", "server: psopenai-sandbox"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _request_variables(head: Head) -> dict[str, str]:
    target = head.target
    if not target.startswith("/"):  # the absolute form, which servers have to accept
        try:
            parts = urlsplit(target)
        except ValueError:
            raise BadRequest("The address of the request cannot be read.") from None
        target = f"{parts.path or '/'}?{parts.query}"
    path, _, query = target.partition("?")
    variables = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": f"HTTP/1.{head.minor_version}",
    }
    for name, value in head.fields.items():
        if "_" in name:
            continue  # would be taken for the field with dashes
        key = name.upper().replace("-", "_")
        variables[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return variables
