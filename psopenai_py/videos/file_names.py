"""Names of files made of what a job is: `clips/{prompt}-{id}.mp4`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from ..errors import InputError
from .saving import RESERVED, clean_name

FIELDS = ("id", "prompt", "model", "size", "seconds")
_FIELD = re.compile(r"\{(\w+)\}")
#: Most characters and bytes of one field; file systems allow 255 bytes for a whole name.
_LONGEST, _MOST_BYTES = 60, 120


def fields(target: str) -> frozenset[str]:
    """The fields of a job that a target is made of; none if it is a name like any other.

    Braces with another word in them are text, unless a field stands beside them: then it is misspelt. Raises
    InputError for that.
    """
    found = frozenset(_FIELD.findall(target))
    unknown = found.difference(FIELDS)
    if unknown and len(unknown) < len(found):
        raise InputError(
            f"-OutFile has no field {{{min(unknown)}}}. Nothing was downloaded.",
            action=f"The fields are {', '.join(f'{{{name}}}' for name in FIELDS)}.",
        )
    return frozenset() if unknown else found


def folder(target: str) -> str:
    """The folder that the part before the first field leads to."""
    before = target[: target.index("{")]
    return before[: max(before.rfind("/"), before.rfind("\\")) + 1] or "./"


def filled(target: str, identifier: str, job: Mapping[str, Any]) -> str:
    """The name of the file of a job. No value can lead into another folder, or be refused by a file system."""
    values = {name: _clean(job.get(name)) for name in FIELDS} | {"id": clean_name(identifier)}
    name = _FIELD.sub(lambda match: values[match[1]], target)
    return re.sub(r"[^/\\]+", lambda part: f"_{part[0]}" if RESERVED.match(part[0]) else part[0], name)


def _clean(value: Any) -> str:
    """Words with underscores between, in any script; the same text for the same value on every system."""
    words = re.findall(r"\w+(?:[.=+@-]\w+)*", normalize("NFC", str(value if value is not None else "")))
    text = "_".join(words)[:_LONGEST]
    return text.encode()[:_MOST_BYTES].decode(errors="ignore").strip("._-") or "unknown"
