"""Addresses that are secrets: whoever knows one can fetch what is there."""

from __future__ import annotations

import re

from ..redaction import HIDDEN, shown_url
from ..streams import Streams
from .request import origin
from .response import Response

#: An address in a body or header, as it is or as JSON escapes it.
_ADDRESS = r"https?:(?:\\?/){2}[^\s\"'<>]+"


def conceal(response: Response, url: str, streams: Streams) -> None:
    """Keep the addresses on other hosts that a response names out of what the streams say, though not of the output.

    Args:
        url: what was asked for.
    """
    for text in (*response.headers.values(), response.text):
        for found in re.findall(_ADDRESS, text):
            address = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), found.replace("\\/", "/"))
            if _is_elsewhere(address, url):
                place = "/".join(address.split("/", 3)[:3])
                for form in {address, shown_url(address)}:
                    streams.hide(form, f"{place}/{HIDDEN}", in_output=False)


def _is_elsewhere(address: str, url: str) -> bool:
    try:
        return origin(address) != origin(url)
    except ValueError:
        return True
