"""The services whose protocols are known: for each, pure functions that turn values into requests.

A provider is one file and one line in the table below. It touches neither network nor files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ...http.request import Extras, Field, Request
from ...settings import Settings
from ..job import EXPECTED, RECEIVED, SENT, is_failed_job


class Target(NamedTuple):
    """Where requests go, and what the user adds to each."""

    settings: Settings
    extras: Extras


class Provider(NamedTuple):
    """How one service wants to be asked.

    Attributes:
        create: fields in order, and those that the user adds or replaces; the request that creates a job.
        retrieve: the request for the job with an id.
        list_page: most jobs, order, and the id behind which the page begins, or empty.
        remix: id, JSON members, and those that the user adds or replaces. Raises InputError where there is none.
        delete: the request that deletes a job.
        content: id, variant, first byte, and entity tag of the version wanted.
        content_id: the id under which the content is kept, from the job; None where it is the job's own.
    """

    create: Callable[[Target, list[Field], Mapping[str, Any]], Request]
    retrieve: Callable[[Target, str], Request]
    list_page: Callable[[Target, int, str, str], Request]
    remix: Callable[[Target, str, Mapping[str, Any], Mapping[str, Any]], Request]
    delete: Callable[[Target, str], Request]
    content: Callable[[Target, str, str | None, int, str], Request]
    content_id: Callable[[Mapping[str, Any]], str] | None = None


def job_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    fields: Sequence[Field] | None = None,
    document: Mapping[str, Any] | None = None,
) -> Request:
    """A request whose response is a job. By POST it creates one, and that must not be done twice."""
    loss = SENT if method == "POST" else ""
    return Request(
        *(method, url, headers, fields, document),
        expects=EXPECTED,
        action=RECEIVED,
        loss=loss,
        is_final=is_failed_job,
    )


def is_azure_v1(base: str) -> bool:
    """True for the base of Azure's newer route, which is OpenAI's but for the header of the key."""
    return base.partition("?")[0].rstrip("/").lower().endswith("/openai/v1")


def provider_of(settings: Settings) -> Provider:
    """The provider that the settings name."""
    if settings.azure and not is_azure_v1(settings.base):
        from .azure import PROVIDER
    else:
        from .openai import PROVIDER
    return PROVIDER
