"""Compressed answers: in any pieces, cut, of other encodings, and such that explode."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from psopenai_py import get_video_content
from psopenai_py.errors import AnswerError
from tests.cmdlets.contents import MP4
from tests.cmdlets.processes import measured, measures_memory
from tests.conftest import Result, Run
from tests.http.answers import DIGITS, DROPPED, JOB, LINE, LOST, PRINTED, answer, one_after_another
from tests.http.sockets import listening, saying

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
    "no encoding by name": (b"None", JOB),
    "a charset": (b"UTF-8, gzip", gzip.compress(JOB)),
    "how it was uploaded": (b"aws-chunked", JOB),
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


def test_what_is_not_compressed_as_it_says_is_shown(call: Callable[..., Result]) -> None:
    """Gateways undo a compression, and leave the header."""
    result = call(answer(JOB, b"Content-Encoding: gzip"))
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [DROPPED])
    assert result.stderr.splitlines()[0].endswith(
        f'{LOST} Status 200, application/json. It begins: {{"id": "video_1", "status": "completed"}}'
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


#: A few hundred bytes on the wire: what they become, undone once, twice, and three times. Made when they are sent.
BOMBS: dict[str, tuple[bytes, Callable[[], bytes]]] = {
    "once": (b"gzip", lambda: gzip.compress(bytes(100 * 2**20))),
    "twice": (b"gzip, gzip", lambda: gzip.compress(_zeros())),
    "three times": (b"gzip, gzip, gzip", lambda: gzip.compress(gzip.compress(_zeros()))),
    "parts that hold nothing": (b"gzip", lambda: gzip.compress(b"", mtime=0) * 200_000),
    "many parts that hold nothing, twice": (b"gzip,gzip", lambda: gzip.compress(gzip.compress(b"", mtime=0) * 10**6)),
    "deflate": (b"deflate", lambda: zlib.compress(bytes(100 * 2**20))),
}


def _zeros() -> bytes:
    """256 MB of them."""
    return gzip.compress(bytes(2**22), mtime=0) * 64


def _spent() -> float:
    """Seconds of work of the processes that have ended, however long they waited for a processor."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.skipif(not measures_memory, reason="measures as Linux does")
@pytest.mark.parametrize("name", BOMBS)
def test_compression_that_explodes(name: str) -> None:
    encoding, body = BOMBS[name][0], BOMBS[name][1]()
    with listening(saying(answer(JOB))) as server:
        _, usual = measured("New-Video", "x", "-ApiBase", server.base)
    with listening(saying(answer(body, b"Content-Encoding: " + encoding))) as server:
        spent = _spent()
        done, peak = measured("New-Video", "x", "-ApiBase", server.base)
        assert _spent() - spent < 10
    assert done.returncode == 1
    assert peak - usual < 120 * 1024, f"{usual} KiB, {peak} KiB"


@pytest.mark.parametrize(("count", "why"), [(15, ""), (17, "of it become more than 67,")])
def test_content_that_explodes(count: int, why: str, tmp_path: Path) -> None:
    """A video is hardly smaller when it is compressed; what is a thousand times smaller fills the disk for nothing."""
    body = gzip.compress(MP4 + b"\0\0\0\0mdat") + gzip.compress(bytes(2**22), mtime=0) * count
    with listening(saying(answer(body, b"Content-Type: video/mp4", b"Content-Encoding: gzip"))) as server:
        if why:
            with pytest.raises(AnswerError, match=why):
                get_video_content("a", out_file=tmp_path / "a.mp4", api_base=server.base)
        else:
            get_video_content("a", out_file=tmp_path / "a.mp4", api_base=server.base)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ([] if why else ["a.mp4"])
