"""Get-Video: one job by its id, and lists: pages, their end, and readers that have enough."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from psopenai_py import get_video
from psopenai_py.errors import InputError, NotFoundError
from tests.cmdlets.processes import measured, measures_memory
from tests.conftest import Run
from tests.server import JOB, Received, Script
from tests.terminal import our

MORE = "There is more data that has not been retrieved."
ERROR = {"status": 500, "json": {"error": {"message": "no"}}}
SERVER_ERROR = "APIRequestException,Get-Video"


def job(name: str) -> dict[str, Any]:
    return {"id": name, "status": "completed"}


def page(*names: str, more: bool = False, **facts: Any) -> dict[str, Any]:
    data = [job(name) for name in names]
    last = {"last_id": names[-1]} if names else {}
    return {"json": {"object": "list", "data": data, "has_more": more} | last | facts}


# --- one job ----------------------------------------------------------------------------------------------------

IDS = {
    "video_1": "video_1",
    "a/b": "a%2Fb",
    "a b+c=d": "a%20b%2Bc%3Dd",
    "100%": "100%25",
    "a%2Fb": "a%252Fb",
    "?x=1#y": "%3Fx%3D1%23y",
    "...": "...",
    "./..": ".%2F..",
    "é🐶": "%C3%A9%F0%9F%90%B6",
    "id:provider": "id%3Aprovider",
}


@pytest.mark.parametrize("piped", [False, True], ids=["argument", "piped"])
@pytest.mark.parametrize(("identifier", "sent"), IDS.items(), ids=list(IDS))
def test_an_id_is_one_segment_and_is_encoded_once(
    run: Run, api: Script, identifier: str, sent: str, piped: bool
) -> None:
    given = json.dumps({"id": identifier})
    result = run("Get-Video", stdin=given) if piped else run("Get-Video", "-VideoId", identifier)
    assert (result.exit_code, [request.path for request in api.requests]) == (0, [f"/videos/{sent}"])


@pytest.mark.parametrize("identifier", [".", ".."])
def test_an_id_that_would_leave_the_path(run: Run, api: Script, identifier: str) -> None:
    result = run("Get-Video", identifier)
    assert (result.exit_code, result.stdout, api.requests) == (1, "", [])
    assert f"'{identifier}' is not the id of a video. Nothing was sent." in result.stderr
    with pytest.raises(InputError):
        get_video(identifier)


def test_a_job(run: Run, api: Script) -> None:
    result = run("Get-Video", "video_123")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.json == {
        **{name: JOB[name] for name in JOB if name != "created_at"},
        "created_at": result.json["created_at"],
    }
    assert get_video("video_123") == result.json


def test_a_failed_job_is_a_job_and_a_warning(run: Run, api: Script) -> None:
    api.responses = [{"json": JOB | {"status": "failed", "error": {"code": "c", "message": "m"}}}]
    result = run("Get-Video", "video_123")
    assert (result.exit_code, result.json["status"]) == (0, "failed")
    assert result.warnings == ['The status of job with id "video_123" is "failed". Error: "m" (c)']


def test_an_unknown_job(run: Run, api: Script) -> None:
    api.responses = [{"status": 404, "json": {"error": {"message": "no such job"}}}]
    result = run("Get-Video", "video_123")
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", ["NotFoundException,Get-Video"])
    with pytest.raises(NotFoundError, match="no such job"):
        get_video("video_123")


# --- a page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), ("a",), ("a", "b")], ids=["none", "one", "two"])
def test_a_list_is_always_an_array(run: Run, api: Script, names: tuple[str, ...]) -> None:
    api.responses = [page(*names)]
    result = run("Get-Video")
    jobs = [job(name) for name in names]
    assert (result.exit_code, result.json, result.stderr) == (0, jobs, "")
    assert result.stdout == (json.dumps(jobs, indent=2) + "\n")
    assert get_video() == jobs


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ([], "limit=20&order=asc"),
        (["-Limit", "5", "-Order", "DESC"], "limit=5&order=desc"),
        (["-After", "a b"], "limit=20&order=asc&after=a+b"),
        (["-All"], "limit=100&order=asc"),
        (["-All", "-Limit", "5"], "limit=100&order=asc"),
        (["-All:$false", "-Limit", "0"], "limit=0&order=asc"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_asked_for(run: Run, api: Script, arguments: list[str], query: str) -> None:
    api.responses = [page()]
    assert run("Get-Video", *arguments).exit_code == 0
    assert [request.path for request in api.requests] == [f"/videos?{query}"]


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [([], [MORE]), (["-Limit", "20"], []), (["-All"], [MORE]), (["-WarningAction", "Ignore"], [])],
    ids=lambda value: " ".join(value),
)
def test_the_warning_about_more_data(run: Run, api: Script, arguments: list[str], warnings: list[str]) -> None:
    """With -All, too, when the server says that there is more and not where."""
    api.responses = [page("a", more=True, last_id=None)]
    result = run("Get-Video", *arguments)
    assert (result.exit_code, result.json, result.warnings) == (0, [job("a")], warnings)


LISTS: dict[str, Any] = {
    "data alone": {"data": [job("a"), job("b")]},
    "under another name": {"videos": [job("a"), job("b")]},
    "bare": [job("a"), job("b")],
    "with null beside it": {"data": None, "videos": [job("a"), job("b")]},
    "with things that are no jobs": {"object": "list", "data": [job("a"), None, "x", job("b")]},
}


@pytest.mark.parametrize("answer", LISTS.values(), ids=list(LISTS))
@pytest.mark.parametrize("arguments", [(), ("-All",)], ids=["", "All"])
def test_what_counts_as_a_list(run: Run, api: Script, answer: Any, arguments: tuple[str, ...]) -> None:
    api.responses = [{"json": answer}]
    result = run("Get-Video", *arguments)
    assert (result.exit_code, result.json, result.stderr, len(api.requests)) == (0, [job("a"), job("b")], "", 1)


@pytest.mark.parametrize("answer", [{"data": None}, {"object": "list", "data": None, "has_more": True}, []], ids=str)
def test_a_list_of_nothing(run: Run, api: Script, answer: Any) -> None:
    api.responses = [{"json": answer}]
    result = run("Get-Video", "-All")
    assert (result.exit_code, result.stdout, len(api.requests)) == (0, "[]\n", 1)


@pytest.mark.parametrize("answer", [{"error": {"message": "No list"}}, {"code": 7, "message": "No list"}], ids=str)
def test_a_list_that_is_refused_with_status_200(run: Run, api: Script, answer: Any) -> None:
    api.responses = [{"json": answer}]
    result = run("Get-Video", "-All")
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", ["System.ArgumentException,Get-Video"])
    assert "it says: No list." in result.stderr


def test_a_job_with_a_list_of_data_is_a_job(run: Run, api: Script) -> None:
    api.responses = [{"json": job("a") | {"data": [{"url": "x"}]}}]
    assert run("Get-Video").json == [job("a") | {"data": [{"url": "x"}]}]


def test_an_answer_that_is_no_list_is_one_job(run: Run, api: Script) -> None:
    api.responses = [{"json": job("a")}]
    assert run("Get-Video").json == [job("a")]


# --- all pages --------------------------------------------------------------------------------------------------

ENDS: dict[str, tuple[list[dict[str, Any]], str, list[str], list[str]]] = {
    "the last page": ([page("a", more=True), page("b", more=True), page("c")], "abc", ["", "a", "b"], []),
    "no has_more": ([page("a", more=True), {"json": {"object": "list", "data": [job("b")]}}], "ab", ["", "a"], []),
    "the same page again": ([page("a", more=True)], "a", ["", "a"], [MORE]),
    "a circle": ([page("a", more=True), page("b", more=True)] * 2, "ab", ["", "a", "b"], [MORE]),
    "a longer circle": ([page(*two, more=True) for two in ("ab", "ca", "bc")], "abc", ["", "b", "a"], [MORE]),
    "the cursor's own job again": ([page("a", "b", more=True), page("b", "c")], "abc", ["", "b"], []),
    "nothing but the cursor's own job": ([page("a", "b", more=True), page("b")], "ab", ["", "b"], []),
    "new cursors and no new jobs": (
        [page("a", more=True)] + [page("a", more=True, last_id=str(n)) for n in range(9)],
        *("a", ["", "a"], [MORE]),
    ),
    "known jobs under new ends": (
        [page("a", "b", more=True)] + [page("a", "b", more=True, last_id=str(n)) for n in range(9)],
        *("abab", ["", "b", "0"], [MORE]),
    ),
    "new jobs under the same end": ([page(name, more=True, last_id="z") for name in "abc"], "ab", ["", "z"], [MORE]),
    "no last_id": ([page("a", "b", more=True, last_id=None), page("c")], "abc", ["", "b"], []),
    "more of nothing": ([page("a", more=True), page(more=True, last_id="z")], "a", ["", "a"], [MORE]),
    "more of nothing at once": ([page(more=True)], "", [""], [MORE]),
    "an empty cursor": ([page("a", more=True, last_id="")], "a", [""], [MORE]),
}


@pytest.mark.parametrize(("pages", "names", "cursors", "warnings"), ENDS.values(), ids=list(ENDS))
def test_all_pages(
    run: Run, api: Script, pages: list[dict[str, Any]], names: str, cursors: list[str], warnings: list[str]
) -> None:
    api.responses = pages
    result = run("Get-Video", "-All")
    assert (result.exit_code, result.json, result.warnings) == (0, [job(name) for name in names], warnings)
    afters = [f"&after={cursor}" if cursor else "" for cursor in cursors]
    assert [request.path for request in api.requests] == [f"/videos?limit=100&order=asc{after}" for after in afters]
    api.requests.clear()
    assert get_video(all=True) == result.json


def test_a_page_that_fails_keeps_those_before_it(run: Run, api: Script) -> None:
    api.responses = [page("a", more=True), ERROR]
    result = run("Get-Video", "-All")
    assert (result.exit_code, result.json, result.error_ids) == (1, [job("a")], [SERVER_ERROR])


def test_a_first_page_that_fails_prints_nothing(run: Run, api: Script) -> None:
    api.responses = [ERROR]
    result = run("Get-Video", "-All")
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [SERVER_ERROR])


def test_jobs_are_printed_before_the_last_page_comes(api: Script) -> None:
    more = threading.Event()

    def answer(_: Received) -> dict[str, Any]:
        if len(api.requests) == 1:
            return page("a", more=True)
        more.wait(60)
        return page("b")

    api.responses = answer
    with subprocess.Popen(our("Get-Video", "-All"), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(4)]
        assert first == [b"[\n", b"  {\n", b'    "id": "a",\n', b'    "status": "completed"\n']
        assert process.poll() is None
        more.set()
        rest = process.stdout.read()
    assert json.loads(b"".join(first) + rest) == [job("a"), job("b")]


# --- many jobs --------------------------------------------------------------------------------------------------


def _many(count: int) -> list[dict[str, Any]]:
    """Pages of a hundred jobs."""
    names = [f"video_{number:06}" for number in range(count)]
    pages = [[JOB | {"id": name, "prompt": "p" * 200} for name in names[at : at + 100]] for at in range(0, count, 100)]
    lists = [{"object": "list", "data": each, "has_more": True, "last_id": each[-1]["id"]} for each in pages]
    return [{"json": each} for each in lists[:-1]] + [{"json": lists[-1] | {"has_more": False}}]


@pytest.mark.skipif(not measures_memory, reason="measures as Linux does")
def test_memory_does_not_grow_with_the_list(api: Script) -> None:
    peaks = []
    for count in (200, 100_000):
        api.responses = _many(count)
        api.requests.clear()
        done, peak = measured("Get-Video", "-All")
        assert (done.returncode, len(json.loads(done.stdout))) == (0, count)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 4096, f"{peaks} KiB"


@pytest.mark.skipif(sys.platform == "win32", reason="a pipeline of bash")
@pytest.mark.parametrize("arguments", ["-All", "-Limit 100"])
def test_a_reader_that_has_enough_ends_a_list_without_noise(api: Script, arguments: str) -> None:
    api.responses = _many(2000)
    line = f"'{sys.executable}' -m psopenai_py Get-Video {arguments} | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")
    assert len(api.requests) < 5
