"""Content copied to where it goes: looked at, counted, and continued where it broke off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from ..errors import (
    AnswerError,
    APIRequestError,
    ConnectionFailedError,
    OutputError,
    PSOpenAIError,
)
from ..http import retry
from ..http.decoding import encodings
from ..http.refusals import unusable
from ..http.response import EXCERPT, Response, whole_number
from ..streams import Data
from . import recognition
from .extent import Extent

#: Attempts in a row that may break off without a further byte, and beginnings from zero.
MOST_FAILURES = 5
#: What to do when it breaks off too often.
STILL_THERE = "The video is still on the server; call again."
#: First pause between two attempts, in seconds; it doubles while no further byte comes.
_PAUSE = 0.25
#: Bytes that are asked for again where nothing else tells whether the rest is of the same version.
_OVERLAP = 1024


class IncomingContent(Protocol):
    """An answer whose body has not been read yet."""

    @property
    def response(self) -> Response:
        """Status and headers; the body is empty."""

    def chunks(self) -> Iterator[Data]:
        """The body as it arrives. Raises ConnectionFailedError when it breaks off."""


#: Asks for the content from a byte on; the entity tag, if any, names the version it has to be part of.
Fetch = Callable[[int, str], AbstractContextManager[IncomingContent]]


class Sink(Protocol):
    """Where the bytes go."""

    def write(self, data: Data) -> None:
        """Take more bytes."""

    def restart(self) -> bool:
        """Forget all bytes; False where that cannot be done."""


def copy(
    fetch: Fetch,
    sink: Sink,
    *,
    variant: str = "",
    sleep: Callable[[float], None] = time.sleep,
    broke: Callable[[str], None] = lambda text: None,
    progress: Callable[[int, int | None], None] = lambda size, total: None,
) -> str:
    """Copy the content to a sink and return its media type, by what it is rather than by what it is called.

    A transfer that breaks off goes on from there when the server can, else from the start when the sink can.

    Args:
        variant: what was asked for; empty or "video" for the video.
        broke: is told of each break after which the transfer goes on.
        progress: is told again and again how many bytes came, and how many there are if that is known.

    Raises AnswerError for content that is not what was asked for, ConnectionFailedError or APIRequestError when it
    breaks off too often, OutputError when it can only be had from the start and the sink cannot start again.
    """
    transfer = _Transfer(sink, variant, progress)
    failures = 0
    while True:
        reached = transfer.furthest
        try:
            with fetch(transfer.start, transfer.tag) as incoming:
                transfer.take(incoming)
            return transfer.media_type
        except (ConnectionFailedError, APIRequestError) as error:
            failures = 0 if transfer.furthest > reached else failures + 1
            if failures >= MOST_FAILURES or not transfer.may_go_on(error):
                raise error.with_facts(action=STILL_THERE if transfer.furthest else error.action) from None
            broke(f"The download broke off after {transfer.size} bytes and goes on: {error.message}")
        sleep(_PAUSE * 2**failures)


class _Span(NamedTuple):
    """What an answer says of itself: its first byte, its length, and the length of the whole, where they are told."""

    start: int
    length: int | None
    total: int | None


def _span(response: Response) -> _Span | None:
    """The bytes that an answer holds; None for a part that does not say clearly which part it is."""
    is_compressed = bool(encodings(response.headers))
    length = None if is_compressed else whole_number(response.headers.get("content-length"))
    if response.status != 206:
        return _Span(0, length, length)
    match = re.fullmatch(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)", response.headers.get("content-range", "").strip())
    if match is None or is_compressed:
        return None
    first, last, total = map(whole_number, match.groups())
    if first is None or last is None or (total is None and match[3] != "*"):
        return None
    span = _Span(first, last - first + 1, total)
    is_inside = first <= last and (total is None or last < total)
    return span if is_inside and length in (None, span.length) else None


class _Transfer:
    """What has been copied so far, over one or more answers."""

    def __init__(self, sink: Sink, variant: str, progress: Callable[[int, int | None], None]) -> None:
        self.size = 0
        self.furthest = 0
        self.tag = ""
        self.media_type = ""
        self._sink = sink
        self._variant = variant
        self._progress = progress
        self._version: tuple[str | None, ...] = ()
        self._total: int | None = None
        self._tail = b""
        self._extent = Extent()
        self._beginnings = 1

    @property
    def start(self) -> int:
        """The byte from which on to ask; without a version to compare, some that have come are compared."""
        return self.size if any(self._version) else self.size - min(len(self._tail), self.size // 2)

    def take(self, incoming: IncomingContent) -> None:
        """Copy one answer, whole or the rest of the content."""
        response = incoming.response
        span = _span(response)
        if self.size and not self._continues(response, span):
            self._start_over()
        if self.size:
            self._total = self._total or (span and span.total)
        else:
            self._begin(response, span)
        announced = self._announced(incoming.chunks(), span.length if span else None)
        for chunk in self._without_repetition(announced) if self.size else self._checked(announced, response):
            self._write(chunk)
        self._check_end(response)

    def may_go_on(self, error: PSOpenAIError) -> bool:
        """True if another attempt makes sense: for what had begun, else only after a dropped connection."""
        if self._beginnings >= MOST_FAILURES:
            return False
        if isinstance(error, APIRequestError) and error.status == 416 and self.furthest:
            self._start_over()
        return retry.may_resume(error, begun=self.furthest > 0)

    def _begin(self, response: Response, span: _Span | None) -> None:
        """Note what the content is, from the answer that begins at its first byte."""
        if span and span.start and not self.furthest:
            raise not_content(response, b"", f"it is the part from byte {span.start} on, which was not asked for")
        if self.furthest and response.status == 206 and (span is None or span.start):
            raise _another()
        etag = response.headers.get("etag", "")
        self.tag = "" if etag.startswith("W/") or encodings(response.headers) else etag
        self._version = _version(response)
        self._total = span and span.total

    def _continues(self, response: Response, span: _Span | None) -> bool:
        if span is None or span.start != self.start or response.status != 206:
            return False
        return _version(response) == self._version and span.total in (None, self._total or span.total)

    def _start_over(self) -> None:
        self._beginnings += 1
        if not self._sink.restart():
            raise OutputError(
                "The download broke off, and the server cannot continue it. What was written is incomplete.",
                action="With -OutFile it can begin again.",
            )
        self.size, self.tag, self._version, self._tail, self._extent = 0, "", (), b"", Extent()

    def _write(self, chunk: Data) -> None:
        self._sink.write(chunk)
        self._extent.feed(chunk)
        self._tail = (self._tail + bytes(chunk[-_OVERLAP:]))[-_OVERLAP:]
        self.size += len(chunk)
        self.furthest = max(self.furthest, self.size)
        self._progress(self.size, self._total)

    def _check_end(self, response: Response) -> None:
        """Raise ConnectionFailedError for content that goes on, AnswerError for what the server has no more of."""
        if self._total is not None and self.size < self._total:
            raise ConnectionFailedError(f"The download broke off: {self.size} of {self._total} bytes came.", sent=True)
        why = self._extent.shortfall
        if why and self._total is None:
            raise ConnectionFailedError(f"The download broke off after {self.size} bytes: {why}.", sent=True)
        if why:
            raise AnswerError(
                f"The content is incomplete on the server: {why}.",
                command="Get-VideoContent",
                status=response.status,
                request_id=response.request_id,
                action="The server may still be writing it; call again later.",
                unfinished=self._sink.restart(),
            )

    def _announced(self, chunks: Iterator[Data], length: int | None) -> Iterator[Data]:
        """The chunks, as long as they are no more than the answer had announced. Starts over if they are."""
        for chunk in chunks:
            if length is not None:
                length -= len(chunk)
            if length is not None and length < 0:
                self._start_over()
                raise ConnectionFailedError("More bytes came than the answer had announced.", sent=True)
            yield chunk

    def _checked(self, chunks: Iterator[Data], response: Response) -> Iterator[Data]:
        """The chunks; the first ones are held back until they show what they are."""
        head = b""
        for chunk in chunks:
            head += bytes(chunk)
            if len(head) >= recognition.HEAD:
                break
        why = recognition.objection(response, head, self._variant)
        if why:
            raise not_content(response, head[:EXCERPT], why)
        self.media_type = recognition.kind(response, head)
        yield head
        yield from chunks

    def _without_repetition(self, chunks: Iterator[Data]) -> Iterator[Data]:
        """The chunks without the bytes that have come before. Starts over if those are others now."""
        known = self._tail[len(self._tail) - (self.size - self.start) :]
        for chunk in chunks:
            same = min(len(known), len(chunk))
            if bytes(chunk[:same]) != known[:same]:
                self._start_over()
                raise _another()
            known = known[same:]
            yield chunk[same:]


def _version(response: Response) -> tuple[str | None, ...]:
    return tuple(response.headers.get(name) for name in ("etag", "last-modified"))


def _another() -> ConnectionFailedError:
    return ConnectionFailedError("The server went on with another part or version of the content.", sent=True)


def not_content(response: Response, head: bytes, why: str) -> AnswerError:
    """The error for a download that is not what was asked for; `head` are its first bytes."""
    head_only, later = response._replace(body=head), response.status < 300 and why in recognition.LATER
    return unusable(head_only, "the content", why, command="Get-VideoContent", action="", unfinished=later)
