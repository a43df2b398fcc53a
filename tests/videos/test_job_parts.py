"""Parts of what servers say of jobs: quoted jobs, ids in other words, lists in circles, and refusals of multipart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from psopenai_py.errors import AnswerError, APIRequestError
from psopenai_py.http.request import Extras, Request
from psopenai_py.http.response import Response
from psopenai_py.videos import job, json_body
from psopenai_py.videos.listing import Listing, Page

FAILED = {"id": "v", "status": "failed", "model": "m"}
TEXT = json.dumps(FAILED)
QUOTED: dict[str, tuple[Any, bool]] = {
    # a body, and whether it quotes a job, besides being one
    "itself": (FAILED, False),
    **{f"as {name}": ({name: FAILED}, True) for name in ("error", "detail", "message")},
    **{f"in the text of {name}": ({name: f"No: {TEXT} (x)"}, True) for name in ("error", "detail", "message")},
    **{f"{name} in an error": ({"error": {name: TEXT}}, True) for name in ("error", "detail", "message")},
    "three levels deep": ({"error": {"detail": json.dumps({"message": TEXT})}}, True),
}
NOT_QUOTED: dict[str, Any] = {
    "as something else": {"other": FAILED}, "in a list": {"error": [FAILED]}, "cut": {"error": TEXT[:-1]},
    "without brackets": {"error": "v failed"}, "no object": [FAILED],
}  # fmt: skip


@pytest.mark.parametrize(("body", "quoted"), QUOTED.values(), ids=list(QUOTED))
def test_a_failed_job_in_an_error(body: Any, quoted: bool) -> None:
    assert job.failed_job(json.dumps(body) + " trailer") == FAILED
    assert job.failed_job(json.dumps(body), quoted=False) == (None if quoted else FAILED)


@pytest.mark.parametrize("body", NOT_QUOTED.values(), ids=list(NOT_QUOTED))
def test_an_error_without_one(body: Any) -> None:
    assert job.failed_job(json.dumps(body)) is None


KNOWN: list[tuple[Any, str, bool]] = [
    # the id that was told, the one that was asked for, and whether the job is the one that was asked for
    ("b", "a-b", True), ("a-b", "b", False), ("same", "same", True), ("x", "a-b", False), (5, "5", False),
    ("0123456789a", "0123456789b", True), ("012345678a", "012345678b", False), ("0123456789", "0123456789b", True),
]  # fmt: skip


@pytest.mark.parametrize(("told", "asked", "alike"), KNOWN)
def test_an_id_in_other_words(told: Any, asked: str, alike: bool) -> None:
    assert job.under_known_id({"x": 1, "id": told}, asked) == {"x": 1, "id": asked if alike else told}


@pytest.mark.parametrize("told", [{}, {"id": None}, {"id": ""}])
def test_a_job_without_an_id(told: dict[str, Any]) -> None:
    assert job.under_known_id(told | {"status": "queued"}, "a")["id"] == "a"
    assert job.under_known_id(told | {"x": 1}, "a") == told | {"x": 1}


def test_the_id_stands_first_where_there_was_none() -> None:
    assert list(job.under_id({"x": 1}, "a").items()) == [("id", "a"), ("x", 1)]
    assert list(job.under_id({"x": 1, "id": "b"}, "a").items()) == [("x", 1), ("id", "a")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "The text is not JSON"), (" [", "The text is not JSON"), ("x{", "it is not JSON"),
        ("", "it is empty"), (" ", "it is empty"), ("5", "it is a number, not"), ("[]", "it is a list, not"),
        ('"x"', "it is a text, not"), ("true", "it is true or false, not"), ("null", "it is null, not"),
    ],
)  # fmt: skip
def test_what_is_no_job(text: str, why: str) -> None:
    with pytest.raises(AnswerError, match=f"^The server's answer is not a job: {why}"):
        job.job(Response(200, "OK", {}, text.encode(), 0.0), "Get-Video")


# --- lists ------------------------------------------------------------------------------------------------------


def page(*ids: str, more: bool = True, last: str | None = None) -> Page:
    return Page([{"id": each} for each in ids], more, (ids[-1] if ids else "") if last is None else last)


PAGES: dict[str, tuple[list[tuple[Page, str]], list[list[str]]]] = {
    "one after another": ([(page("a", "b"), ""), (page("c"), "b")], [["a", "b"], ["c"]]),
    "with what came already": ([(page("a", "b"), ""), (page("b", "c"), "a")], [["a", "b"], ["c"]]),
    "the same page again": ([(page("a"), ""), (page("a"), "a")], [["a"], []]),
    "the same page, as the last one": ([(page("a"), ""), (page("a", more=False), "x")], [["a"], ["a"]]),
    "from its cursor on": ([(page("a", "b"), ""), (page("b", "a", more=False), "b")], [["a", "b"], []]),
    "old jobs, and another end": ([(page("a", "b"), ""), (page("a", last="z"), "b")], [["a", "b"], ["a"]]),
    "old jobs twice": (
        [(page("a", "b"), ""), (page("a", last="z"), "b"), (page("b", last="y"), "z")], [["a", "b"], ["a"], []],
    ),
    "old jobs, new ones, and old ones": (
        [(page("a"), ""), (page("a", last="z"), "x"), (page("c"), "z"), (page("a", last="y"), "c")],
        [["a"], ["a"], ["c"], ["a"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("pages", "shown"), PAGES.values(), ids=list(PAGES))
def test_what_a_page_adds(pages: list[tuple[Page, str]], shown: list[list[str]]) -> None:
    listing = Listing()
    assert [[each["id"] for each in listing.added(one, cursor)] for one, cursor in pages] == shown


def test_cursors_are_used_once() -> None:
    listing = Listing()
    assert [listing.leads_on(cursor) for cursor in ("a", "b", "a", "", "b", "c")] == [True, True, *[False] * 3, True]


@pytest.mark.parametrize("count", [614, 615, 5000])
def test_many_ids_are_told_apart(count: int) -> None:
    listing = Listing()
    ids = [f"video_{number}" for number in range(count)]
    assert len(listing.added(page(*ids), "")) == count
    assert [each["id"] for each in listing.added(page(*ids, "new"), "x")] == ["new"]


# --- multipart --------------------------------------------------------------------------------------------------

MULTIPART = Request("POST", "https://a.test/v1/videos", {}, fields=[])


@pytest.mark.parametrize(
    ("status", "says_so", "silent"),
    [(399, False, False), (400, True, False), (401, False, False), (414, False, False), (415, True, True),
     (416, False, False), (421, False, False), (422, True, False), (423, False, False), (500, False, False)],
)  # fmt: skip
def test_a_refusal_of_multipart(status: int, says_so: bool, silent: bool) -> None:
    for text, wanted in (("Send application/json.", says_so), ("No.", silent)):
        error = APIRequestError("x", status=status, text=text)
        assert json_body.is_wanted(MULTIPART, error) is wanted
        assert json_body.is_wanted(MULTIPART._replace(fields=None), error) is False
    assert json_body.is_refusal(APIRequestError("x", status=status)) is says_so


@pytest.mark.parametrize(("before", "found"), [(4087, True), (4088, False)])
def test_how_far_it_is_read(before: int, found: bool) -> None:
    error = APIRequestError("x", status=400, text="x" * before + "multipart")
    assert json_body.is_wanted(MULTIPART, error) is found


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        (None, False), ({}, False), ({"Content-Type": "application/json"}, True), ({"x": "application/json"}, False),
        ({"CONTENT-TYPE": " Application/JSON ; charset=utf-8"}, True), ({"content-type": "text/json"}, False),
        ({"content-type": None}, False),
    ],
    ids=str,
)  # fmt: skip
def test_json_that_the_user_asks_for(headers: dict[str, Any] | None, asked: bool) -> None:
    assert json_body.is_asked_for(Extras(headers=headers)) is asked
