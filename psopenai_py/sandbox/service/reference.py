"""Reference images: whether an upload looks like a whole picture, and the colour that it lends to the clip.

No network: an address is not fetched.
"""

from __future__ import annotations

import base64

from .forms import Upload, digest

__all__ = ["data_url", "tint_of"]


def data_url(value: object) -> Upload | None:
    """Return the picture of a reference given in JSON: a data URL, alone or as `image_url`.

    None for a file id or an address elsewhere, which the sandbox accepts and leaves alone. A ValueError
    says what is wrong.
    """
    if isinstance(value, dict):
        if "file_id" in value:
            return None
        value = value.get("image_url")
    if not isinstance(value, str) or not value:
        raise ValueError("it must be a file, a data URL, or an object with image_url or file_id")
    if value[:5].lower() != "data:":
        return None
    header, comma, data = value.partition(",")
    if not comma or not header.lower().endswith(";base64"):
        raise ValueError("its data URL is not in base64")
    try:
        return digest("", "", [base64.b64decode(data, validate=True)])
    except ValueError:
        raise ValueError("its data URL is not valid base64") from None


def tint_of(upload: Upload) -> tuple[int, int, int]:
    """Return a colour that follows from a picture's bytes; a ValueError when it is no whole PNG, JPEG or WebP."""
    start = upload.start
    if not upload.size:
        raise ValueError("the file is empty")
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        whole = start[12:16] == b"IHDR" and b"IEND\xaeB`\x82" in upload.end
    elif start.startswith(b"\xff\xd8"):
        whole = start[2:3] == b"\xff" and b"\xff\xd9" in upload.end
    elif start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        whole = start[12:15] == b"VP8" and int.from_bytes(start[4:8], "little") + 8 <= upload.size
    else:
        raise ValueError("it is neither PNG, JPEG nor WebP")
    if not whole:
        raise ValueError("the file is cut off or damaged")
    return 64 + (upload.checksum & 127), 64 + (upload.checksum >> 8 & 127), 64 + (upload.checksum >> 16 & 127)
