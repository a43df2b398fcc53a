"""Files that are sent: as a part of a multipart body, or in base64 inside of a JSON body."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, NamedTuple


class FilePart(NamedTuple):
    """A file that is sent. `data` is set only for what can be read once, such as a pipe."""

    path: str
    name: str
    media_type: str
    size: int
    data: bytes | None = None

    def open(self) -> BinaryIO:
        """A binary file from the start, anew for each attempt."""
        return open(self.path, "rb") if self.data is None else io.BytesIO(self.data)  # noqa: PTH123


class Embedded(NamedTuple):
    """A file as a text of a JSON body: a data URL, or bare base64. It is read when the body is sent, not before."""

    file: FilePart
    bare: bool = False

    @property
    def text(self) -> str:
        """What is sent."""
        with self.file.open() as file:
            return self._head + b64encode(file.read()).decode("ascii")

    @property
    def shown(self) -> str:
        """What is shown of it."""
        return f"{self._head}<{self.file.size} bytes of {self.file.name}>"

    @property
    def _head(self) -> str:
        return "" if self.bare else f"data:{self.file.media_type};base64,"


def with_files(document: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body as it is sent."""
    return dict(_mapped(document, lambda embedded: embedded.text))


def with_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body as it is shown."""
    return dict(_mapped(document, lambda embedded: embedded.shown))


def _mapped(value: Any, written: Callable[[Embedded], str]) -> Any:
    if isinstance(value, Embedded):
        return written(value)
    if isinstance(value, Mapping):
        return {name: _mapped(member, written) for name, member in value.items()}
    return [_mapped(element, written) for element in value] if isinstance(value, list) else value
