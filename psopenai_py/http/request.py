"""What is sent: method, address, headers and body of one request, before any network library is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote_plus, urljoin, urlsplit

from .. import __version__
from ..errors import InputError
from ..psjson import dumps
from ..redaction import Masks, shown_argument, shown_headers, shown_member, shown_url
from ..settings import Settings
from .files import FilePart, with_names

if TYPE_CHECKING:
    from .response import Response

#: Names and values of a query; a value of None is a name that stands alone.
Query = list[tuple[str, str | None]]
#: Headers that go along to another host.
_HARMLESS = ("user-agent", "accept", "accept-encoding", "range", "if-range")
#: Characters of a file in a text that are shown.
_DATA_SHOWN = 60
#: Headers that describe the body as it is sent; nobody else can know them.
_OURS = ("content-type", "content-length", "transfer-encoding")


class Extras(NamedTuple):
    """What the user adds to every request: query parameters, headers, and the wish for debug information."""

    query: Mapping[str, Any] | None = None
    headers: Mapping[str, Any] | None = None
    debug: bool = False


#: One field of a multipart body: its name, and its text or file.
Field = tuple[str, str | FilePart]


class Request(NamedTuple):
    """One request.

    Attributes:
        fields: the multipart body in order; None for a request without one.
        document: the JSON body; None for a request without one.
        follows: it may be sent again where the server redirects it to; without the key on another host.
        expects: what the response is to be, as messages call it.
        action: what to do about a response that is something else.
        loss: what may have happened when no response came; not empty for what must not be done twice.
        once: it is not repeated after an error that leaves open whether it was carried out.
        conceals: the address of a service whose responses name secret addresses: whoever knows one can fetch what is
            there. Empty for a service that does not.
        largest: bytes that the response may have.
        redirected: the status with which a server named this address; 0 for the user's own.
        is_final: tells of a response with an error status that it says all there is, so that nothing is repeated.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    fields: Sequence[Field] | None = None
    document: Mapping[str, Any] | None = None
    follows: bool = False
    expects: str = "what was asked for"
    action: str = ""
    loss: str = ""
    once: bool = False
    conceals: str = ""
    largest: int = 32 * 2**20
    redirected: int = 0
    is_final: Callable[[Response], bool] | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {shown_url(self.url)})"  # the key is among the headers

    def moved(self, status: int, place: str | None) -> Request | None:
        """The request at its new address, if a redirect sends it there and it may follow. The key stays behind.

        None also for a place that is no address, such as `http://[` or `ftp://host`.
        """
        if not (self.follows and place and status in (301, 302, 303, 307, 308)):
            return None
        try:
            url = urljoin(self.url, place)
            scheme, host, port = origin(url)
        except ValueError:
            return None
        if scheme not in ("http", "https") or not host:
            return None
        moved = self._replace(url=url, redirected=status)
        if (scheme, host, port) == origin(self.url):
            return moved
        kept = {name: value for name, value in self.headers.items() if name.lower() in _HARMLESS}
        return moved._replace(headers=kept)

    def describe(self) -> dict[str, Any]:
        """The request as a document to show: secrets masked, files by name, type and size."""
        shown: dict[str, Any] = {"method": self.method, "url": shown_url(self.url)}
        shown["headers"] = shown_headers(self.headers)
        if self.fields is not None:
            shown["fields"] = [_shown_field(name, value) for name, value in self.fields]
        if self.document is not None:
            named = with_names(self.document)
            shown["body"] = shown_member("", {name: _shortened(value) for name, value in named.items()})
        return shown

    @property
    def masks(self) -> Masks:
        """What authenticates it."""
        return Masks.of(self.headers, self.url, [*(self.fields or ()), *(self.document or {}).items()])


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address: what a key may be sent to."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.hostname, parts.port


def endpoint(base: str, path: str, query: Query, extras: Extras) -> str:
    """The full address of a call: base, path (already percent-encoded), query, and the additional query."""
    parts = urlsplit(base)
    pairs = _split_query(parts.query) + query
    for name, value in (extras.query or {}).items():
        _insert(pairs, name, _query_text(value))
    encoded = "&".join(_encoded(name) + ("" if value is None else "=" + _encoded(value)) for name, value in pairs)
    # A percent sign is kept where it already starts an escape; the base address is the user's own.
    folder = quote(sendable(parts.path), safe="/%:@!$&'()*+,;=~")
    folder += "" if folder.endswith("/") else "/"
    return f"{parts.scheme.lower()}://{parts.netloc}{folder}{path}" + (f"?{encoded}" if encoded else "")


def headers(settings: Settings, extras: Extras) -> dict[str, str]:
    """All headers but those of the body. Additional ones replace ours, except organization and api-key.

    Raises InputError for a value that no header can carry.
    """
    result = {"User-Agent": f"psopenai_py/{__version__}"}
    if extras.debug:
        result["OpenAI-Debug"] = "true"
    if settings.key and settings.bearer:
        result["Authorization"] = f"Bearer {settings.key.reveal()}"
    for name, value in (extras.headers or {}).items():
        if value is not None and name.lower() not in _OURS:
            _set(result, name, value if isinstance(value, str) else dumps(value, compress=True))
    if settings.organization and not settings.azure:
        _set(result, "OpenAI-Organization", settings.organization)
    if settings.key and not settings.bearer:
        _set(result, "api-key", settings.key.reveal())
    for name, value in result.items():
        _check_header(name, value)
    return {name: value.strip(" \t") for name, value in result.items()}


def merge_body(fields: list[Field], additional: Mapping[str, Any]) -> list[Field]:
    """Body fields with the additional ones: these replace fields of the same name, else follow in order.

    Text goes as it is, a list as one field an element, null as no field, everything else as JSON.
    """
    merged: dict[str, list[Field]] = {}
    for name, value in fields:
        merged.setdefault(name.lower(), []).append((name, value))
    for name, value in additional.items():
        known = merged.get(name.lower())
        spelled = known[0][0] if known else name
        elements = value if isinstance(value, list) else [] if value is None else [value]
        merged[name.lower()] = [(spelled, _body_text(element)) for element in elements]
    return [field for group in merged.values() for field in group]


def merge_document(document: Mapping[str, Any], additional: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body with the additional members: these replace members of the same name in any case."""
    merged = {name.lower(): (name, value) for name, value in document.items()}
    for name, value in additional.items():
        merged[name.lower()] = (merged.get(name.lower(), (name, None))[0], value)
    return dict(merged.values())


def merge_deep(document: Mapping[str, Any], additional: Mapping[str, Any]) -> dict[str, Any]:
    """The same for members at any depth, after RFC 7396: objects are merged, null removes, all else is replaced."""
    merged = {name.lower(): (name, value) for name, value in document.items()}
    for name, value in additional.items():
        spelled, known = merged.get(name.lower(), (name, None))
        if isinstance(value, Mapping):
            merged[name.lower()] = (spelled, merge_deep(known if isinstance(known, Mapping) else {}, value))
        elif value is None:
            merged.pop(name.lower(), None)
        else:
            merged[name.lower()] = (spelled, value)
    return dict(merged.values())


def segment(identifier: str) -> str:
    """An id as one segment of a path, percent-encoded once.

    Raises InputError for one that would leave the path, and for one with a character that nobody sees.
    """
    unseen = re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", identifier)
    if unseen or identifier in (".", ".."):
        why = f": it holds the character U+{ord(unseen[0]):04X}" if unseen else ""
        shown = identifier[:200].replace(unseen[0], "\ufffd") if unseen else identifier
        raise InputError(
            f"'{shown}' is not the id of a video{why}. Nothing was sent.",
            command="Invoke-OpenAIAPIRequest",
            category="InvalidArgument",
        )
    return quote(sendable(identifier), safe="")


def additional_body(given: Any) -> Mapping[str, Any] | None:
    """An additional body as a dictionary. Raises InputError for text that is none."""
    if given is None or isinstance(given, Mapping):
        return given
    from ..binding.literals import LiteralError, parse_dictionary

    try:
        return parse_dictionary(str(given))
    except (LiteralError, OSError) as error:
        why = error.bare if isinstance(error, LiteralError) else error  # some gateways take their key in the body
        raise InputError(
            f"-AdditionalBody cannot be used: {why}. Nothing was sent.",
            error_id="System.InvalidOperationException",
            command="Initialize-OpenAIAPIRequestParam",
        ) from None


def sendable(text: str) -> str:
    """The text with a mark for what UTF-8 cannot hold: halves of characters, from bad JSON or a bad argument."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _shortened(value: Any) -> Any:
    """A file that stands in a text as its beginning, and everything else as it is."""
    if isinstance(value, str) and value.startswith("data:") and len(value) > _DATA_SHOWN:
        return f"{value[:_DATA_SHOWN]}... ({len(value)} characters)"
    return value


def _shown_field(name: str, value: str | FilePart) -> dict[str, Any]:
    if isinstance(value, FilePart):
        file = {"filename": value.name, "content_type": value.media_type, "bytes": value.size}
        return {"name": name, **file}
    return {"name": name, "value": shown_member(name, value)}


def _split_query(query: str) -> Query:
    pairs: Query = []
    for part in query.split("&") if query else ():
        name, equals, value = part.partition("=")
        pairs.append((unquote_plus(name), unquote_plus(value) if equals else None))
    return pairs


def _insert(pairs: Query, name: str, value: str) -> None:
    """Append, or place beside an earlier use of the name, as .NET's collection of query values does."""
    same = [place for place, (known, _) in enumerate(pairs) if known == name]
    pairs.insert(same[-1] + 1 if same else len(pairs), (name, value))


def _encoded(text: str) -> str:
    return quote_plus(sendable(text))


def _query_text(value: Any) -> str:
    """PowerShell's text form of a value."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(_query_text(element) for element in value)
    if isinstance(value, bool | str):
        return str(value)
    return dumps(value, compress=True)


def _body_text(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value, compress=True)


def _set(headers: dict[str, str], name: str, value: str) -> None:
    """Set a header, in place of one of the same name in any case."""
    for known in headers:
        if known.lower() == name.lower():
            headers[known] = value
            return
    headers[name] = value


def _check_header(name: str, value: str) -> None:
    bad_value = re.search(r"[^\t -~]", value)
    if bad_value or not re.fullmatch(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+", name):
        # The value is not shown: it may be the key.
        raise InputError(
            f"The header '{shown_argument(name)}' cannot be sent: its {'value' if bad_value else 'name'} holds a "
            "line end or another character that no header can carry.",
            error_id="System.FormatException",
            command="Invoke-OpenAIAPIRequest",
            reason="FormatException",
            action="Check for a line end behind the key or the value. Nothing was sent.",
        )
