"""Files to be uploaded: where they are, what they are, how large."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from ..errors import InputError
from ..redaction import without_secrets
from .files import FilePart

#: Bytes that are read from what is no file, such as a pipe: all of it has to be held in memory.
LARGEST_PIPE = 256 * 2**20
OCTETS = "application/octet-stream"

_BY_EXTENSION = {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


def file_part(path: str) -> FilePart:
    """Look at a file to be sent, before anything is sent.

    `~` is the home folder; there are no wildcards. Raises InputError when it is missing or cannot be read.
    """
    full = os.path.expanduser(path)  # noqa: PTH111 - pathlib would drop a trailing separator and take a folder
    try:
        with open(full, "rb") as file:  # noqa: PTH123
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            start = file.read(32 if regular else LARGEST_PIPE + 1)
            size = os.fstat(file.fileno()).st_size if regular else len(start)
    except OSError as error:
        raise _unreadable(path, error) from None
    except ValueError as error:
        raise _unreadable(path, OSError(errno.ENOENT, str(error))) from None
    if not regular and size > LARGEST_PIPE:
        raise _unreadable(path, OSError(errno.EFBIG, f"it is no file, and more than {LARGEST_PIPE // 2**20} MB come"))
    name = os.fsencode(Path(full).name).decode("utf-8", "replace")
    return FilePart(full, name, media_type(name, start), size, None if regular else start)


def is_address(text: str) -> bool:
    """True for what is an address or a data URL, and no path."""
    return re.match(r"data:[a-z]|[a-z][a-z_+-]+://", text.strip(), re.IGNORECASE) is not None


def media_type(name: str, start: bytes) -> str:
    """The media type of a file by its extension, or by its first bytes when it has none that we know."""
    return _BY_EXTENSION.get(Path(name).suffix.lower()) or _by_content(start)


def _by_content(start: bytes) -> str:
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if start[4:8] == b"ftyp":
        brands = {b"qt  ": "video/quicktime", b"avif": "image/avif", b"heic": "image/heic"}
        return brands.get(start[8:12], "video/mp4")
    return OCTETS


def _unreadable(path: str, error: OSError) -> InputError:
    missing = isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError)
    why = "it is a folder" if isinstance(error, IsADirectoryError) else (error.strerror or str(error))
    kind = "System.Management.Automation.ItemNotFoundException"
    if not missing:
        kind = "System.UnauthorizedAccessException"
    shown = without_secrets(path[:4096])  # longer ones are no path
    return InputError(
        f"The file '{shown}' cannot be read: {why}. Nothing was sent.",
        error_id=kind,
        command="Resolve-FileInfo",
        category="ObjectNotFound" if missing else "PermissionDenied",
        reason=kind.rpartition(".")[2],
        target=shown,
    )
