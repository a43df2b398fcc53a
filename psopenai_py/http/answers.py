"""What came back: text, JSON, a job, or an error in one of the many forms that servers have."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import errors, psjson
from ..settings import RETIRED_HOST, Settings

#: Characters of an answer that an error shows.
EXCERPT = 300
#: Characters of an answer that an error carries along for programs.
_BODY = 4096
#: An id in what could not be read as a job.
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


class Response(NamedTuple):
    """An answer with its body. Header names are in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def request_id(self) -> str | None:
        """The id under which the server logs the request."""
        return self.headers.get("x-request-id")

    @property
    def media_type(self) -> str:
        """Content type without its parameters, in lower case; empty when the server named none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, with a mark for each byte that cannot be decoded."""
        return self.decode("replace")

    @property
    def charset(self) -> str:
        """The charset the server named, if it is one that can be read; else UTF-8."""
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", self.headers.get("content-type", ""), re.ASCII | re.I)
        try:
            name = codecs.lookup(match[1]).name if match else "utf-8"
            b"".decode(name)
        except (LookupError, ValueError):
            return "utf-8"
        # Among Python's codecs are some that no server means, such as punycode.
        return name if re.match("utf|iso8859|latin|ascii|cp|gb|big5|euc|shift|koi8|mac", name) else "utf-8"

    def decode(self, errors: str = "strict") -> str:
        """The body in its charset. Raises UnicodeDecodeError when strict."""
        return self.body.decode(self.charset, errors)

    @property
    def summary(self) -> str:
        """Status, time, type and request id, on one line."""
        facts = [f"{self.status} {self.reason} after {self.seconds * 1000:.0f} ms"]
        if "openai-processing-ms" in self.headers:
            facts.append(f"processing {self.headers['openai-processing-ms']} ms")
        facts.append(self.media_type or "no content type")
        facts.append(f"request id {self.request_id or 'none'}")
        return ", ".join(facts)


def reason(status: int, given: str) -> str:
    """The reason phrase the server gave, else the usual one of the status."""
    from http import HTTPStatus

    try:
        return given or HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def job(answer: Response, cmdlet: str) -> dict[str, Any]:
    """The job that a successful answer holds, with its times as local dates.

    Raises AnswerError for everything that is no JSON object, with what came instead.
    """
    return psjson.job_with_local_times(_object(answer, cmdlet))


def created_job(answer: Response, cmdlet: str) -> dict[str, Any]:
    """The job that was created, with its id first; servers have other names for it.

    Raises AnswerError for what holds no id, with the server's own words: a refusal may come with status 200.
    """
    found = job(answer, cmdlet)
    if _is_id(found.get("id")):
        return found
    identifier = _other_id(found)
    if identifier is None:
        message = _error_body(answer).get("message")
        why = f"it says: {_excerpt(message)}" if isinstance(message, str) and message else "it has no id"
        raise not_a_job(answer, cmdlet, why.rstrip("."))
    return {"id": str(identifier)} | {name: value for name, value in found.items() if name != "id"}


def _other_id(found: Mapping[str, Any]) -> Any:
    """The id under another name; None if there is none."""
    data = found.get("data")
    inner = (data.get("id"), data.get("task_id")) if isinstance(data, dict) else ()
    names = (found.get(name) for name in ("task_id", "video_id", "request_id"))
    return next(filter(_is_id, (*inner, *names)), None)


def _is_id(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, int) and not isinstance(value, bool)


class Page(NamedTuple):
    """A page of a list: its jobs, whether the server says there are more, and where the next page begins."""

    jobs: list[dict[str, Any]]
    has_more: bool = False
    last_id: str = ""


def page(answer: Response, cmdlet: str) -> Page:
    """The page that a successful answer holds. An object that is no list counts as one job."""
    value = _object(answer, cmdlet)
    data = value.get("data")
    if value.get("object") != "list" or not isinstance(data, list):
        return Page([psjson.job_with_local_times(value)])
    jobs = [psjson.job_with_local_times(job) for job in data if isinstance(job, dict)]
    last = value.get("last_id")
    return Page(jobs, value.get("has_more") is True, last if isinstance(last, str) else "")


def _object(answer: Response, cmdlet: str) -> dict[str, Any]:
    if 300 <= answer.status < 400:
        raise not_a_job(answer, cmdlet, _redirection(answer))
    try:
        value = psjson.loads(answer.decode())
    except UnicodeDecodeError:
        raise not_a_job(answer, cmdlet, f"it is not valid {answer.charset.upper()}") from None
    except psjson.JsonError as error:
        # Where it goes wrong is of interest only for what was meant as JSON.
        meant = answer.text.lstrip()[:1] in ("{", "[")
        why = str(error).rstrip(".") if meant else "it is not JSON"
        raise not_a_job(answer, cmdlet, why, error.error_id) from None
    if not answer.body.strip():
        raise not_a_job(answer, cmdlet, "it is empty")
    if not isinstance(value, dict):
        raise not_a_job(answer, cmdlet, f"it is {_described(value)}, not an object")
    return value


def _redirection(answer: Response) -> str:
    place = answer.headers.get("location")
    if not place:
        return f"its status is {answer.status} ({answer.reason})"
    return f"it redirects to '{place[:EXCERPT]}', and the request is not repeated elsewhere"


def failure_warning(job: Mapping[str, Any]) -> str | None:
    """The warning about a job that failed or carries an error, in the reference's form."""
    error = job.get("error")
    if error is None and job.get("status") != "failed":
        return None
    text = f'The status of job with id "{job.get("id", "")}" is "{job.get("status", "")}".'
    if job.get("failure_reason"):
        return f'{text} Reason: "{job["failure_reason"]}"'
    known: Mapping[str, Any] = error if isinstance(error, dict) else {"message": error}
    return f'{text} Error: "{known.get("message") or ""}" ({known.get("code") or ""})'


def error(answer: Response, settings: Settings) -> errors.APIRequestError:
    """The error for an answer with an error status."""
    body = _error_body(answer)
    code = body.get("code")
    kind = _BY_STATUS.get(answer.status, errors.APIRequestError)
    if answer.status == 400 and code == "content_filter":
        kind = errors.ContentFilteredError
    if answer.status == 429 and "quota" in str(code).lower():
        kind = errors.QuotaLimitExceededError
    return kind(
        f"{settings.service} API returned an {answer.status} ({answer.reason}) Error: "
        + _message(answer, body)[:_BODY],
        status=answer.status,
        request_id=answer.request_id,
        body=answer.text[:_BODY],
        code=code,
        type=body.get("type"),
        param=body.get("param"),
        headers=answer.headers,
        text=answer.text,
        action=_advice(answer, settings),
    )


def not_a_job(answer: Response, cmdlet: str, why: str, error_id: str | None = None) -> errors.AnswerError:
    """The error for a successful answer that does not hold what was asked for."""
    return errors.AnswerError(
        f"The server's answer is not a job: {why}. {_shown(answer)}",
        error_id=error_id,
        command=cmdlet,
        status=answer.status,
        request_id=answer.request_id,
        body=answer.text[:_BODY],
        action="The request was received, so a job may exist. Check that -ApiBase is the address of the API itself.",
    )


def too_large(answer: Response, limit: int) -> errors.AnswerError:
    """The error for an answer that is longer than any job could be; `answer` holds its beginning."""
    head = answer._replace(body=answer.body[: 4 * _BODY])
    return not_a_job(head, "Invoke-OpenAIAPIRequest", f"it is larger than {limit // 2**20} MB")


def broken_off(answer: Response, error: errors.ConnectionFailedError) -> errors.ConnectionFailedError:
    """The same error, with what had come: it may hold the id of a job."""
    return errors.ConnectionFailedError(f"{error.message} {_shown(answer)}", sent=True)


def _shown(answer: Response) -> str:
    """Status, type and beginning of an answer, on one line."""
    began = _excerpt(answer.text)
    kind = answer.media_type or "no content type"
    named = _NAMED_ID.search(answer.text) if answer.status < 400 else None
    known = f" It names the id {named[1]}." if named and named[1] not in began else ""
    return f"Status {answer.status}, {kind}.{known}" + (f" It begins: {began}" if began else "")


def _excerpt(text: str) -> str:
    """The beginning of a text without line ends and other control characters."""
    line = " ".join(text[:EXCERPT].split())
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "\N{REPLACEMENT CHARACTER}", line)


def not_content(answer: Response, head: bytes, why: str) -> errors.AnswerError:
    """The error for a download that is not what was asked for; `head` are its first bytes."""
    return errors.AnswerError(
        f"The server's answer is not the content: {why}. Status {answer.status}, "
        f"{answer.media_type or 'no content type'}. It begins: {head.decode('utf-8', 'replace').strip()}",
        command="Get-VideoContent",
        status=answer.status,
        request_id=answer.request_id,
        body=head.decode("utf-8", "replace"),
    )


def _described(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _error_body(answer: Response) -> dict[str, Any]:
    """The members of the server's error object, whatever shape it has; empty if it has none."""
    try:
        value = psjson.loads(answer.text, dates=False)
    except psjson.JsonError:
        return {}
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # as Google's layer wraps it
    if not isinstance(value, dict):
        return {}
    found = next((value[name] for name in ("error", "detail") if value.get(name)), value)
    if isinstance(found, dict):
        return found
    return {"message": found if isinstance(found, str) else psjson.dumps(found, compress=True)}


def _message(answer: Response, body: Mapping[str, Any]) -> str:
    message = body.get("message")
    if message:
        return message if isinstance(message, str) else psjson.dumps(message, compress=True)
    return _excerpt(answer.text) or "the answer says nothing about the reason"


def _advice(answer: Response, settings: Settings) -> str:
    """What to do next, where we know it."""
    if answer.status in (401, 403):
        return "Get-OpenAIKey shows which key is used and where it comes from."
    if answer.status in (404, 410) and settings.host == RETIRED_HOST:
        return (
            f"{RETIRED_HOST} ended its video service on 24 September 2026. Point -ApiBase or OPENAI_API_BASE "
            "at a server that offers /v1/videos (vLLM-Omni, SGLang, LiteLLM), or try -ApiBase sandbox:"
        )
    if answer.status == 429 or answer.status >= 500:
        return "" if settings.max_retries else "-MaxRetryCount repeats such a request; it can leave two jobs."
    return ""
