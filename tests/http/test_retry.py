"""Whether and when a request is repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.http.retry import delay, should_retry
from tests.conftest import Result, Run
from tests.server import JOB, Server

NOW = datetime(2025, 10, 11, 14, 51, 5, tzinfo=UTC)


def _in(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("status", "headers", "message", "expected"),
    [
        pytest.param(429, {}, "Slow down", True, id="429"),
        pytest.param(429, {}, "You exceeded your current QUOTA", False, id="quota in the text"),
        pytest.param(500, {}, "", True, id="500"),
        pytest.param(503, {}, "quota", True, id="503, whatever its text"),
        pytest.param(529, {}, "", True, id="529"),
        pytest.param(599, {}, "", True, id="599"),
        pytest.param(600, {}, "", False, id="600"),
        pytest.param(400, {}, "", False, id="400"),
        pytest.param(408, {}, "", False, id="408"),
        pytest.param(409, {}, "", False, id="409"),
        pytest.param(425, {}, "", False, id="425"),
        pytest.param(400, {"x-should-retry": "true"}, "", True, id="the server wants it"),
        pytest.param(500, {"x-should-retry": "false"}, "", False, id="the server does not want it"),
        pytest.param(429, {"x-should-retry": "TRUE"}, "quota", True, id="the server wants it, quota included"),
        pytest.param(400, {"x-should-retry": "1"}, "", False, id="another word is none"),
        pytest.param(500, {"x-should-retry": ""}, "", True, id="an empty word is none"),
    ],
)
def test_should_retry(status: int, headers: dict[str, str], message: str, expected: bool) -> None:
    assert should_retry(status, headers, message, done=0, limit=1) is expected
    assert should_retry(status, headers, message, done=1, limit=1) is False


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"retry-after-ms": "20"}, 20, id="milliseconds"),
        pytest.param({"retry-after-ms": "20.6"}, 21, id="rounded"),
        pytest.param({"retry-after-ms": "0x10"}, 16, id="hexadecimal"),
        pytest.param({"retry-after-ms": " 7 "}, 7, id="blanks"),
        pytest.param({"retry-after-ms": "60000"}, 60000, id="longest"),
        pytest.param({"retry-after-ms": "60001"}, None, id="too long"),
        pytest.param({"retry-after-ms": "0"}, None, id="zero"),
        pytest.param({"retry-after-ms": "-5"}, None, id="negative"),
        pytest.param({"retry-after-ms": ""}, None, id="empty"),
        pytest.param({"retry-after-ms": "soon", "retry-after": "1"}, None, id="unreadable hides the other"),
        pytest.param({"retry-after-ms": "99999999999999"}, None, id="overflow"),
        pytest.param({"retry-after-ms": "1e400"}, None, id="infinite"),
        pytest.param({"retry-after": "1"}, 1000, id="seconds"),
        pytest.param({"retry-after": "0.5"}, None, id="half a second is zero"),
        pytest.param({"retry-after": "0.6"}, 1000, id="more than half is one"),
        pytest.param({"retry-after": "1.5"}, 2000, id="half to even"),
        pytest.param({"retry-after": "60"}, 60000, id="a minute"),
        pytest.param({"retry-after": "61"}, None, id="more than a minute"),
        pytest.param({"retry-after": "-1"}, None, id="negative seconds"),
        pytest.param({"retry-after": "3000000000"}, None, id="seconds overflow"),
        pytest.param({"retry-after": _in(20)}, 20000, id="date"),
        pytest.param({"retry-after": _in(0)}, None, id="date now"),
        pytest.param({"retry-after": _in(-20)}, None, id="past date"),
        pytest.param({"retry-after": _in(61)}, None, id="far date"),
        pytest.param({"retry-after": "Sat, 11 Oct 2025 23:51:10 +0900"}, 5000, id="date with a zone"),
        pytest.param({"retry-after": "Sat, 11 Oct 2025 14:51:10"}, 5000, id="date without a zone is UTC"),
        pytest.param({"retry-after": "Saturday, 11-Oct-25 14:51:10 GMT"}, 5000, id="old form of a date"),
        pytest.param({"retry-after": "Sat, 31 Feb 2025 14:51:05 GMT"}, None, id="no such day"),
        pytest.param({"retry-after": "Sat, 11 Oct 99999999999999999999 14:51:05 GMT"}, None, id="no such year"),
        pytest.param({"retry-after": "Sat, 11 Oct 2025 14:51:05 +9999999999"}, None, id="no such zone"),
        pytest.param({"retry-after": "tomorrow"}, None, id="a word"),
        pytest.param({"retry-after": "\udcff,,;"}, None, id="rubbish"),
        pytest.param({"llm_provider-retry-after": "2"}, 2000, id="as LiteLLM passes it on"),
        pytest.param({"retry-after": "3", "llm_provider-retry-after": "2"}, 3000, id="its own comes first"),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_servers_wish(headers: dict[str, str], expected: int | None) -> None:
    """None: it does not count, and the delay is that of a first repetition."""
    assert delay(headers, done=0, now=NOW, random=lambda: 0.5) == (1000 if expected is None else expected)


@pytest.mark.parametrize(
    ("done", "chance", "expected"),
    [
        (0, 0.0, 800),
        (0, 1.0, 1200),
        (1, 0.5, 2000),
        (3, 0.25, 7200),
        (7, 0.5, 128000),
        (7, 1.0, 129000),
        (99, 0.0, 129000),
    ],
)
def test_the_delay_doubles_up_to_a_limit(done: int, chance: float, expected: int) -> None:
    assert delay({}, done=done, now=NOW, random=lambda: chance) == expected


_NAMES = st.sampled_from(["retry-after-ms", "retry-after", "llm_provider-retry-after", "x-should-retry"])
_VALUES = st.one_of(
    st.text(),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes(timezones=st.just(UTC)).map(format_datetime),
    st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ ([+-]\d+|GMT)", fullmatch=True),
)


@given(st.dictionaries(_NAMES, _VALUES), st.integers(0, 100), st.floats(0, 1))
def test_no_header_makes_the_delay_negative_or_longer_than_the_limit(
    headers: dict[str, str], done: int, chance: float
) -> None:
    wait = delay(headers, done=done, now=NOW, random=lambda: chance)
    assert isinstance(wait, int)
    assert 1 <= wait <= 129_000


@given(st.dictionaries(_NAMES, st.text()), st.integers(0, 999), st.integers(0, 3), st.integers(0, 3))
def test_never_more_often_than_allowed(headers: dict[str, str], status: int, done: int, limit: int) -> None:
    if done >= limit:
        assert not should_retry(status, headers, "", done=done, limit=limit)


@pytest.fixture
def call(run: Run, server: Server) -> Callable[..., tuple[Result, int]]:
    """New-Video against a server that answers so; the result, and how many requests came."""

    def call(responses: list[dict[str, Any]], *arguments: str) -> tuple[Result, int]:
        script = server.script("retry", responses)
        result = run("New-Video", "x", "-ApiBase", script.base, *arguments)
        return result, len(script.requests)

    return call


BUSY = {"status": 503, "json": {"error": {"message": "busy"}}, "headers": {"retry-after-ms": "1"}}
SPENT = {"status": 429, "json": {"error": {"message": "quota used up"}}, "headers": {"retry-after-ms": "1"}}
REFUSED = {
    "status": 400,
    "json": {"error": {"message": "no"}},
    "headers": {"x-should-retry": "true", "retry-after-ms": "1"},
}
BUSY_TEXT = "OpenAI API returned an 503 (Service Unavailable) Error: busy"


def test_a_repetition_is_told(call: Callable[..., tuple[Result, int]]) -> None:
    result, requests = call([BUSY, BUSY, {"json": JOB}], "-MaxRetryCount", "5")
    assert (result.exit_code, result.json["id"], requests) == (0, "video_123", 3)
    assert result.stderr.splitlines() == [
        f"WARNING: {BUSY_TEXT}",
        "WARNING: Retry the request after waiting 1 ms (retry count: 0)",
        f"WARNING: {BUSY_TEXT}",
        "WARNING: Retry the request after waiting 1 ms (retry count: 1)",
    ]


@pytest.mark.parametrize(
    ("responses", "arguments", "requests"),
    [
        pytest.param([BUSY], [], 1, id="no repetition unless asked for"),
        pytest.param([BUSY], ["-MaxRetryCount", "2"], 3, id="the last failure counts"),
        pytest.param([BUSY], ["-MaxRetryCount", "2", "-WarningAction", "Stop"], 1, id="stopped by the warning"),
        pytest.param([SPENT], ["-MaxRetryCount", "2"], 1, id="no quota left"),
        pytest.param([REFUSED], ["-MaxRetryCount", "1"], 2, id="the server wants it"),
        pytest.param([BUSY, {"drop": True}], ["-MaxRetryCount", "2"], 2, id="a dropped connection is not repeated"),
        pytest.param([{"drop": True}], ["-MaxRetryCount", "2"], 1, id="nor is it at first"),
    ],
)
def test_how_often(
    responses: list[dict[str, Any]], arguments: list[str], requests: int, call: Callable[..., tuple[Result, int]]
) -> None:
    result, seen = call(responses, *arguments)
    assert (result.exit_code, result.stdout, seen) == (1, "", requests)


def test_each_attempt_sends_the_whole_body(run: Run, server: Server, tmp_path: Any) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" * 1000)
    script = server.script("whole", [BUSY, {"json": JOB}])
    assert (
        run("New-Video", "x", "-ApiBase", script.base, "-InputReference", str(picture), "-MaxRetryCount", "1").exit_code
        == 0
    )
    first, second = script.requests
    assert first.fields == second.fields
    assert first.fields[-1][:3] == ["input_reference", "a.png", "image/png"]
