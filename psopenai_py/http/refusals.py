"""Errors for a response: one with an error status, or one whose body is not what was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import errors, psjson
from ..redaction import shown_url
from .response import EXCERPT, Response, error_body

#: Characters of a response that an error carries along for programs.
_BODY = 4096
_ID = r"(?:(?:task|video|job|generation)?_?id|uuid|(request_?id))"
#: An id in what could not be read: a member in quotation marks of any kind, also within a text, or an element.
_NAMED_ID = re.compile(
    rf"""(\\?["']){_ID}\1\s*:\s*(?:\\?["']((?:[!#-&(-\[\]-~]|\\/){{1,200}})\\?["']|([0-9]{{1,40}})(?![\w.]))"""
    rf"|<{_ID}>\s*([!-;=-~]{{1,200}})\s*</",
    re.IGNORECASE,
)
#: The code of an error that is quoted in a message.
_QUOTED_CODE = re.compile(r'\\?"code\\?"\s*:\s*\\?"(\w+)\\?"')

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
    response: Response,
    service: str,
    action: str,
    meant: type[errors.APIRequestError] | None = None,
    *,
    creates: bool = False,
) -> errors.APIRequestError:
    """The error for a response with an error status.

    Args:
        service: what messages call the server.
        action: what to do next, where it is known.
        meant: the kind of error, where the status does not tell it.
        creates: the request was to create a job: one that the response names may exist all the same.
    """
    body = error_body(response)
    message = _message(response, body)[:_BODY]
    if creates and (named := _named(response, message)):
        message = f"{message.rstrip('.')}.{named}"
    code = body.get("code")
    return (meant or _kind(response.status, body))(
        f"{service} API returned an {response.status} ({response.reason}) Error: {message}",
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


def _kind(status: int, body: Mapping[str, Any]) -> type[errors.APIRequestError]:
    """The kind of error by its status and code, also where a gateway quotes the refusal of the server behind it."""
    quoted = _QUOTED_CODE.findall(str(body.get("message"))[:_BODY])
    codes = [str(body.get("code")), *quoted]
    if status == 400 and "content_filter" in codes:
        return errors.ContentFilteredError
    if status == 429 and any("quota" in code.lower() for code in codes):
        return errors.QuotaLimitExceededError
    return _BY_STATUS.get(status, errors.APIRequestError)


def unusable(
    response: Response,
    what: str,
    why: str,
    *,
    command: str,
    action: str,
    error_id: str | None = None,
    refused: bool = False,
    unfinished: bool = False,
) -> errors.AnswerError:
    """The error for a successful response that does not hold what was asked for.

    Args:
        what: what was asked for, such as "a job".
        command: the cmdlet in whose name it is reported.
        refused: the server says no in a form of its own.
        unfinished: a server may answer so as long as what was asked for is not there yet.
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
        unfinished=unfinished,
    )


def broken_off(response: Response, error: errors.ConnectionFailedError) -> errors.ConnectionFailedError:
    """The same error, with what had come: it may hold an id."""
    came = shown(response)
    return errors.ConnectionFailedError(f"{error.message} {came}", sent=True, received=came)


def shown(response: Response) -> str:
    """Status, type and beginning of a response, on one line."""
    began = response.beginning
    kind = response.media_type or "no content type"
    known = _named(response, began) + _placed(response) if response.status < 400 else ""
    return f"Status {response.status}, {kind}.{known}" + (f" It begins: {began}" if began else "")


def _placed(response: Response) -> str:
    """A sentence about where the server says that what was asked for is, which may hold an id; empty for none."""
    place = response.headers.get("location")
    return f" Its Location is '{shown_url(place)[:EXCERPT]}'." if place and response.status < 300 else ""


def _named(response: Response, beside: str) -> str:
    """A sentence about the id that a response names; empty if there is none, or if it stands in the text beside it.

    That of the request is taken where nothing else is named, and not from a refusal.
    """
    found = [(one[2] or one[5], one[3] or one[4] or one[6]) for one in _NAMED_ID.finditer(response.text)]
    own = [name for of_request, name in found if not of_request]
    own += [name for of_request, name in found if of_request and response.status < 400]
    own = [name.replace("\\/", "/") for name in own]
    return f" It names the id {own[0]}." if own and own[0] not in beside else ""


def _message(response: Response, body: Mapping[str, Any]) -> str:
    message = body.get("message")
    if message:
        return message if isinstance(message, str) else psjson.dumps(message, compress=True)
    return response.beginning or "the answer says nothing about the reason"
