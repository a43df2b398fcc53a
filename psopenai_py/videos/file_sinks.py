"""Where the bytes of a file go: beside it until it is complete, or to what is no file at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import OutputError
from ..streams import Data

#: Names of what is open already, such as /dev/fd/63 for the program in `>(program)`.
_OPEN = re.compile(r"/dev/(?:std(?:out|err)|fd/[0-9]{1,9})|/proc/self/fd/[0-9]{1,9}", re.ASCII)
_BINARY = getattr(os, "O_BINARY", 0)


class ReplacingFile:
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

    def __enter__(self) -> ReplacingFile:
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
        with writing(self._target):
            (self._file or self._open()).write(data)

    def restart(self) -> bool:
        with writing(self._target):
            if self._file is not None:
                self._file.seek(0)
                self._file.truncate()
        return True

    def finish(self, final: Path) -> None:
        """Make the file appear under its own name."""
        with writing(self._target):
            check_replaceable(final)
            self._complete(final)
            self._temporary.replace(final)
        self._made.clear()

    def finish_beside(self, final: Path, other: Path) -> Path:
        """Make the file appear under its own name, or under another one if that is taken; returns which one."""
        with writing(self._target):
            self._complete(None)
            if _is_free(self._temporary, final):
                other = final
            self._temporary.replace(other)
        self._made.clear()
        return other

    def _complete(self, old: Path | None) -> None:
        file = self._file or self._open()
        if old is not None:
            _keep_mode(file.fileno(), old)
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


class OpenFile:
    """Something that is no file: written to as it is, and never replaced."""

    def __init__(self, place: Path, target: str) -> None:
        self._target = target
        with writing(target):
            descriptor = descriptor_of(place)
            # A duplicate of what is open already begins where others have ended.
            opened = place if descriptor is None else os.dup(descriptor)
            self._file = open(opened, "wb", buffering=0)  # noqa: PTH123, SIM115

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: Data) -> None:
        view = memoryview(data)
        with writing(self._target):
            while view:
                view = view[self._file.write(view) or 0 :]

    def restart(self) -> bool:
        return False


@contextlib.contextmanager
def writing(target: str, result: str = "Nothing is left of it.") -> Iterator[None]:
    """Turn what the file system refuses into our error."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # a null byte, an unknown user's home, links in a circle
        why = (isinstance(error, OSError) and error.strerror) or str(error).rstrip(".")
        if isinstance(error, UnicodeError):
            why = "it has a character that no name can have"
        raise OutputError(
            f"The file '{target}' could not be written: {why}. {result}",
            action="The video is still on the server; call again with another -OutFile.",
        ) from None


def is_special(place: Path) -> bool:
    """True for what is no file and no folder, or is open already under its name."""
    if descriptor_of(place) is not None or (os.name == "nt" and place.name.lower() == "nul"):
        return True
    return place.exists() and not (place.is_file() or place.is_dir())


def descriptor_of(place: Path) -> int | None:
    """The number of what is open already under a name such as /dev/stdout; None for any other."""
    name = place.as_posix()
    if os.name != "posix" or not _OPEN.fullmatch(name):
        return None
    return {"/dev/stdout": 1, "/dev/stderr": 2}.get(name) or int(place.name)


def check_replaceable(place: Path) -> None:
    """Refuse a file that is there and not to be written; also for those who may write anything.

    Replacing it would need the right to write to the folder only, and so would pass over what its mode says.
    """
    if place.is_file() and not (place.stat().st_mode & 0o222 and os.access(place, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only")
