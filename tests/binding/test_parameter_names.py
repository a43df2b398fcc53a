"""Which parameter a typed name means: exact names, aliases, prefixes, and what is never seen in them."""

from __future__ import annotations

import pytest

from psopenai_py.binding.binder import bind
from psopenai_py.binding.spec import Kind, Parameter
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError
from tests.binding.samples import sample

SAMPLE = sample(
    Parameter("SizeLimit", Kind.STRING, ""),
    Parameter("Size", Kind.STRING, ""),
    Parameter("Limit", Kind.STRING, "", aliases=("Li", "Maximum")),
    Parameter("Likes", Kind.STRING, ""),
    Parameter("Format", Kind.STRING, "", aliases=("Form", "Shape")),
    Parameter("Variant", Kind.STRING, ""),
    Parameter("Secret", Kind.STRING, "", aliases=("Hush",), hidden=True),
    Parameter("Verbose", Kind.STRING, "", aliases=("vb",), common=True),
    Parameter("ErrorAction", Kind.STRING, "", aliases=("ea",), common=True),
    Parameter("ErrorVariable", Kind.STRING, "", aliases=("ev",), common=True),
    Parameter("ShapeOfOurs", Kind.STRING, "", ours=True),
    Parameter("Spare", Kind.STRING, "", aliases=("Reserve",), ours=True),
)

MEANT = {
    "Size": "Size", "SIZE": "Size", "sizel": "SizeLimit", "SizeLimit": "SizeLimit",
    "Li": "Limit", "li": "Limit", "Lim": "Limit", "Lik": "Likes", "Max": "Limit", "maximum": "Limit",
    "For": "Format", "Form": "Format", "Forma": "Format", "F": "Format", "Sh": "Format", "Shape": "Format",
    "V": "Variant", "Va": "Variant", "Ve": "Verbose", "vb": "Verbose", "ErrorA": "ErrorAction", "ea": "ErrorAction",
    "Sec": "Secret", "hush": "Secret", "ShapeO": "ShapeOfOurs", "Sp": "Spare", "Res": "Spare", "SPARE": "Spare",
    "-Size": "Size", "–Size": "Size", "―Size": "Size",
    "Si\u00adze": "Size", "\u200bSize": "Size", "S\u200d\u2060ize": "Size",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "name"), MEANT.items(), ids=map(ascii, MEANT))
def test_a_name_that_is_understood(typed: str, name: str) -> None:
    assert bind(SAMPLE, [f"-{typed}", "x"]).values == {name: "x"}
    assert bind(SAMPLE, [f"-{typed}:x"]).values == {name: "x"}


SHARED = {
    "Siz": "-SizeLimit -Size",
    "S": "-SizeLimit -Size -Secret -Format",
    "L": "-Limit -Likes",
    "Error": "-ErrorAction -ErrorVariable",
    "e": "-ErrorAction -ErrorVariable",
    "-L": "-Limit -Likes",
}


@pytest.mark.parametrize(("typed", "names"), SHARED.items(), ids=list(SHARED))
def test_a_prefix_that_several_share(typed: str, names: str) -> None:
    """Those found by their names come first, then those found by an alias only."""
    with pytest.raises(BindingError) as caught:
        bind(SAMPLE, [f"-{typed}", "x"])
    assert caught.value.error_id == "AmbiguousParameter"
    assert caught.value.message == f"The parameter name '{typed}' could mean more than one parameter: {names}."


#: A name that is none, and what is proposed instead.
UNKNOWN = {
    "Sizes": " Did you mean -Size?",
    "Sice": " Did you mean -Size?",
    "--Size": " Did you mean -Size?",
    "Limitt": " Did you mean -Limit?",
    "Maximun": " Did you mean -Maximum?",
    "Sceret": "",
    "Hus": None,
    "Hushh": "",
    "Q": "",
    "Size=5": " Did you mean -Size:5?",
    "Spaer": " Did you mean -Spare?",
}


@pytest.mark.parametrize(("typed", "proposed"), UNKNOWN.items(), ids=list(UNKNOWN))
def test_a_name_that_is_none(typed: str, proposed: str | None) -> None:
    if proposed is None:
        assert bind(SAMPLE, [f"-{typed}", "x"]).values == {"Secret": "x"}
        return
    with pytest.raises(BindingError) as caught:
        bind(SAMPLE, [f"-{typed}:x" if "=" not in typed else f"-{typed}"])
    assert caught.value.message == f"Get-Sample has no parameter named '{typed}'.{proposed}"
    assert (caught.value.error_id, caught.value.action) == (
        "NamedParameterNotFound", "Get-Sample -Help lists the parameters.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "missing", "action"),
    [
        ([], "Prompt VideoId", "Give it as -Prompt VALUE."),
        (["-Prompt", "x"], "VideoId", "Give it as -VideoId VALUE, or through a pipe."),
        (["-VideoId", "x"], "Prompt", "Give it as -Prompt VALUE."),
    ],
    ids=["both", "the id", "the prompt"],
)
def test_what_is_missing_and_where_to_give_it(arguments: list[str], missing: str, action: str) -> None:
    with pytest.raises(BindingError) as caught:
        bind(load("New-VideoRemix").CMDLET, arguments)
    assert caught.value.message == f"New-VideoRemix needs a value for: {missing}."
    assert (caught.value.error_id, caught.value.parameter, caught.value.action) == (
        "MissingMandatoryParameter", missing.partition(" ")[0], action,
    )  # fmt: skip
