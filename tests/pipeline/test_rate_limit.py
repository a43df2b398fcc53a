"""A server that takes no more for now slows all requests down, not only the one that it refused."""

from __future__ import annotations

import pytest

from tests.conftest import Result, Run
from tests.patience import with_limit
from tests.pipeline.desk import Beside, Desk, line, lines, prompts, refusal
from tests.server import Received

HINTS = {
    "seconds": ({"retry_after": "1"}, 1.0),
    "milliseconds": ({"retry_after_ms": "700"}, 0.7),
    "both": ({"retry_after_ms": "800", "retry_after": "0"}, 0.8),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("headers", "seconds"), HINTS.values(), ids=HINTS)
def test_nothing_goes_out_before_the_time(
    status: int, headers: dict[str, str], seconds: float, desk: Desk, run: Run
) -> None:
    """Four are under way when one of them is refused. Without -MaxRetryCount it stays refused."""
    result = _refused_among_four(desk, run, seconds, status, headers)
    assert (result.exit_code, len(result.error_ids)) == (1, 1)
    assert result.stdout == "".join(line(prompt) for prompt in prompts(12) if prompt != "p3")
    assert desk.asked == dict.fromkeys(prompts(12), 1)
    assert _break(desk.requests) >= seconds


def test_with_repetitions_nothing_is_lost(desk: Desk, run: Run) -> None:
    result = _refused_among_four(desk, run, 1.0, 429, {"retry_after": "1"}, "-MaxRetryCount", "2")
    assert (result.exit_code, result.stdout) == (0, "".join(map(line, prompts(12))))
    assert desk.asked == dict.fromkeys(prompts(12), 1) | {"p3": 2}
    assert _break(desk.requests) >= 1.0
    assert result.warnings == [
        "OpenAI API returned an 429 (Too Many Requests) Error: No.",
        "Retry the request after waiting 1000 ms (retry count: 0)",
    ]


def test_without_a_time_the_others_go_on(desk: Desk, run: Run) -> None:
    desk.answers = {"p2": [refusal(429)]}
    result = run("New-Video", "-ThrottleLimit", "2", stdin=lines(prompts(6)))
    assert result.stdout == "".join(line(prompt) for prompt in prompts(6) if prompt != "p2")


def _refused_among_four(
    desk: Desk, run: Run, seconds: float, status: int, headers: dict[str, str], *more: str
) -> Result:
    """Hold the first four until all are there, and let the third be answered alone at first."""
    first = prompts(4)

    def answer_all() -> None:
        desk.wait(lambda: desk.under_way == set(first))
        desk.answer(*first)

    def call(patience: int) -> Result:
        desk.script.requests.clear()
        desk.asked.clear()
        desk.held = set(first)
        desk.answers = {name: [{"delay": 0.2 * patience}] for name in first}
        desk.answers["p3"] = [refusal(status, **headers), {}]
        with Beside(answer_all):
            return run("New-Video", "-ThrottleLimit", "4", *more, stdin=lines(prompts(12)))

    # Where the machine stood still, the others were answered before anybody had looked at the refusal.
    return with_limit(call, lambda _: _break(desk.requests) >= seconds)


def _break(requests: list[Received]) -> float:
    """Seconds between the first four requests and the next one."""
    times = [request.time for request in requests]
    return times[4] - times[3]
