"""A small video, a server's answer with it, and what a folder holds."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any


def box(kind: bytes, data: bytes, *, long: bool = False, to_the_end: bool = False) -> bytes:
    """A box of an MP4 file; its size in 64 bits, or left open, as a file may have it."""
    if long:
        return b"\0\0\0\1" + kind + (16 + len(data)).to_bytes(8, "big") + data
    return (0 if to_the_end else 8 + len(data)).to_bytes(4, "big") + kind + data


FTYP = box(b"ftyp", b"isom\0\0\x02\0isomiso2")
MP4 = FTYP + box(b"moov", b"") + box(b"mdat", bytes(range(256)) * 40)
WEBP = b"RIFF" + (112).to_bytes(4, "little") + b"WEBPVP8 " + bytes(104)
DROPPED = "PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest"
NOT_CONTENT = "System.ArgumentException,Get-VideoContent"
NOT_WRITTEN = "OutputNotWritten"


def content(data: bytes = MP4, **more: Any) -> dict[str, Any]:
    """An answer for the server of the tests."""
    headers = {"Content-Type": "video/mp4"} | more.pop("headers", {})
    return {"bytes_b64": base64.b64encode(data).decode(), "headers": headers} | more


def files(place: Path) -> dict[str, bytes]:
    """The files of a folder by their relative names."""
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
