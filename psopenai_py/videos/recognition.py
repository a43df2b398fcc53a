"""Whether content is what was asked for: by its first bytes, and by what the server calls it."""

from __future__ import annotations

import codecs
import re

from ..http.response import Response
from ..http.upload import OCTETS, media_type
from .extent import FIRST_BOXES

#: Bytes that are looked at to tell a video from an error page.
HEAD = 512
#: Objections to what a server may say where content is not there yet.
LATER = ("it is empty", "it is JSON", "it is application/json")
_PICTURES = ("thumbnail", "spritesheet")
_JSON = re.compile(rb"[\[{]\s*[\[{\"}\]\-0-9tfn]")
#: Bytes that stand in no text, and in every video.
_UNWRITTEN = re.compile(rb"[\x00-\x08\x0e-\x1f]")
#: A text, if it is more than a few letters: those cannot be judged.
_WRITTEN = re.compile(rb"[\t\n\r\x20-\x7e]{4,}")
#: Types of what servers say instead of what was asked for.
_MESSAGES = re.compile(
    r"(?:application|text)/(?:\S+\+)?(?:json|xml|problem|javascript|ecmascript)|text/(?:html|css|event-stream)"
    r"|multipart/\S*"
)
#: Types under which servers send any file, and MP4 among them.
_OCTETS = ("", OCTETS, "binary/octet-stream", "video/mp4")
_VAGUE = (*_OCTETS, "application/mp4", "text/plain")


def kind(response: Response, head: bytes) -> str:
    """The media type by the first bytes, else by the header."""
    found = media_type("", head)
    return response.media_type if found == OCTETS else found


def objection(response: Response, head: bytes, variant: str) -> str:
    """Why the content is not what was asked for; empty if it may be.

    Args:
        head: its first bytes.
        variant: what was asked for; empty or "video" for the video.
    """
    if response.status >= 300:
        return "it is a redirect that is not followed"
    if not head:
        return "it is empty"
    found, named = media_type("", head), response.media_type
    is_picture = found.startswith("image/")
    is_video = not is_picture and (head[4:8] in FIRST_BOXES or found.startswith("video/"))
    if variant in _PICTURES and is_video:
        return f"it is a video and not the {variant}, which this server may not have"
    if is_video or (is_picture and variant not in ("", "video")):
        return ""
    if message := _message(head, named):
        return message
    if variant in _PICTURES:
        return "" if named.startswith("image/") or named in _OCTETS else f"it is {named}"
    return _no_video(head, found, named) if variant in ("", "video") else ""


def _no_video(head: bytes, found: str, named: str) -> str:
    """What it is if it cannot be a video; empty for a kind of video that is not known here."""
    if found != OCTETS:
        return f"it is {found}"
    if named not in _VAGUE:
        if not named.startswith("video/"):
            return f"it is {named}"
        return "" if _UNWRITTEN.search(head) else "it is text"
    # What is shorter than a box and its first word cannot be judged, unless it begins as a box does, or is text.
    cannot_be_judged = len(head) < 12 and not (head.startswith(b"\0") or _WRITTEN.fullmatch(head))
    return "" if cannot_be_judged else "it is no MP4 file"


def _message(head: bytes, named: str) -> str:
    """What it is if it is something to be read."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    if _MESSAGES.fullmatch(named):
        return f"it is {named}"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it is a page"
    return "it is JSON" if _JSON.match(start) else ""
