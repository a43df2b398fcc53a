"""A small video, a server's answer with it, and what a folder holds."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 40
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
