"""Copying content: what is accepted, and what is no content. No network, no clock."""

from __future__ import annotations

import pytest

from psopenai_py.errors import (
    AnswerError,
)
from tests.cmdlets.contents import FTYP, MP4, WEBP, box
from tests.videos.hosts import Host, Incoming, Sink, answer, plain

# --- what is accepted -------------------------------------------------------------------------------------------

ACCEPTED: dict[str, tuple[bytes, str, str, str]] = {
    "MP4": (MP4, "video/mp4", "", "video/mp4"),
    "MP4 by name": (MP4, "video/mp4", "video", "video/mp4"),
    "MP4 without a type": (MP4, "", "", "video/mp4"),
    "MP4 as octets": (MP4, "application/octet-stream", "", "video/mp4"),
    "MP4 as text": (MP4, "text/plain", "", "video/mp4"),
    "MP4 under another name": (MP4, "application/json", "", "video/mp4"),
    "MP4 as a picture": (MP4, "image/png", "", "video/mp4"),
    "QuickTime": (b"\0\0\0\x14ftypqt  " + bytes(50), "video/mp4", "", "video/quicktime"),
    "another first box": (b"\0\0\0\x08free" + bytes(50), "video/mp4", "", "video/mp4"),
    "a long box": (FTYP + box(b"mdat", bytes(99), long=True), "video/mp4", "", "video/mp4"),
    "a last box without a size": (FTYP + box(b"mdat", bytes(99), to_the_end=True), "video/mp4", "", "video/mp4"),
    "contents at the end": (FTYP + box(b"mdat", bytes(99)) + box(b"moov", b""), "video/mp4", "", "video/mp4"),
    "fragments": (box(b"styp", bytes(8)) + box(b"moof", b"") + box(b"mdat", bytes(9)), "video/mp4", "", "video/mp4"),
    "a picture in boxes": (
        box(b"ftyp", b"avif\0\0\0\0mif1") + box(b"meta", b"") + box(b"mdat", bytes(9)),
        "",
        "thumbnail",
        "image/avif",
    ),
    "an empty box": (FTYP + box(b"free", b"") + box(b"\xa9cmt", b"?"), "video/mp4", "", "video/mp4"),
    "more boxes than any video has": (FTYP + box(b"free", b"") * 200_000, "video/mp4", "", "video/mp4"),
    "padding behind the boxes": (MP4 + bytes(99), "video/mp4", "", "video/mp4"),
    "a short trailer behind the boxes": (MP4 + b"ABC", "video/mp4", "", "video/mp4"),
    "a trailer behind the boxes": (MP4 + bytes(range(128, 200)), "video/mp4", "", "video/mp4"),
    "WebM as MP4": (b"\x1a\x45\xdf\xa3" + bytes(50), "video/mp4", "", "video/webm"),
    "AVI": (b"RIFF\0\0\0\0AVI " + bytes(50), "video/x-msvideo", "", "video/x-msvideo"),
    "too short to judge": (b"ABC", "video/mp4", "", "video/mp4"),
    "a video of another kind": (bytes(50), "video/ogg", "", "video/ogg"),
    "a thumbnail": (WEBP, "image/webp", "thumbnail", "image/webp"),
    "a thumbnail with a wrong type": (WEBP, "video/mp4", "thumbnail", "image/webp"),
    "a sprite sheet": (b"\xff\xd8\xff\xe0" + bytes(50), "image/jpeg", "spritesheet", "image/jpeg"),
    "a thumbnail without a type": (WEBP, "", "thumbnail", "image/webp"),
    "an unknown picture": (b"ABC", "image/x-thing", "thumbnail", "image/x-thing"),
    "another variant": (bytes(50), "application/x-thing", "thing", "application/x-thing"),
    "another variant as text": (b"Hello, world!", "text/vtt", "subtitles", "text/vtt"),
    "another variant, a video": (MP4, "text/html", "1", "video/mp4"),
}


@pytest.mark.parametrize(("content", "kind", "variant", "found"), ACCEPTED.values(), ids=list(ACCEPTED))
def test_content(content: bytes, kind: str, variant: str, found: str) -> None:
    for name in _names(variant):
        sink, host = Sink(), Host([plain(content_type=kind)], content)
        assert (host.copy(sink, name), bytes(sink.data), len(host.asked)) == (found, content, 1)


REFUSED: dict[str, tuple[bytes, str, str, str]] = {
    "nothing": (b"", "video/mp4", "", "it is empty"),
    "JSON": (b"[1]", "application/json", "", "it is application/json"),
    "JSON with a parameter": (b"{}", "application/json; charset=utf-8", "", "it is application/json"),
    "an error as a video": (b'{"error": {"message": "not ready"}}', "video/mp4", "", "it is JSON"),
    "JSON behind blanks": (b' \n{\n  "detail": "no"}', "", "", "it is JSON"),
    "JSON as a picture": (b'[{"loc": 1}]', "image/webp", "thumbnail", "it is JSON"),
    "HTML": (b"<p>", "text/html", "", "it is text/html"),
    "HTML as a video": (b"\n<!DOCTYPE html><html>", "", "", "it is a page"),
    "XML": (b"<?xml version='1.0'?><Error/>", "video/mp4", "", "it is a page"),
    "text": (b"The video is not ready.", "text/plain", "", "it is no MP4 file"),
    "octets that are no video": (bytes(600), "application/octet-stream", "", "it is no MP4 file"),
    "the first bytes of a video": (MP4[:7], "video/mp4", "", "it is no MP4 file"),
    "a problem": (b"Not ready", "application/problem+json", "", "it is application/problem.json"),
    "a problem as XML": (b"<problem/>", "application/problem+xml", "", "it is application/problem.xml"),
    "XML by name": (b"<Error/>", "application/xml; charset=utf-8", "", "it is application/xml"),
    "XML as text": (b"<Error/>", "text/xml", "", "it is text/xml"),
    "a style sheet": (b"body {}", "text/css", "", "it is text/css"),
    "a program": (b"let x", "text/javascript", "", "it is text/javascript"),
    "a stream of events": (b"data: queued\n\n", "text/event-stream", "", "it is text/event-stream"),
    "parts": (b"--a\r\n", "multipart/byteranges; boundary=a", "", "it is multipart/byteranges"),
    "a picture by name": (bytes(50), "image/png", "", "it is image/png"),
    "a picture": (WEBP, "image/webp", "", "it is image/webp"),
    "a picture as a video": (b"\x89PNG\r\n\x1a\n" + bytes(50), "video/webm", "", "it is image/png"),
    "a still picture in boxes": (b"\0\0\0\x18ftypavif" + bytes(50), "video/mp4", "", "it is image/avif"),
    "text as a video of another kind": (b"The video is not ready.", "video/webm", "", "it is text"),
    "an archive": (b"PK\x03\x04" + bytes(50), "application/zip", "", "it is application/zip"),
    "a playlist": (b"#EXTM3U\n#EXT-X", "application/vnd.apple.mpegurl", "", "it is application/vnd.apple.mpegurl"),
    "a problem as a thumbnail": (b"Not ready", "application/problem+json", "thumbnail", "it is application/problem"),
    "events as another variant": (b"data: x", "text/event-stream", "thing", "it is text/event-stream"),
    "JSON behind a mark as a thumbnail": (b'\xef\xbb\xbf{"error": 1}', "image/webp", "thumbnail", "it is JSON"),
    "plain text as a thumbnail": (b"Not ready", "text/plain", "thumbnail", "it is text/plain"),
    "an archive as a thumbnail": (b"PK\x03\x04", "application/zip", "thumbnail", "it is application/zip"),
    "text as a thumbnail": (b"Not ready", "text/markdown", "thumbnail", "it is text/markdown"),
    "a few words": (b"not yet", "video/mp4", "", "it is no MP4 file"),
    "a word": (b"null", "application/octet-stream", "", "it is no MP4 file"),
    "a list of a number": (b"[1]", "video/mp4", "", "it is JSON"),
    "MP4 that is none": (bytes(12), "video/mp4", "", "it is no MP4 file"),
    "the video in place of a thumbnail": (MP4, "video/mp4", "thumbnail", "it is a video and not the thumbnail"),
    "the video in place of a sprite sheet": (MP4, "image/jpeg", "spritesheet", "it is a video and not the sprite"),
}


@pytest.mark.parametrize(("content", "kind", "variant", "why"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_content(content: bytes, kind: str, variant: str, why: str) -> None:
    for name in _names(variant):
        sink, host = Sink(), Host([plain(content_type=kind)], content)
        with pytest.raises(AnswerError, match=why):
            host.copy(sink, name)
        assert (bytes(sink.data), len(host.asked)) == (b"", 1)


def _names(variant: str) -> tuple[str, ...]:
    """The video has two names, and everything holds for both."""
    return ("", "video") if variant in ("", "video") else (variant,)


def test_a_redirect_that_is_not_followed_is_no_content() -> None:
    host = Host([lambda *_: Incoming(answer(302, location="ftp://x"), [])])
    with pytest.raises(AnswerError, match="a redirect"):
        host.copy(Sink())
