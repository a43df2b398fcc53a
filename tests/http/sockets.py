"""Servers on loopback that misbehave below HTTP, and a forward proxy: what `tests.server` cannot be told to do."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Talk = Callable[[socket.socket], None]


@dataclass
class Listener:
    """A port, how many connections came, and an event that tells when the first request had arrived whole."""

    port: int
    connections: int = 0
    asked: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextlib.contextmanager
def listening(talk: Talk, *, read: bool = True, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """Accept connections; for each read one request (if `read`), then `talk`, then hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])

        def serve(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                if read:
                    _read_request(stream)
                listener.asked.set()
                talk(stream)
                stream.close()

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                listener.connections += 1
                threading.Thread(target=serve, args=[connection], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener
        finally:
            listener.over.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """The address of a port that is kept, so that nobody else can listen there meanwhile."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}/v1"


def saying(data: bytes) -> Talk:
    """Answer with these bytes."""
    return lambda connection: connection.sendall(data)


def dripping(data: bytes, pause: float) -> Talk:
    """Answer byte by byte."""

    def talk(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            threading.Event().wait(pause)

    return talk


def silent(connection: socket.socket) -> None:
    """Say nothing until the other side hangs up."""
    while connection.recv(65536):
        pass


def deaf(connection: socket.socket) -> None:
    """Neither read nor say anything, for longer than any test waits."""
    threading.Event().wait(120)


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    missing = sum(lengths) - len(body)
    while missing > 0:
        received = len(connection.recv(65536))
        missing -= received or missing


class Proxy:
    """A forward proxy that knows every name: whatever host is asked for, it connects to 127.0.0.1.

    `seen` holds the first line of each request, `headers` the headers of each, by lower-case name. `refuse` is a
    status to answer with instead.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.refuse = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.address = f"127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                proxy._note(self)
                if proxy.refuse:
                    self.send_error(proxy.refuse)
                    return
                host, _, rest = self.path.removeprefix("http://").partition("/")
                body = self.rfile.read(int(self.headers["content-length"]))
                upstream = HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]))
                upstream.request("POST", f"/{rest}", body, dict(self.headers))
                answer = upstream.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.read())
                upstream.close()

            def do_CONNECT(self) -> None:
                proxy._note(self)
                if proxy.refuse:
                    self.send_error(proxy.refuse)
                    return
                with socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2]))) as upstream:
                    self.send_response(200)
                    self.end_headers()
                    _join(self.connection, upstream)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _note(self, handler: BaseHTTPRequestHandler) -> None:
        self.seen.append(handler.requestline)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})


def _join(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until one side hangs up."""
    while True:
        readable, _, _ = select.select([one, other], [], [], 5)
        for source in readable:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)
        if not readable:
            return
