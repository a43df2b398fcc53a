"""Content as a file that is whole from the moment it is there."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

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
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$")
#: Names of what is open already, such as /dev/fd/63 for the program in `>(program)`.
_OPEN = re.compile(r"/dev/(?:std(?:out|err)|fd/[0-9]{1,9})|/proc/self/fd/[0-9]{1,9}", re.ASCII)
_LONGEST_NAME = 100
_BINARY = getattr(os, "O_BINARY", 0)

#: Copies the content to a sink and returns its media type.
Copy = Callable[[Sink], str]


def save(copy: Copy, target: str, name: str) -> Path:
    """Let `copy` write to a file and return the file's path. A folder as target gets a file named after the job.

    The file appears only when it is complete, and one that was there before is replaced only then; missing
    folders are made when the content begins to come. A new file under the old name keeps the mode and, where that is
    allowed, the owner; a symbolic link goes on to lead to it, and other hard links keep the old content.

    What is no file, such as a device, a named pipe, or what is open already, is written to as it is. Raises what
    `copy` raises, and OutputError when the file cannot be written.
    """
    with _writing(target):
        place = _place(target)
        folder = place if names_folder(target) else place.parent
        is_special = _is_special(place)
    if is_special:
        with _Direct(place, target) as sink:
            copy(sink)
        return place
    with _Neighbour(folder, target, None if folder == place else place) as sink:
        media_type = copy(sink)
        if folder == place:
            place = folder / (clean_name(name) + _EXTENSIONS.get(media_type, ".bin"))
        sink.finish(place)
    return place


def names_folder(target: str) -> bool:
    """True for a target that is a folder, or is written like one."""
    return target.endswith(("/", os.sep)) or _place(target).is_dir()


def is_replaced(target: str) -> bool:
    """True for a target that holds one content, so that a second one would replace the first."""
    place = _place(target)
    return not names_folder(target) and not _is_special(place)


def check_target(target: str) -> None:
    """Refuse a target that cannot be written to, before anybody waits or downloads for it."""
    with _writing(target, "Nothing was downloaded."):
        place = _place(target)
        if _is_special(place):
            if (descriptor := _descriptor(place)) is not None:
                os.fstat(descriptor)
            return
        folder = place if names_folder(target) else place.parent
        existing = next((each for each in (folder, *folder.parents) if each.exists()), folder)
        if os.name == "nt" and (reserved := next(filter(_RESERVED.match, place.parts), "")):
            raise OSError(f"'{reserved}' is a name that Windows reserves")
        if not existing.is_dir():
            raise OSError(f"'{existing}' is no folder")
        if not os.access(existing, os.W_OK):
            raise OSError(f"the folder '{existing}' is not writable")
        _check_replaceable(place)


def _is_special(place: Path) -> bool:
    """True for what is no file and no folder, or is open already under its name."""
    if _descriptor(place) is not None or (os.name == "nt" and place.name.lower() == "nul"):
        return True
    return place.exists() and not (place.is_file() or place.is_dir())


def _descriptor(place: Path) -> int | None:
    """The number of what is open already under a name such as /dev/stdout; None for any other."""
    name = place.as_posix()
    if os.name != "posix" or not _OPEN.fullmatch(name):
        return None
    return {"/dev/stdout": 1, "/dev/stderr": 2}.get(name) or int(place.name)


def _check_replaceable(place: Path) -> None:
    """Refuse a file that is there and not to be written; also for those who may write anything.

    Replacing it would need the right to write to the folder only, and so would pass over what its mode says.
    """
    if place.is_file() and not (place.stat().st_mode & 0o222 and os.access(place, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only")


def clean_name(name: str) -> str:
    """A name that every file system takes, made of a job's id. Different ids give different names."""
    from hashlib import sha256

    safe = re.sub(r"[^\w.=+@-]", "_", name, flags=re.ASCII).rstrip(". ")[:_LONGEST_NAME]
    if safe.startswith((".", "-")) or _RESERVED.match(safe):
        safe = f"_{safe}"
    return safe if safe and safe == name else f"{safe or 'video'}-{sha256(name.encode()).hexdigest()[:8]}"


def _place(target: str) -> Path:
    """Where the content goes: the home folder written out, and the file that a link leads to."""
    if "\0" in target:
        raise ValueError("no name can have a null character")
    place = Path(target).expanduser()
    # The link behind the name of what is open leads to no path.
    return place.resolve() if place.is_symlink() and not _is_special(place) else place


class _Neighbour:
    """A temporary file beside the one that is to be. It is made with the first bytes and gone in the end.

    Args:
        final: the file that is to be; None where its name depends on what comes.
    """

    def __init__(self, folder: Path, target: str, final: Path | None) -> None:
        self._final = final
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
            file = self._file or self._open()
            _check_replaceable(final)
            _keep_mode(file.fileno(), final)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            self._temporary.replace(final)
        self._made.clear()

    def _open(self) -> BinaryIO:
        folder = self._temporary.parent
        self._made = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        # The rights are what the umask leaves, as for any new file.
        handle = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY, 0o666)
        self._file = os.fdopen(handle, "wb")
        if self._final is not None:
            _keep_mode(handle, self._final)  # before the first byte: it may be a secret
        return self._file


def _keep_mode(handle: int, old: Path) -> None:
    """Give an open file the mode of the one that it replaces, and its owner where that is allowed."""
    if sys.platform == "win32" or not old.is_file():
        return
    known, ours = old.stat(), os.fstat(handle)
    if (known.st_uid, known.st_gid) != (ours.st_uid, ours.st_gid):
        with contextlib.suppress(OSError):
            os.fchown(handle, known.st_uid, known.st_gid)
    os.fchmod(handle, stat.S_IMODE(known.st_mode) & 0o777)


class _Direct:
    """Something that is no file: written to as it is, and never replaced."""

    def __init__(self, place: Path, target: str) -> None:
        self._target = target
        with _writing(target):
            descriptor = _descriptor(place)
            # A duplicate of what is open already begins where others have ended.
            opened = place if descriptor is None else os.dup(descriptor)
            self._file = open(opened, "wb", buffering=0)  # noqa: PTH123, SIM115

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
def _writing(target: str, result: str = "Nothing is left of it.") -> Iterator[None]:
    """Turn what the file system refuses into our error."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # a null byte, an unknown user's home, links in a circle
        why = (isinstance(error, OSError) and error.strerror) or error
        raise OutputError(
            f"The file '{target}' could not be written: {why}. {result}",
            action="The video is still on the server; call again with another -OutFile.",
        ) from None
