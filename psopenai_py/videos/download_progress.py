"""How far a download is: what came, how fast, and how long the rest takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from .. import units
from ..streams import abbreviated

#: Looks whose mean is the speed: it follows changes, and does not jump.
_LOOKS = 6


class DownloadProgress:
    """What a line about a download says.

    Args:
        name: of the file, or the id of the job.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = abbreviated(name, 20)
        self._clock = clock
        self._size = 0
        self._total: int | None = None
        self._looks: deque[tuple[float, int]] = deque([(clock(), 0)], _LOOKS)

    def reached(self, size: int, total: int | None) -> None:
        """So many bytes are there, of so many if that is known."""
        self._size, self._total = size, total

    def pieces(self) -> list[str]:
        """What the line says now, the most important first."""
        size, total = self._size, self._total
        speed = self._speed(size)
        pieces = [f"{self._name} {_share(size, total)}", f"{units.size(speed)}/s"]
        if total is not None and speed > 0:
            pieces.append(f"{units.duration((total - size) / speed)} left")
        return pieces

    def _speed(self, size: int) -> float:
        then, before = self._looks[0]
        now = self._clock()
        self._looks.append((now, size))
        return max(size - before, 0) / max(now - then, 0.001)


def _share(size: int, total: int | None) -> str:
    return f"{100 * size // total} % {units.part(size, total)}" if total else units.size(size)
