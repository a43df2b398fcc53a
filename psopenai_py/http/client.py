"""Requests over HTTP. The only importer of httpx, and only inside functions: most failures never need it."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ..errors import APIRequestError, Interrupted, SettingsError
from ..psjson import dumps
from ..settings import Settings, shown_url
from ..streams import Streams
from . import answers, failures, network, retry
from .answers import Response
from .body import STALL, Incoming
from .deadline import Progress, Wire
from .masks import Masks
from .rate_limit import RateLimiter
from .request import FilePart, Request, origin, sendable, shown_headers

if TYPE_CHECKING:
    import ssl

    import httpx

MOST_REDIRECTS = 5


class Connection(NamedTuple):
    """The HTTP client for a host, and the wire it talks on."""

    client: httpx.Client
    wire: Wire


class Connections:
    """The lines of a run, one a host and thread, kept open from one request to the next. Close them in the end.

    `pace` says when requests may go out.
    """

    def __init__(self) -> None:
        self.pace = RateLimiter()
        self._lines: list[Connection] = []
        self._mine = threading.local()
        self._trust = _Trust()

    def line(self, settings: Settings, url: str) -> Connection:
        """The line to an address: sandbox in-process, loopback without proxy, http without CA bundle."""
        key = "//".join(map(str, (settings.sandbox, *origin(url))))
        mine: dict[str, Connection] = vars(self._mine)
        if key not in mine:
            client = _client(url, self._trust) if settings.sandbox is None else _sandbox(settings.sandbox)
            mine[key] = Connection(client, Wire())
            self._lines.append(mine[key])
        return mine[key]

    def cut(self) -> None:
        """From another thread: break the connections under whoever waits on them."""
        for line in list(self._lines):
            line.wire.cut()

    def close(self) -> None:
        """Close all connections."""
        for line in self._lines:
            line.client.close()
            line.wire.close()
        self._lines.clear()
        self._mine = threading.local()


class _Trust:
    """The certificates that are trusted, loaded once for all lines of a run: that takes longer than a request."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The TLS context. Raises SettingsError for a CA file that cannot be used."""
        import httpx

        with self._lock:
            self._context = self._context or httpx.create_ssl_context(network.certificates())
            return self._context


#: What `receive` returns.
Opening = contextlib.AbstractContextManager[Incoming]


def send(
    request: Request, settings: Settings, streams: Streams, connections: Connections, *, at_once: bool = False
) -> Response:
    """Send a request, repeat it as the settings allow, and return the answer that has no error status.

    Raises APIRequestError for an error status, ConnectionFailedError or RequestTimeoutError when no whole answer
    came, AnswerError when it was too large, SettingsError for an address, proxy or CA file that cannot be used,
    InputError for a file that can no longer be read.

    Args:
        at_once: who asks has heeded the pace already.
    """
    with receive(request, settings, streams, connections, at_once=at_once) as incoming:
        return incoming.read()


@contextlib.contextmanager
def receive(
    request: Request, settings: Settings, streams: Streams, connections: Connections, *, at_once: bool = False
) -> Iterator[Incoming]:
    """Like `send`, for an answer that is to be read piece by piece."""
    done = redirects = 0
    pace = connections.pace
    pace.admit(at_once=at_once)
    while True:
        with _attempt(request, settings, streams, connections) as incoming:
            status, place = incoming.answer.status, incoming.answer.headers.get("location")
            moved = request.moved(status, place) if redirects < MOST_REDIRECTS else None
            if status < 400 and moved is None:
                yield incoming
                return
            verdict = None if moved else _verdict(incoming.read(), settings, done, pace)
        if moved:
            request, redirects = moved, redirects + 1
        elif verdict:
            streams.warning(verdict.error.message)
            streams.warning(f"Retry the request after waiting {verdict.wait} ms (retry count: {done})")
            if not pace.rest(verdict.wait / 1000):
                raise verdict.error
            done += 1


class _Verdict(NamedTuple):
    """A repetition that is allowed: why, and after how many milliseconds."""

    error: APIRequestError
    wait: int


def _verdict(answer: Response, settings: Settings, done: int, pace: RateLimiter) -> _Verdict:
    """What to do about an error status: repeat, or raise it."""
    error, now = answers.error(answer, settings), datetime.now(UTC)
    if answer.status in retry.NOT_NOW:
        pace.slow(retry.hint(answer.headers, now) / 1000)
    limit = settings.max_retries if pace.may_repeat(error) else 0
    if not retry.should_retry(answer.status, answer.headers, error.message, done=done, limit=limit):
        raise error
    return _Verdict(error, retry.delay(answer.headers, done=done, now=now, random=random.random))


@contextlib.contextmanager
def _attempt(request: Request, settings: Settings, streams: Streams, connections: Connections) -> Iterator[Incoming]:
    """One request and the beginning of its answer, told to the verbose and debug streams."""
    masks = Masks.of(request)
    masks.hide(streams)
    streams.verbose(f"{request.method} {shown_url(request.url)}")
    if streams.preferences.debug:
        streams.debug(f"Request: {dumps(request.describe())}")
    # In-process there is no wire to watch: the application runs as soon as it is called.
    stall = STALL if request.follows else None
    progress = Progress(settings.timeout, stall=stall, sent=settings.sandbox is not None)
    translated = partial(_translate, request, settings, progress)
    with contextlib.ExitStack() as open_things, masks.in_errors(), _interruptible(request, progress):
        open_things.callback(progress.end)
        started = time.monotonic()
        with translated():
            response = _send(connections.line(settings, request.url), request, progress, open_things)
        progress.answered()
        headers = {name.lower(): masks.text(value) for name, value in response.headers.items()}
        status, seconds = response.status_code, time.monotonic() - started
        reason = answers.reason(status, masks.text(response.reason_phrase))
        answer = Response(status, reason, headers, b"", seconds)
        _tell_answer(answer, streams)
        yield Incoming(answer, response, translated, masks, streams)


@contextlib.contextmanager
def _interruptible(request: Request, progress: Progress) -> Iterator[None]:
    """Say on Ctrl-C what may have happened by then; nothing when nothing had been sent."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted(failures.lost(request, progress) if progress.sent else "") from None


def _send(line: Connection, request: Request, progress: Progress, open_things: contextlib.ExitStack) -> httpx.Response:
    body: dict[str, Any] = {}
    if request.fields is not None:
        body["files"] = [(sendable(name), _part(value, open_things)) for name, value in request.fields]
    if request.document is not None:
        body["content"] = dumps(request.document, compress=True).encode()
    built = line.client.build_request(request.method, request.url, headers=dict(request.headers), **body)
    if not any(isinstance(value, FilePart) for _, value in request.fields or ()):
        built.read()  # in one piece, the body leaves in one write
    built.extensions["trace"] = progress.trace
    built.extensions["timeout"] = progress.limits
    progress.begin(line.wire)
    response = line.client.send(built, stream=True, follow_redirects=False)
    open_things.callback(response.close)
    return response


def _part(value: str | FilePart, files: contextlib.ExitStack) -> tuple[Any, ...]:
    """A field for httpx. Without a file name it is a plain form field of a multipart body."""
    if isinstance(value, FilePart):
        return (value.name, files.enter_context(value.open()), value.media_type)
    return (None, sendable(value).encode("utf-8"))


@contextlib.contextmanager
def _translate(request: Request, settings: Settings, progress: Progress) -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    import httpcore
    import httpx

    broken: tuple[type[Exception], ...] = (httpx.TransportError, httpx.DecodingError)
    broken += (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise failures.unusable_address(error, request) from None
    except broken as error:
        raise failures.no_answer(error, settings, request, progress) from None
    except OSError as error:
        # The library has its own kinds for the network's errors, so this is a file that is being sent; or a large
        # body that ended early; or the sandbox, which has no network and breaks off by itself.
        if isinstance(error, ConnectionError | TimeoutError):
            raise failures.no_answer(error, settings, request, progress) from None
        raise failures.file_gone(error, request, progress) from None
    except Exception as error:
        if not failures.is_wrong_length(error):  # the library lets its parser's own kind through
            raise
        raise failures.no_answer(error, settings, request, progress) from None


def _sandbox(address: str) -> httpx.Client:
    import httpx

    from ..sandbox import open_sandbox

    try:
        app = open_sandbox(address, os.environ)
    except (ValueError, OSError) as error:
        raise SettingsError(f"The sandbox '{address}' cannot be opened: {error}") from None
    return httpx.Client(transport=httpx.WSGITransport(app=app))


def _client(url: str, trust: _Trust) -> httpx.Client:
    import httpx

    scheme, proxy = urlsplit(url).scheme, network.proxy_for(url)
    verify = trust.context() if scheme == "https" else network.no_certificates()
    try:
        if proxy is None:
            return httpx.Client(verify=verify, trust_env=False)
        secure = trust.context() if proxy.startswith("https:") else None
        return httpx.Client(verify=verify, proxy=httpx.Proxy(proxy, ssl_context=secure), trust_env=False)
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise network.unusable_proxy(proxy or "", scheme, str(error).rstrip(".")) from None


def _tell_answer(answer: Response, streams: Streams) -> None:
    streams.verbose(answer.summary)
    if streams.preferences.debug:
        lines = (f"\n{name}: {value}" for name, value in shown_headers(answer.headers).items())
        streams.debug("Headers of the answer:" + "".join(lines))
