"""Records bound to parameters: by value, by property name, and what does not bind."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.binding.binder import bind
from psopenai_py.binding.pipeline import Unreadable, bind_record, lost_properties
from psopenai_py.binding.quoting import command_line
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError

Bound = dict[str, Any]

BY_ID: dict[str, tuple[Any, str]] = {
    "text": ("video_1", "video_1"),
    "text as it is": ("a b/%2F", "a b/%2F"),
    "a whole number": (12345678901234567890, "12345678901234567890"),
    "id": ({"id": "a", "status": "queued"}, "a"),
    "any case": ({"ID": "a"}, "a"),
    "a numeric id": ({"id": 5}, "5"),
    "video_id": ({"video_id": "a"}, "a"),
    "VideoId": ({"videoid": "a"}, "a"),
    "VideoId before id": ({"video_id": "c", "id": "b", "VideoId": "a"}, "a"),
    "id before video_id": ({"video_id": "c", "Id": "b"}, "b"),
    "the first spelling": ({"id": "a", "ID": "b"}, "a"),
}


@pytest.mark.parametrize("cmdlet", ["Get-Video", "Get-VideoContent", "Wait-Video", "Remove-Video", "New-VideoRemix"])
@pytest.mark.parametrize(("record", "identifier"), BY_ID.values(), ids=list(BY_ID))
def test_an_id(cmdlet: str, record: Any, identifier: str) -> None:
    bound = {"Prompt": "p"} if cmdlet == "New-VideoRemix" else {}
    assert bind_record(load(cmdlet).CMDLET, bound, record) == bound | {"VideoId": identifier}


def test_the_misspelt_name_of_the_reference_binds() -> None:
    assert bind_record(load("Wait-Video").CMDLET, {}, {"VideohId": "a", "id": "b"}) == {"VideoId": "b"}
    assert bind_record(load("Wait-Video").CMDLET, {}, {"VideohId": "a"}) == {"VideoId": "a"}


NEW: dict[str, tuple[Bound, Any, Bound]] = {
    "a line": ({}, "Dancing Doggo", {"Prompt": "Dancing Doggo"}),
    "a number is a prompt": ({}, 1984, {"Prompt": "1984"}),
    "all properties": (
        {},
        {"prompt": "p", "seconds": 8, "size": "1280X720", "model": "m", "input_reference": "a.png", "other": {}},
        {"Prompt": "p", "Seconds": "8", "Size": "1280x720", "Model": "m", "InputReference": "a.png"},
    ),
    "numbers with a point": ({}, {"prompt": 8.0, "seconds": 8.0}, {"Prompt": "8", "Seconds": "8"}),
    "numbers as .NET writes them": ({}, {"prompt": 1e20, "seconds": -0.0}, {"Prompt": "1E+20", "Seconds": "-0"}),
    "a number with an exponent": ({}, 1.0e2, {"Prompt": "100"}),
    "null is as if it were missing": ({}, {"prompt": "p", "seconds": None, "size": None}, {"Prompt": "p"}),
    "the command line wins": ({"Seconds": "4"}, {"prompt": "p", "seconds": "8"}, {"Seconds": "4", "Prompt": "p"}),
    "a picture needs no prompt": ({}, {"InputReference": "a.png"}, {"InputReference": "a.png"}),
    "nor does a body": ({"AdditionalBody": "{}"}, {"model": "m"}, {"AdditionalBody": "{}", "Model": "m"}),
}


@pytest.mark.parametrize(("bound", "record", "expected"), NEW.values(), ids=list(NEW))
def test_a_new_job(bound: Bound, record: Any, expected: Bound) -> None:
    assert bind_record(load("New-Video").CMDLET, bound, record) == expected


NOT_BOUND: dict[str, tuple[str, Any, str, str]] = {
    "null": ("Get-Video", None, "InputObjectNotBound", "no property or value of it fits"),
    "true": ("Get-Video", True, "InputObjectNotBound", "no property or value of it fits"),
    "a fraction": ("Get-Video", 1.5, "InputObjectNotBound", "no property or value of it fits"),
    "an array": ("Get-Video", ["a"], "InputObjectNotBound", "no property or value of it fits"),
    "no such property": ("Get-Video", {"foo": "video_1"}, "InputObjectNotBound", "no property or value of it fits"),
    "null hides the other names": ("Get-Video", {"VideoId": None, "id": "a"}, "InputObjectNotBound", "no property"),
    "an id that is an object": (
        "Remove-Video",
        {"id": {"a": 1}},
        "InputObjectNotBound",
        "its property 'Id' is neither",
    ),
    "seconds that are lost": (
        "New-Video",
        {"prompt": "p", "seconds": 8.5},
        "InputObjectNotBound",
        "'Seconds' is neither",
    ),
    "a job without its prompt": ("New-Video", {"model": "m"}, "InputObjectMissingMandatory", "no value for Prompt"),
    "an empty text": ("Get-Video", "", "ParameterArgumentValidationError", "it is empty"),
    "an empty id": ("Get-Video", {"id": ""}, "ParameterArgumentValidationError", "it is empty"),
    "unreadable": ("Get-Video", Unreadable("it is not JSON"), "InputObjectNotBound", "it is not JSON"),
}


@pytest.mark.parametrize(("cmdlet", "record", "error_id", "text"), NOT_BOUND.values(), ids=list(NOT_BOUND))
def test_what_does_not_bind(cmdlet: str, record: Any, error_id: str, text: str) -> None:
    with pytest.raises(BindingError, match=text) as caught:
        bind_record(load(cmdlet).CMDLET, {}, record)
    assert caught.value.fully_qualified_error_id == f"{error_id},{cmdlet}"


def test_nothing_is_left_to_bind() -> None:
    with pytest.raises(BindingError) as caught:
        bind_record(load("Get-Video").CMDLET, {"VideoId": "a"}, "b")
    assert caught.value.error_id == "InputObjectNotBound"


_HINT = "' of the input; it is left out. Did you mean "
LOST: dict[str, tuple[str, Any, list[str]]] = {
    "a misspelling": (
        "New-Video",
        {"prompt": "p", "secs": 8},
        ["secs' of the input; it is left out. Did you mean Seconds?"],
    ),
    "two": (
        "New-Video",
        {"prompt": "p", "note": 1, "Siez": 2},
        ["note' of", "Siez' of the input; it is left out. Did you mean Size?"],
    ),
    "a parameter that is not piped": ("New-Video", {"prompt": "p", "TimeoutSec": 8}, ["TimeoutSec' of"]),
    "an id of the user's own": ("New-Video", {"id": 1, "prompt": "p"}, ["id' of"]),
    "all names of a parameter": ("New-Video", {"PROMPT": "p", "InputReference": "a", "input_reference": "b"}, []),
    "a job": ("New-Video", {"id": "a", "status": "completed", "prompt": "p", "foo": 1}, []),
    "a job for a remix": ("New-VideoRemix", {"id": "a", "Status": "completed", "foo": 1}, []),
    "an id for a remix": ("New-VideoRemix", {"id": "a", "foo": 1}, ["foo' of"]),
    "what creates nothing": ("Get-Video", {"id": "a", "foo": 1}, []),
    "text": ("New-Video", "secs", []),
    "a long name": ("New-Video", {"prompt": "p", "x" * 99: 1}, ["x" * 40 + "' of"]),
}


@pytest.mark.parametrize(("cmdlet", "record", "told"), LOST.values(), ids=list(LOST))
def test_properties_that_nothing_takes(cmdlet: str, record: Any, told: list[str]) -> None:
    found = lost_properties(load(cmdlet).CMDLET, record)
    assert len(found) == len(told)
    for sentence, part in zip(found, told, strict=True):
        assert sentence.startswith(f"{cmdlet} takes no property '{part}")


# --- the way back -----------------------------------------------------------------------------------------------

QUOTED: dict[str, tuple[Bound, str, str]] = {
    "a plain id": ({"VideoId": "video_1"}, "-VideoId video_1", "-VideoId video_1"),
    "a quotation mark": ({"VideoId": "it's"}, "-VideoId 'it'\"'\"'s'", "-VideoId 'it''s'"),
    "a dash": ({"VideoId": "-All"}, "-VideoId: -All", "-VideoId: -All"),
    "a dollar sign": ({"VideoId": "a$b"}, "-VideoId 'a$b'", "-VideoId 'a$b'"),
    "a switch": ({"WaitForCompletion": True, "Verbose": False}, "-WaitForCompletion", "-WaitForCompletion"),
    "a number": ({"PollIntervalSec": 3.0, "TimeoutSec": 5}, "-PollIntervalSec 3 -TimeoutSec 5", ""),
    "words": ({"StatusForExit": ["a,b", "c"]}, "-StatusForExit a,b,c", "-StatusForExit 'a,b,c'"),
    "a dictionary": ({"AdditionalQuery": {"a": "1"}}, '-AdditionalQuery \'{"a": "1"}\'', ""),
    "a sandbox": ({"ApiBase": "sandbox:?speed=9"}, "-ApiBase 'sandbox:?speed=9'", "-ApiBase 'sandbox:?speed=9'"),
}


@pytest.mark.parametrize(("arguments", "posix", "windows"), QUOTED.values(), ids=list(QUOTED))
def test_a_command_line_to_type(arguments: Bound, posix: str, windows: str) -> None:
    assert command_line("Wait-Video", arguments, windows=False) == f"Wait-Video {posix}"
    if windows:
        assert command_line("Wait-Video", arguments, windows=True) == f"Wait-Video {windows}"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_what_is_typed_binds_to_the_same_id(identifier: str) -> None:
    name, *arguments = shlex.split(command_line("Get-Video", {"VideoId": identifier}, windows=False))
    assert bind(load(name).CMDLET, arguments).values == {"VideoId": identifier}
