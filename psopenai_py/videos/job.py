"""What a job is: read from a response, from a page of a list, or from a refusal in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import errors, psjson
from ..http.refusals import unusable
from ..http.response import EXCERPT, Response, error_body, excerpt
from ..streams import Streams

#: What requests for a job say of themselves.
EXPECTED = "a job"
RECEIVED = "The request was received, so a job may exist. Check that -ApiBase is the address of the API itself."
#: What is said when no response came to one that creates a job.
SENT = "The request had been sent, so a job may have been created; look for it before you send it again."


def job(response: Response, cmdlet: str) -> dict[str, Any]:
    """The job that a successful answer holds, with its times as local dates.

    Raises AnswerError for everything that is no JSON object, with what came instead.
    """
    return psjson.job_with_local_times(document(response, cmdlet))


def created_job(response: Response, cmdlet: str) -> dict[str, Any]:
    """The job that was created, with its id first; servers have other names for it.

    Raises AnswerError for what holds no id, with the server's own words: a refusal may come with status 200.
    """
    return identified(job(response, cmdlet), response, cmdlet)


def identified(found: dict[str, Any], response: Response, cmdlet: str) -> dict[str, Any]:
    """The same for an answer that was read before."""
    if _is_id(found.get("id")):
        return found
    identifier = _other_id(found)
    if identifier is None:
        message = error_body(response).get("message")
        why = f"it says: {excerpt(message)}" if isinstance(message, str) and message else "it has no id"
        raise _not_a_job(response, cmdlet, why.rstrip("."))
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


def page(response: Response, cmdlet: str) -> Page:
    """The page that a successful answer holds. An object that is no list counts as one job."""
    value = document(response, cmdlet)
    data = value.get("data")
    if value.get("object") != "list" or not isinstance(data, list):
        return Page([psjson.job_with_local_times(value)])
    jobs = [psjson.job_with_local_times(job) for job in data if isinstance(job, dict)]
    last = value.get("last_id")
    return Page(jobs, value.get("has_more") is True, last if isinstance(last, str) else "")


def document(response: Response, cmdlet: str) -> dict[str, Any]:
    """The JSON object that a successful answer holds. Raises AnswerError for everything else."""
    if 300 <= response.status < 400:
        raise _not_a_job(response, cmdlet, _redirection(response))
    try:
        value = psjson.loads(response.decode())
    except UnicodeDecodeError:
        raise _not_a_job(response, cmdlet, f"it is not valid {response.charset.upper()}") from None
    except psjson.JsonError as error:
        # Where it goes wrong is of interest only for what was meant as JSON.
        meant = response.text.lstrip()[:1] in ("{", "[")
        why = str(error).rstrip(".") if meant else "it is not JSON"
        raise _not_a_job(response, cmdlet, why, error.error_id) from None
    if not response.body.strip():
        raise _not_a_job(response, cmdlet, "it is empty")
    if not isinstance(value, dict):
        raise _not_a_job(response, cmdlet, f"it is {_described(value)}, not an object")
    return value


def _redirection(response: Response) -> str:
    place = response.headers.get("location")
    if not place:
        return f"its status is {response.status} ({response.reason})"
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


def write_job(streams: Streams, job: Mapping[str, Any]) -> None:
    """Write a job to the output, and what is to be said about it to the other streams."""
    streams.output(job)
    streams.verbose(f"Job {job.get('id')} is {job.get('status')}.")
    warn_of_failure(streams, job)


def warn_of_failure(streams: Streams, job: Mapping[str, Any]) -> None:
    """Warn about a job that failed or carries an error."""
    warning = failure_warning(job)
    if warning:
        streams.warning(warning)


def _not_a_job(response: Response, cmdlet: str, why: str, error_id: str | None = None) -> errors.AnswerError:
    return unusable(response, EXPECTED, why, command=cmdlet, action=RECEIVED, error_id=error_id)


def _described(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
