"""Errors that the server or the way to it brings: no answer, an error status, an answer that is of no use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .local import PSOpenAIError

if TYPE_CHECKING:
    from typing import Required, Unpack

    from .local import Facts

    class AnswerFacts(Facts, total=False):
        """The same, with what errors know that come with an answer."""

        status: Required[int]
        request_id: str | None
        body: str


#: The function of the reference that raises what happens on the wire; it is part of the ids scripts look at.
INVOKE = "Invoke-OpenAIAPIRequest"


class ConnectionFailedError(PSOpenAIError):
    """No answer came: unknown name, refused or dropped connection, failed TLS handshake.

    `sent` is true when the server may have received the request, so that a job may exist. `received` describes what
    came of a response before it broke off.
    """

    error_id = "PSOpenAI.APIRequest.HttpRequestException"
    command = INVOKE
    category = "InvalidOperation"

    def __init__(self, message: str, *, sent: bool = False, received: str = "", **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.sent = sent
        self.received = received


class RequestTimeoutError(ConnectionFailedError):
    """No answer came within -TimeoutSec."""

    error_id = "ConnectionTimeoutReached"
    category = "OperationTimeout"
    reason = "TaskCanceledException"


class JobFailedError(PSOpenAIError):
    """A job ended as failed, cancelled or expired, so there is no video. `job` is how it ended."""

    error_id = "Microsoft.PowerShell.Commands.WriteErrorException"

    def __init__(self, message: str, *, job: dict[str, Any] | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.job = job


class PendingError(PSOpenAIError):
    """A job was not over when -TimeoutSec had passed. It goes on; `job` is how it was last seen, if it was."""

    error_id = "PSOpenAI.APIRequest.TimeoutException"
    command = "Write-TimeoutError"
    category = "OperationTimeout"
    exit_code = 8

    def __init__(self, message: str, *, job: dict[str, Any] | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.job = job


class _AnsweredError(PSOpenAIError):
    """What errors know that come with an answer."""

    def __init__(
        self, message: str, *, status: int, request_id: str | None = None, body: str = "", **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.status = status
        self.request_id = request_id
        self.body = body

    def record(self) -> dict[str, Any]:
        return super().record() | {"status": self.status, "request_id": self.request_id, "body": self.body}


class AnswerError(_AnsweredError):
    """The server answered with success, but not with what was asked for: HTML, no JSON, a list, a redirect.

    `refused` is true where it says no in a form of its own, so that nothing was created; `unfinished` where a server
    may say so of content that is not there yet.
    """

    error_id = "System.ArgumentException"

    def __init__(
        self, message: str, *, refused: bool = False, unfinished: bool = False, **facts: Unpack[AnswerFacts]
    ) -> None:
        super().__init__(message, **facts)
        self.refused = refused
        self.unfinished = unfinished


class APIRequestError(_AnsweredError):
    """The server answered with an error status.

    Attributes: status, request_id, body (the text of the answer, cut), and the server's own code, type and
    param where it names them; headers and text are those of the whole answer.
    """

    error_id = "PSOpenAI.APIRequest.APIRequestException"
    command = INVOKE
    category = "InvalidOperation"

    def __init__(
        self,
        message: str,
        *,
        code: Any = None,
        type: Any = None,
        param: Any = None,
        headers: Mapping[str, str] | None = None,
        text: str = "",
        **facts: Unpack[AnswerFacts],
    ) -> None:
        super().__init__(message, **facts)
        self.headers = headers or {}
        self.text = text
        self.code = code
        self.type = type
        self.param = param

    def record(self) -> dict[str, Any]:
        return super().record() | {"code": self.code, "type": self.type, "param": self.param}


class BadRequestError(APIRequestError):
    """400: the server does not accept the request."""

    error_id = "PSOpenAI.APIRequest.BadRequestException"


class ContentFilteredError(BadRequestError):
    """400 with the code content_filter: the prompt or the picture was refused."""

    error_id = "PSOpenAI.APIRequest.ContentFilteredException"


class UnauthorizedError(APIRequestError):
    """401: the key is missing or wrong."""

    error_id = "PSOpenAI.APIRequest.UnauthorizedException"
    exit_code = 4


class PermissionDeniedError(APIRequestError):
    """403: the key may not do this."""

    error_id = "PSOpenAI.APIRequest.PermissionDeniedException"
    exit_code = 4


class NotFoundError(APIRequestError):
    """404: no such job, or no such service at this address."""

    error_id = "PSOpenAI.APIRequest.NotFoundException"


class ConflictError(APIRequestError):
    """409: the job is in a state that does not allow this."""

    error_id = "PSOpenAI.APIRequest.ConflictException"


class UnprocessableEntityError(APIRequestError):
    """422: the server understood the request but not its values."""

    error_id = "PSOpenAI.APIRequest.UnprocessableEntityException"


class RateLimitExceededError(APIRequestError):
    """429: too many requests."""

    error_id = "PSOpenAI.APIRequest.RateLimitExceededException"


class QuotaLimitExceededError(RateLimitExceededError):
    """429 with a quota code: waiting does not help."""

    error_id = "PSOpenAI.APIRequest.QuotaLimitExceededException"
