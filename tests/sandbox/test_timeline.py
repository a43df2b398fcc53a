"""Status and progress as a function of the clock."""

from __future__ import annotations

import pytest

from psopenai_py.sandbox.service.timeline import FAILURES, Job, State, poll_after, state_of, video_object

CREATED = 1000.5
JOB = Job("video_1", CREATED, 10.0, "sora-2", "a dog", 20, 720, 1280)
DONE = State("completed", 100, completed_at=1010, expires_at=1000 + 86400)


def _failed(word: str) -> State:
    code, message = FAILURES[word]
    return State("failed", 50, error={"code": code, "message": message})


@pytest.mark.parametrize(
    ("faults", "after", "expected"),
    [
        pytest.param((), -5, State("queued", 0), id="clock-set-back"),
        pytest.param((), 0, State("queued", 0), id="new"),
        pytest.param((), 0.99, State("queued", 0), id="still-queued"),
        pytest.param((), 1, State("in_progress", 10), id="begun"),
        pytest.param((), 5.5, State("in_progress", 55), id="midway"),
        pytest.param((), 9.999, State("in_progress", 99), id="nearly"),
        pytest.param((), 10, DONE, id="done"),
        pytest.param((), 1e9, DONE, id="long-done"),
        pytest.param(("slow",), 55, State("in_progress", 55), id="slow"),
        pytest.param(("slow",), 100, DONE._replace(completed_at=1100), id="slow-done"),
        pytest.param(("stall",), 1e6, State("in_progress", 42), id="stall"),
        pytest.param(("fail",), 4.95, State("in_progress", 49), id="not-failed-yet"),
        pytest.param(("fail",), 5, _failed("fail"), id="failed"),
        pytest.param(("blocked",), 50, _failed("blocked"), id="blocked"),
        pytest.param(("slow", "fail"), 49.5, State("in_progress", 49), id="slow-and-fail"),
        pytest.param(("stall", "fail"), 1e6, State("in_progress", 42), id="stall-wins"),
        pytest.param(("expired",), 10, DONE._replace(expires_at=1010), id="expired"),
    ],
)
def test_the_state_follows_from_the_clock(faults: tuple[str, ...], after: float, expected: State) -> None:
    assert state_of(JOB._replace(faults=faults), CREATED + after) == expected


def test_progress_never_falls() -> None:
    progress = [state_of(JOB, CREATED + tenth / 10).progress for tenth in range(120)]
    assert progress == sorted(progress)


@pytest.mark.parametrize(
    ("after", "expected"), [(0, 1000), (9.5, 500), (9.999, 20), (10, None)], ids=["far", "near", "nearly", "done"]
)
def test_when_to_ask_again(after: float, expected: int | None) -> None:
    assert poll_after(JOB, CREATED + after) == expected


def test_the_object_has_all_keys_of_the_contract() -> None:
    assert video_object(JOB, CREATED) == {
        "id": "video_1",
        "object": "video",
        "created_at": 1000,
        "status": "queued",
        "completed_at": None,
        "error": None,
        "expires_at": None,
        "model": "sora-2",
        "progress": 0,
        "prompt": "a dog",
        "remixed_from_video_id": None,
        "seconds": "20",
        "size": "720x1280",
    }
