"""OpenAI's Videos API, which most servers offer."""

from __future__ import annotations

from ...http.files import FilePart
from ...http.request import Field, Query, Request, endpoint, headers, merge_body, merge_document, segment
from . import Change, Creation, Plan, Provider, Target, job_request

_JSON = {"Content-Type": "application/json"}


def create(target: Target, creation: Creation) -> Plan:
    """Always multipart, as every server takes it."""
    address = endpoint(target.settings.base, "videos", [], target.extras)
    return Plan(job_request("POST", address, headers(*target), fields=merge_body(fields(creation), creation.body)))


def fields(creation: Creation) -> list[Field]:
    """The body in the reference's order. Model is sent unless it is empty; the rest only when it was given."""
    given: list[tuple[str, str | FilePart | None]] = [("prompt", creation.prompt), ("model", creation.model or None)]
    given += [("seconds", creation.seconds), ("size", creation.size), ("input_reference", creation.reference)]
    return [(name, value) for name, value in given if value is not None]


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one job."""
    return job_request("GET", _address(target, video_id), headers(*target))


def list_page(target: Target, limit: int, order: str, after: str) -> Request:
    """The request for one page of jobs."""
    query: Query = [("limit", str(limit)), ("order", order)]
    if after:
        query.append(("after", after))
    return job_request("GET", endpoint(target.settings.base, "videos", query, target.extras), headers(*target))


def remix(target: Target, change: Change) -> Request:
    """The request that creates a job from another one."""
    merged = merge_document({"prompt": change.prompt}, change.body)
    address = _address(target, change.video_id, "/remix")
    return job_request("POST", address, headers(*target) | _JSON, document=merged)


def delete(target: Target, video_id: str) -> Request:
    """It names a content type although it has no body, as the reference's does."""
    return job_request("DELETE", _address(target, video_id), headers(*target) | _JSON)


def content(target: Target, video_id: str, variant: str | None, start: int, tag: str) -> Request:
    """The variant is left off for the main video, even when it was asked for by name: some servers take any
    value for the number of an output.
    """
    query: Query = [] if variant in (None, "video") else [("variant", str(variant))]
    wanted = headers(*target) | partial_content(start, tag)
    return Request("GET", _address(target, video_id, "/content", query), wanted, follows=True)


def models(target: Target) -> Request:
    """The request for the models that there are, of all kinds."""
    return Request("GET", endpoint(target.settings.base, "models", [], target.extras), headers(*target))


def partial_content(start: int, tag: str) -> dict[str, str]:
    """The headers that ask for bytes from `start` on, of the version with the entity tag if there is one."""
    # Compressing a video gains nothing, and its length would no longer tell whether it is complete.
    wanted = {"Accept-Encoding": "identity"}
    if start:
        wanted["Range"] = f"bytes={start}-"
        if tag:
            wanted["If-Range"] = tag
    return wanted


def _address(target: Target, video_id: str, rest: str = "", query: Query | None = None) -> str:
    return endpoint(target.settings.base, f"videos/{segment(video_id)}{rest}", query or [], target.extras)


PROVIDER = Provider(
    create, retrieve, list_page, {"remix": remix}, delete, content, takes_addresses=False, list_models=models
)
