"""A job as its file holds it: what is read again, and what is none of ours."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py.sandbox.service.timeline import Job, job_from_record, poll_after, record_of

JOB = Job("video_1", 1000.5, 10.0, "sora-2", "a dog", 20, 720, 1280, "video_0", ("slow", "fail"), (1, 2, 3))
#: As JSON brings it.
RECORD: dict[str, Any] = {
    "id": "video_1",
    "created": 1000.5,
    "run_seconds": 10.0,
    "model": "sora-2",
    "prompt": "a dog",
    "seconds": 20,
    "width": 720,
    "height": 1280,
    "remixed_from": "video_0",
    "faults": ["slow", "fail"],
    "tint": [1, 2, 3],
}


def test_the_way_there_and_back() -> None:
    assert record_of(JOB) | {"faults": ["slow", "fail"], "tint": [1, 2, 3]} == RECORD
    assert job_from_record(RECORD) == JOB
    assert job_from_record(record_of(JOB) | {"faults": [], "tint": None}) == JOB._replace(faults=(), tint=None)


TAKEN: list[dict[str, Any]] = [
    {"created": 0}, {"created": -1}, {"run_seconds": 1}, {"run_seconds": 0.001}, {"seconds": 1}, {"seconds": 60},
    {"width": 2}, {"height": 2}, {"remixed_from": None}, {"faults": []}, {"tint": None}, {"prompt": ""}, {"new": 1},
]  # fmt: skip


@pytest.mark.parametrize("change", TAKEN, ids=str)
def test_what_is_taken(change: dict[str, Any]) -> None:
    job = job_from_record(RECORD | change)
    known = {name: value for name, value in change.items() if name in RECORD}
    assert job == JOB._replace(**known) if change != {"faults": []} else JOB._replace(faults=())


NO_RECORDS: list[Any] = [
    None, [], "x", 5, {}, *([*RECORD.items()][:index] for index in (1, 10)),
    *({name: value for name, value in RECORD.items() if name != missing} for missing in RECORD),
]  # fmt: skip


@pytest.mark.parametrize("record", NO_RECORDS, ids=[str(number) for number in range(len(NO_RECORDS))])
def test_what_is_no_record(record: Any) -> None:
    with pytest.raises(ValueError, match=r"^not a job record$"):
        job_from_record(record)


WRONG: list[tuple[str, list[Any]]] = [
    *((name, [None, 5, True, ["x"], {}]) for name in ("id", "model", "prompt")),
    *((name, [None, "5", True, False, [5], {}]) for name in ("created", "run_seconds", "seconds", "width", "height")),
    *((name, [20.0]) for name in ("seconds", "width", "height")),
    ("remixed_from", [5, True, ["x"]]),
    ("faults", [None, "slow", {}, 5]),
    ("tint", ["x", 5, {}, False]),
]


@pytest.mark.parametrize(
    ("name", "value"), [pytest.param(name, value, id=f"{name}-{value!r}") for name, values in WRONG for value in values]
)
def test_a_value_of_another_type(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is not usable$"):
        job_from_record(RECORD | {name: value})


@pytest.mark.parametrize(
    "change",
    [{"run_seconds": 0}, {"run_seconds": -1}, {"seconds": 0}, {"seconds": 61}, {"width": 1}, {"height": 1},
     {"width": 0}, {"tint": []}, {"tint": [1, 2]}, {"tint": [1, 2, 3, 4]}, {"tint": [1, 2, "x"]},
     {"tint": [1, 2, None]}, {"tint": [1, 2, True]}, {"tint": [1, 2, 3.0]}],
    ids=str,
)  # fmt: skip
def test_numbers_that_make_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(its numbers make no sense|tint is not usable)$"):
        job_from_record(RECORD | change)


@pytest.mark.parametrize(
    ("before", "milliseconds"),
    [(0.019, 20), (0.02, 20), (0.021, 21), (0.9, 900), (0.999, 999), (1.0, 1000), (1.5, 1000)],
)
def test_when_to_ask_again(before: float, milliseconds: int) -> None:
    job = Job("v", 0.0, 10.0, "m", "p", 4, 720, 1280)
    assert poll_after(job, 10.0 - before) == milliseconds
