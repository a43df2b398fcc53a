"""Addresses that are secrets: whoever knows one can fetch what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from ..redaction import HIDDEN, shown_url
from ..streams import Streams
from .request import origin
from .response import Response

#: An address in a body or header, and one from the root of its host as a text of JSON; as it is or as JSON escapes it.
#: What is longer is no address, but may be a picture or a video.
_ADDRESS = re.compile(r"""https?:(?:\\?/){2}[^\s"'<>]+|(?<=")\\?/(?!\\?/)[^\s"'<>]{7,4096}(?=")""")
#: From so many characters on, a query may sign an address.
_SIGNED = 16


def conceal(response: Response, url: str, base: str, streams: Streams) -> None:
    """Keep the addresses that a response names out of what the streams say, though not of the output.

    Args:
        url: what was asked for.
        base: the address of the service. What lies below it takes the key, so that its address is no secret.
    """
    place = response.headers.get("location", "")
    for found in [place, *_addresses(response)]:
        address = _joined(url, found) if found else ""
        # An error may name a page that helps.
        if _is_secret(address, base) and (response.status < 400 or urlsplit(address).query):
            _hide(address, streams)
            if found != address:
                streams.hide(found, HIDDEN, in_output=False)


def _hide(address: str, streams: Streams) -> None:
    """Show nothing of an address but its host."""
    host = "".join(re.findall(r"^[^/]*//[^/?#]*", address))
    for form in {address, shown_url(address)}:
        streams.hide(form, f"{host}/{HIDDEN}", in_output=False)


def _addresses(response: Response) -> Iterator[str]:
    for text in (*response.headers.values(), response.text):
        for found in _ADDRESS.findall(text):
            plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), found.replace("\\/", "/"))
            yield plain.rstrip(".,;:)")


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError:
        return place


def _is_secret(address: str, base: str) -> bool:
    try:
        parts, home = urlsplit(address), urlsplit(base)
        if parts.scheme not in ("http", "https") or not (parts.path.strip("/") or parts.query):
            return False
        is_below = origin(address) == origin(base) and parts.path.startswith(home.path.rstrip("/") + "/")
    except ValueError:
        return True
    return not is_below or len(parts.query) >= _SIGNED
