"""Requests over HTTP. The only importer of httpcore, and of httpx but for the connections; only inside functions."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import APIRequestError, ConnectionFailedError, Interrupted
from ..psjson import dumps
from ..redaction import Masks, shown_headers, shown_url
from ..settings import Settings
from ..streams import Streams
from . import failures, retry
from .attempt import Attempt
from .body import Incoming
from .concealing import conceal
from .connections import Connection, Connections
from .decoding import ACCEPTED
from .files import FilePart, with_files
from .rate_limit import RateLimiter
from .refusals import status_error
from .request import Request, sendable
from .response import Response, reason_phrase

if TYPE_CHECKING:
    import httpx

    from ..signals import Deferral

MOST_REDIRECTS = 5
#: Headers of each request that the user may replace.
_USUAL = {"Accept": "*/*", "Accept-Encoding": ACCEPTED, "Connection": "keep-alive"}

#: What `HttpClient.receive` returns.
Opening = contextlib.AbstractContextManager[Incoming]
#: Says what to do next about a response with an error status; empty where nobody knows.
Advise = Callable[[Request, Response], str]
#: Says what a response with an error status means where its status says something else; else None.
Classify = Callable[[Request, Response], type[APIRequestError] | None]


def load_library() -> None:
    """Load the library, which takes longer than a request, before there is one, and before many threads need it.

    Where memory is short for them all, one of those would find half of it.
    """
    import unicodedata  # noqa: F401  # names of hosts need it, and it is a file of its own

    import httpcore  # noqa: F401
    import httpx  # noqa: F401


class HttpClient:
    """Sends requests as the settings allow, and tells the streams of them.

    Args:
        limiter: says when requests may go out.
        advise: what a user can do about an error status.
        classify: what an error status means.
    """

    def __init__(
        self,
        settings: Settings,
        streams: Streams,
        connections: Connections,
        limiter: RateLimiter,
        advise: Advise,
        classify: Classify = lambda request, response: None,
    ) -> None:
        self.limiter = limiter
        self._settings = settings
        self._streams = streams
        self._connections = connections
        self._advise = advise
        self._classify = classify

    def limited(self, timeout: float) -> HttpClient:
        """The same without repetitions, and with another time limit in seconds, 0 for none."""
        settings = self._settings._replace(timeout=timeout, max_retries=0)
        return HttpClient(settings, self._streams, self._connections, self.limiter, self._advise, self._classify)

    def send(
        self, request: Request, *, at_once: bool = False, whole: bool = False, deferral: Deferral | None = None
    ) -> Response:
        """Send a request, repeat it as the settings allow, and return the response that has no error status.

        Raises APIRequestError for an error status, ConnectionFailedError or RequestTimeoutError when no whole
        response came, AnswerError when it was too large, SettingsError for an address, proxy or CA file that
        cannot be used, InputError for a file that can no longer be read.

        Args:
            at_once: who asks has heeded the limiter already.
            whole: the time limit covers the body too.
            deferral: keeps interruptions back until the response is understood.
        """
        with self.receive(request, at_once=at_once, whole=whole, deferral=deferral) as incoming:
            return incoming.read()

    @contextlib.contextmanager
    def receive(
        self, request: Request, *, at_once: bool = False, whole: bool = False, deferral: Deferral | None = None
    ) -> Iterator[Incoming]:
        """Like `send`, for a response that is to be read piece by piece."""
        done = redirects = 0
        self.limiter.admit(at_once=at_once)
        while True:
            with self._attempt(request, whole, deferral) as incoming:
                status, place = incoming.response.status, incoming.response.headers.get("location")
                moved = request.moved(status, place) if redirects < MOST_REDIRECTS else None
                if status < 400 and moved is None:
                    yield incoming
                    return
                verdict = None if moved else self._verdict(request, incoming.read(), done)
            if moved:
                request, redirects = moved, redirects + 1
            elif verdict:
                with _interruptible(request.loss if verdict.error.status >= 500 else ""):
                    if deferral:
                        deferral.release()
                    self._rest(verdict, done)
                done += 1

    def _verdict(self, request: Request, response: Response, done: int) -> _Verdict:
        """What to do about an error status: repeat, or raise it."""
        action, meant = self._advise(request, response), self._classify(request, response)
        error = status_error(response, self._settings.service, action, meant, creates=bool(request.loss))
        if request.is_final is not None and request.is_final(response):
            raise error
        now = datetime.now(UTC)
        if response.status in retry.NOT_NOW:
            self.limiter.slow(retry.hint(response.headers, now) / 1000)
        limit = self._settings.max_retries if self.limiter.may_repeat(error) else 0
        if request.once and not retry.was_not_tried(response.status, response.headers):
            limit = 0
        if not retry.should_retry(response.status, response.headers, error.message, done=done, limit=limit):
            raise error
        return _Verdict(error, retry.delay(response.headers, done=done, now=now, random=random.random))

    def _rest(self, verdict: _Verdict, done: int) -> None:
        self._streams.warning(verdict.error.message)
        self._streams.warning(f"Retry the request after waiting {verdict.wait} ms (retry count: {done})")
        if not self.limiter.rest(verdict.wait / 1000):
            raise verdict.error

    @contextlib.contextmanager
    def _attempt(self, request: Request, whole: bool, deferral: Deferral | None) -> Iterator[Incoming]:
        """One request and the beginning of its response, told to the verbose and debug streams."""
        masks = request.masks
        masks.hide_from(self._streams.hide)
        self._tell_request(request)
        settings = self._settings
        attempt = Attempt(
            settings.timeout,
            whole=whole,
            in_process=settings.sandbox is not None,
            leaves=deferral.hold if deferral else None,
        )
        translated = partial(_translate, request, settings, attempt)
        with contextlib.ExitStack() as open_things, masks.in_errors(), _told(request, attempt, deferral):
            open_things.callback(attempt.end)
            started = time.monotonic()
            with translated():
                raw = _send(self._connections.to(settings, request.url), request, attempt, open_things)
            attempt.answered()
            response = _begun(raw, masks, time.monotonic() - started)
            if request.conceals:
                conceal(response, request.url, request.conceals, self._streams)
            self._tell_response(response)
            yield Incoming(response, raw, request, translated, masks, self._streams)

    def _tell_request(self, request: Request) -> None:
        self._streams.verbose(f"{request.method} {shown_url(request.url)}")
        if self._streams.preferences.debug:
            self._streams.debug(f"Request: {dumps(request.describe())}")

    def _tell_response(self, response: Response) -> None:
        if self._streams.preferences.verbose:
            self._streams.verbose(response.summary)
        if self._streams.preferences.debug:
            lines = (f"\n{name}: {value}" for name, value in shown_headers(response.headers).items())
            self._streams.debug("Headers of the answer:" + "".join(lines))


class _Verdict(NamedTuple):
    """A repetition that is allowed: why, and after how many milliseconds."""

    error: APIRequestError
    wait: int


def _begun(raw: httpx.Response, masks: Masks, seconds: float) -> Response:
    headers = {name.lower(): masks.text(value) for name, value in raw.headers.items()}
    reason = reason_phrase(raw.status_code, masks.text(raw.reason_phrase))
    return Response(raw.status_code, reason, headers, b"", seconds)


@contextlib.contextmanager
def _told(request: Request, attempt: Attempt, deferral: Deferral | None) -> Iterator[None]:
    """Say on Ctrl-C what may have happened by then; nothing when nothing had been sent."""
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt:
        raise Interrupted(request.loss if attempt.sent else "") from None
    except ConnectionFailedError as error:
        # An interruption that waits has cut the connection, so it is no failure.
        if deferral is None or not deferral.pending:
            raise
        raise Interrupted(f"{request.loss} {error.received}".strip()) from None


@contextlib.contextmanager
def _interruptible(note: str) -> Iterator[None]:
    """Say on Ctrl-C what may have happened by then."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(note) from None


def _send(
    connection: Connection, request: Request, attempt: Attempt, open_things: contextlib.ExitStack
) -> httpx.Response:
    built = _built(request, open_things)
    built.extensions["trace"] = attempt.trace
    built.extensions["timeout"] = attempt.limits
    attempt.begin(connection)
    response = connection.transport.handle_request(built)
    response.request = built
    open_things.callback(response.close)
    return response


def _built(request: Request, open_things: contextlib.ExitStack) -> httpx.Request:
    """The request as the library wants it."""
    import httpx

    body: dict[str, Any] = {}
    if request.fields is not None:
        body["files"] = [(sendable(name), _part(value, open_things)) for name, value in request.fields]
    if request.document is not None:
        body["content"] = dumps(with_files(request.document), compress=True).encode()
    given = {name.lower() for name in request.headers}
    usual = {name: value for name, value in _USUAL.items() if name.lower() not in given}
    built = httpx.Request(request.method, _address(request.url), headers={**usual, **request.headers}, **body)
    if not any(isinstance(value, FilePart) for _, value in request.fields or ()):
        built.read()  # in one piece, the body leaves in one write
    return built


@lru_cache(maxsize=64)
def _address(url: str) -> httpx.URL:
    """An address in its parts, which the library would find anew for each request."""
    import httpx

    return httpx.URL(url)


def _part(value: str | FilePart, files: contextlib.ExitStack) -> tuple[Any, ...]:
    """A field for httpx. Without a file name it is a plain form field of a multipart body."""
    if isinstance(value, FilePart):
        return (value.name, files.enter_context(value.open()), value.media_type)
    return (None, sendable(value).encode("utf-8"))


@contextlib.contextmanager
def _translate(request: Request, settings: Settings, attempt: Attempt) -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    import httpcore
    import httpx

    broken: tuple[type[Exception], ...] = (httpx.TransportError,)
    # The library takes text of the server for a number, and may fail at it.
    broken += (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ValueError)
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise failures.unusable_address(error, request) from None
    except broken as error:
        raise failures.no_answer(error, settings, request, attempt) from None
    except OSError as error:
        # The library has its own kinds for the network's errors, so this is a file that is being sent; or a large
        # body that ended early; or the sandbox, which has no network and breaks off by itself; or TLS without memory.
        if isinstance(error, ConnectionError | TimeoutError) or type(error).__module__ == "ssl":
            raise failures.no_answer(error, settings, request, attempt) from None
        raise failures.file_gone(error, request, attempt) from None
    except Exception as error:
        if not failures.is_wrong_length(error):  # the library lets its parser's own kind through
            raise
        raise failures.no_answer(error, settings, request, attempt) from None
