"""What several providers have in common: JSON requests, pictures in them, and what cannot be had."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from ... import services
from ...errors import (
    APIRequestError,
    ContentFilteredError,
    InputError,
    UnauthorizedError,
)
from ...http.files import Embedded, FilePart
from ...http.request import Query, Request, endpoint, headers, merge_deep, origin
from ...http.response import Response, error_body
from ...settings import Settings
from . import Target, job_request
from .openai import partial_content

_JSON = {"Content-Type": "application/json"}
_MODERATION = r"moderat|sensitive ?(?:content|info)|content[ _-]?(?:polic|filter)|policy violation|usage guideline"
# Not the word alone: members of a request have it in their names.
_MODERATION += r"|flagged|unsafe|safety[ _](?:check|filter|guideline|polic|reason|system)|for safety\b"
_KEY = r"(?:api[ _-]?key|credentials?|access token)"
_BAD = r"(?:invalid|incorrect|not valid|wrong|expired|missing)"
_BAD_KEY = rf"{_KEY}.{{0,60}}{_BAD}|{_BAD}.{{0,20}}{_KEY}|no auth\b"


def bearer(target: Target) -> dict[str, str]:
    """The headers of every request, with the key as a bearer token."""
    return headers(target.settings, target.extras._replace(debug=False))


def ask(target: Target, path: str, query: Query | None = None, own: Mapping[str, str] | None = None) -> Request:
    """The request for a job, or for a page of jobs."""
    address = endpoint(target.settings.base, path, query or [], target.extras)
    return job_request("GET", address, own or bearer(target))._replace(conceals=target.settings.base)


def order(
    target: Target,
    path: str,
    document: Mapping[str, Any],
    body: Mapping[str, Any],
    own: Mapping[str, str] | None = None,
) -> Request:
    """The request that creates a job; `body` is merged into the document at any depth."""
    address = endpoint(target.settings.base, path, [], target.extras)
    merged = merge_deep({name: value for name, value in document.items() if value not in (None, "")}, body)
    request = job_request("POST", address, {**(own or bearer(target)), **_JSON}, document=merged)
    return request._replace(once=True, conceals=target.settings.base)


def remove(target: Target, path: str, own: Mapping[str, str] | None = None) -> Request:
    """The request that deletes a job."""
    address = endpoint(target.settings.base, path, [], target.extras)
    return job_request("DELETE", address, own or bearer(target))._replace(conceals=target.settings.base)


def models_at(path: str) -> Callable[[Target], Request]:
    """The request for the models that there are."""

    def list_models(target: Target) -> Request:
        return Request("GET", endpoint(target.settings.base, path, [], target.extras), bearer(target))

    return list_models


def fetch(target: Target, address: str, variant: str | None, start: int, tag: str) -> Request:
    """The request for the bytes at an address that a job names. The key goes along only to the service itself."""
    known = bearer(target)
    headers_there = known if is_home(target.settings, address) else without_key(known)
    return content_request(target, address, headers_there, start, tag)


def content_request(target: Target, address: str, known: Mapping[str, str], start: int, tag: str) -> Request:
    """The request for the bytes at an address, with the headers that are for whoever is there."""
    wanted = {**known, **partial_content(start, tag)}
    return Request("GET", address, wanted, follows=True, conceals=target.settings.base)


def without_key(known: Mapping[str, str]) -> dict[str, str]:
    """What goes to a host that is not the service's."""
    return {"User-Agent": known["User-Agent"]}


def is_home(settings: Settings, address: str) -> bool:
    """True for what is at the address that was called, or at another host of the same service: its key may go there."""
    if origin(address) == origin(settings.base):
        return True
    service = services.find(settings.provider)
    return all(
        scheme == "https" and service is not None and host in service.hosts and port in (None, 443)
        for scheme, host, port in map(origin, (address, settings.base))
    )


def refuses(what: str, instead: str = "") -> Callable[..., NoReturn]:
    """In place of a request that a service does not offer."""

    def refuse(*_: object) -> NoReturn:
        raise InputError(f"{what} Nothing was sent.", action=instead, category="NotImplemented")

    return refuse


def number(parameter: str, text: str | None, service: str) -> int | float | None:
    """A number that the user wrote. Its range is the service's business."""
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?", text.strip()):
        raise unusable(parameter, text, service, "it is no number")
    value = float(text)
    return int(value) if value == int(value) else value


def unusable(parameter: str, text: str, service: str, why: str, instead: str = "") -> InputError:
    """The error for a value that cannot be said in a service's words."""
    return InputError(
        f"-{parameter} '{text}' cannot be sent to {service}: {why}. Nothing was sent.",
        command="New-Video",
        category="InvalidArgument",
        action=instead,
    )


def address_of(reference: FilePart | str) -> str | Embedded:
    """A picture or clip for a field that takes an address: its own, or a data URL."""
    return Embedded(reference) if isinstance(reference, FilePart) else reference


def is_clip(reference: FilePart | str) -> bool:
    """True for a clip, as far as its name or type tells."""
    if isinstance(reference, FilePart):
        return reference.media_type.startswith("video/")
    return re.search(r"^data:video/|\.(?:mp4|mov|webm|m4v)(?:[?#]|$)", reference, re.IGNORECASE) is not None


def classify(response: Response) -> type[APIRequestError] | None:
    """A key that is refused by 400, and moderation that is told by 403."""
    body = error_body(response)
    said = f"{body.get('code')} {body.get('type')} {body.get('message')}"
    if response.status in (400, 401, 403) and re.search(_BAD_KEY, said, re.IGNORECASE | re.DOTALL):
        return UnauthorizedError
    if response.status in (400, 403, 422) and re.search(_MODERATION, said, re.IGNORECASE):
        return ContentFilteredError
    return None
