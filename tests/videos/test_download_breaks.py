"""Downloads that break off: continued, begun again, or an error; never a file that is not whole."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
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
from tests.cmdlets.contents import FTYP, MP4, box
from tests.videos.hosts import Behaviour, Host, Incoming, Sink, answer, dropped, error, plain, ranges, refusing

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
@example(len(FTYP))
@example(len(FTYP) + 8)
def test_a_video_that_is_cut_anywhere_is_not_taken_for_a_whole_one(end: int) -> None:
    """Without a length, and by a server that has no more of it."""
    inside = end != len(FTYP) + 8  # between two boxes, nothing tells, but that the first is not all
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
    "always at the same place": ([plain(3000)], ConnectionFailedError, 5),
    "never a byte": ([refusing(dropped())], ConnectionFailedError, 5),
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
