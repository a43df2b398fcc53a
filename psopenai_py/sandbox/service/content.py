"""The content route: which bytes, which part of them, and whether the client has them already (RFC 9110)."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..media.scene import Scene, make_scene
from .responses import ApiError, Response
from .timeline import Job

__all__ = ["content_response"]

# Digits of a position that is read; more than any file has.
_MOST_DIGITS = 18
# Part of each entity tag, so that no cache mixes pictures of two releases: raise it when one byte changes.
_EDITION = 2
# One picture at a time: threads that compute keep all others waiting, among them those that answer small requests.
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Asset:
    media_type: str
    extension: str
    length: int
    chunks: Callable[[], Iterable[bytes]]


def content_response(job: Job, variant: str, environ: Mapping[str, Any]) -> Response:
    """Answer for one variant of a completed job: 200, 206, 304, or an ApiError 416."""
    with _drawing:
        asset = _asset(job, variant)
    tag = _entity_tag(job, variant)
    headers = {
        "content-type": asset.media_type,
        "accept-ranges": "bytes",
        "etag": tag,
        "cache-control": "private, max-age=0, must-revalidate",
        "content-disposition": f'inline; filename="{job.id}{asset.extension}"',
    }
    if _matches(environ.get("HTTP_IF_NONE_MATCH"), tag):
        return Response(304, headers, (), 0)
    span = _span(environ, tag, asset.length)
    if span is None:
        return Response(200, headers, asset.chunks(), asset.length)
    first, last = span
    headers["content-range"] = f"bytes {first}-{last}/{asset.length}"
    return Response(206, headers, _part(asset.chunks(), first, last + 1), last + 1 - first)


def _asset(job: Job, variant: str) -> _Asset:
    scene = make_scene(_seed(job), job.width, job.height, job.seconds, job.tint)
    if variant == "thumbnail":
        from ..media.stills import thumbnail

        return _still(thumbnail, scene)
    if variant == "spritesheet":
        from ..media.stills import spritesheet

        return _still(spritesheet, scene)
    from ..media.clip import make_clip

    clip = make_clip(scene)
    return _Asset("video/mp4", ".mp4", clip.length, clip.chunks)


def _still(draw: Callable[[Scene], bytes], scene: Scene) -> _Asset:
    data = draw(scene)
    return _Asset("image/webp", ".webp", len(data), lambda: (data,))


def _seed(job: Job) -> str:
    # The request, not the id: who asks for the same twice gets the same bytes, and a test can compare them.
    return f"{job.model} {job.prompt}"


def _entity_tag(job: Job, variant: str) -> str:
    basis = f"{_EDITION} {_seed(job)} {job.size} {job.seconds} {job.tint}"
    return f'"{variant}-{zlib.crc32(basis.encode("utf-8", "surrogatepass")):08x}-{job.id[6:]}"'


def _matches(header: str | None, tag: str) -> bool:
    """Compare weakly, as If-None-Match wants (13.1.2)."""
    candidates = [candidate.strip().removeprefix("W/") for candidate in (header or "").split(",")]
    return tag in candidates or "*" in candidates


def _span(environ: Mapping[str, Any], tag: str, length: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for; None for all of them."""
    if environ["REQUEST_METHOD"] != "GET":  # 14.2: Range means something for GET only
        return None
    # Several ranges, or none that we understand, may be answered with the whole (14.2).
    match = re.fullmatch(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", environ.get("HTTP_RANGE") or "", re.ASCII)
    if match is None or match[1] == match[2] == "":
        return None
    if max(len(match[1]), len(match[2])) > _MOST_DIGITS:
        raise ApiError(400, "The header field Range has too many digits.", code="invalid_range")
    if environ.get("HTTP_IF_RANGE", tag) != tag:  # strong comparison; we give no dates (13.1.5)
        return None
    if match[1] and match[2] and int(match[1]) > int(match[2]):
        return None
    first = int(match[1]) if match[1] else max(0, length - int(match[2]))
    last = min(int(match[2]), length - 1) if match[1] and match[2] else length - 1
    if first >= length:
        raise ApiError(
            416,
            f"The range begins after the last of {length} bytes.",
            code="range_not_satisfiable",
            headers={"content-range": f"bytes */{length}"},
        )
    return first, last


def _part(chunks: Iterable[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `stop`."""
    offset = 0
    for chunk in chunks:
        piece = chunk[max(0, start - offset) : max(0, stop - offset)]
        if piece:
            yield piece
        offset += len(chunk)
        if offset >= stop:
            return
