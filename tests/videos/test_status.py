"""Status words and progress, however servers write them."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py.videos import status

#: The words by what they mean for one who waits.
WORDS = {
    "waiting": "queued pending NOT_START SUBMITTED QUEUED IN_QUEUE waiting THROTTLED SUSPENDED preprocessing unknown"
    " Queueing preparing scheduled created accepted in-queue",
    "running": "in_progress processing running generating IN_PROGRESS RUNNING in-progress Starting dreaming",
    "succeeded": "completed succeeded SUCCESS done COMPLETED success succeed Finished",
    "failed": "failed FAILURE fail error rejected moderated Content-Filtered blocked timeout timed_out",
    "ended": "cancelled canceled expired deleted aborted terminated",
}
TABLE = [(word, meaning) for meaning, words in WORDS.items() for word in words.split()]


@pytest.mark.parametrize(("word", "meaning"), TABLE)
def test_the_table(word: str, meaning: str) -> None:
    found = status.word({"status": word})
    assert status.is_known(found)
    assert status.is_over(found) == (meaning not in ("waiting", "running"))
    assert status.has_succeeded(found) == (meaning == "succeeded")


@pytest.mark.parametrize(
    "job",
    [{}, {"status": None}, {"status": ""}, {"status": 3}, {"status": {"state": "done"}}, {"status": "rendering"}],
    ids=str,
)
def test_missing_and_unknown_words_mean_not_yet(job: dict[str, Any]) -> None:
    found = status.word(job)
    assert (status.is_known(found), status.is_over(found), status.has_succeeded(found)) == (False, False, False)


@pytest.mark.parametrize(
    ("progress", "percent"),
    [
        (0, 0), (42, 42), (100, 100), (250, 100), (-1, 0), (10**400, 100),
        (0.0, 0), (0.37, 37), (12.6, 13), (float("inf"), 100), (float("nan"), None),
        ("60%", 60), (" 7 % ", 7), ("0.5", 50), ("nan", None), ("soon", None), ("", None),
        (None, None), (True, None), ([50], None), ({"percent": 50}, None),
    ],
    ids=lambda value: repr(value)[:12],
)  # fmt: skip
def test_progress(progress: Any, percent: int | None) -> None:
    assert status.percent({"progress": progress}) == percent


def test_no_progress() -> None:
    assert status.percent({}) is None
