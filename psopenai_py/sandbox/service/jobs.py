"""The job store: one small file per job, in a folder only its owner can read.

Ids begin with the creation time, so a listing sorts names and opens only the files of its page. Files are
written to a temporary neighbour and renamed; nothing is ever changed in place, so there are no locks between
processes. Knows nothing of HTTP.
"""

from __future__ import annotations

import errno
import json
import os
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from .timeline import KEEP_SECONDS, Job, job_from_record, record_of

__all__ = ["DamagedJob", "JobStore", "UnknownJob", "UnusableFolder", "is_video_id"]

_ID = re.compile(r"video_([0-9a-f]{14})[0-9a-f]{18}")
_FILE = re.compile(r"(\.?)(video_[0-9a-f]{32})\.(json|tmp)")
_ABANDONED_SECONDS = 3600  # a temporary file this old has lost its writer


def is_video_id(text: str) -> bool:
    """Tell whether this could be one of our ids; nothing else is ever made part of a path."""
    return _ID.fullmatch(text) is not None


class UnknownJob(LookupError):
    """No job has this id: never had, or it was deleted, or it expired."""


class DamagedJob(ValueError):
    """A job's file exists and cannot be read as a job."""


class UnusableFolder(Exception):
    """The folder of the jobs cannot be read or written: not a failure of the service, but of this machine."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(f"The sandbox cannot use its folder '{folder}': {error.strerror or type(error).__name__}.")


class JobStore:
    """The jobs in one folder.

    clock: seconds since 1970. speed: 10 lets new jobs finish ten times as fast. report: called with a
    sentence for each damaged file that a listing skips.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        clock: Callable[[], float] = time.time,
        speed: float = 1.0,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.clock = clock
        self._jobs = self.folder / "jobs"
        self._refusals = self.folder / "refusals"
        self._speed = speed
        self._report = report or _log
        self._last_stamp = 0
        self._stamping = threading.Lock()

    def prepare(self) -> None:
        """Make the folder now instead of with the first job; raises UnusableFolder."""
        try:
            self._make_folder(self._jobs)
            if not os.access(self._jobs, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise UnusableFolder(self.folder, error) from None

    def create(self, request: Job) -> Job:
        """Store a new job: `request` with an id, a creation time and a running time of its own."""
        stamp = self._next_stamp()
        job = request._replace(
            id=f"video_{stamp:014x}{os.urandom(9).hex()}",
            created=stamp / 1e6,
            # About half the clip's length: long enough to see it move, short enough to wait for.
            run_seconds=request.seconds / 2 / self._speed,
        )
        self._write(job)
        self.sweep()
        return job

    def load(self, video_id: str) -> Job:
        """Return one job; raises UnknownJob or DamagedJob."""
        if not is_video_id(video_id) or self._is_expired(video_id):
            raise UnknownJob(video_id)
        path = self._jobs / f"{video_id}.json"
        try:
            job = job_from_record(json.loads(path.read_bytes()))
        except FileNotFoundError:
            raise UnknownJob(video_id) from None
        except (ValueError, RecursionError) as error:
            raise DamagedJob(f"The job file '{path}' is damaged ({error}); delete it.") from None
        if job.id != video_id:
            raise DamagedJob(f"The job file '{path}' holds another job; delete it.")
        return job

    def delete(self, video_id: str) -> None:
        """Remove one job, damaged or not; raises UnknownJob."""
        if not is_video_id(video_id) or self._is_expired(video_id):
            raise UnknownJob(video_id)
        try:
            (self._jobs / f"{video_id}.json").unlink()
        except FileNotFoundError:
            raise UnknownJob(video_id) from None

    def page(self, limit: int, *, after: str | None = None, newest_first: bool = True) -> tuple[list[Job], bool]:
        """Return up to `limit` jobs beyond `after`, and whether there are more.

        `after` is a position, so it may be the id of a job that is gone by now.
        """
        names = sorted(self._names(), reverse=newest_first)
        if after is not None:
            names = [name for name in names if (name < after if newest_first else name > after)]
        jobs: list[Job] = []
        for job in self._readable(names):
            if len(jobs) == limit:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def refuse(self, key: str, times: int) -> bool:
        """Count one refusal of `key` unless there were `times` of them already; then forget them.

        Each refusal is a file that only one process can make, so the count holds between processes.
        """
        name = f"{zlib.crc32(key.encode('utf-8', 'surrogatepass')):08x}"
        self._make_folder(self._refusals)
        now = self.clock()
        marks = [self._refusals / f"{name}.{count}" for count in range(1, times + 1)]
        for mark in marks:
            try:
                os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                continue
            os.utime(mark, (now, now))  # sweeping goes by our clock
            return True
        for mark in marks:
            mark.unlink(missing_ok=True)
        return False

    def sweep(self) -> None:
        """Remove expired jobs, abandoned temporary files and forgotten refusals."""
        for name in self._entries(self._jobs):
            match = _FILE.fullmatch(name)
            if match and self._age(match[2]) >= (KEEP_SECONDS if match[3] == "json" else _ABANDONED_SECONDS):
                _remove(self._jobs / name)
        for name in self._entries(self._refusals):
            if self.clock() - _modified(self._refusals / name) >= _ABANDONED_SECONDS:
                _remove(self._refusals / name)

    def _next_stamp(self) -> int:
        """Return the time in microseconds, later than any before, so that ids sort in order of creation."""
        with self._stamping:
            self._last_stamp = max(int(self.clock() * 1e6), self._last_stamp + 1)
            return self._last_stamp

    def _write(self, job: Job) -> None:
        data = json.dumps(record_of(job)).encode()
        temporary = self._jobs / f".{job.id}.tmp"
        try:
            handle = self._open_new(temporary)
        except FileNotFoundError:
            self._make_folder(self._jobs)
            handle = self._open_new(temporary)
        # No fsync: a sandbox job need not survive a power cut, and a torn file is reported and skipped.
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(self._jobs / f"{job.id}.json")

    @staticmethod
    def _open_new(path: Path) -> int:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)

    def _make_folder(self, folder: Path) -> None:
        if not self.folder.exists():
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)

    def _readable(self, names: list[str]) -> Iterator[Job]:
        for name in names:
            try:
                yield self.load(name)
            except UnknownJob:
                continue  # deleted since the folder was read
            except (DamagedJob, OSError) as error:
                self._report(f"{error} It was left out of the list.")

    def _names(self) -> Iterator[str]:
        for name in self._entries(self._jobs):
            match = _FILE.fullmatch(name)
            if match and match[3] == "json" and not match[1] and not self._is_expired(match[2]):
                yield match[2]

    @staticmethod
    def _entries(folder: Path) -> list[str]:
        try:
            return os.listdir(folder)  # noqa: PTH208 - a Path for each of many names costs more than reading them
        except FileNotFoundError:
            return []

    def _is_expired(self, video_id: str) -> bool:
        return self._age(video_id) >= KEEP_SECONDS

    def _age(self, video_id: str) -> float:
        return self.clock() - int(video_id[6:20], 16) / 1e6


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # Windows: somebody is reading it; the next sweep gets it


def _log(message: str) -> None:
    import logging

    logging.getLogger(__name__).warning(message)
