"""How much of a run is left, as the line of a terminal says it, by a clock of the test's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from psopenai_py.pipeline.progress import RunProgress


def _progress(
    seconds: float, *, taken: int, sent: int, known: int = 0, failed: int = 0, total: int | None
) -> list[str]:
    """The pieces after so many seconds and records: of the journal (`known`), sent and done, and under way."""
    now = [100.0]
    progress = RunProgress(lambda: now[0])
    records: list[Any] = [
        SimpleNamespace(number=number, begun=number > known, streams=SimpleNamespace(errors=[0] * (number <= failed)))
        for number in range(1, taken + 1)
    ]
    for record in records:
        progress.took(record)
    for record in records[: known + sent]:
        progress.ended(record, True)
    progress.total = total
    now[0] += seconds
    return progress.pieces()


@pytest.mark.parametrize(
    ("figures", "pieces"),
    [
        ({"taken": 0, "sent": 0, "total": None}, ["0 done"]),
        ({"taken": 0, "sent": 0, "total": 0}, ["0/0 done"]),
        ({"taken": 3, "sent": 1, "total": None}, ["1 done", "2 under way"]),
        ({"taken": 3, "sent": 0, "total": 9}, ["0/9 done", "3 under way"]),
        ({"taken": 3, "sent": 2, "total": 6}, ["2/6 done", "1 under way", "about 40 s left"]),
        ({"taken": 3, "sent": 2, "total": 6, "failed": 1}, ["2/6 done", "1 failed", "1 under way", "about 40 s left"]),
        ({"taken": 5, "sent": 2, "known": 2, "total": 6}, ["4/6 done", "1 under way", "about 20 s left"]),
        ({"taken": 2, "sent": 0, "known": 2, "total": 6}, ["2/6 done"]),
        ({"taken": 5, "sent": 5, "total": 6}, ["5/6 done", "about 4 s left"]),
        ({"taken": 6, "sent": 6, "total": 6}, ["6/6 done"]),
        ({"taken": 2, "sent": 1, "total": 100}, ["1/100 done", "1 under way", "about 33 min left"]),
    ],
    ids=str,
)  # fmt: skip
def test_pieces_after_twenty_seconds(figures: dict[str, Any], pieces: list[str]) -> None:
    assert _progress(20, **figures) == pieces


def test_less_than_a_second_is_one() -> None:
    assert _progress(0.001, taken=2, sent=1, total=2)[-1] == "about 1 s left"


def test_what_is_dropped_is_not_done() -> None:
    progress = RunProgress(lambda: 0.0)
    record: Any = SimpleNamespace(number=1, begun=True, streams=SimpleNamespace(errors=[]))
    progress.took(record)
    assert progress.pieces() == ["0 done", "1 under way"]
    progress.ended(record, False)
    assert progress.pieces() == ["0 done"]
