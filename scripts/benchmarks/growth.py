"""Measures what grows: calls, file sizes and lists, each beside the peers, and what bulk work may cost.

All of it runs against loopback servers. The one that creates jobs takes its time for each, as a service does, so
that there is something to gain from many requests in flight.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from . import targets
from .commands import CREATES, EACH, PEERS, Place, creates, download, listing
from .measure import Budget, Case, samples, server
from .targets import DELAY, Places

#: A process for each of more calls takes too long.
PROCESSES = 100
#: A folder in memory, where the system has one: how fast the disk is, is not what is measured. Get-VideoContent waits
#: until a video is on it, which curl does not.
MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it
#: Bytes that are to be free: 1 GB at a time is written, and what was removed may take a while to go.
ROOM = 3 * 10**9


class Kind(NamedTuple):
    """Something that grows.

    Attributes:
        sizes: how large it gets.
        least: what remains of it when it is scaled down.
        unit: what is counted, in tables; it is `each` times what sizes count.
        long: sizes from here on take so long that once is enough.
        cases: what is measured for one size, by client.
    """

    name: str
    sizes: Sequence[int]
    least: int
    unit: str
    each: int
    long: int
    cases: Callable[[Place, int], dict[str, Case]]


def _calls(place: Place, count: int) -> dict[str, Case]:
    cases = creates(place, count)
    if count > PROCESSES:
        del cases[EACH]
    return cases


CREATING = f"creates of {DELAY * 1000:.0f} ms, {CREATES} in flight"
CALLS = Kind(CREATING, (1, 10, 100, 1000, 10_000), 1, "calls", 1, 10_000, _calls)
FILES = Kind("one download", (10**6, 10**7, 10**8, 10**9), 1000, "MB", 10**6, 10**10, download)
LISTS = Kind("one list", (100, 1000, 10_000, 100_000), 1, "jobs", 1, 100_000, listing)


@dataclass(frozen=True, slots=True)
class Series:
    """What came out for one kind: for each size, in its unit, a case for each client."""

    kind: Kind
    rows: dict[float, dict[str, Case]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Growth:
    """All that came out."""

    series: list[Series] = field(default_factory=list)
    targets: list[Case] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)


def lines(python: str, runs: int, scale: int, growth: Growth) -> Iterator[str]:
    """Measure, and give the figures as text, as they come; they are added to `growth`."""
    with places(python) as where:
        free = shutil.disk_usage(where.fetch.folder).free
        if free < ROOM // scale:
            sys.exit(f"needs {ROOM // scale:,} bytes free for temporary files, and there are {free:,}")
        for kind, place in ((CALLS, where.create), (FILES, where.fetch), (LISTS, where.fetch)):
            growth.series.append(series := Series(kind))
            yield from _series(series, place, runs, scale)
            yield ""
        yield f"{'':32}{'wall, s':>9}{'CPU, s':>9}{'MB':>7}"
        for cases, budgets in targets.targets(where, runs, scale):
            growth.targets.extend(cases)
            growth.budgets.extend(budgets)
            yield from (f"{case.name:32}{_figures(case)}" for case in cases)
    yield from ("", *map(str, growth.budgets))


@contextmanager
def places(python: str) -> Iterator[Places]:
    """The servers, while they run, and a folder."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_roomy())))

        def place(name: str, *arguments: str) -> Place:
            return Place(python, folder, stack.enter_context(server([python, str(PEERS / name), *arguments])))

        yield Places(place("server.py", str(DELAY)), place("server.py"), place("bulk.py"))


def _roomy() -> str | None:
    """The folder in memory, if it is there and large enough."""
    has_room = Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if has_room else None


def _series(series: Series, place: Place, runs: int, scale: int) -> Iterator[str]:
    """Measure one kind, size for size, all clients in turn."""
    kind = series.kind
    for size in sorted({max(kind.least, size // scale) for size in kind.sizes}):
        cases = kind.cases(place, size)
        place.measure(cases.values(), runs if size < kind.long else 1)
        if not series.rows:
            yield kind.name
            yield " " * 8 + "".join(f"{client:>25}" for client in cases)
            yield f"{kind.unit:>8}" + f"{'wall, s':>9}{'CPU, s':>9}{'MB':>7}" * len(cases)
        series.rows[size / kind.each] = cases
        yield f"{size / kind.each:8,g}" + "".join(map(_figures, cases.values()))


def _figures(case: Case) -> str:
    """The least of what was measured."""
    return f"{min(case.wall):9.2f}{min(case.cpu):9.2f}{min(case.memory):7.1f}"


def document(growth: Growth) -> dict[str, object]:
    """All samples, for JSON."""
    return {
        "series": [
            {
                "name": series.kind.name,
                "unit": series.kind.unit,
                "rows": [
                    {"size": size, "clients": {client: samples(case) for client, case in cases.items()}}
                    for size, cases in series.rows.items()
                ],
            }
            for series in growth.series
        ],
        "targets": [samples(case) for case in growth.targets],
        "budgets": [budget._asdict() for budget in growth.budgets],
    }


def draw(python: str, found: dict[str, object], file: Path) -> None:
    """Draw the chart with `python`, whose environment has the library for that."""
    command = [python, str(Path(__file__).with_name("chart.py")), str(file)]
    subprocess.run(command, input=json.dumps(found), text=True, check=True)


if __name__ == "__main__":
    sys.exit("run bench.py --growth")
