"""Content as a file that is whole from the moment it is there."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..errors import OutputError
from ..streams import Data
from .download import Sink

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
#: Names that Windows has for devices.
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$")
_LONGEST_NAME = 100
_BINARY = getattr(os, "O_BINARY", 0)

#: Copies the content to a sink and returns its media type.
Copy = Callable[[Sink], str]


class Saved(NamedTuple):
    """Where the content is, and whether another file was there before."""

    path: Path
    replaced: bool = False


def save(copy: Copy, target: str, name: str, *, keep: bool = False) -> Saved:
    """Let `copy` write to a file. A folder as target gets a file named after the job.

    The file appears only when it is complete, and one that was there before is replaced only then; missing
    folders are made when the content begins to come. What is no file, such as a device or a named pipe, is
    written to as it is. Raises what `copy` raises, and OutputError when the file cannot be written.

    Args:
        keep: let a file that is there stay, and add the job's name to that of the new one.
    """
    with _writing(target):
        place = _place(target)
        is_special = place.exists() and not (place.is_file() or place.is_dir())
        folder = place if names_folder(target) else place.parent
    if is_special:
        with _Direct(place, target) as sink:
            copy(sink)
        return Saved(place)
    with _Neighbour(folder, target) as sink:
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
    return not names_folder(target) and (place.is_file() or not place.exists())


def check_target(target: str) -> None:
    """Refuse a target that cannot be written to, before anybody waits or downloads for it."""
    with _writing(target):
        place = _place(target)
        folder = place if names_folder(target) else place.parent
        existing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        if os.name == "nt" and RESERVED.match(place.name):
            raise OSError(f"'{place.name}' is a name that Windows reserves")
        if not existing.is_dir():
            raise OSError(f"'{existing}' is no folder")
        if not place.exists() and not os.access(existing, os.W_OK):
            raise OSError(f"the folder '{existing}' is not writable")


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
    return place.resolve() if place.is_symlink() else place


class _Neighbour:
    """A temporary file beside the one that is to be. It is made with the first bytes and gone in the end."""

    def __init__(self, folder: Path, target: str) -> None:
        self._temporary = folder / f".{os.urandom(8).hex()}.part"
        self._target = target
        self._file: BinaryIO | None = None
        self._made: list[Path] = []

    def __enter__(self) -> _Neighbour:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
        # An interruption may have come when the file was there and not yet known here.
        with contextlib.suppress(OSError):
            self._temporary.unlink()
        with contextlib.suppress(OSError):
            for folder in self._made:
                folder.rmdir()

    def write(self, data: Data) -> None:
        with _writing(self._target):
            (self._file or self._open()).write(data)

    def restart(self) -> bool:
        with _writing(self._target):
            if self._file is not None:
                self._file.seek(0)
                self._file.truncate()
        return True

    def finish(self, final: Path) -> None:
        """Make the file appear under its own name."""
        with _writing(self._target):
            self._complete()
            self._temporary.replace(final)
        self._made.clear()

    def finish_beside(self, final: Path, other: Path) -> Path:
        """Make the file appear under its own name, or under another one if that is taken; returns which one."""
        with _writing(self._target):
            self._complete()
            if _is_free(self._temporary, final):
                other = final
            self._temporary.replace(other)
        self._made.clear()
        return other

    def _complete(self) -> None:
        file = self._file or self._open()
        file.flush()
        os.fsync(file.fileno())
        file.close()

    def _open(self) -> BinaryIO:
        folder = self._temporary.parent
        self._made = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        # The rights are what the umask leaves, as for any new file.
        handle = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o666)
        self._file = os.fdopen(handle, "wb")
        return self._file


def _is_free(temporary: Path, final: Path) -> bool:
    """Claim a name, so that of two who want it one gets it."""
    try:
        # Whole at once, where the file system has links.
        os.link(temporary, final)
    except FileExistsError:
        return False
    except OSError:
        try:
            final.touch(exist_ok=False)
        except FileExistsError:
            return False
    return True


class _Direct:
    """Something that is no file: written to as it is, and never replaced."""

    def __init__(self, place: Path, target: str) -> None:
        self._target = target
        with _writing(target):
            self._file = place.open("wb", buffering=0)

    def __enter__(self) -> _Direct:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: Data) -> None:
        view = memoryview(data)
        with _writing(self._target):
            while view:
                view = view[self._file.write(view) or 0 :]

    def restart(self) -> bool:
        return False


@contextlib.contextmanager
def _writing(target: str) -> Iterator[None]:
    """Turn what the file system refuses into our error."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # a null byte, an unknown user's home, links in a circle
        why = (isinstance(error, OSError) and error.strerror) or error
        raise OutputError(
            f"The file '{target}' could not be written: {why}. Nothing is left of it.",
            action="The video is still on the server; call again with another -OutFile.",
        ) from None
