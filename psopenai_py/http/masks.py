"""The secrets of one request, kept out of everything that is said about it. Knows no HTTP library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus, urlsplit

from ..destination import is_secret, mask, shown_url
from ..errors import PSOpenAIError
from ..streams import Streams
from .request import Request, origin
from .response import Response

#: An address in a body or header, as it is or as JSON escapes it.
_ADDRESS = re.compile(r"https?:(?:\\?/){2}[^\s\"'<>]+")
#: Shorter texts would be found everywhere.
_SHORTEST = 8


class Masks(NamedTuple):
    """What authenticates a request, each text with its masked form."""

    shown: dict[str, str]

    @classmethod
    def of(cls, request: Request) -> Masks:
        """Those in the headers and in the query, there also as they are escaped."""
        found = [value.rpartition(" ")[2] for name, value in request.headers.items() if is_secret(name)]
        for name, value in parse_qsl(urlsplit(request.url).query):
            if is_secret(name):
                found += [value, quote_plus(value)]
        return cls({secret: mask(secret) for secret in found if len(secret) >= _SHORTEST})

    def hide(self, streams: Streams) -> None:
        """Have the streams mask them too."""
        for secret, shown in self.shown.items():
            streams.hide(secret, shown)

    def text(self, text: str) -> str:
        """A text without them."""
        for secret, shown in self.shown.items():
            text = text.replace(secret, shown)
        return text

    def data(self, data: bytes) -> bytes:
        """The same for bytes."""
        for secret, shown in self.shown.items():
            data = data.replace(secret.encode(), shown.encode())
        return data

    @contextmanager
    def in_errors(self) -> Iterator[None]:
        """Keep them out of errors: what a server or a library says may repeat them."""
        try:
            yield
        except PSOpenAIError as error:
            for name, value in vars(error).items():
                if isinstance(value, str):
                    setattr(error, name, self.text(value))
            error.args = (error.message,)
            raise


def conceal(response: Response, url: str, streams: Streams) -> None:
    """Keep the addresses on other hosts that a response names out of what the streams say, though not of the output."""
    for text in (*response.headers.values(), response.text):
        for found in _ADDRESS.findall(text):
            plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), found.replace("\\/", "/"))
            if _is_elsewhere(plain, url):
                place = "/".join(plain.split("/", 3)[:3])
                for form in {found, plain, shown_url(plain)}:
                    streams.hide(form, f"{place}/<hidden>", in_output=False)


def _is_elsewhere(address: str, url: str) -> bool:
    try:
        return origin(address) != origin(url)
    except ValueError:
        return True
