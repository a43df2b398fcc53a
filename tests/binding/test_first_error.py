"""Which of several mistakes of a command line is reported, and what stands around the sign that is swallowed.

Each row was also given to a script with these parameters in PowerShell 7.6.
"""

from __future__ import annotations

import pytest

from psopenai_py.binding.binder import bind
from psopenai_py.binding.spec import Kind, Parameter
from psopenai_py.errors import BindingError
from tests.binding.samples import sample

SAMPLE = sample(
    Parameter("Alpha", Kind.STRING, "", position=0),
    Parameter("Alto", Kind.STRING, "", position=1),
    Parameter("Num", Kind.INT, "", position=2),
    Parameter("Flag", Kind.SWITCH, ""),
)

REFUSED = {
    "-Foo x -Al y": ("AmbiguousParameter", "Al"),
    "-Foo -Al y": ("AmbiguousParameter", "Al"),
    "-Al y -Foo": ("AmbiguousParameter", "Al"),
    "-Foo x -Num": ("MissingArgument", "Num"),
    "-Num -Foo x": ("ParameterArgumentTransformationError", "Num"),
    "-Foo x -Num 5": ("NamedParameterNotFound", "Foo"),
    "-Foo x -Num 5 --% -Alpha 6": ("NamedParameterNotFound", "Foo"),
    "-Foo x -Bar y": ("NamedParameterNotFound", "Foo"),
    "-Flag -Al y": ("AmbiguousParameter", "Al"),
    "-Flag -Num": ("MissingArgument", "Num"),
    "-Num x -Alpha a -Alpha b": ("ParameterArgumentTransformationError", "Num"),
    "-Alpha a -Alpha b -Num x": ("ParameterAlreadyBound", "Alpha"),
    "-Alpha a -Alpha b -Num": ("MissingArgument", "Num"),
    "a b 1 d": ("PositionalParameterNotFound", ""),
    "a b 1 d -Foo": ("PositionalParameterNotFound", ""),
    "a b x d": ("ParameterArgumentTransformationError", "Num"),
}


@pytest.mark.parametrize(("line", "error"), REFUSED.items(), ids=list(REFUSED))
def test_the_first_error(line: str, error: tuple[str, str]) -> None:
    with pytest.raises(BindingError) as caught:
        bind(SAMPLE, line.split())
    assert (caught.value.error_id, caught.value.parameter) == error


BOUND = {
    "--% -Alpha 5": {"Alpha": "5"},
    "-Alpha --% 5": {"Alpha": "--%", "Alto": "5"},
    "--% a --% b": {"Alpha": "a", "Alto": "b"},
    "a -Flag b": {"Alpha": "a", "Flag": True, "Alto": "b"},
    "-Flag:$false a": {"Flag": False, "Alpha": "a"},
    "-Alto a b 7": {"Alto": "a", "Alpha": "b", "Num": 7},
    "-Num: 7 a": {"Num": 7, "Alpha": "a"},
    "a b -Num:": {"Alpha": "a", "Alto": "b"},
}


@pytest.mark.parametrize(("line", "bound"), BOUND.items(), ids=list(BOUND))
def test_what_is_bound(line: str, bound: dict[str, object]) -> None:
    assert bind(SAMPLE, line.split()).values == bound
