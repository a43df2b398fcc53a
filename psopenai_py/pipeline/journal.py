"""What was done with each record, in a file that outlives the run. Knows nothing of threads that call it, or of HTTP.

The file is JSON lines. The first one says whose it is; each further one what became of a record:

    begun     the request may be on its way; with nothing after it, nobody knows what became of it
    done      with the outputs, which a later run prints again
    failed    nothing was made of it, so that a later run tries it again
    unknown   it was sent, and nobody knows whether a job was made of it
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import threading
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple

from .. import psjson
from ..errors import InputError, OutputError

#: Counts up when a version before could no longer read the file.
_FORMAT = 1
_ENTRY = re.compile(
    rb'\{"record":([1-9][0-9]{0,8}),"state":"(?:begun|done|failed|unknown)","digest":"[0-9a-f]{32}"(?:,.*)?\}'
)
_BINARY = getattr(os, "O_BINARY", 0)


class Entry(NamedTuple):
    """The last that is known of a record."""

    state: str
    digest: str
    outputs: list[Any]


class Journal:
    """A journal file, opened for one run, which nobody else may use meanwhile.

    Args:
        owner: whose it is: what must be the same for a run to go on from it.

    Raises InputError for a file that is no journal, that belongs to something else, or that is in use, and
    OutputError when it cannot be written.
    """

    def __init__(self, path: str, owner: Mapping[str, str]) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._writing("Nothing was sent."):
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
        self._file: BinaryIO | None = None
        #: The size of the file, as long as nobody else writes to it.
        self._end = 0
        try:
            self._claim()
            with self._writing("Nothing was sent."):
                # Not the same handle: what is written moves the place at which that one would read.
                self._file = open(path, "rb")  # noqa: PTH123, SIM115
            self._places = self._read(self._file, owner)
            self._end = os.fstat(self._handle).st_size
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        with suppress(OSError):
            os.close(self._handle)

    def find(self, number: int, record: Any) -> Entry | None:
        """What is known of a record; None if it never began. Raises InputError if it was another one then."""
        place = self._places[number] if number < len(self._places) else 0
        if not place or self._file is None:
            return None
        self._file.seek(place)
        entry = self._entry(number, self._file.readline())
        if entry.digest != digest(record):
            raise InputError(
                f"The journal '{self._path}' belongs to other input: record {number} was different then. "
                f"Neither it nor what follows was sent.",
                action="Give the input of then, or name a new file with -Resume.",
            )
        return entry

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            facts: Any = psjson.loads(line.decode("utf-8"), dates=False)
        except ValueError:
            facts = {}
        outputs = facts.get("outputs", [])
        if not isinstance(outputs, list) or "digest" not in facts:
            raise self._damaged(f"the lines of record {number}")
        return Entry(facts["state"], facts["digest"], outputs)

    def begun(self, number: int, record: Any) -> None:
        """Note, so that it will outlast even the machine, that the record is about to be sent.

        Raises InputError, which ends the run, if the file at the path is no longer this one: an editor that saves it
        puts a new file there, and what is noted in the old one, the next run will not know.
        """
        with self._lock:
            changed = self._changed()
        if changed:
            raise self._lost(changed, number)
        self._write(number, "begun", record, f"Record {number} was not sent.")
        with self._writing(f"Record {number} was not sent."):
            os.fsync(self._handle)

    def _changed(self) -> str:
        """What somebody else did to the file; empty for nothing."""
        own = os.fstat(self._handle)
        try:
            place = os.stat(self._path)  # noqa: PTH116 - in the same form as that of the handle
        except OSError:
            return "deleted"
        if not os.path.samestat(place, own):
            return "replaced"
        return "changed" if own.st_size != self._end else ""

    def _lost(self, changed: str, number: int) -> InputError:
        return InputError(
            f"The journal '{self._path}' was {changed} during the run. Record {number} and what follows were not sent, "
            "and what was done since then may not be in it.",
            action="Compare the output of this run with the journal before you go on, and leave the file alone then.",
            terminating=True,
        )

    def done(self, number: int, record: Any, outputs: list[Any]) -> None:
        """Note the results."""
        written = ",".join(psjson.dumps(output, compress=True) for output in outputs)
        self._write(number, "done", record, more=f',"outputs":[{written}]')

    def failed(self, number: int, record: Any) -> None:
        """Note that nothing was made of the record."""
        self._write(number, "failed", record)

    def unknown(self, number: int, record: Any) -> None:
        """Note that nobody knows what was made of the record."""
        self._write(number, "unknown", record)

    def _write(
        self, number: int, state: str, record: Any, loss: str = "The next run will not know of it.", more: str = ""
    ) -> None:
        self._append(f'{{"record":{number},"state":"{state}","digest":"{digest(record)}"{more}}}', loss)

    def _append(self, line: str, loss: str) -> None:
        data = (line + "\n").encode("utf-8", "replace")
        with self._writing(loss), self._lock:
            end = os.fstat(self._handle).st_size
            try:
                if os.write(self._handle, data) < len(data):
                    raise OSError(28, "No space left on device")
                self._end += len(data)
            except OSError:
                # Half a line would spoil the next one.
                os.truncate(self._handle, end)
                raise

    def _claim(self) -> None:
        """Keep others out until the file is closed: two runs would send the same records."""
        if not stat.S_ISREG(os.fstat(self._handle).st_mode):
            raise InputError(f"The journal '{self._path}' is no file, so it keeps no account. Nothing was sent.")
        try:
            _lock(self._handle)
        except OSError:
            raise InputError(f"The journal '{self._path}' is in use by another run. Nothing was sent.") from None

    def _read(self, file: BinaryIO, owner: Mapping[str, str]) -> array[int]:
        """Where the last entry of each record is; 0 for none."""
        first = file.readline()
        header = json.dumps({"journal": _FORMAT, **owner})
        if header.encode().startswith(first):
            os.truncate(self._handle, 0)  # the run before was killed when it had just begun
            self._append(header, "Nothing was sent.")
            return array("q")
        self._check(first, owner)
        places = array("q")
        place = len(first)
        for count, line in enumerate(file, 2):
            # People edit it: a blank, another line end, or none at the end, must not make a record unknown.
            match = _ENTRY.fullmatch(line.strip())
            if match:
                number = int(match[1])
                places.extend([0] * (number + 1 - len(places)))
                places[number] = place
            elif not line.endswith(b"\n"):
                os.truncate(self._handle, place)  # it was cut off when the run before was killed
                return places
            elif line.strip():
                raise self._damaged(f"line {count}")
            place += len(line)
        if not (line if place > len(first) else first).endswith(b"\n"):
            self._append("", "Nothing was sent.")
        return places

    def _check(self, first: bytes, owner: Mapping[str, str]) -> None:
        try:
            facts = json.loads(first)
        except (ValueError, RecursionError):
            facts = None
        if not isinstance(facts, dict) or facts.pop("journal", None) != _FORMAT:
            raise InputError(
                f"The file '{self._path}' is no journal of this version. Nothing was sent, and it stays as it is.",
                action="Name a new file with -Resume.",
            )
        different = sorted(name for name in facts.keys() | owner.keys() if facts.get(name) != owner.get(name))
        if different:
            raise InputError(
                f"The journal '{self._path}' belongs to another command: {', '.join(different)} was different then. "
                "Nothing was sent.",
                action="Give the command of then, or name a new file with -Resume.",
            )

    def _damaged(self, place: str) -> InputError:
        return InputError(
            f"The journal '{self._path}' is damaged in {place}. Nobody knows what was done with the record, so it is "
            "not sent.",
            action="Mend it, or take it out: a record of which the journal knows nothing is sent again.",
        )

    @contextmanager
    def _writing(self, loss: str) -> Iterator[None]:
        """Turn what the file system refuses into our error."""
        try:
            yield
        except (OSError, ValueError) as error:  # a null character in the name
            why = (isinstance(error, OSError) and error.strerror) or error
            raise OutputError(f"The journal '{self._path}' could not be written: {why}. {loss}") from None


def digest(value: Any) -> str:
    """A short text that differs for different values, and from which the value cannot be told."""
    text = json.dumps(value, sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _lock(handle: int) -> None:
    """Lock the file against other processes. Raises OSError when one of them has it."""
    if sys.platform == "win32":
        import msvcrt

        # One byte, far behind the end: on Windows, what is locked cannot be read either.
        os.lseek(handle, 2**40, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
