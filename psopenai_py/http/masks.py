"""The secrets of one request, kept out of everything that is said about it. Knows no HTTP library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus, urlsplit

from ..errors import PSOpenAIError
from ..settings import is_secret, mask
from ..streams import Streams
from .request import Request

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
