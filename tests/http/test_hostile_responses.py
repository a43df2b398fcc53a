"""Answers that break every rule, over raw sockets: odd headers, compression that explodes, silence, bytes for text."""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psopenai_py import get_video, get_video_content, new_video
from psopenai_py.errors import AnswerError, ConnectionFailedError, PSOpenAIError
from tests.cmdlets.contents import MP4
from tests.cmdlets.processes import measured, measures_memory
from tests.conftest import Result, Run
from tests.http.sockets import Listener, Talk, listening, saying, silent
from tests.patience import with_limit

JOB = b'{"id": "video_1", "status": "completed"}'
PRINTED = '{\n  "id": "video_1",\n  "status": "completed"\n}\n'
LINE = '{"id":"video_1","status":"completed"}\n'
DROPPED = "PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest"
LOST = "The request had been sent, so a job may have been created; look for it before you send it again."


def answer(body: bytes = JOB, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer with these headers; the length is the body's unless one of them says otherwise."""
    names = {header.partition(b":")[0].lower() for header in headers}
    usual = {b"content-type": b"application/json", b"content-length": b"%d" % len(body)}
    lines = [name + b": " + value for name, value in usual.items() if name not in names]
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, *headers, b"", body])


def one_after_another(*answers: bytes) -> Talk:
    """Another answer on each connection, the last one again and again. Each says that its connection ends."""
    closing = [data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) for data in answers]
    following = itertools.chain(closing, itertools.repeat(closing[-1]))
    return lambda connection: connection.sendall(next(following))


@pytest.fixture
def call(run: Run) -> Callable[..., Result]:
    """New-Video against a server that says these bytes."""

    def call(data: bytes, *arguments: str) -> Result:
        with listening(saying(data)) as server:
            return run("New-Video", "x", "-ApiBase", server.base, *arguments)

    return call


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


# --- headers ----------------------------------------------------------------------------------------------------

DIGITS = b"9" * 5000
#: Headers that change nothing: the answer is read in spite of them.
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


# --- compression ------------------------------------------------------------------------------------------------


def _layers(count: int, size: int) -> bytes:
    data = gzip.compress(JOB[:-1] + b', "x": "' + b"x" * size + b'"}', mtime=0)
    for _ in range(count - 1):
        data = gzip.compress(data, mtime=0)
    return data


BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
COMPRESSED = {
    "gzip": (b"gzip", gzip.compress(JOB)),
    "x-gzip": (b"X-GZip", gzip.compress(JOB)),
    "gzip in two parts": (b"gzip", gzip.compress(JOB[:9]) + gzip.compress(JOB[9:])),
    "gzip and zeros": (b"gzip", gzip.compress(JOB) + bytes(9)),
    "gzip and a zero": (b"gzip", gzip.compress(JOB) + b"\0"),
    "deflate": (b"deflate", zlib.compress(JOB)),
    "deflate without its header": (b"deflate", BARE.compress(JOB) + BARE.flush()),
    "identity": (b"identity", JOB),
    "gzip and identity": (b"gzip, identity", gzip.compress(JOB)),
}


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_compressed_answers(name: str, size: int, run: Run) -> None:
    encoding, body = COMPRESSED[name]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in _parts(body, size))
    head = answer(b"", b"Transfer-Encoding: chunked", b"Content-Length-Of-None: 0", b"Content-Encoding: " + encoding)
    head = head.replace(b"content-length: 0\r\n", b"")
    with listening(saying(head + chunks + b"0\r\n\r\n")) as server:
        result = run("New-Video", "x", "-ApiBase", server.base)
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")


def _parts(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_answer_that_is_cut_is_none(encoding: str, call: Callable[..., Result]) -> None:
    """Wherever it is cut, and although its length fits."""
    whole = gzip.compress(JOB) if encoding == "gzip" else zlib.compress(JOB)
    for end in range(1, len(whole)):
        result = call(answer(whole[:end], f"Content-Encoding: {encoding}".encode()))
        assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [DROPPED]), end
        assert "broke off without a full answer: the compressed body ends too early. " + LOST in result.stderr


def test_what_came_of_a_cut_answer_is_shown(call: Callable[..., Result]) -> None:
    result = call(answer(gzip.compress(JOB)[:-8], b"Content-Encoding: gzip"))
    assert result.stderr.splitlines()[0].endswith(
        '. Status 200, application/json. It begins: {"id": "video_1", "status": "completed"}'
    )


NOT_READ = {
    "twice": (b"gzip, gzip", _layers(2, 0), "it is compressed 2 times"),
    "three times": (b"gzip, gzip, gzip", _layers(3, 2**20), "it is compressed 3 times"),
    "over two lines": (b"gzip\r\nContent-Encoding: gzip", _layers(2, 0), "it is compressed 2 times"),
    "two ways": (b"deflate, gzip", gzip.compress(zlib.compress(JOB)), "it is compressed 2 times"),
    "a hundred times": (b",".join([b"gzip"] * 100), b"\x1f\x8b", "it is compressed 100 times"),
    "brotli": (b"br", b"\x0b\x02\x80", "its encoding 'br' is not one of those that were asked for, gzip, deflate"),
    "zstd": (b"ZSTD", b"\x28\xb5\x2f\xfd", "its encoding 'zstd' is not one of those that were asked for"),
    "a name": (b"aes128gcm", b"x", "its encoding 'aes128gcm' is not one of those that were asked for"),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_encodings_that_are_not_read(name: str, call: Callable[..., Result], tmp_path: Path) -> None:
    encoding, body, why = NOT_READ[name]
    data = answer(body, b"Content-Encoding: " + encoding)
    result = call(data)
    assert (result.exit_code, result.stdout, result.error_ids) == (
        1, "", ["System.ArgumentException,Invoke-OpenAIAPIRequest"],
    )  # fmt: skip
    assert f"New-Video: The server's answer is not a job: {why}" in result.stderr
    # An id is found below the compression.
    assert ("video_1" in result.stderr) is (b"gzip" in encoding and name != "a hundred times")
    with listening(saying(data)) as server, pytest.raises(AnswerError, match="is not what was asked for: " + why):
        get_video_content("a", out_file=tmp_path / "a.mp4", api_base=server.base)
    assert list(tmp_path.iterdir()) == [tmp_path / "home"]


@pytest.mark.parametrize("limit", ["1", "4"])
@pytest.mark.parametrize(
    "data",
    [
        answer(NOT_READ["three times"][1], b"Content-Encoding: gzip, gzip, gzip"),
        answer(gzip.compress(JOB)[:-3], b"Content-Encoding: gzip"),
        answer(JOB, b"Content-Length: " + DIGITS),
        answer(JOB, b"Content-Type: \xff; charset=\xff", b"Set-Cookie: \xff=\xff", status=b"302 \xff"),
        b"\x16\x03\x01\x02\0" + bytes(500),
    ],
    ids=["three times gzip", "half a gzip", "digits", "odd letters", "no HTTP"],
)
def test_one_bad_answer_ends_one_record_of_a_batch(limit: str, data: bytes, run: Run) -> None:
    with listening(one_after_another(data, answer())) as server:
        more = ["-ApiBase", server.base, "-ThrottleLimit", limit, "-ProgressAction", "Ignore"]
        result = run("New-Video", *more, stdin="a\nb\nc\nd\n")
        assert server.connections == 4
    assert (result.exit_code, result.stdout, len(result.error_ids)) == (1, LINE * 3, 1)
    assert "Traceback" not in result.stderr


#: A few hundred bytes on the wire: what they become, undone once, twice, and three times.
BOMBS = {
    "once": (b"gzip", gzip.compress(bytes(100 * 2**20))),
    "twice": (b"gzip, gzip", gzip.compress(gzip.compress(bytes(2**30 // 4)))),
    "three times": (b"gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(bytes(2**30 // 4))))),
    "parts that hold nothing": (b"gzip", gzip.compress(b"", mtime=0) * 200_000),
    "many parts that hold nothing, twice": (b"gzip,gzip", gzip.compress(gzip.compress(b"", mtime=0) * 10**6)),
    "deflate": (b"deflate", zlib.compress(bytes(100 * 2**20))),
}


def _spent() -> float:
    """Seconds of work of the processes that have ended, however long they waited for a processor."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.skipif(not measures_memory, reason="measures as Linux does")
@pytest.mark.parametrize("name", BOMBS)
def test_compression_that_explodes(name: str) -> None:
    encoding, body = BOMBS[name]
    with listening(saying(answer(JOB))) as server:
        _, usual = measured("New-Video", "x", "-ApiBase", server.base)
    with listening(saying(answer(body, b"Content-Encoding: " + encoding))) as server:
        spent = _spent()
        done, peak = measured("New-Video", "x", "-ApiBase", server.base)
        assert _spent() - spent < 10
    assert done.returncode == 1
    assert peak - usual < 120 * 1024, f"{usual} KiB, {peak} KiB"


# --- text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"\xef\xbb\xbf" + JOB, b"\xff\xfe" + JOB.decode().encode("utf-16-le"), JOB.decode().encode("utf-16-be")],
    ids=["UTF-8", "UTF-16", "UTF-16, named"],
)
@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=utf-16", "; charset=latin-1"])
def test_a_byte_order_mark(body: bytes, charset: str, call: Callable[..., Result]) -> None:
    """It tells more than the header; without one the header is right."""
    if body[:1] == b"\0":
        charset = "; charset=utf-16be"
    result = call(answer(body, f"Content-Type: application/json{charset}".encode()))
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")


def test_a_byte_order_mark_before_an_error(run: Run) -> None:
    body = b'\xef\xbb\xbf{"error": {"message": "No such size."}}'
    with listening(saying(answer(body, status=b"400 Bad Request"))) as server:
        result = run("New-Video", "x", "-ApiBase", server.base)
    assert result.stderr.startswith("New-Video: OpenAI API returned an 400 (Bad Request) Error: No such size.\n")


BINARY = {
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20), "89 50 4e 47"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "ff d8 ff e0"),
    "MP4": (MP4, "00 00 00 18"),
    "gzip": (gzip.compress(JOB), "1f 8b 08 00"),
    "random": (bytes(range(128, 256)), "80 81 82 83"),
    "zeros": (bytes(100), "00 00 00 00"),
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("status", [b"200 OK", b"500 Broken"])
def test_binary_data_is_not_shown_as_text(name: str, status: bytes, call: Callable[..., Result]) -> None:
    body, first = BINARY[name]
    result = call(answer(body, b"Content-Type: application/octet-stream", status=status))
    assert result.stderr.splitlines()[0].endswith(f"binary data (first bytes {first})")
    assert "\N{REPLACEMENT CHARACTER}" not in result.stderr


def test_an_id_far_behind_the_beginning(call: Callable[..., Result]) -> None:
    """Of an answer that is too large, all that came is searched."""
    result = call(answer(b'{"a": "' + b"x" * 10**6 + b'", "id": "video_77", "b": "' + b"x" * 33 * 2**20 + b'"}'))
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        "it is larger than 32 MB. Status 200, application/json. It names the id video_77. It begins: " in result.stderr
    )


# --- silence ----------------------------------------------------------------------------------------------------


def _pausing(data: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(data)
        silent(connection)

    return talk


def test_a_body_without_a_byte_for_30_seconds_is_broken_off(tmp_path: Path) -> None:
    """All at the same time, each in a process of its own, with a limit that is for the beginning of the answer."""
    begun = answer(JOB, b"Content-Length: 500").removesuffix(b"}")
    content = answer(MP4, b"Content-Type: video/mp4")[:-100]
    calls = {
        "New-Video": (begun, ["x", "-TimeoutSec", "20"]),
        "Get-Video": (begun, ["x"]),
        "Get-VideoContent": (content, ["x", "-OutFile", str(tmp_path / "a.mp4")]),
    }

    def timed(name: str) -> tuple[float, int, str]:
        data, arguments = calls[name]
        # The download begins again; the second server is not there any more.
        answers = iter([data])
        with listening(lambda connection: _pausing(next(answers, answer(status=b"404 Gone")))(connection)) as server:
            command = [sys.executable, "-m", "psopenai_py", name, *arguments, "-ApiBase", server.base]
            started = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
            return time.monotonic() - started, done.returncode, done.stderr

    with ThreadPoolExecutor() as pool:
        results = dict(zip(calls, pool.map(timed, calls), strict=True))
    for name, (seconds, code, err) in results.items():
        assert (29 < seconds < 90, code) == (True, 1), (name, seconds, err)
    for name in ("New-Video", "Get-Video"):
        assert "broke off without a full answer: no byte came for 30 s." in results[name][2]
        assert '. Status 200, application/json. It begins: {"id": "video_1"' in results[name][2]
    assert json.dumps(LOST)[1:-1] in results["New-Video"][2]
    assert not (tmp_path / "a.mp4").exists()


def test_a_pause_in_a_body_is_none(run: Run) -> None:
    """Also when it is longer than the time limit, which is for the beginning of the answer."""

    def call(limit: int) -> Result:
        def talk(connection: socket.socket) -> None:
            data = answer()
            connection.sendall(data[:-5])
            time.sleep(1.5 * limit)
            connection.sendall(data[-5:])

        with listening(talk) as server:
            return run("New-Video", "x", "-ApiBase", server.base, "-TimeoutSec", str(limit))

    result = with_limit(call, lambda result: result.exit_code == 0)
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")
