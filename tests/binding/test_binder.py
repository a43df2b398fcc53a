"""The binder beyond the recordings: our own additions, and values from Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.binding.binder import Binding, bind, bind_values
from psopenai_py.binding.spec import Cmdlet, Kind, Parameter
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError
from psopenai_py.redaction import Secret

NEW_VIDEO = load("New-Video").CMDLET

#: Two parameter sets, every kind of value, and two additions that share a prefix.
SAMPLE = Cmdlet(
    name="Get-Sample",
    synopsis="",
    description="",
    default_set="List",
    examples=(),
    parameters=(
        Parameter("Id", Kind.STRING, "", position=0, mandatory=True, sets=("Get",)),
        Parameter("Limit", Kind.INT, "", sets=("List",), limits=(0, 100)),
        Parameter("Speed", Kind.SINGLE, "", limits=(0, 1000)),
        Parameter("Names", Kind.STRINGS, "", not_empty=True),
        Parameter("Query", Kind.DICTIONARY, ""),
        Parameter("Key", Kind.SECRET, ""),
        Parameter("All", Kind.SWITCH, "", sets=("List",)),
        Parameter("Verbose", Kind.SWITCH, "", aliases=("vb",), common=True),
        Parameter("WithPreview", Kind.SWITCH, "", ours=True),
        Parameter("WithSound", Kind.SWITCH, "", ours=True),
    ),
)


def refusal(cmdlet: Cmdlet, *arguments: str) -> BindingError:
    with pytest.raises(BindingError) as caught:
        bind(cmdlet, arguments)
    return caught.value


@pytest.mark.parametrize(
    ("arguments", "wants"),
    [
        pytest.param(["-?"], "help", id="question mark"),
        pytest.param(["-Prompt", "-?"], "help", id="question mark where a value could be"),
        pytest.param(["-h"], "help", id="h"),
        pytest.param(["-H"], "help", id="H"),
        pytest.param(["-Help"], "help", id="Help"),
        pytest.param(["--help"], "help", id="--help"),
        pytest.param(["-Prompt", "x", "--help"], "help", id="behind other parameters"),
        pytest.param(["--version"], "version", id="--version"),
        pytest.param(["--Version"], "version", id="--Version"),
    ],
)
def test_help_and_version(arguments: list[str], wants: str) -> None:
    assert bind(NEW_VIDEO, arguments) == Binding({}, wants=wants)


@pytest.mark.parametrize("text", ["-h", "-Help", "--help", "--version", "-WhatIf", "-WithPreview", "-5", "--%"])
def test_a_name_the_reference_does_not_know_is_a_value_where_one_is_wanted(text: str) -> None:
    assert bind(NEW_VIDEO, ["-Prompt", text]).values == {"Prompt": text}


@pytest.mark.parametrize(
    ("arguments", "bound"),
    [
        pytest.param(["-WhatIf"], {"WhatIf": True}, id="name"),
        pytest.param(["-what"], {"WhatIf": True}, id="prefix, any case"),
        pytest.param(["-WhatIf:$true"], {"WhatIf": True}, id="with a value"),
        pytest.param(["-WhatIf:false"], {"WhatIf": False}, id="switched off"),
    ],
)
def test_additions_bind_where_the_reference_knows_no_such_name(arguments: list[str], bound: dict[str, Any]) -> None:
    assert bind(NEW_VIDEO, ["x", *arguments]).values == {"Prompt": "x"} | bound


def test_additions_that_share_a_prefix_are_ambiguous() -> None:
    error = refusal(SAMPLE, "-With")
    assert (error.error_id, error.parameter) == ("AmbiguousParameter", "With")
    assert str(error) == "The parameter name 'With' could mean more than one parameter: -WithPreview -WithSound."
    assert bind(SAMPLE, ["-WithS"]).values == {"WithSound": True}


@pytest.mark.parametrize(
    ("arguments", "bound"),
    [
        pytest.param(["-InputReference", "a.png"], {"InputReference": "a.png"}, id="a picture instead"),
        pytest.param(["-AdditionalBody", "{}"], {"AdditionalBody": "{}"}, id="a body instead"),
    ],
)
def test_the_prompt_is_needless_beside(arguments: list[str], bound: dict[str, Any]) -> None:
    assert bind(NEW_VIDEO, arguments).values == bound


def test_a_missing_mandatory_parameter_is_asked_for() -> None:
    asked: list[str] = []

    def ask(parameter: Parameter[Any]) -> str:
        asked.append(parameter.name)
        return "Dancing Doggo"

    assert bind(NEW_VIDEO, ["-Model", "m"], ask=ask).values == {"Model": "m", "Prompt": "Dancing Doggo"}
    assert asked == ["Prompt"]


def test_nobody_is_asked_when_nothing_is_missing() -> None:
    def ask(parameter: Parameter[Any]) -> str:
        raise AssertionError(parameter)

    assert bind(NEW_VIDEO, ["x"], ask=ask).values == {"Prompt": "x"}


def test_no_answer_is_a_missing_parameter() -> None:
    def ask(parameter: Parameter[Any]) -> str:
        raise EOFError

    with pytest.raises(BindingError) as caught:
        bind(NEW_VIDEO, [], ask=ask)
    assert caught.value.error_id == "MissingMandatoryParameter"


def test_an_answer_is_validated_like_an_argument() -> None:
    with pytest.raises(BindingError) as caught:
        bind(NEW_VIDEO, [], ask=lambda parameter: "")
    assert caught.value.error_id == "ParameterArgumentValidationError"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("-Promt", "-Prompt"),
        ("--promtp", "-Prompt"),
        ("-Sise", "-Size"),
        ("-TimeoutSecs", "-TimeoutSec"),
        ("-OrganizationId", "-Organization"),
        ("-input-reference", "-InputReference"),
        ("-WhtIf", "-WhatIf"),
        ("--model=sora-2", "-Model:sora-2"),
        ("-Xyzzy", None),
        ("-ApiVersoin", None),  # it is hidden
    ],
)
def test_a_misspelt_name_gets_a_suggestion(typed: str, meant: str | None) -> None:
    error = refusal(NEW_VIDEO, "x", typed)
    assert error.error_id == "NamedParameterNotFound"
    expected = f"New-Video has no parameter named '{typed[1:]}'."
    assert str(error) == expected + (f" Did you mean {meant}?" if meant else "")
    assert error.action == "New-Video -Help lists the parameters."


@pytest.mark.parametrize(
    ("arguments", "set_name", "bound"),
    [
        pytest.param([], "List", {}, id="default set"),
        pytest.param(["v1"], "Get", {"Id": "v1"}, id="chosen by position"),
        pytest.param(["-All"], "List", {"All": True}, id="chosen by name"),
        pytest.param(["-Names", "a,b"], "List", {"Names": ["a,b"]}, id="a comma makes no list"),
        pytest.param(["-Speed", "1,5"], "List", {"Speed": 15.0}, id="thousands are not looked at"),
        pytest.param(["-Query", "@{a=1}"], "List", {"Query": {"a": 1}}, id="a literal"),
    ],
)
def test_sets(arguments: list[str], set_name: str, bound: dict[str, Any]) -> None:
    binding = bind(SAMPLE, arguments)
    assert (binding.set_name, binding.values) == (set_name, bound)


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        pytest.param(["-Id", "v1", "-All"], "AmbiguousParameterSet", id="two sets"),
        pytest.param(["-All", "v1"], "PositionalParameterNotFound", id="position of another set"),
        pytest.param(["-Names", ""], "ParameterArgumentValidationError", id="an empty element"),
        pytest.param(["-Speed", "NaN"], "ParameterArgumentValidationError", id="not a number"),
        pytest.param(["-Speed", "9" * 400], "ParameterArgumentTransformationError", id="400 digits"),
        pytest.param(["-Limit", "1e999999999d"], "ParameterArgumentTransformationError", id="a billion digits"),
        pytest.param(
            ["-Limit", "1e99999999999999999999d"], "ParameterArgumentTransformationError", id="a huge exponent"
        ),
        pytest.param(["-Query", "1"], "ParameterArgumentTransformationError", id="no dictionary"),
        pytest.param(["-Query:true"], "ParameterArgumentTransformationError", id="a Boolean is no dictionary"),
        pytest.param(["-Key:true"], "ParameterArgumentTransformationError", id="a Boolean is no key"),
    ],
)
def test_refusals(arguments: list[str], error_id: str) -> None:
    assert refusal(SAMPLE, *arguments).error_id == error_id


def test_a_key_is_not_repeated_in_a_message() -> None:
    assert "sk-secret" not in str(refusal(NEW_VIDEO, "x", "-ApiKey", "sk-secret", "-ApiKey", "sk-secret"))


def test_a_key_does_not_show_itself() -> None:
    key = bind(NEW_VIDEO, ["x", "-ApiKey", "sk-secret"]).values["ApiKey"]
    assert (repr(key), f"{key}", key.reveal()) == ("Secret(***)", "Secret(***)", "sk-secret")
    assert key == Secret("sk-secret") != Secret("other")
    assert (bool(key), bool(Secret(""))) == (True, False)
    assert len({key, Secret("sk-secret")}) == 1


@pytest.mark.parametrize(
    ("given", "bound"),
    [
        pytest.param({"Prompt": "x"}, {"Prompt": "x"}, id="text"),
        pytest.param({"Prompt": "-WhatIf"}, {"Prompt": "-WhatIf"}, id="text that looks like a name"),
        pytest.param({"Prompt": "x", "Seconds": 8}, {"Prompt": "x", "Seconds": "8"}, id="a number for text"),
        pytest.param({"Prompt": "x", "TimeoutSec": 2.5}, {"Prompt": "x", "TimeoutSec": 2}, id="half to even"),
        pytest.param({"Prompt": "x", "Size": "1280X720"}, {"Prompt": "x", "Size": "1280x720"}, id="lower case"),
        pytest.param({"InputReference": Path("a/b.png")}, {"InputReference": str(Path("a/b.png"))}, id="path"),
        pytest.param({"AdditionalBody": {"a": [1]}}, {"AdditionalBody": {"a": [1]}}, id="mapping"),
        pytest.param(
            {"Prompt": "x", "AdditionalQuery": '{"a": 1}'}, {"Prompt": "x", "AdditionalQuery": {"a": 1}}, id="json"
        ),
        pytest.param({"Prompt": "x", "WhatIf": True}, {"Prompt": "x", "WhatIf": True}, id="switch"),
    ],
)
def test_values_from_python(given: Mapping[str, Any], bound: dict[str, Any]) -> None:
    assert bind_values(NEW_VIDEO, given) == bound


@pytest.mark.parametrize(
    ("given", "error_id"),
    [
        pytest.param({}, "MissingMandatoryParameter", id="nothing"),
        pytest.param({"Prompt": ""}, "ParameterArgumentValidationError", id="empty"),
        pytest.param({"Prompt": {"a": 1}}, "ParameterArgumentTransformationError", id="mapping for text"),
        pytest.param({"Prompt": "x", "TimeoutSec": {}}, "ParameterArgumentTransformationError", id="for a number"),
        pytest.param({"Prompt": "x", "MaxRetryCount": 101}, "ParameterArgumentValidationError", id="range"),
        pytest.param({"Prompt": "x", "ApiType": "aws"}, "ParameterArgumentTransformationError", id="enumeration"),
    ],
)
def test_values_from_python_that_are_refused(given: Mapping[str, Any], error_id: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind_values(NEW_VIDEO, given)
    assert caught.value.error_id == error_id
