"""Request bodies: multipart, urlencoded and JSON, read from a stream within limits.

Turns bytes into fields and files; knows nothing of what the fields mean.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from .responses import ApiError

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["Form", "Upload", "digest", "read_form"]

_CHUNK = 64 * 1024
_KEPT = 32  # bytes of a file's start: its signature and sizes
_LARGE = 1024 * 1024  # bytes of a body that are kept in memory, and of a field in a multipart one
_HEADER_LIMIT = 16 * 1024
_PART_LIMIT = 100
_PARAMETER = re.compile(r';\s*([\w*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')

_turn = threading.Lock()  # to have a large body in memory

Read = Callable[[int], bytes]
T = TypeVar("T")


class Upload(NamedTuple):
    """One file of a form: what tells a picture from other files. The whole would be too much to keep."""

    filename: str
    content_type: str
    start: bytes
    end: bytes
    size: int
    checksum: int


class Form(NamedTuple):
    """The fields of a body: text, or whatever JSON holds; and its files."""

    fields: dict[str, Any]
    files: dict[str, Upload]


def read_form(environ: Mapping[str, Any], limit: int, use: Callable[[Form], T]) -> T:
    """Return what `use` makes of a request's body of at most `limit` bytes.

    A bad body is an ApiError 400, 413 or 415. A form is not handed out: it may be large, and must not be kept while
    others come.
    """
    read = _reader(environ, limit)
    header = str(environ.get("CONTENT_TYPE") or "")
    kind = header.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return use(_multipart(read, _boundary(header)))
    body = bytearray()
    while chunk := read(_CHUNK):
        body += chunk
        if len(body) > _LARGE:
            return _read_large(read, body, lambda body: use(_simple_form(kind, body)))
    return use(_simple_form(kind, bytes(body)))


def _read_large(read: Read, body: bytearray, use: Callable[[bytes], T]) -> T:
    """Collect a large body in a file, and use it when it is its turn."""
    from tempfile import TemporaryFile

    with TemporaryFile() as file:
        file.write(body)
        body.clear()
        while chunk := read(_CHUNK):
            file.write(chunk)
        file.seek(0)
        with _turn:
            return _large_thread().submit(lambda: use(file.read())).result()


@cache
def _large_thread() -> ThreadPoolExecutor:
    """Return one thread for all large bodies: the C library keeps what threads have freed, for each thread apart."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1, "sandbox large bodies")


def digest(filename: str, content_type: str, chunks: Iterable[bytes]) -> Upload:
    """Return what is kept of a file that comes in chunks."""
    start = end = b""
    size = checksum = 0
    for chunk in chunks:
        start += chunk[: _KEPT - len(start)]
        end = (end + chunk)[-_CHUNK:]
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
    return Upload(filename, content_type, start, end, size, checksum)


def _simple_form(kind: str, body: bytes) -> Form:
    if kind == "application/json":
        return Form(_json_object(body), {})
    if kind == "application/x-www-form-urlencoded":
        return Form(dict(parse_qsl(_text(body, None), keep_blank_values=True)), {})
    if not body:
        return Form({}, {})
    raise ApiError(
        415, f"The content type {kind[:80]!r} is not supported; send multipart/form-data or application/json."
    )


def _reader(environ: Mapping[str, Any], limit: int) -> Read:
    """Return a read function for the body that ends where the body ends and refuses more than `limit`."""
    declared = str(environ.get("CONTENT_LENGTH") or "")
    chunked = "HTTP_TRANSFER_ENCODING" in environ or bool(environ.get("wsgi.input_terminated"))
    if declared and not (declared.isascii() and declared.isdigit()):
        raise ApiError(400, "The header Content-Length is not a number.")
    length = int(declared) if declared else None
    if length is None and not chunked:
        length = 0
    if length is not None and length > limit:
        raise _too_large(limit)
    source: Read = environ["wsgi.input"].read
    seen = 0

    def read(size: int) -> bytes:
        nonlocal seen
        data = source(size if length is None else min(size, length - seen))
        seen += len(data)
        if seen > limit:
            raise _too_large(limit)
        if not data and size and length is not None and seen < length:
            raise ApiError(400, f"The body ended after {seen} of {length} bytes.")
        return data

    return read


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"The request body is larger than {limit:,} bytes.", code="request_too_large")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"The body is not valid JSON: {_why(error)}.") from None
    if not isinstance(value, dict):
        raise ApiError(400, "The body must be a JSON object.")
    return {name: item for name, item in value.items() if item is not None}  # null: not given


def _why(error: Exception) -> str:
    """Why it is none; what Python says of its own limits helps nobody."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return (
        str(error) if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else "a number has too many digits"
    )


def _boundary(header: str) -> bytes:
    boundary = _parameters(header).get("boundary", "")
    if not 0 < len(boundary) <= 200 or not boundary.isascii():
        raise _malformed("its header names no usable boundary")
    return boundary.encode()


def _parameters(header: str) -> dict[str, str]:
    found = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        # Browsers and httpx write a quotation mark as %22, older clients as \".
        found[name.lower()] = re.sub(r"\\(.)", r"\1", quoted).replace("%22", '"') if quoted else bare
    return found


def _malformed(why: str) -> ApiError:
    return ApiError(400, f"The multipart body is malformed: {why}.", code="malformed_multipart")


def _multipart(read: Read, boundary: bytes) -> Form:
    body = _Scanner(read, b"\r\n")  # so that the first boundary, too, follows a line end
    delimiter = b"\r\n--" + boundary
    form = Form({}, {})
    body.until(delimiter, _HEADER_LIMIT)
    for number in range(_PART_LIMIT + 1):
        tail = body.until(b"\r\n", _HEADER_LIMIT, or_end=True).strip()
        if tail.startswith(b"--"):
            body.drain()
            return form
        if tail:
            raise _malformed("a boundary is followed by other text")
        if number < _PART_LIMIT:
            _add_part(form, _part_headers(body.until(b"\r\n\r\n", _HEADER_LIMIT)), body, delimiter)
    raise _malformed(f"it has more than {_PART_LIMIT} parts")


def _part_headers(block: bytes) -> dict[str, str]:
    lines = block.decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _add_part(form: Form, headers: dict[str, str], body: _Scanner, delimiter: bytes) -> None:
    disposition = _parameters(headers.get("content-disposition", ""))
    name = disposition.get("name")
    if not name:
        raise _malformed("a part has no name")
    if "filename" in disposition or "filename*" in disposition:
        content_type = headers.get("content-type", "")
        form.files[name] = digest(disposition.get("filename", ""), content_type, body.pieces(delimiter))
    else:
        form.fields[name] = _text(body.until(delimiter, _LARGE, "a field is too long"), name)


def _text(data: bytes, name: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ApiError(400, f"The {'field ' + repr(name) if name else 'body'} is not UTF-8 text.", param=name) from None


class _Scanner:
    """Cuts a stream at delimiters, whatever chunks it comes in."""

    def __init__(self, read: Read, start: bytes) -> None:
        self._read = read
        self._buffer = bytearray(start)

    def until(
        self,
        delimiter: bytes,
        limit: int,
        too_long: str = "a header is too long or the boundary is missing",
        *,
        or_end: bool = False,
    ) -> bytes:
        """Return what comes before `delimiter`, at most `limit` bytes, and step over it."""
        found = bytearray()
        for piece in self.pieces(delimiter, or_end=or_end):
            found += piece
            if len(found) > limit:
                raise _malformed(too_long)
        return bytes(found)

    def pieces(self, delimiter: bytes, *, or_end: bool = False) -> Iterator[bytes]:
        """Yield what comes before `delimiter` in pieces, and step over it."""
        while (at := self._buffer.find(delimiter)) < 0:
            # Its first bytes may be the last that have come so far.
            yield self._take(max(0, len(self._buffer) - len(delimiter) + 1))
            chunk = self._read(_CHUNK)
            if not chunk:
                if or_end:
                    yield self._take(len(self._buffer))
                    return
                raise _malformed("it ends before its last boundary")
            self._buffer += chunk
        yield self._take(at)
        del self._buffer[: len(delimiter)]

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def drain(self) -> None:
        """Read what may follow the last boundary, so that the connection can be used again."""
        while self._read(_CHUNK):
            pass
