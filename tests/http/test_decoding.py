"""Compressed bodies: whatever the pieces and parts, they give the content, or an error of the connection."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.http.decoding import decoded, encodings, objection


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def undone(data: bytes, name: str, size: int = 100) -> bytes:
    return b"".join(bytes(piece) for piece in decoded(pieces(data, size), [name]))


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 3000), st.binary(max_size=9))
def test_gzip_in_any_pieces_and_parts(parts: list[bytes], size: int, trailer: bytes) -> None:
    data = b"".join(map(gzip.compress, parts))
    trailer = trailer if trailer[:1] != b"\x1f" else b""
    assert undone(data + trailer, "gzip", size) == b"".join(parts)


@given(st.binary(max_size=5000), st.integers(1, 6000))
def test_deflate_with_and_without_its_header(data: bytes, size: int) -> None:
    assert undone(zlib.compress(data), "deflate", size) == data
    assert undone(bare(data), "deflate", size) == data


@given(st.integers(0, 3 * 10**6), st.sampled_from(["gzip", "deflate"]))
def test_what_a_full_step_leaves_is_not_lost(length: int, name: str) -> None:
    """Much comes of little, also when nothing is left to feed."""
    data = gzip.compress(bytes(length)) if name == "gzip" else bare(bytes(length))
    assert len(undone(data, name, len(data))) == length


@pytest.mark.parametrize("name", ["gzip", "deflate"])
@given(data=st.binary(max_size=300), at=st.integers(0, 400), bit=st.integers(0, 7), end=st.integers(0, 400))
def test_damage_is_an_error_of_the_connection(name: str, data: bytes, at: int, bit: int, end: int) -> None:
    packed = bytearray(gzip.compress(data) if name == "gzip" else zlib.compress(data))
    packed[at % len(packed)] ^= 1 << bit
    with contextlib.suppress(ConnectionError):
        undone(bytes(packed[:end]), name)


@given(st.binary(max_size=300), st.integers(1, 400))
def test_an_end_that_comes_too_early(data: bytes, end: int) -> None:
    for name, packed in (("gzip", gzip.compress(data)), ("deflate", zlib.compress(data))):
        with pytest.raises(ConnectionError, match="ends too early") if end < len(packed) else contextlib.nullcontext():
            undone(packed[:end], name)


def test_an_empty_body_is_empty() -> None:
    assert undone(b"", "gzip") == undone(b"", "deflate") == b""


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_read_or_refused(header: str) -> None:
    names = encodings({"content-encoding": header})
    why = objection(names)
    assert why or names in ([], ["gzip"], ["x-gzip"], ["deflate"])
    assert len(why) < 150
