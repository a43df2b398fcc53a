"""Values that are no text, as Python and JSON carry them, for a parameter of each kind: what PowerShell makes of them.

Where PowerShell prints the name of a type in place of a value, the value is refused instead; and a number is taken for
a switch, since JSON of other programs has them.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.binding.binder import bind, bind_values
from psopenai_py.binding.spec import Kind, Parameter
from psopenai_py.errors import BindingError
from tests.binding.samples import sample

SAMPLE = sample(
    Parameter("Text", Kind.STRING, ""),
    Parameter("Words", Kind.STRINGS, ""),
    Parameter("Whole", Kind.INT, ""),
    Parameter("Real", Kind.SINGLE, ""),
    Parameter("Flag", Kind.SWITCH, ""),
    Parameter("Place", Kind.URI, ""),
    Parameter("Key", Kind.SECRET, ""),
    Parameter("Table", Kind.DICTIONARY, ""),
    Parameter("Any", Kind.OBJECT, ""),
    Parameter("Api", Kind.API_TYPE, ""),
    Parameter("Action", Kind.ACTION, "", common=True),
    Parameter("Loud", Kind.SWITCH, "", common=True),
    Parameter("Into", Kind.STRING, "", common=True, variable_name=True),
)
HUGE = 10**5000

#: A value, and what the kinds Text, Whole, Real and Flag make of it; an Ellipsis for an error.
PLAIN: list[tuple[Any, Any, Any, Any, Any]] = [
    (None, "", 0, 0.0, False),
    (True, "True", 1, 1.0, True),
    (False, "False", 0, 0.0, False),
    (0, "0", 0, 0.0, False),
    (-1, "-1", -1, -1.0, True),
    (1.5, "1.5", 2, 1.5, True),
    (2.5, "2.5", 2, 2.5, True),
    (-0.0, "-0", 0, 0.0, False),
    (4.0, "4", 4, 4.0, True),
    (1e-5, "1E-05", 0, 1e-5, True),
    (1e20, "1E+20", ..., 1e20, True),
    (2147483647, "2147483647", 2147483647, 2147483647.0, True),
    (2147483648, "2147483648", ..., 2147483648.0, True),
    (-2147483648, "-2147483648", -2147483648, -2147483648.0, True),
    (-2147483649, "-2147483649", ..., -2147483649.0, True),
    (math.inf, "Infinity", ..., math.inf, True),
    (-math.inf, "-Infinity", ..., -math.inf, True),
    (HUGE, ..., ..., ..., True),
    ("", "", 0, 0.0, ...),
    ("x", "x", ..., ..., ...),
    (Path("a"), "a", ..., ..., ...),
    (["a"], ..., ..., ..., ...),
    ([], ..., ..., ..., ...),
    ({"a": 1}, ..., ..., ..., ...),
]
PAIRS = [
    (name, row[0], expected)
    for row in PLAIN
    for name, expected in zip(("Text", "Whole", "Real", "Flag"), row[1:], strict=True)
]


def _named(value: object) -> str:
    return "huge" if value is HUGE else repr(value)


@pytest.mark.parametrize(("name", "value", "expected"), PAIRS, ids=[f"{name}-{_named(v)}" for name, v, _ in PAIRS])
def test_plain_kinds(name: str, value: Any, expected: Any) -> None:
    if expected is ...:
        assert _refused(name, value).error_id == "ParameterArgumentTransformationError"
        return
    found = bind_values(SAMPLE, {name: value})
    assert (found, type(found[name])) == ({name: expected}, type(expected))


def _refused(name: str, value: Any) -> BindingError:
    with pytest.raises(BindingError) as caught:
        bind_values(SAMPLE, {name: value})
    return caught.value


def test_what_is_no_number_stays_none() -> None:
    assert bind_values(SAMPLE, {"Text": math.nan}) == {"Text": "NaN"}
    assert math.isnan(bind_values(SAMPLE, {"Real": math.nan})["Real"])
    assert bind_values(SAMPLE, {"Flag": math.nan}) == {"Flag": True}
    assert _refused("Whole", math.nan).message == (
        "The value 'NaN' cannot be used for -Whole: 'NaN' is not a number."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, [""]), ("a", ["a"]), (5, ["5"]), (True, ["True"]), (("a",), ["a"]),
        (["a", 1, None, 1.5, 4.0], ["a", "1", "", "1.5", "4"]),
         ([], []), ([True, math.inf], ["True", "Infinity"]),
    ],
    ids=repr,
)  # fmt: skip
def test_several_texts(value: Any, expected: list[str]) -> None:
    assert bind_values(SAMPLE, {"Words": value}) == {"Words": expected}


@pytest.mark.parametrize("name", ["Place", "Key", "Table", "Any"])
def test_null_for_these_is_as_if_nothing_were_given(name: str) -> None:
    assert bind_values(SAMPLE, {name: None}) == {}


REFUSED = [
    ("Text", HUGE, "The value '...' cannot be used for -Text: the number is too large."),
    ("Words", [HUGE], "The value '...' cannot be used for -Words: the number is too large."),
    ("Words", [["a"]], "The value '[['a']]' cannot be used for -Words: an array of texts is needed."),
    ("Words", [{"a": 1}], "The value '[{'a': 1}]' cannot be used for -Words: an array of texts is needed."),
    ("Text", ["a"], "The value '['a']' cannot be used for -Text: an array cannot be used here."),
    ("Text", {"a": 1}, "The value cannot be used for -Text: a dictionary cannot be used here."),
    ("Flag", "x", "The value 'x' cannot be used for -Flag: a switch takes $true or $false, joined with a colon."),
    ("Place", 5, "The value '5' cannot be used for -Place: text is needed."),
    ("Place", True, "The value 'True' cannot be used for -Place: text is needed."),
    ("Place", 1.5, "The value '1.5' cannot be used for -Place: text is needed."),
    ("Key", 12345678, "The value cannot be used for -Key: text is needed."),
    ("Key", ["a"], "The value cannot be used for -Key: an array cannot be used here."),
    ("Table", True, "The value cannot be used for -Table: a dictionary is needed."),
    ("Table", [1], "The value cannot be used for -Table: an array cannot be used here."),
    ("Api", None, "The value '' cannot be used for -Api: the possible values are OpenAI, Azure."),
    ("Api", 2, "The value '2' cannot be used for -Api: the possible values are OpenAI, Azure."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_what_is_said_of_a_value_that_is_refused(name: str, value: Any, message: str) -> None:
    assert _refused(name, value).message == message


@pytest.mark.parametrize(
    ("name", "value", "error_id"),
    [
        ("Loud", "x", "CannotConvertArgument"),
        ("Action", "x", "CannotConvertArgumentNoMessage"),
        ("Action", 7, "CannotConvertArgumentNoMessage"),
        ("Action", "Suspend", "ParameterBindingFailed"),
        ("Flag", "x", "ParameterArgumentTransformationError"),
        ("Api", "x", "ParameterArgumentTransformationError"),
    ],
)
def test_the_common_parameters_have_ids_of_their_own(name: str, value: Any, error_id: str) -> None:
    assert _refused(name, value).error_id == error_id


def test_a_whole_number_for_any_value_is_kept() -> None:
    for value in (5, 1.5, True, [1], {"a": [1]}, "x"):
        assert bind_values(SAMPLE, {"Any": value}) == {"Any": value}
    assert bind_values(SAMPLE, {"Table": {"a": [1]}}) == {"Table": {"a": [1]}}


# --- names of variables -----------------------------------------------------------------------------------------

VARIABLES = [
    "x", "+x", " ", "$x", "++x", "+ x", "a b", "a\nb", "global:x", "local:x", "script:x", "private:x", "variable:x",
    "GLOBAL:x", "Private:X", "+global:x", "global:a:b", "private:x:", "global::x", "global::", ":x", "+:x", "::x", "::",
]  # fmt: skip
NO_VARIABLES = [
    "env:x", "env::x", "function:x", "alias:x", "using:x", "workflow:x", "x:", "x:y", "a:b:c", "a b:c", "0:x", "c:\\x",
    " global:x", "global :x", "global:", "private:", "script:", "local:", "variable:", ":", "+:",
]  # fmt: skip


@pytest.mark.parametrize("name", VARIABLES, ids=ascii)
def test_a_name_of_a_variable(name: str) -> None:
    assert bind(SAMPLE, ["-Into:", name]).values == {"Into": name}


@pytest.mark.parametrize("name", [*NO_VARIABLES, "", "+"], ids=ascii)
def test_what_names_no_variable(name: str) -> None:
    why = f"'{name}' is not the name of a variable" if name in NO_VARIABLES else "a variable name is needed"
    with pytest.raises(BindingError) as caught:
        bind(SAMPLE, ["-Into:", name])
    assert caught.value.message == f"The value for -Into is not valid: {why}."
