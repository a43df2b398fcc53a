"""What services say of a job, value by value: numbers, times, words and errors, on both sides of what is usable."""

from __future__ import annotations

import math
from typing import Any

import pytest

from psopenai_py.videos.providers import Known
from psopenai_py.videos.providers.jobs import arranged, failure, is_number, moment, text, word_of


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1, 1), (0, None), (-1, None), (0.4, 0), (1760194265, 1760194265), (1760194265.6, 1760194266),
        (99_999_999_999, 99_999_999_999), (100_000_000_000, None), (1e11, None), (1764347090922, None), (10**30, None),
        (True, None), (False, None), (math.nan, None), (math.inf, None), (None, None), ("", None), ("soon", None),
        ("1760194265", None), ([], None), ({}, None),
        ("2025-10-11T14:51:05Z", 1760194265), ("2025-10-11T14:51:05", 1760194265),
        ("2025-10-11T23:51:05+09:00", 1760194265),
        ("2025-10-11T14:51:05.999Z", 1760194265), ("1970-01-01T00:00:00Z", 0), ("0001-01-01T00:00:00Z", None),
        ("0002-01-01T00:00:00Z", -62104060800), ("9999-12-31T23:59:59Z", 253402300799), ("10000-01-01T00:00:00Z", None),
        ("2025-02-29T00:00:00Z", None), ("2025-10-11T24:00:01Z", None),
    ],
    ids=repr,
)  # fmt: skip
def test_a_time(value: object, seconds: int | None) -> None:
    assert moment(value) == seconds


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "a"), ("", None), (" ", " "), (5, "5"), (0, "0"), (-1, "-1"), (5.0, "5"), (5.5, "5.5"),
        (1e20, "1" + "0" * 20), ([], None), ({}, None), (True, None), (False, None), (None, None), (math.nan, None),
        (math.inf, None), (-math.inf, None),
    ],
    ids=repr,
)  # fmt: skip
def test_a_text(value: object, shown: str | None) -> None:
    assert text(value) == shown
    assert is_number(value) is (shown is not None and not isinstance(value, str))


WORDS: dict[str, list[str | None]] = {
    "queued": ["queued", "QUEUED", "pending"],
    "": ["", None],
    "in_progress": ["in_progress", "processing", "running"],
    "completed": ["completed", "succeeded", "success", "Done"],
    "failed": ["failed", "error", "cancelled", "expired"],
    "odd": ["odd"],
}


@pytest.mark.parametrize(("value", "word"), [(value, word) for word, values in WORDS.items() for value in values])
def test_a_word(value: object, word: str) -> None:
    assert word_of(value) == word


@pytest.mark.parametrize(
    ("word", "error", "code", "message"),
    [
        ("expired", None, "expired", "The job is expired."),
        (None, None, "failed", "The job is failed."),
        (7, "no", "7", "no"),
        ("failed", "", "failed", "The job is failed."),
        ("failed", {"code": "c", "message": "m"}, "c", "m"),
        ("failed", {"code": 400, "message": ""}, "400", "The job is failed."),
        ("failed", {"message": "m"}, "failed", "m"),
        ("failed", {}, "failed", "The job is failed."),
        ("failed", ["m"], "failed", "The job is failed."),
    ],
)
def test_an_error(word: object, error: object, code: str, message: str) -> None:
    assert failure(word, error) == {"code": code, "message": message}
    usual = message if "The job is" not in message else "as usual"
    assert failure(word, error, "as usual") == {"code": code, "message": usual}


def test_members_in_their_order() -> None:
    known = Known("video_1", "sora", "8", "720x1280", 1760194265)
    facts: dict[str, Any] = {"status": "completed", "completed_at": 1760194266, "expires_at": 1760194267, "cost": 0.5}
    rest = {"id": "x", "Cost": 9, "extra": 1, "nothing": None, "CREATED_AT": 5, "Expires_At": 6, "provider": "other"}
    job = arranged("XAI", known, facts, rest)
    assert list(job) == [
        *("id", "object", "status", "model", "progress", "seconds", "size", "error"),
        *("created_at", "expires_at", "completed_at", "provider", "cost", "extra"),
    ]
    assert (job["id"], job["model"], job["progress"], job["seconds"], job["size"]) == (
        "video_1", "sora", 100, "8", "720x1280",
    )  # fmt: skip
    assert job["created_at"] == "2025-10-11T14:51:05+00:00"
    assert (job["provider"], job["cost"], job["extra"]) == ("XAI", 0.5, 1)


@pytest.mark.parametrize(
    ("word", "progress"), [("queued", 0), ("completed", 100), ("in_progress", None), ("odd", None)]
)
def test_progress_that_is_known_by_the_word(word: str, progress: int | None) -> None:
    known = Known("", "", "", "", 0)
    assert arranged("XAI", known, {"status": word}, {})["progress"] == progress
    assert arranged("XAI", known, {"status": word, "progress": 7}, {})["progress"] == 7


def test_what_the_service_says_counts_more_than_what_is_known() -> None:
    known = Known("", "model", "8", "1x1", 1)
    facts = {"id": "a", "model": "m", "seconds": 4.0, "size": "2x2", "created_at": 1760194265}
    job = arranged("XAI", known, facts, {})
    assert [job[name] for name in ("id", "model", "seconds", "size")] == ["a", "m", "4", "2x2"]
    assert str(job["created_at"]).startswith("2025-10-11T")
