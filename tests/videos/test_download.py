"""Copying content: what is accepted, how breaks are mended, and where that ends. No network, no clock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.errors import (
    AnswerError,
    APIRequestError,
    ConnectionFailedError,
    NotFoundError,
    OutputError,
    PSOpenAIError,
    RequestTimeoutError,
)
from psopenai_py.http.response import Response
from psopenai_py.videos.download import MOST_FAILURES, copy
from tests.cmdlets.contents import FTYP, MP4, WEBP, box

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


# --- what is accepted -------------------------------------------------------------------------------------------

ACCEPTED: dict[str, tuple[bytes, str, str, str]] = {
    "MP4": (MP4, "video/mp4", "", "video/mp4"),
    "MP4 by name": (MP4, "video/mp4", "video", "video/mp4"),
    "MP4 without a type": (MP4, "", "", "video/mp4"),
    "MP4 as octets": (MP4, "application/octet-stream", "", "video/mp4"),
    "MP4 as text": (MP4, "text/plain", "", "video/mp4"),
    "MP4 under another name": (MP4, "application/json", "", "video/mp4"),
    "MP4 as a picture": (MP4, "image/png", "", "video/mp4"),
    "QuickTime": (b"\0\0\0\x14ftypqt  " + bytes(50), "video/mp4", "", "video/quicktime"),
    "another first box": (b"\0\0\0\x08free" + bytes(50), "video/mp4", "", "video/mp4"),
    "a long box": (FTYP + box(b"mdat", bytes(99), long=True), "video/mp4", "", "video/mp4"),
    "a last box without a size": (FTYP + box(b"mdat", bytes(99), to_the_end=True), "video/mp4", "", "video/mp4"),
    "an empty box": (FTYP + box(b"free", b"") + box(b"\xa9cmt", b"?"), "video/mp4", "", "video/mp4"),
    "more boxes than any video has": (FTYP + box(b"free", b"") * 200_000, "video/mp4", "", "video/mp4"),
    "padding behind the boxes": (MP4 + bytes(99), "video/mp4", "", "video/mp4"),
    "a short trailer behind the boxes": (MP4 + b"ABC", "video/mp4", "", "video/mp4"),
    "a trailer behind the boxes": (MP4 + bytes(range(128, 200)), "video/mp4", "", "video/mp4"),
    "WebM as MP4": (b"\x1a\x45\xdf\xa3" + bytes(50), "video/mp4", "", "video/webm"),
    "AVI": (b"RIFF\0\0\0\0AVI " + bytes(50), "video/x-msvideo", "", "video/x-msvideo"),
    "too short to judge": (b"ABC", "video/mp4", "", "video/mp4"),
    "a video of another kind": (bytes(50), "video/ogg", "", "video/ogg"),
    "a thumbnail": (WEBP, "image/webp", "thumbnail", "image/webp"),
    "a thumbnail with a wrong type": (WEBP, "video/mp4", "thumbnail", "image/webp"),
    "a sprite sheet": (b"\xff\xd8\xff\xe0" + bytes(50), "image/jpeg", "spritesheet", "image/jpeg"),
    "a thumbnail without a type": (WEBP, "", "thumbnail", "image/webp"),
    "an unknown picture": (b"ABC", "image/x-thing", "thumbnail", "image/x-thing"),
    "another variant": (bytes(50), "application/x-thing", "thing", "application/x-thing"),
    "another variant as text": (b"Hello, world!", "text/vtt", "subtitles", "text/vtt"),
    "another variant, a video": (MP4, "text/html", "1", "video/mp4"),
}


@pytest.mark.parametrize(("content", "kind", "variant", "found"), ACCEPTED.values(), ids=list(ACCEPTED))
def test_content(content: bytes, kind: str, variant: str, found: str) -> None:
    sink, host = Sink(), Host([plain(content_type=kind)], content)
    assert (host.copy(sink, variant), bytes(sink.data), len(host.asked)) == (found, content, 1)


REFUSED: dict[str, tuple[bytes, str, str, str]] = {
    "nothing": (b"", "video/mp4", "", "it is empty"),
    "JSON": (b"[1]", "application/json", "", "it is application/json"),
    "JSON with a parameter": (b"{}", "application/json; charset=utf-8", "", "it is application/json"),
    "an error as a video": (b'{"error": {"message": "not ready"}}', "video/mp4", "", "it is JSON"),
    "JSON behind blanks": (b' \n{\n  "detail": "no"}', "", "", "it is JSON"),
    "JSON as a picture": (b'[{"loc": 1}]', "image/webp", "thumbnail", "it is JSON"),
    "HTML": (b"<p>", "text/html", "", "it is text/html"),
    "HTML as a video": (b"\n<!DOCTYPE html><html>", "", "", "it is a page"),
    "XML": (b"<?xml version='1.0'?><Error/>", "video/mp4", "", "it is a page"),
    "text": (b"The video is not ready.", "text/plain", "", "it is no MP4 file"),
    "octets that are no video": (bytes(600), "application/octet-stream", "", "it is no MP4 file"),
    "the first bytes of a video": (MP4[:7], "video/mp4", "", "it is no MP4 file"),
    "a problem": (b"Not ready", "application/problem+json", "", "it is application/problem.json"),
    "a problem as XML": (b"<problem/>", "application/problem+xml", "", "it is application/problem.xml"),
    "XML by name": (b"<Error/>", "application/xml; charset=utf-8", "", "it is application/xml"),
    "XML as text": (b"<Error/>", "text/xml", "", "it is text/xml"),
    "a style sheet": (b"body {}", "text/css", "", "it is text/css"),
    "a program": (b"let x", "text/javascript", "", "it is text/javascript"),
    "a stream of events": (b"data: queued\n\n", "text/event-stream", "", "it is text/event-stream"),
    "parts": (b"--a\r\n", "multipart/byteranges; boundary=a", "", "it is multipart/byteranges"),
    "a picture by name": (bytes(50), "image/png", "", "it is image/png"),
    "a picture": (WEBP, "image/webp", "", "it is image/webp"),
    "a picture as a video": (b"\x89PNG\r\n\x1a\n" + bytes(50), "video/webm", "", "it is image/png"),
    "a still picture in boxes": (b"\0\0\0\x18ftypavif" + bytes(50), "video/mp4", "", "it is image/avif"),
    "text as a video of another kind": (b"The video is not ready.", "video/webm", "", "it is text"),
    "an archive": (b"PK\x03\x04" + bytes(50), "application/zip", "", "it is application/zip"),
    "a playlist": (b"#EXTM3U\n#EXT-X", "application/vnd.apple.mpegurl", "", "it is application/vnd.apple.mpegurl"),
    "a problem as a thumbnail": (b"Not ready", "application/problem+json", "thumbnail", "it is application/problem"),
    "events as another variant": (b"data: x", "text/event-stream", "thing", "it is text/event-stream"),
    "JSON behind a mark as a thumbnail": (b'\xef\xbb\xbf{"error": 1}', "image/webp", "thumbnail", "it is JSON"),
    "plain text as a thumbnail": (b"Not ready", "text/plain", "thumbnail", "it is text/plain"),
    "an archive as a thumbnail": (b"PK\x03\x04", "application/zip", "thumbnail", "it is application/zip"),
    "text as a thumbnail": (b"Not ready", "text/markdown", "thumbnail", "it is text/markdown"),
    "a few words": (b"not yet", "video/mp4", "", "it is no MP4 file"),
    "a word": (b"null", "application/octet-stream", "", "it is no MP4 file"),
    "a list of a number": (b"[1]", "video/mp4", "", "it is JSON"),
    "MP4 that is none": (bytes(12), "video/mp4", "", "it is no MP4 file"),
    "the video in place of a thumbnail": (MP4, "video/mp4", "thumbnail", "it is a video and not the thumbnail"),
    "the video in place of a sprite sheet": (MP4, "image/jpeg", "spritesheet", "it is a video and not the sprite"),
}


@pytest.mark.parametrize(("content", "kind", "variant", "why"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_content(content: bytes, kind: str, variant: str, why: str) -> None:
    sink, host = Sink(), Host([plain(content_type=kind)], content)
    with pytest.raises(AnswerError, match=why):
        host.copy(sink, variant)
    assert (bytes(sink.data), len(host.asked)) == (b"", 1)


def test_a_redirect_that_is_not_followed_is_no_content() -> None:
    host = Host([lambda *_: Incoming(answer(302, location="ftp://x"), [])])
    with pytest.raises(AnswerError, match="a redirect"):
        host.copy(Sink())


# --- breaks -----------------------------------------------------------------------------------------------------

MENDED: dict[str, tuple[list[Behaviour], list[tuple[int, str]]]] = {
    "continued": ([ranges(3000), ranges()], [(0, ""), (3000, '"1"')]),
    "continued again and again": (
        [ranges(3000), ranges(10), ranges(10), ranges()],
        [(0, ""), (3000, '"1"'), (3010, '"1"'), (3020, '"1"')],
    ),
    "continued without a tag": ([ranges(3000, tag=""), ranges(tag="")], [(0, ""), (1976, "")]),
    "a weak tag is not sent": ([ranges(3000, tag='W/"1"'), ranges(tag='W/"1"')], [(0, ""), (3000, "")]),
    "no ranges": ([plain(3000), plain()], [(0, ""), (1976, "")]),
    "another version": ([ranges(3000), plain(etag='"2"')], [(0, ""), (3000, '"1"')]),
    "another version, not asked for": ([ranges(3000), ranges(tag='"2"'), plain()], [(0, ""), (3000, '"1"'), (0, "")]),
    "another part": ([ranges(3000), ranges(shift=-8), plain()], [(0, ""), (3000, '"1"'), (0, "")]),
    "another length": ([ranges(3000), ranges(total=7), plain()], [(0, ""), (3000, '"1"'), (0, "")]),
    "no such range": ([ranges(3000), refusing(error(416)), plain()], [(0, ""), (3000, '"1"'), (0, "")]),
    "a bad moment": ([ranges(3000), refusing(error(503)), ranges()], [(0, ""), (3000, '"1"'), (3000, '"1"')]),
    "the server is away": (
        [ranges(3000), refusing(ConnectionFailedError("refused")), ranges()],
        [(0, ""), (3000, '"1"'), (3000, '"1"')],
    ),
    "dropped before the answer": ([refusing(dropped()), plain()], [(0, ""), (0, "")]),
    "dropped before it showed what it is": ([plain(100), plain()], [(0, ""), (0, "")]),
    "fewer bytes than announced": (
        [lambda host, *_: Incoming(answer(content_length=str(len(MP4))), [MP4[:2000]]), plain()],
        [(0, ""), (1000, "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("behaviours", "asked"), MENDED.values(), ids=list(MENDED))
def test_a_break_is_mended(behaviours: list[Behaviour], asked: list[tuple[int, str]]) -> None:
    sink, host = Sink(), Host(list(behaviours))
    assert (host.copy(sink), bytes(sink.data), host.asked) == ("video/mp4", MP4, asked)
    assert len(host.broke) == len(host.naps) == len(asked) - 1
    assert sum(host.naps) < 3


HALF = len(MP4) // 2


def span(first: int, last: int, total: object, body: bytes, **more: str) -> Behaviour:
    """A part that says of itself what the server likes."""
    headers = {"content_type": "video/mp4", "content_range": f"bytes {first}-{last}/{total}"} | more
    return lambda host, *_: Incoming(answer(206, **headers), [body])


def cut(content: bytes = MP4, upto: int = HALF, **more: str) -> Behaviour:
    """A part of the content that ends as if it were all, without a length."""
    return lambda host, *_: Incoming(answer(200, content_type="video/mp4", **more), [content[:upto]])


#: A part after the first half, asked for again because it is not to be trusted; then all of it.
DISTRUSTED: dict[str, Behaviour] = {
    "more than its range": span(HALF, len(MP4) - 1, len(MP4), MP4[HALF:] + b"more", etag='"1"'),
    "another length than its range": span(
        HALF, len(MP4) - 1, len(MP4), MP4[HALF:] + b"more", etag='"1"', content_length=str(len(MP4) - HALF + 4)
    ),
    "a range of many digits": span(HALF, len(MP4) - 1, "9" * 5000, MP4[HALF:], etag='"1"'),
    "a last byte before the first": span(HALF, HALF - 1, len(MP4), MP4[HALF:], etag='"1"'),
    "a last byte behind the end": span(HALF, len(MP4), len(MP4), MP4[HALF:], etag='"1"'),
    "no range": lambda host, *_: Incoming(answer(206, content_type="video/mp4", etag='"1"'), [MP4[HALF:]]),
    "several ranges": lambda host, *_: Incoming(
        answer(206, content_type="multipart/byteranges; boundary=a", etag='"1"'), [b"--a\r\n"]
    ),
    "compressed": span(HALF, len(MP4) - 1, len(MP4), MP4[HALF:], etag='"1"', content_encoding="gzip"),
    "another unit": lambda host, *_: Incoming(
        answer(206, content_type="video/mp4", etag='"1"', content_range=f"frames {HALF}-9/10"), [MP4[HALF:]]
    ),
}


@pytest.mark.parametrize("name", DISTRUSTED)
def test_a_part_that_is_not_to_be_trusted(name: str) -> None:
    sink, host = Sink(), Host([plain(HALF, etag='"1"'), DISTRUSTED[name], plain(etag='"1"')])
    assert (host.copy(sink), bytes(sink.data)) == ("video/mp4", MP4)
    assert [start for start, _ in host.asked] == [0, HALF, 0]
    with pytest.raises(OutputError, match="the server cannot continue it"):
        Host([plain(HALF, etag='"1"'), DISTRUSTED[name]]).copy(Sink(is_pipe=True))


OTHER = FTYP + box(b"moov", b"") + box(b"mdat", bytes(reversed(range(256))) * 40)


def test_two_versions_are_not_joined() -> None:
    """Of the same length, from a server that tells nothing of its versions."""
    second = Host([ranges(tag="")], OTHER)
    sink, host = Sink(), Host([ranges(6000, tag=""), lambda _, *rest: ranges(tag="")(second, *rest), plain()], MP4)
    assert (host.copy(sink), bytes(sink.data)) == ("video/mp4", MP4)
    assert [start for start, _ in host.asked] == [0, 4976, 0]


def test_the_same_version_is_continued_in_a_pipe() -> None:
    """What had come twice is written once."""
    parts = [ranges(6000, tag=""), ranges(100, tag=""), ranges(5000, tag=""), ranges(tag="")]
    sink, host = Sink(is_pipe=True), Host(parts)
    host.copy(sink)
    assert (bytes(sink.data), [start for start, _ in host.asked]) == (MP4, [0, 4976, 4976, 8952])


def test_parts_that_the_server_likes_to_give() -> None:
    """Each a thousand bytes, whatever was asked for."""

    def thousand(host: Host, start: int, tag: str) -> Incoming:
        end = min(start + 1000, len(MP4))
        return span(start, end - 1, len(MP4), MP4[start:end], etag='"1"')(host, start, tag)

    sink, host = Sink(is_pipe=True), Host([thousand])
    host.copy(sink)
    assert (bytes(sink.data), len(host.asked)) == (MP4, 11)


@given(st.integers(1, len(MP4) - 1))
def test_a_video_that_is_cut_anywhere_is_not_taken_for_a_whole_one(end: int) -> None:
    """Without a length, and by a server that has no more of it."""
    inside = end not in (len(FTYP), len(FTYP) + 8)  # between two boxes, nothing tells
    sink, host = Sink(), Host([cut(upto=end)])
    known = Host([cut(upto=end, content_length=str(end))])
    for each, kind in ((host, ConnectionFailedError), (known, AnswerError)):
        with pytest.raises((kind, AnswerError)) if inside else contextlib.nullcontext():
            each.copy(sink)
    assert len(known.asked) == 1


def test_a_video_that_was_cut_is_continued() -> None:
    sink, host = Sink(), Host([cut(), span(HALF - 1024, len(MP4) - 1, len(MP4), MP4[HALF - 1024 :])])
    assert (host.copy(sink), bytes(sink.data)) == ("video/mp4", MP4)
    assert [start for start, _ in host.asked] == [0, HALF - 1024]


def test_what_a_server_has_no_more_of_is_named() -> None:
    with pytest.raises(AnswerError) as caught:
        Host([cut(upto=len(MP4) - 7, content_length=str(len(MP4) - 7))]).copy(Sink())
    assert str(caught.value) == "The content is incomplete on the server: it ends 7 bytes before its part 'mdat' does."


INCOMPLETE = {
    "a long box": FTYP + box(b"mdat", bytes(600), long=True)[:-1],
    "the size of a long box": FTYP + box(b"free", bytes(600)) + b"\0\0\0\1mdat\0\0",
    "the header of a box": FTYP + box(b"free", bytes(600)) + b"\0\0",
    "a box of gigabytes": FTYP + b"\0\0\0\1mdat" + (2**40).to_bytes(8, "big") + bytes(600),
}


@pytest.mark.parametrize("name", INCOMPLETE)
@pytest.mark.parametrize("size", [1, 13, 5000])
def test_files_that_end_too_early(name: str, size: int) -> None:
    data = INCOMPLETE[name]
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    headers = {"content_type": "video/mp4", "content_length": str(len(data))}
    host = Host([lambda *_: Incoming(answer(200, **headers), pieces)])
    with pytest.raises(AnswerError, match="The content is incomplete on the server: it ends"):
        host.copy(Sink())


ENDLESS: dict[str, tuple[list[Behaviour], type[PSOpenAIError], int]] = {
    "no further byte": ([ranges(3000), ranges(0)], ConnectionFailedError, 6),
    "always at the same place": ([plain(3000)], ConnectionFailedError, MOST_FAILURES),
    "never a byte": ([refusing(dropped())], ConnectionFailedError, MOST_FAILURES),
    "always another part": ([ranges(3000), ranges(shift=9), plain(3000)], ConnectionFailedError, 6),
    "a little more each time": ([plain(upto) for upto in range(3000, 9000, 100)], ConnectionFailedError, 5),
    "away for good": ([ranges(3000), refusing(error(502))], APIRequestError, 6),
    "gone meanwhile": ([ranges(3000), refusing(error(404))], NotFoundError, 2),
    "not there": ([refusing(error(404))], NotFoundError, 1),
    "an error at once": ([refusing(error(500))], APIRequestError, 1),
    "no connection at once": ([refusing(ConnectionFailedError("refused"))], ConnectionFailedError, 1),
    "no answer in time": ([refusing(RequestTimeoutError("late", sent=True))], RequestTimeoutError, 1),
    "a part that nobody asked for": (
        [lambda host, *_: Incoming(answer(206, content_range="bytes 5-9/10"), [MP4[5:]])],
        AnswerError,
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("behaviours", "kind", "attempts"), ENDLESS.values(), ids=list(ENDLESS))
def test_it_ends(behaviours: list[Behaviour], kind: type[PSOpenAIError], attempts: int) -> None:
    sink, host = Sink(), Host(list(behaviours))
    with pytest.raises(kind):
        host.copy(sink)
    assert (len(host.asked), sum(host.naps) < 8) == (attempts, True)


def test_a_pipe_goes_on() -> None:
    sink, host = Sink(is_pipe=True), Host([ranges(3000), ranges(10), ranges()])
    host.copy(sink)
    assert bytes(sink.data) == MP4


@pytest.mark.parametrize("second", [plain(), ranges(tag='"2"'), refusing(error(416))], ids=["all", "another", "none"])
def test_a_pipe_cannot_start_again(second: Behaviour) -> None:
    sink, host = Sink(is_pipe=True), Host([ranges(3000), second])
    with pytest.raises(OutputError, match="the server cannot continue it"):
        host.copy(sink)
    assert (bytes(sink.data), len(host.asked)) == (MP4[:3000], 2)


def test_what_the_sink_refuses_is_no_break() -> None:
    sink, host = Sink(holds=5000), Host([ranges()])
    with pytest.raises(OutputError, match="no space"):
        host.copy(sink)
    assert len(host.asked) == 1


@given(st.lists(st.tuples(st.sampled_from(["plain", "ranges", "drop", "other", "503"]), st.integers(0, 12_000))))
def test_whatever_happens_the_content_is_whole_or_there_is_an_error(story: list[tuple[str, int]]) -> None:
    kinds: dict[str, Callable[[int], Behaviour]] = {
        "plain": plain,
        "ranges": ranges,
        "drop": lambda upto: refusing(dropped()),
        "other": lambda upto: ranges(upto, tag='"2"', shift=upto % 3),
        "503": lambda upto: refusing(error(503)),
    }
    host, sink = Host([*(kinds[kind](upto) for kind, upto in story), ranges()]), Sink()
    with contextlib.suppress(ConnectionFailedError, APIRequestError, AnswerError):
        host.copy(sink)
        assert bytes(sink.data) == MP4
