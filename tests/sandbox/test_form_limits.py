"""Both sides of each limit of a request body."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from psopenai_py.sandbox.service.forms import Form, read_form
from psopenai_py.sandbox.service.responses import ApiError

MALFORMED = "The multipart body is malformed: "
TOO_LONG = f"{MALFORMED}a header is too long or the boundary is missing."
NO_BOUNDARY = f"{MALFORMED}its header names no usable boundary."
HEAD = b'Content-Disposition: form-data; name="a"'


def _read(body: bytes, content_type: str, *, limit: int = 4_000_000, chunked: bool = False) -> Form:
    environ: dict[str, Any] = {"CONTENT_TYPE": content_type, "wsgi.input": io.BytesIO(body)}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked"} if chunked else {"CONTENT_LENGTH": str(len(body))}
    return read_form(environ, limit, lambda form: form)


def _parts(*parts: bytes, boundary: bytes = b"B") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def _part(value: bytes, head: bytes = HEAD) -> bytes:
    return head + b"\r\n\r\n" + value


def _headers_of(size: int) -> bytes:
    return HEAD + b"\r\nX-More: " + b"x" * (size - len(HEAD) - len(b"\r\nX-More: "))


#: Name: a body that is just taken, and one that is just refused, with the reason.
MULTIPART = {
    "parts": (_parts(*[_part(b"1")] * 100), _parts(*[_part(b"1")] * 101), f"{MALFORMED}it has more than 100 parts."),
    "bytes of a field": (
        _parts(_part(b"1" * 1_048_576)), _parts(_part(b"1" * 1_048_577)), f"{MALFORMED}a field is too long.",
    ),
    "bytes of headers": (_parts(_part(b"1", _headers_of(16_384))), _parts(_part(b"1", _headers_of(16_385))), TOO_LONG),
    # The line end that a boundary follows is counted, too.
    "bytes before the first boundary": (
        b"x" * 16_382 + b"\r\n" + _parts(_part(b"1")), b"x" * 16_383 + b"\r\n" + _parts(_part(b"1")), TOO_LONG,
    ),
    "blanks behind a boundary": (
        b"--B" + b" " * 16_384 + b"\r\n" + _part(b"1") + b"\r\n--B--",
        b"--B" + b" " * 16_385 + b"\r\n" + _part(b"1") + b"\r\n--B--",
        TOO_LONG,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("taken", "refused", "why"), MULTIPART.values(), ids=list(MULTIPART))
def test_multipart(taken: bytes, refused: bytes, why: str) -> None:
    fields = _read(taken, "multipart/form-data; boundary=B").fields
    assert list(fields) == ["a"] and set(fields["a"]) == {"1"}
    with pytest.raises(ApiError) as caught:
        _read(refused, "multipart/form-data; boundary=B")
    assert (caught.value.status, str(caught.value), caught.value.code) == (400, why, "malformed_multipart")


@pytest.mark.parametrize("length", [1, 200])
def test_a_boundary_that_is_taken(length: int) -> None:
    boundary = "b" * length
    form = _read(_parts(_part(b"1"), boundary=boundary.encode()), f"multipart/form-data; boundary={boundary}")
    assert form == Form({"a": "1"}, {})


@pytest.mark.parametrize("boundary", ["", '""', "b" * 201, "ä"], ids=["none", "empty", "201", "no ASCII"])
def test_a_boundary_that_is_refused(boundary: str) -> None:
    with pytest.raises(ApiError) as caught:
        _read(_parts(_part(b"1")), f"multipart/form-data; boundary={boundary}")
    assert str(caught.value) == NO_BOUNDARY


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=B", "text/plain"])
def test_bytes_of_a_body(kind: str, chunked: bool) -> None:
    bodies = {"application/json": b'{"a": "1"}', "text/plain": b""}
    body = bodies.get(kind, _parts(_part(b"1")))
    expected = Form({}, {}) if kind == "text/plain" else Form({"a": "1"}, {})
    assert _read(body, kind, limit=len(body), chunked=chunked) == expected
    with pytest.raises(ApiError) as caught:
        _read(body + b" ", kind, limit=len(body), chunked=chunked)
    assert (caught.value.status, caught.value.code) == (413, "request_too_large")
    assert str(caught.value) == f"The request body is larger than {len(body)} bytes."


def test_the_limit_is_written_with_commas() -> None:
    with pytest.raises(ApiError, match=r"larger than 1,000 bytes\."):
        _read(b" " * 1001, "application/json", limit=1000)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_what_is_kept_in_memory_and_what_in_a_file_is_read_alike(more: int) -> None:
    text = "x" * (1_048_576 + more - len('{"a": ""}'))
    assert _read(json.dumps({"a": text}).encode(), "application/json") == Form({"a": text}, {})


@pytest.mark.parametrize("size", [0, 31, 32, 33, 65_535, 65_536, 65_537, 131_073])
def test_beginning_and_end_of_a_file(size: int) -> None:
    data = bytes(index % 251 for index in range(size))
    head = HEAD + b'; filename="x.png"\r\nContent-Type: image/png'
    kept = _read(_parts(_part(data, head)), "multipart/form-data; boundary=B").files["a"]
    assert (kept.filename, kept.content_type, kept.size) == ("x.png", "image/png", size)
    assert (kept.start, kept.end) == (data[:32], data[-65_536:])


@pytest.mark.parametrize(
    ("length", "message"),
    [
        ("10", "The body ended after 2 of 10 bytes."),
        ("3", "The body ended after 2 of 3 bytes."),
        ("1" * 19, None),
        ("-1", "The header Content-Length is not a number."),
        ("2.0", "The header Content-Length is not a number."),
        ("٢", "The header Content-Length is not a number."),
    ],
)
def test_a_length_that_is_wrong(length: str, message: str | None) -> None:
    environ = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"{}")}
    with pytest.raises(ApiError) as caught:
        read_form(environ, 100, lambda form: form)
    assert (caught.value.status, str(caught.value)) == (400 if message else 413, message or str(caught.value))


@pytest.mark.parametrize("length", ["", "0"])
def test_a_length_of_nothing_reads_nothing(length: str) -> None:
    """Without a length, and not chunked, what stands on the connection is the next request."""
    source = io.BytesIO(b"GET / HTTP/1.1")
    environ = {"CONTENT_TYPE": "", "CONTENT_LENGTH": length, "wsgi.input": source}
    assert read_form(environ, 100, lambda form: form) == Form({}, {})
    assert source.tell() == 0


@pytest.mark.parametrize(("length", "shown"), [(80, 80), (81, 80)])
def test_characters_of_a_content_type_that_an_error_quotes(length: int, shown: int) -> None:
    with pytest.raises(ApiError) as caught:
        _read(b"x", "x" * length)
    quoted = f"The content type '{'x' * shown}' is not supported; send multipart/form-data or application/json."
    assert (caught.value.status, str(caught.value)) == (415, quoted)


@pytest.mark.parametrize("given", ["null", "false", "0", '""', "[]"])
def test_null_in_json_is_nothing_and_all_else_is_given(given: str) -> None:
    form = _read(f'{{"a": {given}}}'.encode(), "Application/JSON; charset=utf-8")
    assert form.fields == ({} if given == "null" else {"a": json.loads(given)})


def test_urlencoded_fields() -> None:
    form = _read(b"a=1&b=&c=%C3%A4+x&a=2", "application/x-www-form-urlencoded")
    assert form == Form({"a": "2", "b": "", "c": "ä x"}, {})
