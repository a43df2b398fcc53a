"""What must be the same for a run to go on from a journal, parameter by parameter, and what may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.pipeline.desk import Desk, line, lines, prompts

ARGUMENTS = ("-Resume", "j")
SENT = "".join(map(line, prompts(2)))

#: Two values of what says how to reach a server, or whom to tell what.
MAY_CHANGE: dict[str, tuple[list[str], list[str]]] = {
    "TimeoutSec": (["30"], ["40"]),
    "MaxRetryCount": (["1"], ["2"]),
    "Organization": (["org-a"], ["org-b"]),
    "ApiKey": (["sk-test-0123456789abcdef"], ["sk-test-fedcba9876543210"]),
    "ErrorAction": (["Continue"], ["SilentlyContinue"]),
    "ProgressAction": (["Ignore"], ["Continue"]),
    "ThrottleLimit": (["1"], ["4"]),
    "Compress": ([], []),
    "Verbose": ([], []),
}
MUST_STAY = {
    "Model": ("a", "b"),
    "Seconds": ("4", "8"),
    "Size": ("1280x720", "720x1280"),
    "AdditionalBody": ('{"seed": 1}', '{"seed": 2}'),
    "AdditionalQuery": ('{"a": 1}', '{"a": 2}'),
    "AdditionalHeaders": ('{"X-A": "1"}', '{"X-A": "2"}'),
}


@pytest.mark.parametrize("name", MAY_CHANGE)
def test_what_may_change(name: str, desk: Desk, run: Run) -> None:
    first, second = MAY_CHANGE[name]
    for given in ([f"-{name}", *first], [f"-{name}", *second], []):
        result = run("New-Video", *ARGUMENTS, *given, stdin=lines(prompts(2)))
        assert (result.exit_code, result.stdout) == (0, SENT)
    assert desk.asked == dict.fromkeys(prompts(2), 1)


def test_the_address_may_change(desk: Desk, run: Run) -> None:
    for base in ([], ["-ApiBase", f"{desk.base}?other"]):
        assert run("New-Video", *ARGUMENTS, *base, stdin=lines(prompts(2))).stdout == SENT
    assert desk.asked == dict.fromkeys(prompts(2), 1)


def test_the_interval_may_change(desk: Desk, run: Run) -> None:
    desk.answers = {"a": [{"json": {"id": "a", "status": "completed"}}]}
    for interval in (["-PollIntervalSec", "1"], ["-PollIntervalSec", "2"], []):
        assert run("Wait-Video", *ARGUMENTS, *interval, stdin="a\n").exit_code == 0
    assert desk.asked == {"a": 1}


@pytest.mark.parametrize("name", MUST_STAY)
def test_what_must_stay(name: str, desk: Desk, run: Run) -> None:
    first, second = MUST_STAY[name]
    run("New-Video", *ARGUMENTS, f"-{name}", first, stdin=lines(prompts(2)))
    before = Path("j").read_bytes()
    for given in ([f"-{name}", second], []):
        result = run("New-Video", *ARGUMENTS, *given, stdin=lines(prompts(2)))
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"belongs to another command: {name} was different then." in result.stderr
    assert Path("j").read_bytes() == before
    assert desk.asked == dict.fromkeys(prompts(2), 1)
    # No value stands in it, so that it can be shown.
    assert f'"{first}"' not in before.decode()
