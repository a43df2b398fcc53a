"""Calls with a time limit, on a machine that may stand still for longer than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Outcome = TypeVar("Outcome")


def with_limit(attempt: Callable[[int], Outcome], in_time: Callable[[Outcome], object]) -> Outcome:
    """What an attempt with a limit of a second comes to, or with a longer one where not all was in time.

    Where a machine stood still before a call had begun, its time ran out early, which says nothing about us. What is
    wrong comes to the same with each limit; what the longest gives, counts.

    Args:
        attempt: gets the seconds.
        in_time: true of an outcome that comes only when what is tested had begun before the end of the time.
    """
    for seconds in (1, 5):
        outcome = attempt(seconds)
        if in_time(outcome):
            return outcome
    return attempt(20)
