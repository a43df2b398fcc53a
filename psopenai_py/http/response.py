"""What came back: status, headers and body, as text and as a JSON object."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache
from json import detect_encoding
from typing import Any, NamedTuple

from .. import psjson
from .upload import OCTETS, media_type

#: Characters of a response that an error shows.
EXCERPT = 300
#: Characters of a media type or a reason phrase that are taken for one.
_PHRASE = 100
#: Marks at the beginning of a text that tell its encoding, whatever the header says.
#: The longer ones first: that of UTF-32 begins like one of UTF-16.
_MARKS = {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be", codecs.BOM_UTF8: "utf-8"}
_MARKS |= {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
#: Where servers put an error, and its message, in the order in which they are looked for.
_ERRORS = ("error", "detail", "err")
_MESSAGES = ("message", "msg", "title")
#: How JSON begins, in any width.
_JSON = re.compile(rb"[\0 \t\r\n]*[{\[]")
#: What a terminal cannot show, and the mark for what could not be decoded.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\N{REPLACEMENT CHARACTER}]")


class Response(NamedTuple):
    """A response with its body. Header names are in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def request_id(self) -> str | None:
        """The id under which the server logs the request."""
        given = self.headers.get("x-request-id")
        return given and excerpt(given)

    @property
    def media_type(self) -> str:
        """Content type without its parameters, in lower case; empty when the server named none."""
        return excerpt(self.headers.get("content-type", "").partition(";")[0])[:_PHRASE].lower()

    @property
    def text(self) -> str:
        """The body as text, with a mark for each byte that cannot be decoded."""
        return self.decode("replace")

    @property
    def charset(self) -> str:
        """The charset by the body's first bytes, or the one the server named if it can be read; else UTF-8."""
        named = self._named_charset or "utf-8"
        if self._mark or not _JSON.match(self.body):
            return self._mark or named
        # JSON shows by the zeros around its first characters how wide they are, whatever the header says.
        wide = detect_encoding(self.body)
        return wide if wide != "utf-8" or named.startswith(("utf-16", "utf-32")) else named

    def decode(self, errors: str = "strict") -> str:
        """The body in its charset, without byte order mark. Raises UnicodeDecodeError when strict."""
        return self.body.decode(self.charset, errors).removeprefix("\ufeff")

    def start(self, characters: int) -> str:
        """The first characters of the text. None has more than four bytes, and the rest may be many megabytes."""
        return self._replace(body=self.body[: 4 * characters]).text[:characters]

    @property
    def beginning(self) -> str:
        """The beginning of the body for an error message, on one line; of what is no text, the first bytes."""
        if self._is_binary:
            return f"binary data (first bytes {self.body[:4].hex(' ')})"
        return excerpt(self.start(EXCERPT))

    @property
    def _is_binary(self) -> bool:
        """True for what is no text: by its first bytes, or by what cannot be shown where no charset is named."""
        head = self.body[:EXCERPT]
        if media_type("", head) != OCTETS:
            return True
        if self._mark or self._named_charset:
            return False
        hidden = len(_UNSHOWN.findall(" ".join(head.decode("utf-8", "replace").split())))
        return b"\0" in head or hidden > 0.3 * len(head)

    @property
    def _mark(self) -> str | None:
        return next((name for mark, name in _MARKS.items() if self.body.startswith(mark)), None)

    @property
    def _named_charset(self) -> str | None:
        return _charset_of(self.headers.get("content-type", ""))

    @property
    def summary(self) -> str:
        """Status, time, type and request id, on one line."""
        facts = [f"{self.status} {self.reason} after {self.seconds * 1000:.0f} ms"]
        if "openai-processing-ms" in self.headers:
            facts.append(f"processing {self.headers['openai-processing-ms']} ms")
        facts.append(self.media_type or "no content type")
        facts.append(f"request id {self.request_id or 'none'}")
        return ", ".join(facts)


@lru_cache(maxsize=64)
def _charset_of(content_type: str) -> str | None:
    """Python's name of the charset that a content type names; None where that is none, or cannot be read."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.ASCII | re.I)
    try:
        name = codecs.lookup(match[1]).name if match else ""
        b"".decode(name)
    except (LookupError, ValueError):
        return None
    # Among Python's codecs are some that no server means, such as punycode.
    return name if re.match("utf|iso8859|latin|ascii|cp|gb|big5|euc|shift|koi8|mac", name) else None


def reason_phrase(status: int, given: str) -> str:
    """The reason phrase the server gave, else the usual one of the status."""
    from http import HTTPStatus

    try:
        return excerpt(given)[:_PHRASE] or HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def error_body(response: Response) -> dict[str, Any]:
    """The members of the server's error object, whatever shape it has; empty if it has none."""
    try:
        value = psjson.loads(response.text, dates=False)
    except psjson.JsonError:
        return {}
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # as Google's layer wraps it
    if not isinstance(value, dict):
        return {}
    value = _in_small_letters(value)
    found = next((value[name] for name in _ERRORS if value.get(name)), value)
    if found is True:
        found = value  # that there is one is all that it says
    if found is value:
        found = _with_message(value)
        return found if found.get("message") else value | _base(value)
    if isinstance(found, dict):
        return _with_message(_in_small_letters(found))
    message = found + _particulars(value) if isinstance(found, str) else psjson.dumps(found, compress=True)
    return {"message": message} | ({"code": value["code"]} if isinstance(value.get("code"), str) else {})


def _particulars(value: dict[str, Any]) -> str:
    """What problem details (RFC 9457) say of each member of the request that is not valid."""
    listed = value.get("validation") or value.get("errors")
    each = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    texts = [text for one in each for text in (one.get("message") or one.get("detail"),) if isinstance(text, str)]
    return " " + "; ".join(texts) if texts else ""


def _in_small_letters(members: dict[str, Any]) -> dict[str, Any]:
    """The members as PowerShell finds them: no two differ by their capitals alone."""
    return {name.lower(): value for name, value in members.items()}


def _with_message(members: dict[str, Any]) -> dict[str, Any]:
    """The members of an error, with its message under the usual name."""
    told = next((members[name] for name in _MESSAGES if members.get(name)), None)
    return members if told is None else members | {"message": told}


def refused_by_code(value: Mapping[str, Any]) -> bool:
    """True for an answer with a code beside the result, as MiniMax and services like it have one; 0 means success."""
    base = value.get("base_resp")
    return isinstance(base, dict) and base.get("status_code") not in (None, 0, "0", "")


def _base(value: dict[str, Any]) -> dict[str, Any]:
    """What is said beside the code."""
    base = value.get("base_resp")
    if not (isinstance(base, dict) and base.get("status_msg")) or base.get("status_code") in (0, "0"):
        return {}
    return {"message": str(base["status_msg"]), "code": base.get("status_code")}


def excerpt(text: str) -> str:
    """The beginning of a text without line ends and other control characters."""
    line = " ".join(text[:EXCERPT].split())
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", line)


def whole_number(text: str | None) -> int | None:
    """The number in a header such as Content-Length; None for what is none, or longer than any length can be."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,18}", text.strip(" \t"), re.ASCII) else None
