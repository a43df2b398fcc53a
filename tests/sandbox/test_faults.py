"""Failures on demand, in the same process: what each word of the table does, and how often."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from psopenai_py.sandbox.service.faults import FAULTS, Fault, faults_in_prompt, parse_fault
from tests.sandbox.conftest import Clock, Connect

NewVideo = Callable[..., str]

OUTCOMES = {
    "moderation": (400, "content_filter"),
    "401": (401, "invalid_api_key"),
    "403": (403, "permission_denied"),
    "429": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "500": (500, None),
    "502": (502, "page"),
    "503": (503, "server_overloaded"),
    "html": (200, "page"),
    "drop": (ConnectionError, None),
    "hang": (TimeoutError, None),
}


def _outcome(request: Callable[[], httpx.Response]) -> tuple[object, object]:
    try:
        answer = request()
    except (ConnectionError, TimeoutError) as error:
        return type(error), None
    if answer.headers["content-type"].startswith("text/html"):
        return answer.status_code, "page"
    return answer.status_code, answer.json().get("error", {"code": "no error"})["code"]


def test_the_table_is_tested_in_full() -> None:
    assert {row.word for row in FAULTS if row.kind == "answer"} == set(OUTCOMES)
    assert {row.word for row in FAULTS if row.kind == "job"} == {"fail", "blocked", "slow", "stall", "expired"}
    assert all(row.meaning.endswith(".") and len(row.meaning) < 90 for row in FAULTS)


@pytest.mark.parametrize("word", OUTCOMES)
def test_a_word_in_the_prompt_strikes_the_create(client: httpx.Client, word: str) -> None:
    assert _outcome(lambda: client.post("/videos", data={"prompt": f"a dog [{word}]"})) == OUTCOMES[word]
    assert client.get("/videos").json()["data"] == []


@pytest.mark.parametrize("word", OUTCOMES)
def test_the_option_strikes_every_request(
    connect: Connect, client: httpx.Client, new_video: NewVideo, word: str
) -> None:
    path = f"/videos/{new_video(size='16x16')}"
    struck = connect(fault=word)
    assert _outcome(lambda: struck.post("/videos", data={"prompt": "x"})) == OUTCOMES[word]
    assert _outcome(lambda: struck.get("/videos")) == OUTCOMES[word]
    assert _outcome(lambda: struck.get(path)) == OUTCOMES[word]
    assert _outcome(lambda: struck.get(f"{path}/content")) == OUTCOMES[word]
    assert _outcome(lambda: struck.delete(path)) == OUTCOMES[word]
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("stage", ["get", "content", "delete"])
def test_a_word_can_name_the_request_it_strikes(client: httpx.Client, new_video: NewVideo, stage: str) -> None:
    path = f"/videos/{new_video(f'a dog [500 x2 {stage}]', size='16x16')}"
    requests: dict[str, Callable[[], httpx.Response]] = {
        "get": lambda: client.get(path),
        "content": lambda: client.get(f"{path}/content"),
        "delete": lambda: client.delete(path),
    }
    for name, request in requests.items():
        statuses = [request().status_code for _ in range(3 if name == stage else 1)]
        assert statuses == ([500, 500, 200] if name == stage else [200])


def test_two_refusals_then_success_then_the_same_again(connect: Connect) -> None:
    # A client of its own each time: what counts is on the disk.
    answers = [connect().post("/videos", data={"prompt": "a [429 x2]"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [429, 429, 200, 429, 429, 200]
    assert answers[0].headers["retry-after-ms"] == "200"
    assert answers[0].headers["retry-after"] == "1"


def test_the_option_counts_each_kind_of_request_by_itself(connect: Connect) -> None:
    client = connect(fault="503 x1")
    statuses = [client.get("/videos").status_code, client.post("/videos", data={"prompt": "x"}).status_code]
    assert statuses == [503, 503]
    assert client.get("/videos").status_code == 200


def test_the_option_can_name_a_request(connect: Connect) -> None:
    client = connect(fault="401 list")
    assert client.get("/videos").status_code == 401
    assert client.post("/videos", data={"prompt": "x"}).status_code == 200


def test_a_download_breaks_in_the_middle(client: httpx.Client, new_video: NewVideo) -> None:
    path = f"/videos/{new_video('[drop x1 content]', size='64x64')}/content"
    received = b""
    with pytest.raises(ConnectionError), client.stream("GET", path) as answer:
        for chunk in answer.iter_bytes():
            received += chunk
    whole = client.get(path).content
    assert received == whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("word", "after", "status", "content"),
    [
        pytest.param("fail", 2.5, "failed", (422, "video_failed"), id="fail"),
        pytest.param("blocked", 2.5, "failed", (422, "video_failed"), id="blocked"),
        pytest.param("slow", 2.5, "in_progress", (404, "video_not_ready"), id="slow"),
        pytest.param("stall", 3600, "in_progress", (404, "video_not_ready"), id="stall"),
        pytest.param("expired", 2.5, "completed", (404, "video_expired"), id="expired"),
    ],
)
def test_a_job_word_settles_what_becomes_of_the_job(
    connect: Connect, clock: Clock, word: str, after: float, status: str, content: tuple[int, str]
) -> None:
    by_prompt, by_option = connect(), connect(fault=word)
    ids = [
        by_prompt.post("/videos", data={"prompt": f"a [{word}]"}).json()["id"],
        by_option.post("/videos", data={"prompt": "a"}).json()["id"],
    ]
    clock.now += after
    for video_id in ids:
        assert by_prompt.get(f"/videos/{video_id}").json()["status"] == status
        assert _outcome(lambda video_id=video_id: by_prompt.get(f"/videos/{video_id}/content")) == content  # type: ignore[misc]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        pytest.param("a dog", (), id="none"),
        pytest.param("[a dog] [b]", (), id="other-brackets"),
        pytest.param("[FAIL] x [slow]", (Fault("fail"), Fault("slow")), id="two-jobs"),
        pytest.param("[429]", (Fault("429", None, "create"),), id="default-request"),
        pytest.param("[ 429x3  GET ]", (Fault("429", 3, "get"),), id="in-full"),
        pytest.param("[fail x2] [429 x0] [500 nowhere]", (), id="senseless"),
        pytest.param("[" * 50_000, (), id="long-and-odd"),
    ],
)
def test_faults_are_found_in_a_prompt(prompt: str, expected: tuple[Fault, ...]) -> None:
    assert faults_in_prompt(prompt) == expected


@pytest.mark.parametrize("text", ["", "boom", "fail x2", "429 x", "429 get x2"])
def test_a_bad_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"The sandbox knows no fault "):
        parse_fault(text)
