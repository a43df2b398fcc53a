"""A new video asked for in JSON: from the start where the user says so, else where a server takes no multipart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import APIRequestError, InputError
from ..http.files import Embedded, FilePart
from ..http.request import Extras, Request

_JSON = "application/json"
#: How servers say that they want JSON, or no multipart.
_WANTS_JSON = re.compile(
    r"application/json|unsupported media type|multipart|json_invalid|model_attributes_type"
    r"|(?:valid|parse|parsing|decod\w+|expect\w*|must be|is not) (?:an? |the )?(?:request )?(?:body )?(?:as )?json",
    re.IGNORECASE,
)
#: Refusals of the body itself: nothing was created.
_REFUSALS = (400, 415, 422)


def is_asked_for(extras: Extras) -> bool:
    """True if the user adds a content type of JSON."""
    headers = {name.lower(): value for name, value in (extras.headers or {}).items()}
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower() == _JSON


def is_wanted(request: Request, error: APIRequestError) -> bool:
    """True if a server refused a multipart body as such, so that it is certain that no job was created."""
    if request.fields is None or error.status not in _REFUSALS:
        return False
    return error.status == 415 or _WANTS_JSON.search(error.text[:4096]) is not None


def is_refusal(error: APIRequestError) -> bool:
    """True if the body in JSON is refused as well."""
    return error.status in _REFUSALS


def of(request: Request, added: Mapping[str, Any]) -> Request:
    """The same request with a JSON body; `added` are members that the user adds, with their types."""
    document: dict[str, Any] = {}
    for name, value in request.fields or ():
        text = _data_url(value) if isinstance(value, FilePart) else value
        document[name] = text if name not in document else [*_as_list(document[name]), text]
    names = {name.lower(): name for name in document}
    document |= {names.get(name.lower(), name): value for name, value in added.items() if value is not None}
    return request._replace(fields=None, document=document, headers={**request.headers, "Content-Type": _JSON})


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _data_url(file: FilePart) -> str:
    """A picture as JSON can hold it. Raises InputError for a file that can no longer be read."""
    try:
        return Embedded(file).text
    except OSError as error:
        raise InputError(
            f"The file '{file.path}' could not be read: {error.strerror or error}. Nothing was sent.",
            error_id="System.IO.IOException",
            category="ReadError",
        ) from None
