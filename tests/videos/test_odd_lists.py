"""Lists in shapes that no documentation has, and what is advised where none came."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run
from tests.server import Received, Server


def _jobs(*ids: Any) -> list[dict[str, Any]]:
    return [{"id": each} for each in ids]


#: A first page, and the id behind which the second one has to begin.
PAGES: dict[str, tuple[dict[str, Any], str]] = {
    "true as text": ({"data": _jobs("v1", "v2"), "has_more": "true"}, "v2"),
    "True as text": ({"data": _jobs("v1", "v2"), "has_more": " True\n"}, "v2"),
    "yes": ({"data": _jobs("v1", "v2"), "has_more": "yes"}, "v2"),
    "one": ({"data": _jobs("v1", "v2"), "has_more": 1}, "v2"),
    "one as text": ({"data": _jobs("v1", "v2"), "has_more": "1"}, "v2"),
    "null as last_id": ({"data": _jobs("v1", "v2"), "has_more": True, "last_id": None}, "v2"),
    "list as last_id": ({"data": _jobs("v1", "v2"), "has_more": True, "last_id": ["v1"]}, "v2"),
    "number as last_id": ({"data": _jobs("v1", "v2"), "has_more": True, "last_id": 17}, "17"),
    "numbers as ids": ({"data": _jobs(1, 2), "has_more": True}, "2"),
    "an envelope": ({"code": 0, "data": {"data": _jobs("v1", "v2"), "has_more": True, "last_id": "c"}}, "c"),
    "an envelope with items": ({"data": {"items": _jobs("v1", "v2"), "has_more": True}}, "v2"),
    "ids alone": ({"data": ["v1", "v2"], "has_more": True}, "v2"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_list_goes_on_behind_its_page(name: str, run: Run, server: Server) -> None:
    first, behind = PAGES[name]
    asked: list[str] = []

    def answer(request: Received) -> dict[str, Any]:
        asked.extend(parse_qs(urlsplit(request.path).query).get("after", [""]))
        return {"json": first if len(asked) == 1 else {"data": _jobs("v3"), "has_more": "false"}}

    result = run("Get-Video", "-All", "-ApiBase", server.script("pages", answer).base)
    ids = [1, 2] if name == "numbers as ids" else ["v1", "v2"]
    assert (result.exit_code, result.json, result.stderr) == (0, _jobs(*ids, "v3"), "")
    assert asked == ["", behind]


@pytest.mark.parametrize("value", [False, "false", "False", "no", "0", 0, None, "", [], {}], ids=repr)
def test_a_list_ends(value: Any, run: Run, server: Server) -> None:
    script = server.script("ends", [{"json": {"data": _jobs("v1"), "has_more": value, "last_id": "v1"}}])
    result = run("Get-Video", "-All", "-ApiBase", script.base)
    assert (result.exit_code, result.json, result.stderr, len(script.requests)) == (0, _jobs("v1"), "", 1)


LISTS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "results": ({"results": _jobs("v1")}, _jobs("v1")),
    "tasks": ({"tasks": _jobs("v1"), "total": 1}, _jobs("v1")),
    "bare ids": (["v1", "v2"], _jobs("v1", "v2")),
    "what is no job": ({"data": [None, [], True, 1.5, "x", {"id": "v1"}]}, _jobs("v1")),
    "an empty envelope": ({"data": {"data": None}}, []),
    "a job with data": ({"id": "v1", "data": {"data": []}}, [{"id": "v1", "data": {"data": []}}]),
    "no list in an envelope": ({"data": {"a": 1}}, [{"data": {"a": 1}}]),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_found_under_its_names(name: str, run: Run, server: Server) -> None:
    answer, jobs = LISTS[name]
    result = run("Get-Video", "-ApiBase", server.script("lists", [{"json": answer}]).base)
    assert (result.exit_code, result.json, result.stderr) == (0, jobs, "")


@pytest.mark.parametrize("arguments", [("Get-Video",), ("Get-Video", "v1"), ("New-Video", "x")], ids=" ".join)
def test_only_what_creates_may_have_created_a_job(arguments: tuple[str, ...], run: Run, server: Server) -> None:
    base = server.script("page", [{"text": "<html>", "headers": {"Content-Type": "text/html"}}]).base
    result = run(*arguments, "-ApiBase", base)
    received = "The request was received, so a job may exist. " if arguments[0] == "New-Video" else ""
    assert result.stderr.splitlines()[:2] == [
        f"{arguments[0]}: The server's answer is not a job: it is not JSON. Status 200, text/html. It begins: <html>",
        f"    + RecommendedAction     : {received}Check that -ApiBase is the address of the API itself.",
    ]


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip"])
def test_the_same_for_what_cannot_be_unpacked(encoding: str, run: Run, server: Server) -> None:
    base = server.script("packed", [{"text": "x", "headers": {"Content-Encoding": encoding}}]).base
    assert "may exist" in run("New-Video", "x", "-ApiBase", base).stderr
    assert "may exist" not in run("Get-Video", "v1", "-ApiBase", base).stderr
