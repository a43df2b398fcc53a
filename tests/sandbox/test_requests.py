"""Requests of any form, over loopback: malformed, unusual, in chunks, too large."""

from __future__ import annotations

import socket

import httpx
import pytest

from tests.pipeline.desk import LIMIT
from tests.sandbox.conftest import Serve
from tests.sandbox.raw_requests import GET, POST, talk

MALFORMED = [
    pytest.param(b"hello\r\n\r\n", b"400 Bad Request", b"illegal request line", id="line"),
    pytest.param(b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", b"400 Bad Request", b"its version is neither", id="version"),
    pytest.param(b"GET / HTTP/1.1\r\n\r\n", b"400 Bad Request", b"Missing mandatory Host: header.", id="no-host"),
    pytest.param(GET + b"a b: c\r\n\r\n", b"400 Bad Request", b"illegal header line.", id="field"),
    pytest.param(GET + b"a: b\0\r\n\r\n", b"400 Bad Request", b"illegal header line.", id="nul"),
    pytest.param(GET + b"Authorization: sk-x\0\r\n\r\n", b"400 Bad Request", b"illegal header line.", id="key"),
    pytest.param(
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", b"400 Bad Request", b"its address cannot be read", id="bracket"
    ),
    pytest.param(b"GET http://a]b/ HTTP/1.1\r\nHost: x\r\n\r\n", b"400 Bad Request", b"cannot be read", id="closing"),
    pytest.param(b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", b"400 Bad Request", b"illegal request line", id="not-ascii"),
    pytest.param(GET + b" folded\r\n\r\n", b"400 Bad Request", b"a header field is folded", id="folded"),
    pytest.param(GET + b"x:" + b" " * 100 + b"\r\n\r\n", b"400 Bad Request", b"too many blanks", id="blanks"),
    pytest.param(GET + b"x: " + b"y" * 40_000, b"431 Request Header Fields Too Large", b"larger than", id="too-large"),
    pytest.param(
        GET + b"x: " + b"y" * 40_000 + b"\r\n\r\n",
        b"431 Request Header Fields Too Large",
        b"larger than",
        id="too-large-at-once",
    ),
    pytest.param(
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", b"400 Bad Request", b"both", id="two-lengths"
    ),
    pytest.param(POST + b"Content-Length: 2, 3\r\n\r\n{}", b"400 Bad Request", b"conflicting", id="length-twice"),
    pytest.param(POST + b"Content-Length: -2\r\n\r\n{}", b"400 Bad Request", b"bad Content-Length", id="length"),
    pytest.param(
        POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}", b"400 Bad Request", b"bad Content-Length", id="digits"
    ),
    pytest.param(POST + b"Transfer-Encoding: gzip\r\n\r\n", b"501 Not Implemented", b"chunked", id="coding"),
    pytest.param(
        POST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n", b"400 Bad Request", b"illegal chunk header", id="chunk"
    ),
    pytest.param(
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n",
        b"400 Bad Request",
        b"malformed chunk footer",
        id="chunk-long",
    ),
    pytest.param(
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"9" * 5000 + b"\r\n",
        b"400 Bad Request",
        b"illegal chunk header",
        id="chunk-digits",
    ),
]


@pytest.mark.parametrize(("request_bytes", "status", "text"), MALFORMED)
def test_malformed_request_is_refused_and_connection_closed(
    serve: Serve, request_bytes: bytes, status: bytes, text: bytes
) -> None:
    answer = talk(serve(), request_bytes)
    assert answer.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert text in answer
    assert b"\r\nx-request-id: req_" in answer
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b"sk-x" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\r\n" + GET + b"Connection: close\r\n\r\n", id="empty-line-first"),
        pytest.param(b"GET /v1/videos HTTP/1.0\r\n\r\n", id="version-1.0"),
        pytest.param(b"GET http://x/v1/videos HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", id="absolute"),
        pytest.param(GET + b"Connection: close\r\nContent_Length: 9\r\n\r\n", id="underscore"),
        pytest.param(GET + b"Connection: close\r\nx: " + b"a " * 15_000 + b"\r\n\r\n", id="long-field"),
        pytest.param(GET + b"Connection: close, upgrade\r\nUpgrade: h2c\r\n\r\n", id="upgrade"),
        pytest.param(GET + b"Connection: close\r\nContent-Length: 2, 2\r\n\r\n{}", id="same-length-twice"),
    ],
)
def test_unusual_requests_are_served(serve: Serve, request_bytes: bytes) -> None:
    assert talk(serve(), request_bytes).startswith(b"HTTP/1.1 200 OK\r\n")


def test_two_requests_in_one_go_are_answered_in_order(serve: Serve) -> None:
    answer = talk(serve(), GET + b"\r\nGET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.index(b"HTTP/1.1 200 OK") < answer.index(b"HTTP/1.1 404 Not Found")


def test_a_body_in_chunks_is_read(serve: Serve) -> None:
    chunks = b'9;x=y\r\n{"prompt"\r\nB\r\n: "chunks"}\r\n0\r\nTrailer: x\r\n\r\n'
    answer = talk(serve(), POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"prompt": "chunks"' in answer


def test_a_body_is_called_for_before_it_is_sent(serve: Serve) -> None:
    server = serve(upload_limit=100)
    with socket.create_connection((server.host, server.port), timeout=LIMIT) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 15\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"prompt": "x"}')
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 101\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_too_large_an_upload_is_refused_while_it_comes(serve: Serve) -> None:
    picture = {"input_reference": ("x.png", b"\0" * 5_000_000, "image/png")}
    address = f"{serve(upload_limit=1_000_000).url}/videos"
    answer = httpx.post(address, data={"prompt": "x"}, files=picture, trust_env=False, timeout=LIMIT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
