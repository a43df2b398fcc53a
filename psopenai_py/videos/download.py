"""Content copied to where it goes: looked at, counted, and continued where it broke off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from ..errors import (
    AnswerError,
    APIRequestError,
    ConnectionFailedError,
    OutputError,
    PSOpenAIError,
    RequestTimeoutError,
)
from ..http.response import EXCERPT, Response
from ..http.upload import OCTETS, media_type
from ..streams import Data

#: Attempts in a row that may break off without a further byte, and beginnings from zero.
MOST_FAILURES = 5
#: What to do when it breaks off too often.
STILL_THERE = "The video is still on the server; call again."
#: Bytes that are looked at to tell a video from an error page.
_HEAD = 512
#: First pause between two attempts, in seconds; it doubles while no further byte comes.
_PAUSE = 0.25
_NOT_NOW = (408, 409, 416, 425, 429)
_PICTURES = ("thumbnail", "spritesheet")
#: Types of the boxes with which MP4 and QuickTime files begin.
_BOXES = (b"ftyp", b"styp", b"moov", b"free", b"mdat", b"wide", b"skip")
_JSON = re.compile(rb"[\[{]\s*[\[{\"}\]]")


class Incoming(Protocol):
    """An answer whose body has not been read yet."""

    @property
    def response(self) -> Response:
        """Status and headers; the body is empty."""

    def chunks(self) -> Iterator[Data]:
        """The body as it arrives. Raises ConnectionFailedError when it breaks off."""


#: Asks for the content from a byte on; the entity tag, if any, names the version it has to be part of.
Fetch = Callable[[int, str], AbstractContextManager[Incoming]]


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
            with fetch(transfer.size, transfer.tag) as incoming:
                transfer.take(incoming)
            return transfer.media_type
        except (ConnectionFailedError, APIRequestError) as error:
            failures = 0 if transfer.furthest > reached else failures + 1
            if failures >= MOST_FAILURES or not transfer.may_go_on(error):
                if transfer.furthest:
                    error.action = STILL_THERE
                raise
            broke(f"The download broke off after {transfer.size} bytes and goes on: {error.message}")
        sleep(_PAUSE * 2**failures)


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
        self._beginnings = 1

    def take(self, incoming: Incoming) -> None:
        """Copy one answer, whole or the rest of the content."""
        response = incoming.response
        if self.size and not self._continues(response):
            self._start_over()
        if self.size:
            self._total = self._total or _range(response)[1]
        else:
            self._begin(response)
        for chunk in self._checked(incoming):
            self._sink.write(chunk)
            self.size += len(chunk)
            self.furthest = max(self.furthest, self.size)
            self._progress(self.size, self._total)
        if self._total is not None and self.size < self._total:
            raise ConnectionFailedError(f"The download broke off: {self.size} of {self._total} bytes came.", sent=True)

    def may_go_on(self, error: PSOpenAIError) -> bool:
        """True if another attempt makes sense: for what had begun, else only after a dropped connection."""
        if self._beginnings >= MOST_FAILURES:
            return False
        if isinstance(error, APIRequestError):
            if not self.furthest or not (error.status >= 500 or error.status in _NOT_NOW):
                return False
            if error.status == 416:
                self._start_over()
            return True
        lost = isinstance(error, ConnectionFailedError) and error.sent and not isinstance(error, RequestTimeoutError)
        return lost or self.furthest > 0

    def _begin(self, response: Response) -> None:
        """Note what the content is, from the answer that begins at its first byte."""
        start, total = _range(response)
        if start and not self.furthest:
            raise not_content(response, b"", f"it is the part from byte {start} on, which was not asked for")
        if start:
            raise ConnectionFailedError("The server went on with another part or version of the content.", sent=True)
        etag = response.headers.get("etag", "")
        self.tag = "" if etag.startswith("W/") or "content-encoding" in response.headers else etag
        self._version = _version(response)
        self._total = _length(response) if response.status != 206 else total

    def _continues(self, response: Response) -> bool:
        start, total = _range(response)
        same = _version(response) == self._version and total in (None, self._total or total)
        return start == self.size and same and "content-encoding" not in response.headers

    def _start_over(self) -> None:
        self._beginnings += 1
        if not self._sink.restart():
            raise OutputError(
                "The download broke off, and the server cannot continue it. What was written is incomplete.",
                action="With -OutFile it can begin again.",
            )
        self.size, self.tag = 0, ""

    def _checked(self, incoming: Incoming) -> Iterator[Data]:
        """The chunks; the first ones are held back until they show what they are."""
        chunks = incoming.chunks()
        if not self.size:
            head = b""
            for chunk in chunks:
                head += bytes(chunk)
                if len(head) >= _HEAD:
                    break
            why = _objection(incoming.response, head, self._variant)
            if why:
                raise not_content(incoming.response, head[:EXCERPT], why)
            self.media_type = _kind(incoming.response, head)
            yield head
        yield from chunks


def _range(response: Response) -> tuple[int, int | None]:
    """The first byte of an answer, and the length of the whole where it is told."""
    match = re.match(r"bytes (\d+)-\d*/(\d+)?", response.headers.get("content-range", ""))
    if response.status != 206 or match is None:
        return 0, None
    return int(match[1]), int(match[2]) if match[2] else None


def _version(response: Response) -> tuple[str | None, ...]:
    return tuple(response.headers.get(name) for name in ("etag", "last-modified"))


def _length(response: Response) -> int | None:
    """Bytes that the body must have; unknown when it is compressed or chunked."""
    text = response.headers.get("content-length", "")
    return int(text) if text.isdigit() and "content-encoding" not in response.headers else None


def _kind(response: Response, head: bytes) -> str:
    """The media type by the first bytes, else by the header."""
    found = media_type("", head)
    return response.media_type if found == OCTETS else found


def _objection(response: Response, head: bytes, variant: str) -> str:
    """Why the content is not what was asked for; empty if it may be."""
    start = head.lstrip()[:64].lower()
    if response.status >= 300:
        return "it is a redirect that is not followed"
    if not head:
        return "it is empty"
    if response.media_type in ("application/json", "text/html"):
        return f"it is {response.media_type}"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a page"
    if _JSON.match(start):
        return "it is JSON"
    if variant in _PICTURES:
        return f"it is a video and not the {variant}, which this server may not have" if _is_video(head) else ""
    other = response.media_type not in ("", "video/mp4", OCTETS, "binary/octet-stream", "text/plain")
    # What is shorter than a box and its first word cannot be judged.
    if variant in ("", "video") and not other and len(head) >= 12 and not _is_video(head):
        return "it is no MP4 file"
    return ""


def _is_video(head: bytes) -> bool:
    return head[4:8] in _BOXES or media_type("", head).startswith("video/")


def not_content(response: Response, head: bytes, why: str) -> AnswerError:
    """The error for a download that is not what was asked for; `head` are its first bytes."""
    text = head.decode("utf-8", "replace")
    return AnswerError(
        f"The server's answer is not the content: {why}. Status {response.status}, "
        f"{response.media_type or 'no content type'}. It begins: {text.strip()}",
        command="Get-VideoContent",
        status=response.status,
        request_id=response.request_id,
        body=text,
    )
