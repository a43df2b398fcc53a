"""Answers that break every rule, over raw sockets: addresses that are none, odd and long headers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psopenai_py import get_video, get_video_content, new_video
from psopenai_py.errors import AnswerError, ConnectionFailedError, PSOpenAIError
from tests.cmdlets.contents import MP4
from tests.conftest import Result, Run
from tests.http.answers import DIGITS, DROPPED, JOB, LINE, LOST, answer, one_after_another
from tests.http.sockets import Listener, listening, saying

# --- addresses --------------------------------------------------------------------------------------------------

NO_PLACES = ["http://[", "http://a:99999/", "http://a]b/", "http://a:b/", "ftp://h/a", "http://\u2100/",
             "http://[::1/", "file:///etc/passwd", "http://a:-1/", "//[/", "https://[v1]:x/", "https:///a"]  # fmt: skip
#: Addresses that only the HTTP library refuses.
ODD_PLACES = ["http://999.1.1.1/", "http://a b/", "http://\x80/", "http://" + "a" * 70_000 + "/", "http://a..b/"]


@pytest.mark.parametrize("place", NO_PLACES, ids=ascii)
def test_a_redirect_to_what_is_no_address(place: str, run: Run, tmp_path: Path) -> None:
    moved = answer(b"", b"Location: " + place.encode(), status=b"302 Found")
    with listening(saying(moved)) as server:
        target = str(tmp_path / "a.mp4")
        result = run("Get-VideoContent", "a", "-OutFile", target, "-ApiBase", server.base)
        assert (result.exit_code, server.connections) == (1, 1)
    assert result.error_ids == ["System.ArgumentException,Get-VideoContent"]
    assert "is not the content: it is a redirect that is not followed. Status 302, " in result.stderr


@pytest.mark.parametrize("place", ODD_PLACES, ids=lambda place: ascii(place)[:20])
def test_a_redirect_to_an_address_that_cannot_be_reached(place: str) -> None:
    moved = answer(b"", b"Location: " + place.encode("latin-1"), status=b"302 Found")
    with listening(saying(moved)) as server, pytest.raises(PSOpenAIError) as caught:
        get_video_content("a", api_base=server.base)
    assert isinstance(caught.value, AnswerError | ConnectionFailedError)


@pytest.mark.parametrize("limit", ["1", "4"])
@pytest.mark.parametrize("place", [*NO_PLACES[:3], *ODD_PLACES[:2]], ids=ascii)
def test_an_odd_redirect_ends_one_record_of_a_batch(limit: str, place: str, run: Run, tmp_path: Path) -> None:
    moved = answer(b"", b"Location: " + place.encode("latin-1"), status=b"302 Found")
    with listening(one_after_another(moved, answer(MP4, b"Content-Type: video/mp4"))) as server:
        folder = f"{tmp_path / 'clips'}/"
        more = ["-OutFile", folder, "-ApiBase", server.base, "-ThrottleLimit", limit, "-ProgressAction", "Ignore"]
        result = run("Get-VideoContent", *more, stdin="a\nb\nc\nd\n")
    assert (result.exit_code, len(result.error_ids)) == (1, 1)
    assert [path.read_bytes() for path in Path(folder).iterdir()] == [MP4] * 3
    assert "Traceback" not in result.stderr


#: Headers that change nothing: the answer is read in spite of them.
# --- headers -----------------------------------------------------------------------------------------------------

HARMLESS = {
    "a date of a cookie": b"Set-Cookie: a=b; expires=27 Nov " + DIGITS + b" 23:00:00 GMT",
    "an age of a cookie": b"Set-Cookie: a=b; max-age=" + DIGITS,
    "a letter of a cookie": b"Set-Cookie: a=\xfc\x80",
    "a cookie without a name": b"Set-Cookie: ;=;=",
    "a range": b"Content-Range: bytes 0-" + DIGITS + b"/" + DIGITS,
    "a range of other digits": "Content-Range: bytes \u00b2-\u00b3/*".encode("latin-1"),
    "a wait": b"Retry-After: " + DIGITS,
    "a wait in superscript": b"Retry-After: \xb2",
    "a date": b"Date: 99 Xyz " + DIGITS,
    "a charset": b"Content-Type: application/json; charset=" + b"x" * 5000,
    "a charset of odd letters": b"Content-Type: application/json; charset=\xff\xfe",
    "no type": b"Content-Type: ;;;=",
    "no encoding": b"Content-Encoding: , identity ,,",
    "processing": b"openai-processing-ms: \xff" + DIGITS,
    "a request id": b"x-request-id: \xe9",
    "an odd name": b"!#$%&'*+-.^_`|~: x",
    "a place": b"Location: http://[",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_odd_headers_of_a_good_answer(name: str, run: Run) -> None:
    """Twice over one connection: what a server wants to be remembered is no danger to the next request."""

    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(answer(JOB, HARMLESS[name]))
            connection.recv(65536)

    with listening(talk) as server:
        result = run("Get-Video", "-ApiBase", server.base, "-Verbose", stdin="a\nb\n")
        assert (result.exit_code, result.stdout, server.connections) == (0, LINE * 2, 1), result.stderr
    assert "Traceback" not in result.stderr and "Warning" not in result.stderr


#: Headers with which an answer cannot be read.
HARMFUL = {
    "a length of many digits": b"Content-Length: " + DIGITS,
    "a length in superscript": b"Content-Length: \xb2\xb3",
    "a negative length": b"Content-Length: -1",
    "two lengths": b"Content-Length: 1\r\nContent-Length: 2",
    "a coding nobody knows": b"Transfer-Encoding: gzip",
    "no name": b": x",
    "a space in a name": b"a b: x",
    "a null": b"X: \x00",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_headers_with_which_an_answer_cannot_be_read(name: str, call: Callable[..., Result]) -> None:
    result = call(answer(JOB, HARMFUL[name]))
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [DROPPED])
    assert LOST in result.stderr


LONG = {
    "a status line": b"SSH-2.0 " + b"x" * 50_000 + b"\r\n\r\n",
    "a reason": answer(b"?", status=b"400 " + b"x" * 50_000),
    "an odd reason": answer(b"?", status=b"400 \x9b2J" + b"\xe9" * 50_000),
    "a type": answer(b"?", b"Content-Type: text/" + b"x" * 50_000),
    "a request id": answer(b"?", b"x-request-id: " + b"x" * 50_000),
    "an encoding": answer(b"?", b"Content-Encoding: " + b"x" * 50_000),
    "an address": answer(b"", b"Location: http://" + b"x" * 50_000, status=b"302 Found"),
    "a charset": answer(b"?", b"Content-Type: x; charset=" + b"x" * 50_000),
}


@pytest.mark.parametrize("name", LONG)
def test_what_is_long_is_not_shown_whole(name: str, call: Callable[..., Result]) -> None:
    result = call(LONG[name], "-Verbose")
    assert result.exit_code == 1
    assert len(result.stderr) < 3000
    assert "\x9b" not in result.stderr


ODD_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=60)
NUMBERS = st.text("0123456789-/*bytes ,;=\u00b2\u00b9", max_size=40)
NAMES = ["Location", "Content-Length", "Content-Range", "Content-Type", "Retry-After", "retry-after-ms",
         "Content-Encoding", "Set-Cookie", "Date", "ETag", "Last-Modified", "Transfer-Encoding", "Connection",
         "x-should-retry", "X-Request-Id", "Trailer", "Upgrade"]  # fmt: skip


class Changing:
    """A server whose next answer is set from outside."""

    data = b""

    def __call__(self, connection: socket.socket) -> None:
        connection.sendall(self.data)


@pytest.fixture(scope="module")
def changing() -> Iterator[tuple[Changing, Listener]]:
    talk = Changing()
    with listening(talk) as server:
        yield talk, server


STATUS = [b"200 OK", b"206 Partial Content", b"302 Found", b"404 No", b"429 Slow down", b"204 No Content"]
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), ODD_TEXT | NUMBERS), min_size=1, max_size=3)


def _ends_well(changing: tuple[Changing, Listener], data: bytes, make: Callable[[str], object]) -> None:
    talk, server = changing
    talk.data = data
    try:
        make(server.base)
    except PSOpenAIError as error:
        assert str(error)


def _lines(headers: list[tuple[str, str]]) -> list[bytes]:
    return [f"{name}: {value}".encode("latin-1") for name, value in headers]


@settings(max_examples=200)
@given(HEADERS, st.sampled_from(STATUS), st.booleans())
def test_any_headers_end_in_a_job_or_in_an_error_of_ours(
    changing: tuple[Changing, Listener], headers: list[tuple[str, str]], status: bytes, creates: bool
) -> None:
    make = (lambda base: new_video("x", api_base=base)) if creates else lambda base: get_video("a", api_base=base)
    _ends_well(changing, answer(JOB, *_lines(headers), status=status), make)


@settings(max_examples=6)  # a download that breaks off is tried again, with pauses
@given(HEADERS, st.sampled_from(STATUS))
def test_any_headers_end_in_a_video_or_in_an_error_of_ours(
    changing: tuple[Changing, Listener], headers: list[tuple[str, str]], status: bytes
) -> None:
    data = answer(MP4, *_lines(headers), status=status)
    _ends_well(changing, data, lambda base: get_video_content("a", api_base=base))
