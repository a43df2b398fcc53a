"""Threads that share work: who waits, who works, and that nothing is left lying. Needs no server to be seen."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from psopenai_py.pipeline.scheduler import Scheduler
from tests.patience import with_limit
from tests.pipeline.desk import LIMIT, until


class Work:
    """Does one thing after another; each returns the seconds until the next one, or None at the end."""

    def __init__(self, *things: Callable[[], float | None]) -> None:
        self._things = iter(things)
        self.steps = 0
        self.over = threading.Event()
        self.dropped = threading.Event()

    def step(self) -> float | None:
        self.steps += 1
        pause = next(self._things)()
        if pause is None:
            self.over.set()
        return pause

    def drop(self) -> None:
        self.dropped.set()


def _ended(crew: Scheduler) -> bool:
    crew.close()
    return crew.ended(LIMIT)


@pytest.mark.parametrize("limit", [2, 4, 9])
def test_all_may_be_at_work_at_once(limit: int) -> None:
    """Also when they come at the same moment while one thread is free: it cannot take them all."""
    crew = Scheduler(limit)
    first = Work(lambda: None)
    crew.add(first)
    assert first.over.wait(LIMIT)
    met = threading.Barrier(limit)

    def meet() -> None:
        met.wait(LIMIT)

    works = [Work(meet) for _ in range(limit)]
    for work in works:
        crew.add(work)
    assert _ended(crew)
    assert all(work.over.is_set() for work in works)


def test_what_is_due_is_not_held_up_by_one_that_takes_long() -> None:
    """Although there was only one thread when it began to wait."""
    crew, go = Scheduler(2), threading.Event()

    def take_long() -> None:
        assert go.wait(LIMIT)

    waiting = Work(lambda: 0.05, lambda: None)
    crew.add(waiting)
    until(lambda: waiting.steps == 1)
    slow = Work(take_long)
    crew.add(slow)
    assert waiting.over.wait(LIMIT)
    assert not slow.over.is_set()
    go.set()
    assert _ended(crew)


def test_somebody_watches_what_is_due_later() -> None:
    """One free thread goes off with the work that is due first, and another one takes over the watch."""
    crew, go = Scheduler(3), threading.Event()
    met = threading.Barrier(3)

    def meet() -> None:
        met.wait(LIMIT)

    for _ in range(3):  # so that all three threads are there
        crew.add(Work(meet))

    def take_long() -> None:
        assert go.wait(LIMIT)

    later = [Work(lambda: 0.1, lambda: None) for _ in range(2)]
    sooner = Work(lambda: 0.05, take_long)
    for work in (sooner, *later):
        crew.add(work)
    assert all(work.over.wait(LIMIT) for work in later)
    assert not sooner.over.is_set()
    go.set()
    assert _ended(crew)


def test_what_is_due_first_comes_first() -> None:
    expected = ["a", "b", "c", "b", "a", "a"]

    def order(unit: int) -> list[str]:
        crew, order, go = Scheduler(1), list[str](), threading.Event()

        def begin() -> None:
            assert go.wait(LIMIT)

        def noting(name: str, *pauses: float) -> Work:
            def note(pause: float | None) -> float | None:
                order.append(name)
                return pause

            return Work(*[lambda pause=pause: note(pause) for pause in (*pauses, None)])

        crew.add(Work(begin))
        for work in (noting("a", 0.3 * unit, 0.0), noting("b", 0.1 * unit), noting("c")):
            crew.add(work)
        go.set()
        assert _ended(crew)
        return order

    # The pauses begin with their steps, and where the machine stands still in between, so much later.
    assert with_limit(order, lambda order: order == expected) == expected


def test_dropped() -> None:
    """What waits is forgotten at once; what is under way makes its step, and no further one."""
    crew, go = Scheduler(2), threading.Event()

    def take_long(pause: float | None) -> float | None:
        assert go.wait(LIMIT)
        return pause

    waiting, further, last = Work(lambda: 600.0), Work(lambda: take_long(600.0)), Work(lambda: take_long(None))
    crew.add(waiting)
    until(lambda: waiting.steps == 1)
    for work in (further, last):
        crew.add(work)
    until(lambda: further.steps + last.steps == 2)
    crew.drop()
    assert waiting.dropped.is_set()
    late = Work(lambda: None)
    crew.add(late)
    assert late.dropped.is_set()
    assert not crew.ended(0)
    go.set()
    assert _ended(crew)
    assert further.dropped.is_set()
    assert [work.steps for work in (waiting, further, last, late)] == [1, 1, 1, 0]
    assert not last.dropped.is_set()


def test_it_needs_no_more_threads_than_have_work() -> None:
    """However many wait."""
    others = set(threading.enumerate())
    crew, before = Scheduler(100), threading.active_count()
    works = [Work(lambda: 0.01, lambda: 0.01, lambda: None) for _ in range(1000)]
    most = 0
    for work in works:
        crew.add(work)
        most = max(most, threading.active_count() - before)
    while not crew.ended(0.01):
        most = max(most, threading.active_count() - before)
    assert all(work.steps == 3 for work in works)
    assert most <= 100
    assert _ended(crew)
    until(lambda: set(threading.enumerate()) <= others)  # none is left, although all of them end with the process


def test_it_has_ended_when_there_is_nothing_to_do() -> None:
    crew, go = Scheduler(3), threading.Event()
    assert crew.ended(0)

    def begin() -> float:
        assert go.wait(LIMIT)
        return 0.01

    work = Work(begin, lambda: None)
    crew.add(work)
    assert not crew.ended(0)
    go.set()
    assert crew.ended(LIMIT)
    assert work.steps == 2
    assert _ended(crew)


def test_a_defect_is_not_swallowed() -> None:
    crew = Scheduler(2)
    crew.add(Work(lambda: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        _ended(crew)
