"""The services whose protocols are known: pure functions that turn values into requests, and answers into jobs.

A provider is one file here and one row in `services.py`. It touches neither network nor files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, cast

from ... import services
from ...errors import APIRequestError
from ...http.files import FilePart
from ...http.request import Extras, Field, Request
from ...http.response import Response
from ...settings import Settings
from ..job import ADDRESS, EXPECTED, RECEIVED, SENT, is_failed_job


class Target(NamedTuple):
    """Where requests go, and what the user adds to each."""

    settings: Settings
    extras: Extras


class Creation(NamedTuple):
    """What a new video is to be, in nobody's words.

    Attributes:
        model: the one to use, always.
        seconds, size, prompt: as the user wrote them; None where nothing was said.
        reference: a picture or clip to start from: a file, or the address of one.
        body: members that the user adds to the request, or replaces.
    """

    model: str
    prompt: str | None = None
    seconds: str | None = None
    size: str | None = None
    reference: FilePart | str | None = None
    body: Mapping[str, Any] = {}


class Change(NamedTuple):
    """What a new video is to change in an old one. `source` is the old one's address, where the service wants it."""

    video_id: str
    prompt: str
    model: str
    body: Mapping[str, Any]
    source: str = ""


class Plan(NamedTuple):
    """A request that creates a job, and what the user is to hear of it: warnings, and remarks for -Verbose."""

    request: Request
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class Known(NamedTuple):
    """What is known of a job besides what its service says of it; None for what is not."""

    identifier: str = ""
    model: str | None = None
    seconds: str | None = None
    size: str | None = None
    created_at: int | None = None
    prompt: str | None = None


class Inline(NamedTuple):
    """A video that stands in base64 inside of an answer."""

    data: str
    media_type: str


class Listed(NamedTuple):
    """A page of a list in the service's words, and what it names as its end."""

    jobs: Sequence[Mapping[str, Any]]
    has_more: bool
    end: str


class Storing(NamedTuple):
    """How to see whether a finished video can be fetched: the request, and what its answer means."""

    ask: Callable[[Target, str], Request]
    is_done: Callable[[Mapping[str, Any]], bool]


#: Where a video is: an id or address to ask for, or the video itself.
Source = str | Inline
Job = dict[str, Any]
#: Puts a job into PSOpenAI's words.
Read = Callable[[Mapping[str, Any], Known], Job]


class Provider(NamedTuple):
    """How one service wants to be asked, and what its answers mean.

    What a service does not offer raises InputError instead of returning a request.

    Attributes:
        create: the request that creates a job.
        retrieve: the request for the job with an id.
        list_page: most jobs, order, and what the page before named as its end, or empty.
        changes: what can be made of the video of a job, such as "remix", and the request that creates a job for it.
        delete: the request that deletes a job.
        content: source, variant, first byte, and entity tag of the version wanted.
        source: where the video of a job is, by the service's own description of it; None where that is the job's id.
        read: a job in PSOpenAI's words; None where the service has the same.
        read_page: a page of a list; None where it is OpenAI's.
        ended: the job that a refused question tells of, if it tells that the job failed.
        classify: what an error status means, where the status alone does not tell.
        storing: how to see whether a finished video can be fetched, where that takes a while.
        sorts: a list can be asked for in an order.
        edits_source: a change needs the address of the old video.
        takes_addresses: -InputReference may be the address of a picture.
        list_models: the request for the models that there are; None where they cannot be asked for.
        models: where else to look for them.
        lifetime: how long a finished video can be fetched, where no answer tells.
    """

    create: Callable[[Target, Creation], Plan]
    retrieve: Callable[[Target, str], Request]
    list_page: Callable[[Target, int, str, str], Request]
    changes: Mapping[str, Callable[[Target, Change], Request]]
    delete: Callable[[Target, str], Request]
    content: Callable[[Target, str, str | None, int, str], Request]
    source: Callable[[Mapping[str, Any]], Source | None] | None = None
    read: Read | None = None
    read_page: Callable[[Mapping[str, Any], int, str], Listed] | None = None
    ended: Callable[[int, Mapping[str, Any]], Mapping[str, Any] | None] = lambda status, body: None
    classify: Callable[[Response], type[APIRequestError] | None] = lambda response: None
    storing: Storing | None = None
    sorts: bool = True
    edits_source: bool = False
    takes_addresses: bool = True
    list_models: Callable[[Target], Request] | None = None
    models: str = ""
    lifetime: str = ""


def job_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    fields: Sequence[Field] | None = None,
    document: Mapping[str, Any] | None = None,
) -> Request:
    """A request whose response is a job. By POST it creates one, and that must not be done twice."""
    action, loss = (RECEIVED, SENT) if method == "POST" else (ADDRESS, "")
    return Request(
        *(method, url, headers, fields, document),
        expects=EXPECTED,
        action=action,
        loss=loss,
        is_final=is_failed_job,
    )


def is_azure_v1(base: str) -> bool:
    """True for the base of Azure's newer route, which is OpenAI's but for the header of the key."""
    return base.partition("?")[0].rstrip("/").lower().endswith("/openai/v1")


def provider_of(settings: Settings) -> Provider:
    """The provider that the settings name."""
    service = services.find(settings.provider) or services.OPENAI
    module = "openai" if settings.azure and is_azure_v1(settings.base) else service.module
    return _imported(module)


@cache
def _imported(module: str) -> Provider:
    return cast(Provider, import_module(f"{__name__}.{module}").PROVIDER)
