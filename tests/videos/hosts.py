"""A host whose answers are told by the test, and a sink that keeps what came."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from psopenai_py.errors import (
    APIRequestError,
    ConnectionFailedError,
    NotFoundError,
    OutputError,
    PSOpenAIError,
)
from psopenai_py.http.response import Response
from psopenai_py.videos.download import copy
from tests.cmdlets.contents import MP4

VIDEO = {"content-type": "video/mp4"}


@dataclass
class Incoming:
    """An answer whose body comes in pieces, and may break off."""

    response: Response
    pieces: list[bytes]
    breaks: PSOpenAIError | None = None

    def chunks(self) -> Iterator[bytes]:
        yield from self.pieces
        if self.breaks:
            raise self.breaks


@dataclass
class Sink:
    """Keeps what it gets; a pipe cannot start again, and a full one refuses."""

    is_pipe: bool = False
    holds: int = 10**9
    data: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes | memoryview) -> None:
        if len(self.data) + len(data) > self.holds:
            raise OutputError("no space")
        self.data += data

    def restart(self) -> bool:
        if not self.is_pipe:
            self.data.clear()
        return not self.is_pipe


Behaviour = Callable[["Host", int, str], Incoming]


@dataclass
class Host:
    """Serves the content as told, one behaviour for each request, the last one again and again."""

    behaviours: list[Behaviour]
    content: bytes = MP4
    asked: list[tuple[int, str]] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def fetch(self, start: int, tag: str) -> Iterator[Incoming]:
        self.asked.append((start, tag))
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        yield behaviour(self, start, tag)

    def copy(self, sink: Sink, variant: str = "") -> str:
        return copy(self.fetch, sink, variant=variant, sleep=self.naps.append, broke=self.broke.append)


def answer(status: int = 200, **headers: str) -> Response:
    return Response(status, "", {name.replace("_", "-"): value for name, value in headers.items()}, b"", 0.0)


def dropped() -> ConnectionFailedError:
    return ConnectionFailedError("dropped", sent=True)


def plain(upto: int | None = None, **more: str) -> Behaviour:
    """The whole content, broken off after so many bytes; it knows no ranges."""

    def behave(host: Host, start: int, tag: str) -> Incoming:
        headers = {"content_type": "video/mp4", "content_length": str(len(host.content))} | more
        body = host.content[:upto]
        pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        return Incoming(answer(200, **headers), pieces, None if upto is None else dropped())

    return behave


def ranges(upto: int | None = None, tag: str = '"1"', shift: int = 0, total: int | None = None) -> Behaviour:
    """The content from the byte asked for, broken off after so many further bytes."""

    def behave(host: Host, start: int, wanted: str) -> Incoming:
        if not start:
            return plain(upto, etag=tag, accept_ranges="bytes")(host, start, wanted)
        begin = start + shift
        body = host.content[begin:]
        span = f"bytes {begin}-{len(host.content) - 1}/{total or len(host.content)}"
        headers = {"content_type": "video/mp4", "content_length": str(len(body)), "content_range": span, "etag": tag}
        breaks = None if upto is None else dropped()
        return Incoming(answer(206, **headers), [body[:upto]], breaks)

    return behave


def refusing(error: PSOpenAIError) -> Behaviour:
    def behave(host: Host, start: int, tag: str) -> Incoming:
        raise error

    return behave


def error(status: int) -> APIRequestError:
    return (NotFoundError if status == 404 else APIRequestError)(f"status {status}", status=status)
