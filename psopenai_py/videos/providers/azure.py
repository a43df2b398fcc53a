"""Azure's older video service: jobs and generations under names of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ...http.request import Field, Query, Request, endpoint, headers, merge_body, segment
from . import Change, Creation, Plan, Provider, Target, job_request
from .openai import fields, partial_content

_FOLDER = "openai/v1/video/generations"


def create(target: Target, creation: Creation) -> Plan:
    """Multipart, with seconds, width and height as numbers."""
    merged = merge_body(_fields(fields(creation)), creation.body)
    return Plan(job_request("POST", _address(target, "jobs"), headers(*target), fields=merged))


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one job."""
    return job_request("GET", _address(target, f"jobs/{segment(video_id)}"), headers(*target))


def list_page(target: Target, limit: int, order: str, after: str) -> Request:
    """The request for one page of jobs."""
    query: Query = [("limit", str(limit)), ("order", order)]
    if after:
        query.append(("after", after))
    return job_request("GET", _address(target, "jobs", query), headers(*target))


def remix(target: Target, change: Change) -> Request:
    """There is none."""
    raise InputError(
        "Azure offers no remix. Nothing was sent.",
        error_id="Microsoft.PowerShell.Commands.WriteErrorException",
        command="Get-AzureOpenAIAPIEndpoint",
    )


def delete(target: Target, video_id: str) -> Request:
    """It names a content type although it has no body, as the reference's does."""
    kind = {"Content-Type": "application/json"}
    return job_request("DELETE", _address(target, f"jobs/{segment(video_id)}"), headers(*target) | kind)


def content(target: Target, video_id: str, variant: str | None, start: int, tag: str) -> Request:
    """The variant stands in the path, always."""
    address = _address(target, f"{segment(video_id)}/content/{segment(variant or 'video')}")
    return Request("GET", address, headers(*target) | partial_content(start, tag), follows=True)


def content_id(job: Mapping[str, Any]) -> str:
    """The id of the job's generation, which is not the job's own."""
    generations = job.get("generations")
    if isinstance(generations, list) and generations and isinstance(generations[0], dict):
        return str(generations[0].get("id", ""))
    raise InputError(f"The job {job.get('id')} has no content yet.", command="Get-VideoContent")


def _address(target: Target, path: str, query: Query | None = None) -> str:
    version: Query = [("api-version", target.settings.api_version)]
    return endpoint(
        target.settings.base.partition("?")[0], f"{_FOLDER}/{path}", [*version, *(query or [])], target.extras
    )


def _fields(given: list[Field]) -> list[Field]:
    """The service wants seconds, width and height as numbers under names of its own."""
    result: list[Field] = []
    for name, value in given:
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
    from ...binding.numbers import to_int32

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


PROVIDER = Provider(create, retrieve, list_page, {"remix": remix}, delete, content, content_id, takes_addresses=False)
