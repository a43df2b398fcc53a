"""Jobs as a table for people. Scripts have JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .. import units
from . import screen

#: Rows by which the widths of the columns are chosen; a longer table is printed as it comes.
SAMPLE = 100
#: The place of the last column that is never left out: id, status and percent.
_LAST_KEPT = 2
#: Columns that a prompt needs to say something.
_SHORTEST_PROMPT = 12
_GAP = "  "


class Column(NamedTuple):
    """A column: its title, what it shows of a job, and how wide it may become."""

    title: str
    text: Callable[[Mapping[str, Any]], str]
    widest: int
    right: bool = False


class Table:
    """A table that is printed as its rows come.

    Args:
        write: prints a line.
        clean: makes a server's text fit to be shown.
        width: of the screen; 0 for no limit.
    """

    def __init__(self, write: Callable[[str], None], clean: Callable[[str], str], width: int) -> None:
        self._write = write
        self._clean = clean
        self._width = width
        self._waiting: list[list[str]] = []
        self._layout: list[tuple[int, int]] | None = None

    def add(self, job: Mapping[str, Any]) -> None:
        """Print a job, at the latest with those that follow."""
        row = [" ".join(self._clean(column.text(job)).split()) for column in COLUMNS]
        if self._layout is not None:
            self._print(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == SAMPLE:
            self.flush()

    def flush(self) -> None:
        """Print what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting and self._layout is None:
            self._layout = _layout(waiting, self._width)
            if self._layout[0][0] == 0:
                self._print([column.title for column in COLUMNS])
        for row in waiting:
            self._print(row)

    def _print(self, row: Sequence[str]) -> None:
        layout = self._layout or []
        cells = []
        if layout[0][0] != 0:
            self._write(row[0])
            cells.append("")
        for place, width in layout:
            # The id is there to be copied, and stays whole.
            text = screen.cut(row[place], width) if place and width else row[place]
            blank = " " * (width - screen.cells(text))
            cells.append(blank + text if COLUMNS[place].right else text + blank)
        self._write(_GAP.join(cells).rstrip())


def _layout(rows: list[list[str]], width: int) -> list[tuple[int, int]]:
    """Which columns are shown, and how wide: as many as leave room for the prompt. The last one takes the rest.

    Where the id leaves no room at all, it is not among them, and gets a line for itself.
    """
    shown = [place for place in range(len(COLUMNS)) if place == 0 or any(row[place] for row in rows)]
    widths = {place: _natural(rows, place) for place in shown}
    if width and len(shown) > 1 and _taken(shown[:3], widths) > width:
        shown, width = shown[1:], width - len(_GAP)
    *most, last = shown
    while width and most and most[-1] > _LAST_KEPT and width - _taken(most, widths) < _SHORTEST_PROMPT:
        del most[-1]
    left = width - _taken(most, widths)
    if width and left < _SHORTEST_PROMPT and most:
        return [(place, widths[place]) for place in most]
    if width:
        widths[last] = min(widths[last], left)
    return [(place, widths[place]) for place in [*most, last]]


def _taken(places: list[int], widths: Mapping[int, int]) -> int:
    return sum(widths[place] + len(_GAP) for place in places)


def _natural(rows: list[list[str]], place: int) -> int:
    column = COLUMNS[place]
    longest = max(screen.cells(text) for text in (column.title, *(row[place] for row in rows)))
    return min(longest, column.widest) if column.widest else longest


def _age(job: Mapping[str, Any]) -> str:
    """How long ago it was created."""
    try:
        created = datetime.fromisoformat(str(job.get("created_at")))
        seconds = (datetime.now(UTC) - created.astimezone(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return ""
    return units.duration(seconds)


def _percent(job: Mapping[str, Any]) -> str:
    from ..videos.status import percent

    found = percent(job)
    return "" if found is None else str(found)


def _plain(name: str) -> Callable[[Mapping[str, Any]], str]:
    def text(job: Mapping[str, Any]) -> str:
        value = job.get(name)
        return "" if value is None else str(value)

    return text


COLUMNS = (
    Column("ID", _plain("id"), 0),
    Column("STATUS", _plain("status"), 14),
    Column("%", _percent, 3, right=True),
    Column("AGE", _age, 8, right=True),
    Column("MODEL", _plain("model"), 20),
    Column("SIZE", _plain("size"), 11),
    Column("SECONDS", _plain("seconds"), 7, right=True),
    Column("PROMPT", _plain("prompt"), 0),
)
