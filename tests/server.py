"""A real HTTP server on loopback that answers by script and keeps what it received."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import multipart

JOB: dict[str, Any] = {
    "id": "video_123",
    "object": "video",
    "created_at": 1760194265,
    "status": "queued",
    "completed_at": None,
    "error": None,
    "expires_at": None,
    "model": "sora-2",
    "progress": 0,
    "remixed_from_video_id": None,
    "seconds": "4",
    "size": "720x1280",
}


@dataclass
class Received:
    """One request as it came in. `fields` are the parts of a multipart body, a file's value as its digest."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)
    peer: object = None  # address of the connection's other end
    time: float = field(default_factory=time.monotonic)

    @property
    def document(self) -> Any:
        """The JSON body."""
        return json.loads(self.body)

    @property
    def fields(self) -> list[list[str | None]]:
        kind, options = multipart.parse_options_header(self.headers.get("content-type", ""))
        if kind != "multipart/form-data":
            return []
        boundary = options["boundary"].encode()
        parser = multipart.PushMultipartParser(boundary)
        parts: list[list[str | None]] = []
        for event in parser.parse(self.body):
            if isinstance(event, multipart.MultipartSegment):
                media = dict(event.headerlist).get("Content-Type")
                parts.append([event.name, event.filename, media, ""])
                data = b""
            elif event:
                data += event
            else:
                digest = "sha256:" + hashlib.sha256(data).hexdigest()
                parts[-1][3] = data.decode() if parts[-1][1] is None else digest
        return parts


@dataclass
class Script:
    """The answers for one base address: served in order, the last one again and again.

    An answer has `status`, `reason`, `headers`, and a body as `json`, `text` or `bytes_b64`; `drop` closes the
    connection instead, `delay` waits so many seconds first, `cut` sends that many bytes fewer than announced.
    A function of the request may take the place of the list; it is called in many threads.
    """

    base: str
    responses: list[dict[str, Any]] | Callable[[Received], dict[str, Any]]
    requests: list[Received] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def response(self, request: Received) -> dict[str, Any]:
        with self._lock:  # or two that come at once would both get the second answer
            self.requests.append(request)
            place = len(self.requests) - 1
        if callable(self.responses):
            return self.responses(request)
        return self.responses[min(place, len(self.responses) - 1)]


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many may come at once


class Server:
    """The server; `script(name, responses)` gives a base address that answers so."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._scripts: dict[str, Script] = {}
        self._http = _Http(("127.0.0.1", 0), _handler(self._scripts))
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def script(
        self, name: str, responses: list[dict[str, Any]] | Callable[[Received], dict[str, Any]] | None = None
    ) -> Script:
        script = Script(f"http://{self.host}/{name}", responses or [{"json": JOB}])
        self._scripts[name] = script
        return script

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler(scripts: dict[str, Script]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its first half

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle_one_request()

        def answer(self) -> None:
            name, _, rest = self.path.lstrip("/").partition("/")
            script = scripts[name.partition("?")[0]]
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            self.respond(script.response(Received(self.command, f"/{rest}", headers, body, self.client_address)))

        def respond(self, response: dict[str, Any]) -> None:
            time.sleep(response.get("delay", 0))
            if response.get("drop"):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            data = _body(response)
            self.send_response(response.get("status", 200), response.get("reason"))
            headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
            for key, value in (headers | response.get("headers", {})).items():
                self.send_header(key, value)
            self.end_headers()
            cut = response.get("cut", 0)
            self.wfile.write(data[: len(data) - cut])
            self.close_connection = self.close_connection or bool(cut)

        do_GET = do_POST = do_DELETE = do_HEAD = answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _body(response: dict[str, Any]) -> bytes:
    if "bytes_b64" in response:
        return base64.b64decode(response["bytes_b64"])
    if "json" in response:
        return json.dumps(response["json"]).encode()
    return str(response.get("text", "")).encode("utf-8", "surrogatepass")


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()
