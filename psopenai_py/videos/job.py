"""What a job is: read from a response, from a page of a list, or from a refusal in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from .. import errors, psjson
from ..http.refusals import unusable
from ..http.response import EXCERPT, Response, error_body, excerpt, refused_by_code
from ..redaction import shown_url
from ..streams import Streams
from . import status
from .members import is_id, other_id, spelled

#: What requests for a job say of themselves.
EXPECTED = "a job"
ADDRESS = "Check that -ApiBase is the address of the API itself."
RECEIVED = f"The request was received, so a job may exist. {ADDRESS}"
#: What is said when no response came to one that creates a job.
SENT = "The request had been sent, so a job may have been created; look for it before you send it again."
#: Characters in which the ids of one gateway begin alike, and those of different services do not.
_FAMILY = 10
#: Members by which a job is told from an error that has an id and a status of its own.
_ONLY_OF_JOBS = frozenset(("object", "created_at", "progress", "model", "prompt", "seconds", "size", "completed_at"))
#: Codes beside a message that are no refusal.
_FINE = ("", "0", "200", "201", "202", "ok", "success", "true")


def job(response: Response, cmdlet: str) -> dict[str, Any]:
    """The job that a successful answer holds, with its times as local dates.

    Raises AnswerError for everything that is no JSON object, with what came instead, and for a refusal that comes
    with the status of a success.
    """
    return psjson.job_with_local_times(_out_of_envelope(answered(response, cmdlet)))


def created_job(response: Response, cmdlet: str) -> dict[str, Any]:
    """The job that was created, with its id first; servers have other names for it.

    Raises AnswerError for what holds no id, with the server's own words: a refusal may come with status 200.
    """
    found = psjson.job_with_local_times(answered(response, cmdlet))
    if is_id(found.get("id")):
        return found
    own = {"id": identifier(found, response, cmdlet)}
    return own | {name: value for name, value in found.items() if name != "id"}


def identifier(found: Mapping[str, Any], response: Response, cmdlet: str) -> str:
    """The id of a new job, under whatever name. Raises AnswerError where there is none."""
    known = found["id"] if is_id(found.get("id")) else other_id(found)
    if known is None:
        message = error_body(response).get("message")
        why = f"it says: {excerpt(message)}" if isinstance(message, str) and message else "it has no id"
        raise not_a_job(response, cmdlet, why.rstrip("."))
    return str(known)


def failed_job(text: str, *, quoted: bool = True) -> dict[str, Any] | None:
    """The job that ended, where it is the body of an error status or, if allowed, is quoted in its message.

    Some servers answer so when they are asked for a job that failed.
    """
    value = _json_object(text)
    if value is None:
        return None
    for found in chain([value], _quoted(value) if quoted else ()):
        found = spelled(found)
        if is_id(found.get("id")) and status.is_over(status.word(found)) and not _ONLY_OF_JOBS.isdisjoint(found):
            return psjson.job_with_local_times(found)
    return None


def is_failed_job(response: Response) -> bool:
    """True if a response with an error status holds a job that ended: nothing is gained by asking once more."""
    return failed_job(response.text) is not None


def under_id(job: dict[str, Any], asked: str) -> dict[str, Any]:
    """The job under the id that was asked for: a gateway may answer each question with another one, or with none."""
    own = {"id": asked}
    return job | own if "id" in job else own | job


def under_known_id(job: dict[str, Any], asked: str) -> dict[str, Any]:
    """The same, but only where the job's own id is missing, or is the one that was asked for in other words."""
    told = job.get("id")
    if told is None or told == "":
        return under_id(job, asked) if status.word(job) else job
    alike = isinstance(told, str) and (told in asked or _begin_alike(told, asked))
    return under_id(job, asked) if alike else job


def _begin_alike(told: str, asked: str) -> bool:
    return len(told) >= _FAMILY and told[:_FAMILY] == asked[:_FAMILY]


def answered(response: Response, cmdlet: str) -> dict[str, Any]:
    """The JSON object of a successful answer. Raises AnswerError where there is none, or where it is a refusal."""
    value = read_json(response, cmdlet)
    if not isinstance(value, dict):
        raise not_a_job(response, cmdlet, f"it is {_described(value)}, not an object")
    value = spelled(value)
    if _is_refusal(value):
        # Where any id is told, a job may exist all the same.
        raise not_a_job(response, cmdlet, _told(response), refused=other_id(value) is None)
    return value


def _told(response: Response) -> str:
    """What the error of an answer says, as the reason why it is no job."""
    message = error_body(response).get("message")
    if message is None:
        return "it reports no success"
    says = message if isinstance(message, str) else psjson.dumps(message, compress=True)
    return f"it says: {excerpt(says).rstrip('.')}"


def _is_refusal(value: Mapping[str, Any]) -> bool:
    """True for an error, or a code and a message, where a job would have its id and its status.

    An id beside an error makes no job of it, as long as nothing else of a job is told.
    """
    has_id = is_id(value.get("id"))
    if value.get("status") or (has_id and not _ONLY_OF_JOBS.isdisjoint(value)):
        return False
    if value.get("error") or value.get("success") is False or refused_by_code(value):
        return True
    code = value.get("code")
    told = bool(value.get("message")) and code is not None and str(code).lower() not in _FINE
    # An envelope has the two as well; and beside an id, what a number means is the server's own affair.
    return told and not value.get("data") and not (has_id and not isinstance(code, str))


def _out_of_envelope(value: dict[str, Any]) -> dict[str, Any]:
    """The job itself, where a gateway puts it into an envelope of its own."""
    inner = value.get("data")
    if isinstance(inner, dict) and not (is_id(value.get("id")) or value.get("status")):
        inner = spelled(inner)
        return inner if inner.get("status") or is_id(other_id(value)) else value
    return value


def _quoted(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects inside of an error's members and texts, as gateways quote what they were told."""
    waiting: list[Any] = [value.get(name) for name in ("error", "detail", "message")]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and "{" in part:
            part = _json_object(part[part.index("{") :])
        if isinstance(part, dict):
            yield part
            waiting += [part.get(name) for name in ("error", "detail", "message")]


def _json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; what stands behind its last bracket does not count."""
    try:
        value = psjson.loads(text[: text.rindex("}") + 1])
    except (psjson.JsonError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def read_json(response: Response, cmdlet: str) -> object:
    """The JSON value of a successful answer. Raises AnswerError where there is none."""
    if 300 <= response.status < 400:
        raise not_a_job(response, cmdlet, _redirection(response))
    try:
        value = psjson.loads(response.decode())
    except UnicodeDecodeError:
        raise not_a_job(response, cmdlet, f"it is not valid {response.charset.upper()}") from None
    except psjson.JsonError as error:
        # Where it goes wrong is of interest only for what was meant as JSON.
        meant = response.text.lstrip()[:1] in ("{", "[")
        # What stands there may be a part of an address that is a secret, and that as a part nothing recognizes.
        told = error.bare if "/" in response.text else str(error)
        why = told.rstrip(".") if meant else "it is not JSON"
        raise not_a_job(response, cmdlet, why, error.error_id) from None
    if not response.body.strip():
        raise not_a_job(response, cmdlet, "it is empty")
    return value


def _redirection(response: Response) -> str:
    place = response.headers.get("location")
    if not place:
        return f"its status is {response.status} ({response.reason})"
    return f"it redirects to '{shown_url(place)[:EXCERPT]}', and the request is not repeated elsewhere"


def failure_warning(job: Mapping[str, Any]) -> str | None:
    """The warning about a job that failed or carries an error, in the reference's form.

    Some servers write an empty error beside a job that is well.
    """
    error = job.get("error")
    if not error and status.word(job) not in status.FAILED:
        return None
    text = f'The status of job with id "{status.plain(job.get("id"))}" is "{status.plain(job.get("status"))}".'
    if job.get("failure_reason"):
        return f'{text} Reason: "{status.plain(job["failure_reason"])}"'
    code = status.plain(error.get("code")) if isinstance(error, dict) else ""
    return f'{text} Error: "{_said(error)}"' + (f" ({code})" if code else "")


def _said(error: Any) -> str:
    """What an error says: its message, or else all that it has."""
    if not isinstance(error, dict):
        return status.plain(error) if error else ""
    rest = {name: value for name, value in error.items() if name != "code" and value not in (None, "")}
    return status.plain(error.get("message") or rest) if rest else ""


def write_job(streams: Streams, job: Mapping[str, Any]) -> None:
    """Write a job to the output, and what is to be said about it to the other streams."""
    streams.output(job)
    streams.verbose(f"Job {status.plain(job.get('id'))} is {status.shown(job) or 'without a status'}.")
    warn_of_failure(streams, job)


def warn_of_failure(streams: Streams, job: Mapping[str, Any]) -> None:
    """Warn about a job that failed or carries an error."""
    warning = failure_warning(job)
    if warning:
        streams.warning(warning)


def not_a_job(
    response: Response, cmdlet: str, why: str, error_id: str | None = None, *, refused: bool = False
) -> errors.AnswerError:
    """The error for a successful response without a job."""
    action = "" if refused else ADDRESS
    return unusable(response, EXPECTED, why, command=cmdlet, action=action, error_id=error_id, refused=refused)


def _described(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
