"""The calls of the Videos API: values in, requests out; and what every cmdlet does with a job it got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import APIRequestError, InputError
from ..http import answers
from ..http.request import Extras, Field, Query, Request, endpoint, headers, merge_body, merge_document, segment
from ..settings import Settings
from ..streams import Streams


def create(settings: Settings, fields: list[Field], body: Mapping[str, Any] | None, extras: Extras) -> Request:
    """The request that creates a job: always multipart, as every server takes it.

    Args:
        fields: prompt, model, seconds, size and input_reference as far as they are to be sent, in this order.
        body: fields that the user adds or replaces.
    """
    if settings.azure:
        fields = _azure_fields(fields)
    return Request(
        "POST",
        endpoint(settings, _collection(settings), [], extras),
        headers(settings, extras),
        fields=merge_body(fields, body or {}),
        creates=True,
    )


def retrieve(settings: Settings, video_id: str, extras: Extras) -> Request:
    """The request for one job."""
    return Request("GET", _address(settings, video_id, extras), headers(settings, extras))


def list_page(settings: Settings, limit: int, order: str, after: str, extras: Extras) -> Request:
    """The request for one page of jobs; `after` is the id behind which it begins, or empty."""
    query: Query = [("limit", str(limit)), ("order", order)]
    if after:
        query.append(("after", after))
    return Request("GET", endpoint(settings, _collection(settings), query, extras), headers(settings, extras))


def remix(
    settings: Settings, video_id: str, document: Mapping[str, Any], body: Mapping[str, Any] | None, extras: Extras
) -> Request:
    """The request that creates a job from another one. Azure's older service does not offer it: InputError."""
    if settings.azure:
        raise InputError(
            "Azure offers no remix. Nothing was sent.",
            error_id="Microsoft.PowerShell.Commands.WriteErrorException",
            command="Get-AzureOpenAIAPIEndpoint",
        )
    merged = merge_document(document, body or {})
    kind = {"Content-Type": "application/json"}
    address = _address(settings, video_id, extras, "/remix")
    return Request("POST", address, headers(settings, extras) | kind, document=merged, creates=True)


def delete(settings: Settings, video_id: str, extras: Extras) -> Request:
    """The request that deletes a job. It names a content type although it has no body, as the reference's does."""
    kind = {"Content-Type": "application/json"}
    return Request("DELETE", _address(settings, video_id, extras), headers(settings, extras) | kind)


def content(
    settings: Settings, video_id: str, variant: str | None, extras: Extras, *, start: int = 0, tag: str = ""
) -> Request:
    """The request for the bytes of a video, or of another variant.

    The variant is left off for the main video, even when it was asked for by name: some servers take any
    value for the number of an output. Azure has it in the path, always.

    Args:
        start: the first byte wanted; more than 0 continues a transfer that broke off.
        tag: entity tag of the version that the bytes have to be of.
    """
    if settings.azure:
        address = endpoint(settings, f"{segment(video_id)}/content/{segment(variant or 'video')}", [], extras)
    else:
        query: Query = [] if variant in (None, "video") else [("variant", variant)]
        address = _address(settings, video_id, extras, "/content", query)
    # Compressing a video gains nothing, and its length would no longer tell whether it is complete.
    wanted = {"Accept-Encoding": "identity"}
    if start:
        wanted["Range"] = f"bytes={start}-"
        if tag:
            wanted["If-Range"] = tag
    return Request("GET", address, headers(settings, extras) | wanted, follows=True)


def generation_id(job: Mapping[str, Any]) -> str:
    """The id under which Azure keeps the content of a job, which is not the job's own."""
    generations = job.get("generations")
    if isinstance(generations, list) and generations and isinstance(generations[0], dict):
        return str(generations[0].get("id", ""))
    raise InputError(f"The job {job.get('id')} has no content yet.", command="Get-VideoContent")


def tell(streams: Streams, job: Mapping[str, Any]) -> None:
    """Write a job to the output, and what is to be said about it to the other streams."""
    streams.output(job)
    streams.verbose(f"Job {job.get('id')} is {job.get('status')}.")
    warn_of_failure(streams, job)


def warn_of_failure(streams: Streams, job: Mapping[str, Any]) -> None:
    """Warn about a job that failed or carries an error."""
    warning = answers.failure_warning(job)
    if warning:
        streams.warning(warning)


def as_written_by(cmdlet: str, error: APIRequestError) -> APIRequestError:
    """The error under the id that the reference's Get-Video gives it, which differs from all other cmdlets'."""
    error.error_id, error.command, error.category = error.reason, cmdlet, "NotSpecified"
    return error


def _collection(settings: Settings) -> str:
    return "jobs" if settings.azure else "videos"


def _address(settings: Settings, video_id: str, extras: Extras, rest: str = "", query: Query | None = None) -> str:
    return endpoint(settings, f"{_collection(settings)}/{segment(video_id)}{rest}", query or [], extras)


def _azure_fields(fields: list[Field]) -> list[Field]:
    """Azure's older service wants seconds, width and height as numbers under names of its own."""
    result: list[Field] = []
    for name, value in fields:
        if name == "seconds":
            result.append(("n_seconds", str(_number("Seconds", str(value)))))
        elif name == "size":
            width, cross, height = str(value).partition("x")
            if not cross:
                raise _unusable("Size", str(value), "write it as WIDTHxHEIGHT")
            result += [("width", str(_number("Size", width))), ("height", str(_number("Size", height)))]
        else:
            result.append((name, value))
    return result


def _number(parameter: str, text: str) -> int:
    from ..binding.numbers import to_int32

    try:
        return to_int32(text)
    except ValueError as error:
        raise _unusable(parameter, text, str(error)) from None


def _unusable(parameter: str, text: str, why: str) -> InputError:
    return InputError(
        f"-{parameter} '{text}' cannot be sent to Azure: {why}. Nothing was sent.",
        error_id="InvalidCastFromStringToInteger",
        command="New-Video",
        category="InvalidArgument",
        reason="RuntimeException",
    )
