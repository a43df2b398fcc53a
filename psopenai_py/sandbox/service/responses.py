"""What an operation hands back: an answer, or an ApiError that becomes one.

Knows the shape of the API's errors; knows no routes and no WSGI. (Records are named tuples in the modules that
every sandbox call loads: a frozen dataclass takes several times as long to make.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

__all__ = ["ApiError", "Response", "json_response", "not_found"]


class Response(NamedTuple):
    """One HTTP answer; the body's length is always known."""

    status: int
    headers: dict[str, str]
    body: Iterable[bytes]
    length: int

    def cut_short(self) -> Response:
        """Return the same answer with a body that breaks off half-way, as a lost connection does."""
        return Response(self.status, self.headers, _half(self.body, self.length // 2), self.length)


def _half(body: Iterable[bytes], length: int) -> Iterator[bytes]:
    for chunk in body:
        if len(chunk) >= length:
            yield chunk[:length]
            break
        length -= len(chunk)
        yield chunk
    raise ConnectionError("The sandbox dropped the connection in mid-body, as [drop] asks for.")


class ApiError(Exception):
    """An error answer: status, and the four fields of the API's error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        type: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.type = type
        self.headers = headers

    def response(self) -> Response:
        """Return the error as the API writes it."""
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return json_response({"error": error}, status=self.status, headers=self.headers)


def json_response(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as a JSON response."""
    body = json.dumps(value, indent=2).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, (body,), len(body))


def not_found(video_id: str) -> ApiError:
    """Return the error for an id that no job has."""
    # The id comes from a client and may be of any length.
    message = f"There is no video with the id '{video_id[:80]}'."
    return ApiError(404, message, param="video_id", code="not_found")
