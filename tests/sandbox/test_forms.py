"""Request bodies as they come over the wire: whatever the chunks, whatever the mistake."""

from __future__ import annotations

import io
import json
import random
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psopenai_py.sandbox.service.forms import Form, Upload, digest, read_form
from psopenai_py.sandbox.service.responses import ApiError


def _read(environ: dict[str, Any], limit: int) -> Form:
    return read_form(environ, limit, lambda form: form)


HEAD = 'Content-Disposition: form-data; name="{}"'


class Dripping(io.BytesIO):
    """A stream that gives no more than some bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(size, self._most))


def _environ(body: bytes, content_type: str, most: int = 1 << 20) -> dict[str, Any]:
    return {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body)), "wsgi.input": Dripping(body, most)}


def _multipart(*parts: tuple[str, bytes], end: bytes = b"--B--\r\n") -> bytes:
    return b"".join(b"--B\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts) + end


FORMS = [
    pytest.param(_multipart((HEAD.format("a"), b"1")), Form({"a": "1"}, {}), id="one"),
    pytest.param(_multipart((HEAD.format("a"), b"")), Form({"a": ""}, {}), id="empty-value"),
    pytest.param(b"--B--\r\n", Form({}, {}), id="no-parts"),
    pytest.param(
        b"preamble\r\n" + _multipart((HEAD.format("a"), b"1"), end=b"--B--"), Form({"a": "1"}, {}), id="bare-end"
    ),
    pytest.param(_multipart((HEAD.format("a"), b"1")) + b"epilogue", Form({"a": "1"}, {}), id="epilogue"),
    pytest.param(
        _multipart((HEAD.format("a"), b"x\r\n--C\r\n--")), Form({"a": "x\r\n--C\r\n--"}, {}), id="near-boundary"
    ),
    pytest.param(_multipart(("content-disposition: form-data; name=a", b"1")), Form({"a": "1"}, {}), id="unquoted"),
    pytest.param(_multipart((HEAD.format("a%22b"), b"1")), Form({'a"b': "1"}, {}), id="escaped-name"),
    pytest.param(
        _multipart((HEAD.format("f") + '; filename="a \\"b\\".png"\r\nContent-Type: image/png', b"\x00\xff")),
        Form({}, {"f": digest('a "b".png', "image/png", [b"\x00\xff"])}),
        id="file",
    ),
    pytest.param(
        _multipart((HEAD.format("f") + "; filename*=utf-8''x.png", b"1")),
        Form({}, {"f": digest("", "", [b"1"])}),
        id="star",
    ),
]


@pytest.mark.parametrize("most", [1, 7, 1 << 20], ids=["bytes", "sevens", "at-once"])
@pytest.mark.parametrize(("body", "expected"), FORMS)
def test_multipart_is_read_in_any_chunks(body: bytes, expected: Form, most: int) -> None:
    form = _read(_environ(body, "multipart/form-data; boundary=B", most), 10_000)
    assert form == expected


@settings(deadline=None, database=None, max_examples=60)
@given(value=st.binary(max_size=300), most=st.integers(1, 40))
def test_any_file_survives(value: bytes, most: int) -> None:
    body = _multipart((HEAD.format("f") + '; filename="x"', value.replace(b"--B", b"")))
    form = _read(_environ(body, 'Multipart/Form-Data; charset=utf-8; boundary="B"', most), 10_000)
    assert form.files["f"] == digest("x", "", [value.replace(b"--B", b"")])


MALFORMED = "The multipart body is malformed: "
BAD = [
    pytest.param(b"", "multipart/form-data", f"{MALFORMED}its header names no usable boundary.", id="no-boundary"),
    pytest.param(b"", "multipart/form-data; boundary=B", f"{MALFORMED}it ends before its last boundary.", id="empty"),
    pytest.param(
        _multipart((HEAD.format("a"), b"1"), end=b""),
        "multipart/form-data; boundary=B",
        f"{MALFORMED}it ends before its last boundary.",
        id="cut-off",
    ),
    pytest.param(
        b"--B\r\n" + b"x" * 70_000,
        "multipart/form-data; boundary=B",
        f"{MALFORMED}a header is too long or the boundary is missing.",
        id="endless-header",
    ),
    pytest.param(
        _multipart(("Content-Type: text/plain", b"1")),
        "multipart/form-data; boundary=B",
        f"{MALFORMED}a part has no name.",
        id="no-name",
    ),
    pytest.param(
        b"--Bx\r\n\r\n\r\n",
        "multipart/form-data; boundary=B",
        f"{MALFORMED}a boundary is followed by other text.",
        id="longer-boundary",
    ),
    pytest.param(
        _multipart(*[(HEAD.format("a"), b"1")] * 101),
        "multipart/form-data; boundary=B",
        f"{MALFORMED}it has more than 100 parts.",
        id="too-many",
    ),
    pytest.param(
        _multipart((HEAD.format("a"), b"\xff")),
        "multipart/form-data; boundary=B",
        "The field 'a' is not UTF-8 text.",
        id="not-text",
    ),
    pytest.param(
        _multipart((HEAD.format("a"), b"1" * 1_048_577)),
        "multipart/form-data; boundary=B",
        f"{MALFORMED}a field is too long.",
        id="long-field",
    ),
    pytest.param(b"{", "application/json", None, id="json-cut-off"),
    pytest.param(b"[1]", "application/json; charset=utf-8", "The body must be a JSON object.", id="json-list"),
    pytest.param(
        b"[" * 100_000, "application/json", "The body is not valid JSON: it is nested too deeply.", id="json-too-deep"
    ),
    pytest.param(
        b'{"a": ' + b"9" * 5000 + b"}",
        "application/json",
        "The body is not valid JSON: a number has too many digits.",
        id="json-digits",
    ),
    pytest.param(b'{"a": "\xff"}', "application/json", None, id="json-not-text"),
    pytest.param(b"\xff", "application/x-www-form-urlencoded", "The body is not UTF-8 text.", id="form-not-text"),
]


@pytest.mark.parametrize(("body", "content_type", "message"), BAD)
def test_a_bad_body_is_a_400(body: bytes, content_type: str, message: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        _read(_environ(body, content_type), 2_000_000)
    assert caught.value.status == 400
    assert str(caught.value).startswith(message or "The body is not valid JSON: ")


def test_a_body_that_ends_early_is_noticed() -> None:
    environ = _environ(b"{}", "application/json") | {"CONTENT_LENGTH": "10"}
    with pytest.raises(ApiError, match=r"The body ended after 2 of 10 bytes\."):
        _read(environ, 100)


def test_a_length_that_is_none_is_refused() -> None:
    environ = _environ(b"", "application/json") | {"CONTENT_LENGTH": "+1"}
    with pytest.raises(ApiError, match=r"Content-Length is not a number"):
        _read(environ, 100)


def test_what_is_kept_of_a_file_is_its_beginning_its_end_and_a_checksum() -> None:
    data = random.Random(1).randbytes(300_000)
    kept = Upload("x", "y", data[:32], data[-65536:], 300_000, zlib.crc32(data))
    for size in (1, 31, 70_000, 300_000):
        assert digest("x", "y", [data[at : at + size] for at in range(0, len(data), size)]) == kept


@pytest.mark.parametrize("size", [1_048_000, 1_049_000, 5_000_000])
def test_a_large_body_is_read_like_a_small_one(size: int) -> None:
    text = "ä" * (size // 2)
    form = _read(_environ(json.dumps({"a": text}).encode(), "application/json", 50_000), 20_000_000)
    assert form == Form({"a": text}, {})
