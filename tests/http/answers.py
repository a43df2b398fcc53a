"""Answers over raw sockets, as no server gives them of its own accord, and what is said of them."""

from __future__ import annotations

import itertools

from tests.http.sockets import Talk

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


DIGITS = b"9" * 5000
