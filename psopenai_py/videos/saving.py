"""Content as a file that is whole from the moment it is there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .download import Sink
from .file_sinks import OpenFile, ReplacingFile, check_replaceable, descriptor_of, is_special, writing

_EXTENSIONS = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-msvideo": ".avi",
    "image/avif": ".avif",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$")
_LONGEST_NAME = 100

#: Copies the content to a sink and returns its media type.
Copy = Callable[[Sink], str]


class Saved(NamedTuple):
    """Where the content is, and whether another file was there before."""

    path: Path
    replaced: bool = False


def save(copy: Copy, target: str, name: str, *, keep: bool = False) -> Saved:
    """Let `copy` write to a file. A folder as target gets a file named after the job.

    The file appears only when it is complete, and one that was there before is replaced only then; missing
    folders are made when the content begins to come. A new file under the old name keeps the mode and, where that is
    allowed, the owner; a symbolic link goes on to lead to it, and other hard links keep the old content.

    What is no file, such as a device, a named pipe, or what is open already, is written to as it is. Raises what
    `copy` raises, and OutputError when the file cannot be written.

    Args:
        keep: let a file that is there stay, and add the job's name to that of the new one.
    """
    with writing(target):
        place = _place(target)
        folder = place if names_folder(target) else place.parent
        special = is_special(place)
    if special:
        with OpenFile(place, target) as sink:
            copy(sink)
        return Saved(place)
    with ReplacingFile(folder, target, None if keep or folder == place else place) as sink:
        media_type = copy(sink)
        if folder == place:
            place = folder / (clean_name(name) + _EXTENSIONS.get(media_type, ".bin"))
        if keep:
            return Saved(sink.finish_beside(place, place.with_stem(f"{place.stem}-{clean_name(name)}")))
        replaced = place.exists()
        sink.finish(place)
    return Saved(place, replaced)


def names_folder(target: str) -> bool:
    """True for a target that is a folder, or is written like one."""
    return target.endswith(("/", os.sep)) or _place(target).is_dir()


def is_replaced(target: str) -> bool:
    """True for a target that holds one content, so that a second one would replace the first."""
    place = _place(target)
    return not names_folder(target) and not is_special(place)


def check_target(target: str) -> None:
    """Refuse a target that cannot be written to, before anybody waits or downloads for it."""
    with writing(target, "Nothing was downloaded."):
        place = _place(target)
        if is_special(place):
            if (descriptor := descriptor_of(place)) is not None:
                os.fstat(descriptor)
            return
        folder = place if names_folder(target) else place.parent
        if not place.is_absolute() and _is_deleted():
            raise OSError("the current folder was deleted")
        existing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        if os.name == "nt" and (reserved := next(filter(RESERVED.match, place.parts), "")):
            raise OSError(f"'{reserved}' is a name that Windows reserves")
        if not existing.is_dir():
            raise OSError(f"'{existing}' is no folder")
        if not os.access(existing, os.W_OK):
            raise OSError(f"the folder '{existing}' is not writable")
        check_replaceable(place)


def _is_deleted() -> bool:
    """True for a current folder that is no longer there."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def clean_name(name: str) -> str:
    """A name that every file system takes, made of a job's id. Different ids give different names."""
    from hashlib import sha256

    safe = re.sub(r"[^\w.=+@-]", "_", name, flags=re.ASCII).rstrip(". ")[:_LONGEST_NAME]
    if safe.startswith((".", "-")) or RESERVED.match(safe):
        safe = f"_{safe}"
    return safe if safe and safe == name else f"{safe or 'video'}-{sha256(name.encode()).hexdigest()[:8]}"


def _place(target: str) -> Path:
    """Where the content goes: the home folder written out, and the file that a link leads to."""
    if "\0" in target:
        raise ValueError("no name can have a null character")
    place = Path(target).expanduser()
    # The link behind the name of what is open leads to no path.
    return place.resolve() if place.is_symlink() and not is_special(place) else place
