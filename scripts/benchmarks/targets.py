"""What bulk work may cost: many creates, their memory, many downloads; each target with what it is a share of.

What is compared runs in turn, and the least of each counts.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .commands import CREATES, CURL, OURS, SDK, Place, creates, downloads
from .measure import Budget, Case, ratio

#: Seconds until the server answers a create.
DELAY = 0.05
#: Bytes of a clip, and of one that comes at once.
CLIP = 5 * 10**6
LEAST = 1000

Target = tuple[list[Case], list[Budget]]


class Places(NamedTuple):
    """Servers: of jobs, of jobs at once, of contents and lists."""

    create: Place
    instant: Place
    fetch: Place


def targets(places: Places, runs: int, scale: int) -> Iterator[Target]:
    """Measure one after the other. `scale` divides all counts and sizes."""
    yield _creates(places.create, runs, max(1, 2000 // scale))
    yield _memory(places.instant, max(1, 1000 // scale), max(1, 100_000 // scale))
    yield _downloads(places.fetch, runs, max(1, 200 // scale), max(LEAST, CLIP // scale))


def _creates(place: Place, runs: int, count: int) -> Target:
    """Against what cannot be beaten, and against the vendor's library. One call shows what the start takes."""
    cases = creates(place, count)
    one, many, sdk = creates(place, 1)[OURS], cases[OURS], cases[SDK]
    measured = [one, many, sdk, *(cases[name] for name in (CURL,) if name in cases)]
    place.measure(measured, runs)
    start_up = max(min(one.wall) - DELAY, 0)
    ideal = max(count / CREATES, 1) * DELAY
    return measured, [
        Budget(f"{count:,} x create: wall less start-up / ideal", (min(many.wall) - start_up) / ideal, 1.25),
        Budget(f"{count:,} x create: wall / SDK", min(many.wall) / min(sdk.wall), 1),
        Budget(f"{count:,} x create: CPU / SDK", ratio(many, sdk), 1),
    ]


def _memory(place: Place, few: int, many: int) -> Target:
    """What stays is what counts, so the server answers at once; still it takes two minutes on a slow machine."""
    cases = [creates(place, count)[OURS] for count in (few, many)]
    place.measure(cases, 1)
    small, large = (case.memory[0] for case in cases)
    return cases, [Budget(f"{many:,} x create: memory / {few:,} x create", large / small, 1.2)]


def _downloads(place: Place, runs: int, count: int, size: int) -> Target:
    """Against curl, which the machine may not have, and which has nothing to load."""
    one, many = downloads(place, 1, LEAST)[OURS], downloads(place, count, size)
    measured = [one, *many.values()]
    place.measure(measured, runs)
    if CURL not in many:
        return measured, []
    ours, curl = many[OURS], many[CURL]
    took = max(min(ours.wall) - min(one.wall), 0)
    return measured, [
        Budget(f"{count:,} x download: wall less start-up / curl", took / min(curl.wall), 1.1),
        Budget(f"{count:,} x download: CPU / curl", ratio(ours, curl), 1.5),
    ]
