"""A video that stands in base64 inside of an answer, as something that can be downloaded."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from ..errors import AnswerError
from ..http.response import Response
from ..streams import Data

#: Characters that are decoded at a time: a multiple of four.
_PIECE = 4 * 2**18
#: The two characters that addresses write otherwise.
_FROM_ADDRESSES = str.maketrans("-_", "+/")


def in_address(address: str) -> tuple[str, str] | None:
    """The base64 and the media type of a data URL; None for any other address."""
    head, comma, data = address.partition(",")
    scheme, _, rest = head.partition(":")
    if scheme.lower() != "data" or not comma or not rest.lower().endswith(";base64"):
        return None
    return data, rest.partition(";")[0].lower()


class InlineContent:
    """The video. It is all there, so nothing can break off."""

    def __init__(self, data: str, media_type: str) -> None:
        self.response = Response(200, "OK", {"content-type": media_type}, b"", 0.0)
        self._data = data

    def chunks(self) -> Iterator[Data]:
        """The bytes, piece by piece. Raises AnswerError for what is not base64."""
        data = "".join(self._data.split()).rstrip("=")
        if "-" in data or "_" in data:
            data = data.translate(_FROM_ADDRESSES)
        data += "=" * (-len(data) % 4)
        try:
            for start in range(0, len(data), _PIECE):
                yield b64decode(data[start : start + _PIECE], validate=True)
        except ValueError:
            raise AnswerError(
                "The video inside of the answer is not valid base64.", command="Get-VideoContent", status=200
            ) from None
