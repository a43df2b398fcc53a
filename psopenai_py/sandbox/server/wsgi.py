"""A request as WSGI describes it (PEP 3333)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes, urlsplit

import h11

from .transport import Transport

__all__ = ["environ_of"]


def environ_of(request: h11.Request, transport: Transport) -> dict[str, object]:
    """Return the variables of a request, all but its body; raises h11.RemoteProtocolError."""
    _check(request)
    path, query = _path_and_query(request.target.decode("ascii"))
    return {
        **_header_variables(request.headers),
        "REQUEST_METHOD": request.method.decode("ascii"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": f"HTTP/{request.http_version.decode('ascii')}",
        "SERVER_NAME": transport.local[0],
        "SERVER_PORT": str(transport.local[1]),
        "REMOTE_ADDR": transport.peer[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input_terminated": True,  # reading stops by itself where the body ends
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _check(request: h11.Request) -> None:
    """Refuse what h11 lets pass."""
    if request.http_version not in (b"1.0", b"1.1"):
        raise h11.RemoteProtocolError("its version is neither HTTP/1.1 nor HTTP/1.0")
    names = {name for name, _ in request.headers}
    if {b"content-length", b"transfer-encoding"} <= names:  # RFC 9112, section 6.3: this may be an attempt at smuggling
        raise h11.RemoteProtocolError("it has both Content-Length and Transfer-Encoding")


def _path_and_query(target: str) -> tuple[str, str]:
    if not target.startswith("/"):  # the absolute form, which servers have to accept
        try:
            parts = urlsplit(target)
        except ValueError:
            raise h11.RemoteProtocolError("its address cannot be read") from None
        return parts.path or "/", parts.query
    path, _, query = target.partition("?")
    return path, query


def _header_variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        if "_" in name:
            continue  # would be taken for the field with dashes
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        variables[key] = f"{variables[key]}, {value}" if key in variables else value
    return variables
