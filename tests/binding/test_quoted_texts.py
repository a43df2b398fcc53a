"""What errors repeat of what was given: on both sides of each length, and in which form."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py.binding import numbers
from psopenai_py.binding.binder import bind
from psopenai_py.binding.literals import LiteralError, parse
from psopenai_py.binding.pipeline import bind_record, lost_properties
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError


@pytest.mark.parametrize(("text", "shown"), [("x" * 40, "x" * 40), ("x" * 41, "x" * 40 + "...")], ids=["40", "41"])
def test_a_text_that_is_no_number(text: str, shown: str) -> None:
    for read in (numbers.to_int32, numbers.to_single, numbers.literal):
        with pytest.raises(ValueError, match=f"^'{shown}' is not a number$"):
            read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@{" + "k" * 40 + "=1;" + "k" * 40 + "=2}", f"the key '{'k' * 40}' stands twice"),
        ("@{" + "k" * 41 + "=1;" + "k" * 41 + "=2}", f"the key '{'k' * 40}' stands twice"),
        ("@{a=" + "x" * 40 + "}", f"'{'x' * 40}' is not understood"),
        ("@{a=" + "x" * 41 + "}", f"'{'x' * 40}' is not understood"),
        ("@{a=&" + "x" * 18 + "}", f"'&{'x' * 18}}}' is not understood"),
        ("@{a=&" + "x" * 19 + "}", f"'&{'x' * 19}' is not understood"),
        ("@{a=1" + "x" * 19 + "}", f"1{'x' * 19} is not a number"),
        ("@{a=1" + "x" * 20 + "}", f"1{'x' * 19} is not a number"),
    ],
    ids=[
        "key of 40",
        "key of 41",
        "word of 40",
        "word of 41",
        "no token of 20",
        "no token of 21",
        "number of 20",
        "number of 21",
    ],
)
def test_a_literal_that_is_not_understood(text: str, said: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    assert said in str(caught.value)


#: Each escape sequence of a text in double quotes, and what PowerShell makes of it.
ESCAPES = {"0": 0, "a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27}


@pytest.mark.parametrize("letter", [*ESCAPES, *"cdghijklmopqswxyzABENRT19{}()=;,'`$\"“"], ids=ascii)
def test_escape_sequences(letter: str) -> None:
    found = parse(f'@{{a="x`{letter}y"}}')
    assert found == {"a": f"x{chr(ESCAPES[letter]) if letter in ESCAPES else letter}y"}


# --- records ----------------------------------------------------------------------------------------------------

ACTIONS = {
    "Get-Video": "Get-Video takes VideoId (a line of text or a property Id/video_id).",
    "Wait-Video": "Wait-Video takes VideoId (a line of text or a property Id/video_id/VideohId).",
    "New-Video": "New-Video takes Prompt (a line of text or a property Prompt), InputReference (a property "
    "input_reference), Model (a property Model), Seconds (a property Seconds), Size (a property Size).",
}


@pytest.mark.parametrize("cmdlet", ACTIONS)
@pytest.mark.parametrize(
    ("record", "target"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (["ä"], '["ä"]'),
        ({"x": "y"}, '{"x": "y"}'),
        ({"x": "y" * 31}, '{"x": "' + "y" * 31 + '"}'),
        ({"x": "y" * 32}, '{"x": "' + "y" * 32 + '"'),
    ],
    ids=["null", "true", "a fraction", "an array", "an object", "40 characters", "41 characters"],
)
def test_a_record_that_does_not_bind(cmdlet: str, record: Any, target: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind_record(load(cmdlet).CMDLET, {}, record)
    assert (caught.value.error_id, caught.value.target) == ("InputObjectNotBound", target)
    assert caught.value.action == ACTIONS[cmdlet]


@pytest.mark.parametrize("record", ["a text", 'with "quotes"'])
def test_a_line_of_text_that_does_not_bind_is_repeated_as_it_is(record: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind_record(load("Get-Video").CMDLET, {"VideoId": "a"}, record)
    assert caught.value.target == record


@pytest.mark.parametrize(("length", "hint"), [(6, " Did you mean Prompt?"), (40, ""), (41, "")])
def test_a_property_that_nothing_takes(length: int, hint: str) -> None:
    name = "prommt".ljust(length, "x")
    told = f"New-Video takes no property '{name[:40]}' of the input; it is left out.{hint}"
    assert lost_properties(load("New-Video").CMDLET, {"prompt": "p", name: 1}) == [told]


@pytest.mark.parametrize(
    ("provider", "bound"),
    [("XAI", {"Provider": "XAI"}), ("xai", {}), ("some host", {}), (None, {}), (5, {}), (["XAI"], {}), ({}, {})],
    ids=str,
)
def test_a_property_that_servers_use_for_something_else(provider: Any, bound: dict[str, Any]) -> None:
    """What PSOpenAI does not have is only taken where it is meant: jobs of some servers name their host so."""
    record = {"id": "a", "provider": provider}
    assert bind_record(load("Get-Video").CMDLET, {}, record) == {"VideoId": "a", **bound}


def test_what_only_says_who_renders_is_no_record() -> None:
    with pytest.raises(BindingError, match="no property or value of it fits"):
        bind_record(load("Get-Video").CMDLET, {"VideoId": "a"}, {"provider": "XAI"})


# --- arguments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 120 + "...")])
def test_an_argument_that_cannot_be_used(length: int, shown: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind(load("New-Video").CMDLET, ["p", "-MaxRetryCount", "x" * length])
    said = f"The value '{shown}' cannot be used for -MaxRetryCount: '{'x' * 40}...' is not a number."
    assert caught.value.message == said


@pytest.mark.parametrize("dash", ["-", "–", "- ", "-\t"], ids=ascii)
def test_a_dash_without_a_name(dash: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind(load("New-Video").CMDLET, [f"{dash}:x"])
    assert caught.value.message == f"The argument '{dash.strip()}' is a dash without a parameter name."
    assert caught.value.error_id == "NamedParameterNotFound"


@pytest.mark.parametrize(
    "text",
    [
        "@{a=\n1;b='x'}", "@{\n\na=\n\n1\n\nb=\r\n'x'\n}", "@{a=1;;;b='x';;}", "@{a = # one\n1; b = 'x'}",
        "@{\ta\t=\t1\t;\tb='x'\t}", "@{a=`\n1;b=`\r\n'x'}", "@{a=1\n;\nb='x'\n;}", "  @{a=1;b='x'}\n\n",
    ],
)  # fmt: skip
def test_line_ends_and_semicolons(text: str) -> None:
    assert parse(text) == {"a": 1, "b": "x"}


@pytest.mark.parametrize("name", ["AdditionalHeaders", "AdditionalQuery"])
@pytest.mark.parametrize(
    "text", ["@{Authorization=Sesame-0123}", "Sesame-0123", '{"a": Sesame-0123}', "@{a=0123Sesame}"]
)
def test_what_may_hold_secrets_is_not_repeated(name: str, text: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind(load("New-Video").CMDLET, ["x", f"-{name}:", text])
    assert caught.value.error_id == "ParameterArgumentTransformationError"
    assert "Sesame" not in caught.value.message and "0123" not in caught.value.message
