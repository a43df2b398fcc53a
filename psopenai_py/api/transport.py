"""Requests over HTTP. The only importer of httpx, and only inside functions: most failures never need it."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import ConnectionFailedError, Interrupted, SettingsError
from ..psjson import dumps
from ..settings import Settings, shown_url
from ..streams import Streams
from . import answers, failures, network, retry
from .answers import Answer
from .body import pieces
from .masks import Masks
from .request import FilePart, Request, origin, sendable, shown_headers
from .wire import Progress, Wire

if TYPE_CHECKING:
    import httpx

#: Seconds without a byte after which a download counts as broken off.
STALL = 120.0
#: Bytes of an answer that are read; a job is a few hundred.
LARGEST_ANSWER = 32 * 2**20
MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class _Line:
    """The HTTP client for a host, and the wire it talks on."""

    client: httpx.Client
    wire: Wire


class Connections:
    """The lines of a run, one a host, kept open from one request to the next. Close them in the end."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str | None, str], _Line] = {}

    def line(self, settings: Settings, url: str) -> _Line:
        """The line to an address: sandbox in-process, loopback without proxy, http without CA bundle."""
        key = (settings.sandbox, "//".join(map(str, origin(url))))
        if key not in self._lines:
            client = _client(url) if settings.sandbox is None else _sandbox(settings.sandbox)
            self._lines[key] = _Line(client, Wire())
        return self._lines[key]

    def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            line.client.close()
            line.wire.close()
        self._lines.clear()


class Incoming:
    """An answer whose body has not been read yet. `answer` has its status and headers, and an empty body."""

    def __init__(
        self, answer: Answer, response: httpx.Response, translated: Translated, masks: Masks, streams: Streams
    ) -> None:
        self.answer = answer
        self._response = response
        self._translated = translated
        self._masks = masks
        self._streams = streams

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives, decompressed. Raises ConnectionFailedError when it breaks off."""
        with self._translated():
            yield from pieces(self._response, STALL)

    def read(self) -> Answer:
        """The answer with its body.

        Raises AnswerError when that is too large, ConnectionFailedError when it breaks off. Of an answer with
        an error status, what came is good enough.
        """
        body = bytearray()
        broken: ConnectionFailedError | None = None
        try:
            for chunk in self.chunks():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    break
        except ConnectionFailedError as error:
            broken = error
        answer = replace(self.answer, body=self._masks.data(bytes(body)))
        self._streams.debug(f"Body of the answer:\n{answer.text}" if self._streams.preferences.debug else "")
        if broken is not None and answer.status < 400:
            raise answers.broken_off(answer, broken)
        if len(body) > LARGEST_ANSWER and answer.status < 400:
            raise answers.too_large(answer, LARGEST_ANSWER)
        return answer


#: A context in which the library's exceptions become ours.
Translated = Callable[[], contextlib.AbstractContextManager[None]]
#: What `receive` returns.
Opening = contextlib.AbstractContextManager[Incoming]


def send(
    request: Request,
    settings: Settings,
    streams: Streams,
    connections: Connections,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """Send a request, repeat it as the settings allow, and return the answer that has no error status.

    Raises APIRequestError for an error status, ConnectionFailedError or RequestTimeoutError when no whole answer
    came, AnswerError when it was too large, SettingsError for an address, proxy or CA file that cannot be used,
    InputError for a file that can no longer be read.
    """
    with receive(request, settings, streams, connections, sleep=sleep) as incoming:
        return incoming.read()


@contextlib.contextmanager
def receive(
    request: Request,
    settings: Settings,
    streams: Streams,
    connections: Connections,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Incoming]:
    """Like `send`, for an answer that is to be read piece by piece."""
    done = redirects = 0
    while True:
        with _attempt(request, settings, streams, connections) as incoming:
            status, place = incoming.answer.status, incoming.answer.headers.get("location")
            moved = request.moved(status, place) if redirects < MOST_REDIRECTS else None
            if status < 400 and moved is None:
                yield incoming
                return
            verdict = None if moved else _verdict(incoming.read(), settings, done)
        if moved:
            request, redirects = moved, redirects + 1
        elif verdict:
            streams.warning(verdict.message)
            streams.warning(f"Retry the request after waiting {verdict.wait} ms (retry count: {done})")
            sleep(verdict.wait / 1000)
            done += 1


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A repetition that is allowed: why, and after how many milliseconds."""

    message: str
    wait: int


def _verdict(answer: Answer, settings: Settings, done: int) -> _Verdict:
    """What to do about an error status: repeat, or raise it."""
    error = answers.error(answer, settings)
    if not retry.should_retry(answer.status, answer.headers, error.message, done=done, limit=settings.max_retries):
        raise error
    now = datetime.now(UTC)
    return _Verdict(error.message, retry.delay(answer.headers, done=done, now=now, random=random.random))


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
        answer = Answer(status, reason, headers, b"", seconds)
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


def _send(line: _Line, request: Request, progress: Progress, open_things: contextlib.ExitStack) -> httpx.Response:
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


def _client(url: str) -> httpx.Client:
    import httpx

    scheme, proxy = urlsplit(url).scheme, network.proxy_for(url)
    verify = network.certificates() if scheme == "https" else network.no_certificates()
    try:
        if proxy is None:
            return httpx.Client(verify=verify, trust_env=False)
        secure = httpx.create_ssl_context(network.certificates()) if proxy.startswith("https:") else None
        return httpx.Client(verify=verify, proxy=httpx.Proxy(proxy, ssl_context=secure), trust_env=False)
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise network.unusable_proxy(proxy or "", scheme, str(error).rstrip(".")) from None


def _tell_answer(answer: Answer, streams: Streams) -> None:
    streams.verbose(answer.summary)
    if streams.preferences.debug:
        lines = (f"\n{name}: {value}" for name, value in shown_headers(answer.headers).items())
        streams.debug("Headers of the answer:" + "".join(lines))
