"""Errors for a response: one with an error status, or one whose body is not what was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import errors, psjson
from .response import Response, error_body

#: Characters of a response that an error carries along for programs.
_BODY = 4096
#: An id in what could not be read.
_NAMED_ID = re.compile(r'"(?:id|task_id|video_id|request_id)"\s*:\s*"([!#-\[\]-~]{1,200})"', re.IGNORECASE)

_BY_STATUS: dict[int, type[errors.APIRequestError]] = {
    400: errors.BadRequestError,
    401: errors.UnauthorizedError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitExceededError,
}


def status_error(
    response: Response, service: str, action: str, meant: type[errors.APIRequestError] | None = None
) -> errors.APIRequestError:
    """The error for a response with an error status.

    Args:
        service: what messages call the server.
        action: what to do next, where it is known.
        meant: the kind of error, where the status does not tell it.
    """
    body = error_body(response)
    code = body.get("code")
    kind = _BY_STATUS.get(response.status, errors.APIRequestError)
    if response.status == 400 and code == "content_filter":
        kind = errors.ContentFilteredError
    if response.status == 429 and "quota" in str(code).lower():
        kind = errors.QuotaLimitExceededError
    return (meant or kind)(
        f"{service} API returned an {response.status} ({response.reason}) Error: " + _message(response, body)[:_BODY],
        status=response.status,
        request_id=response.request_id,
        body=response.start(_BODY),
        code=code,
        type=body.get("type"),
        param=body.get("param"),
        headers=response.headers,
        text=response.text,
        action=action,
    )


def unusable(
    response: Response,
    what: str,
    why: str,
    *,
    command: str,
    action: str,
    error_id: str | None = None,
    refused: bool = False,
) -> errors.AnswerError:
    """The error for a successful response that does not hold what was asked for.

    Args:
        what: what was asked for, such as "a job".
        command: the cmdlet in whose name it is reported.
        refused: the server says no in a form of its own.
    """
    return errors.AnswerError(
        f"The server's answer is not {what}: {why}. {shown(response)}",
        error_id=error_id,
        command=command,
        status=response.status,
        request_id=response.request_id,
        body=response.start(_BODY),
        action=action,
        refused=refused,
    )


def broken_off(response: Response, error: errors.ConnectionFailedError) -> errors.ConnectionFailedError:
    """The same error, with what had come: it may hold an id."""
    came = shown(response)
    return errors.ConnectionFailedError(f"{error.message} {came}", sent=True, received=came)


def shown(response: Response) -> str:
    """Status, type and beginning of a response, on one line."""
    began = response.beginning
    kind = response.media_type or "no content type"
    named = _NAMED_ID.search(response.text) if response.status < 400 else None
    known = f" It names the id {named[1]}." if named and named[1] not in began else ""
    return f"Status {response.status}, {kind}.{known}" + (f" It begins: {began}" if began else "")


def _message(response: Response, body: Mapping[str, Any]) -> str:
    message = body.get("message")
    if message:
        return message if isinstance(message, str) else psjson.dumps(message, compress=True)
    return response.beginning or "the answer says nothing about the reason"
