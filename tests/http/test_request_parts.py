"""Ids, queries, headers and bodies of requests, value by value: both sides of what can be sent."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py.errors import InputError
from psopenai_py.http.request import Extras, endpoint, headers, merge_body, merge_document, segment
from psopenai_py.redaction import Secret
from psopenai_py.settings import Settings
from tests.conftest import Run
from tests.server import JOB, Server

SEGMENTS = {
    "video_1": "video_1", "a/b": "a%2Fb", "a?b#c": "a%3Fb%23c", "a%2Fb": "a%252Fb", "a b": "a%20b", "...": "...",
    ".a": ".a", "~-_.": "~-_.", "é": "%C3%A9", "\ud800": "%EF%BF%BD", "\u2027": "%E2%80%A7", "\u202a": "%E2%80%AA",
    "\xa0": "%C2%A0", "!": "%21",
}  # fmt: skip


@pytest.mark.parametrize(("identifier", "sent"), SEGMENTS.items(), ids=map(ascii, SEGMENTS))
def test_an_id_in_an_address(identifier: str, sent: str) -> None:
    assert segment(identifier) == sent


@pytest.mark.parametrize("unseen", ["\0", "\t", "\n", "\x1f", "\x7f", "\x80", "\x9f", "\u2028", "\u2029"], ids=ascii)
def test_an_id_with_a_character_that_nobody_sees(unseen: str) -> None:
    with pytest.raises(InputError) as caught:
        segment(f"a{unseen}b{unseen}")
    assert str(caught.value) == (
        f"'a\ufffdb\ufffd' is not the id of a video: it holds the character U+{ord(unseen):04X}. Nothing was sent."
    )
    assert (caught.value.category, caught.value.command) == ("InvalidArgument", "Invoke-OpenAIAPIRequest")


@pytest.mark.parametrize("identifier", [".", ".."])
def test_an_id_that_leaves_the_path(identifier: str) -> None:
    with pytest.raises(InputError, match=rf"^'{identifier}' is not the id of a video. Nothing was sent.$"):
        segment(identifier)


@pytest.mark.parametrize(("length", "shown"), [(199, 199), (200, 200), (201, 200)])
def test_a_long_id_is_not_shown_whole(length: int, shown: int) -> None:
    with pytest.raises(InputError) as caught:
        segment("x" * length + "\n")
    text = "x" * shown + ("\ufffd" if length < 200 else "")
    assert str(caught.value).startswith(f"'{text}' is not the id")


QUERIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "beside the last of its name": ("?a=1&b=2&a=3&c=4", {"a": 5}, "a=1&b=2&a=3&a=5&c=4"),
    "beside the only one": ("?a=1&b=2", {"a": 5}, "a=1&a=5&b=2"),
    "at the end": ("?a=1&b=2", {"c": 5}, "a=1&b=2&c=5"),
    "another name by its capitals": ("?a=1", {"A": 5}, "a=1&A=5"),
    "several": ("", {"a": [1, None, "x y"], "b": None, "c": True, "d": 1.5}, "a=1++x+y&b=&c=True&d=1.5"),
    "a name alone": ("?a&b", {"a": ""}, "a&a=&b"),
    "nothing": ("?", {}, ""),
}


@pytest.mark.parametrize(("base", "added", "query"), QUERIES.values(), ids=list(QUERIES))
def test_where_a_query_goes(base: str, added: dict[str, Any], query: str) -> None:
    address = endpoint(f"https://a.test/v1{base}", "p", [], Extras(query=added))
    assert address == "https://a.test/v1/p" + (f"?{query}" if query else "")


FIELDS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("Prompt", "x"), ("n", "1"), ("n", "2")]),
    ({"PROMPT": "y"}, [("Prompt", "y"), ("n", "1"), ("n", "2")]),
    ({"n": 3}, [("Prompt", "x"), ("n", "3")]),
    ({"N": [3, 4]}, [("Prompt", "x"), ("n", "3"), ("n", "4")]),
    ({"n": None}, [("Prompt", "x")]),
    ({"m": {"a": 1}, "l": []}, [("Prompt", "x"), ("n", "1"), ("n", "2"), ("m", '{"a":1}')]),
]


@pytest.mark.parametrize(("added", "merged"), FIELDS, ids=[str(added) for added, _ in FIELDS])
def test_fields_that_are_added(added: dict[str, Any], merged: list[tuple[str, str]]) -> None:
    given: list[Any] = [("Prompt", "x"), ("n", "1"), ("n", "2")]
    assert merge_body(given, added) == merged


def test_members_that_are_added() -> None:
    assert merge_document({"a": 1, "B": {"x": 1}}, {"A": 2, "b": {"y": 2}, "c": None}) == {
        "a": 2, "B": {"y": 2}, "c": None,
    }  # fmt: skip


NAMES = "-!#$%&'*+.^_`|~09AZaz"


def _settings(key: Secret | None = None, organization: str = "") -> Settings:
    return Settings("https://a.test/v1", None, key, organization, False, "", True, 0.0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_a_header_can_have(name: str) -> None:
    assert headers(_settings(), Extras(headers={name: "v"}))[name] == "v"


@pytest.mark.parametrize("name", '"(),/:;<=>?@[\\]{} \t\x7f\x80')
def test_a_name_that_no_header_can_have(name: str) -> None:
    with pytest.raises(InputError, match="its name holds"):
        headers(_settings(), Extras(headers={f"X{name}": "v"}))


@pytest.mark.parametrize("value", ["\t", " ", "!", "~", "a b\tc"])
def test_a_value_that_a_header_can_have(value: str) -> None:
    assert headers(_settings(), Extras(headers={"X": f"a{value}b"}))["X"] == f"a{value}b"


@pytest.mark.parametrize("value", ["\n", "\x08", "\x0b", "\x1f", "\x7f", "\x80", "é"])
def test_a_value_that_no_header_can_have(value: str) -> None:
    with pytest.raises(InputError, match="its value holds"):
        headers(_settings(), Extras(headers={"X": f"a{value}b"}))


def test_headers_in_their_order() -> None:
    settings = _settings(key=Secret("sk-test"), organization="org")
    found = headers(settings, Extras(headers={"user-agent": " me\t", "X": None, "CONTENT-TYPE": "x"}, debug=True))
    assert list(found.items()) == [
        ("User-Agent", "me"), ("OpenAI-Debug", "true"), ("Authorization", "Bearer sk-test"),
        ("OpenAI-Organization", "org"),
    ]  # fmt: skip


def test_a_body_in_json_has_no_blanks(run: Run, server: Server) -> None:
    """Some servers compare a body with its signature, letter by letter."""
    script = server.script("bodies", [{"json": JOB}])
    arguments = ("-VideoId", "v", "-Prompt", "Näher", "-AdditionalBody", '{"a": [1, {"b": null}]}')
    assert run("New-VideoRemix", *arguments, "-ApiBase", script.base).exit_code == 0
    assert script.requests[0].body == '{"prompt":"Näher","a":[1,{"b":null}]}'.encode()
