"""One argument to one value: what a conversion says when it refuses, and that nothing but a refusal comes out."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from psopenai_py.binding import numbers
from psopenai_py.binding.spec import ENUMERATIONS, Kind, NetType, Parameter
from psopenai_py.binding.values import convert
from psopenai_py.errors import BindingError
from psopenai_py.redaction import Secret


def parameter(kind: NetType[Any], **facts: Any) -> Parameter[Any]:
    return Parameter("Thing", kind, "", **facts)


@pytest.mark.parametrize(
    ("row", "argument", "message"),
    [
        pytest.param(
            parameter(Kind.INT), "abc", "The value 'abc' cannot be used for -Thing: 'abc' is not a number.", id="int"
        ),
        pytest.param(
            parameter(Kind.INT),
            "99999999999",
            "The value '99999999999' cannot be used for -Thing: the number does not fit 32 bits.",
            id="too large",
        ),
        pytest.param(
            parameter(Kind.INT),
            "1e999",
            "The value '1e999' cannot be used for -Thing: the number has no integer value.",
            id="infinite",
        ),
        pytest.param(
            parameter(Kind.INT),
            "9" * 300 + "d",
            f"The value '{'9' * 120}...' cannot be used for -Thing: '{'9' * 40}...' is too large.",
            id="beyond all types",
        ),
        pytest.param(
            parameter(Kind.INT, limits=(0, 100)),
            "101",
            "The value for -Thing is not valid: 101 is not between 0 and 100.",
            id="limits",
        ),
        pytest.param(
            parameter(Kind.SINGLE, limits=(0, 1000)),
            "NaN",
            "The value for -Thing is not valid: nan is not a number between 0 and 1000.",
            id="no number",
        ),
        pytest.param(
            parameter(Kind.SWITCH),
            "yes",
            "The value 'yes' cannot be used for -Thing: a switch takes $true or $false, joined with a colon.",
            id="switch",
        ),
        pytest.param(
            parameter(Kind.API_TYPE),
            "aws",
            "The value 'aws' cannot be used for -Thing: the possible values are OpenAI, Azure.",
            id="enumeration",
        ),
        pytest.param(
            parameter(Kind.ACTION),
            "S",
            "The value 'S' cannot be used for -Thing: the possible values are SilentlyContinue, Stop, Suspend.",
            id="prefix of several",
        ),
        pytest.param(
            parameter(Kind.ACTION), "Suspend", "-Thing cannot be Suspend; that value is reserved.", id="reserved"
        ),
        pytest.param(
            parameter(Kind.STRING, choices=("asc", "desc")),
            "up",
            "The value for -Thing is not valid: 'up' is none of asc, desc.",
            id="choices",
        ),
        pytest.param(
            parameter(Kind.STRING, not_empty=True), "", "The value for -Thing is not valid: it is empty.", id="empty"
        ),
        pytest.param(
            parameter(Kind.STRING, variable_name=True),
            "env:x",
            "The value for -Thing is not valid: 'env:x' is not the name of a variable.",
            id="variable",
        ),
        pytest.param(
            parameter(Kind.STRING, variable_name=True),
            "+",
            "The value for -Thing is not valid: a variable name is needed.",
            id="no variable",
        ),
        pytest.param(
            parameter(Kind.URI),
            "http://h:99999/",
            "The value 'http://h:99999/' cannot be used for -Thing: 'h:99999' is not a host, or a host and a port.",
            id="port",
        ),
        pytest.param(
            parameter(Kind.URI),
            "c:x",
            "The value 'c:x' cannot be used for -Thing: one letter before a colon is a drive, not a host.",
            id="drive",
        ),
        pytest.param(parameter(Kind.SECRET), True, "The value cannot be used for -Thing: a key is text.", id="secret"),
        pytest.param(
            parameter(Kind.DICTIONARY),
            "@{a=",
            "The value cannot be used for -Thing: the literal ends too early.",
            id="dictionary",
        ),
        pytest.param(
            parameter(Kind.DICTIONARY),
            "System.Collections.Hashtable",
            "The value cannot be used for -Thing: PowerShell turned the hashtable into "
            "text and its content is lost on the way; pass JSON text (ConvertTo-Json -Compress), @file.json, or use "
            "the PowerShell module.",
            id="flattened",
        ),
    ],
)
def test_messages(row: Parameter[Any], argument: Any, message: str) -> None:
    with pytest.raises(BindingError) as caught:
        convert("New-Video", row, argument)
    assert str(caught.value) == message


_ANY_TEXT = st.text(st.characters())
_NUMBERS = st.lists(st.sampled_from([*"0123456789.,eExXbBlLuUsSyYnNdDkKmMgG+-–# ", "0x", "kb", "e9"]), max_size=9).map(
    "".join
)


@given(_ANY_TEXT | _NUMBERS)
@example("9" * 5000)
@example("0x" + "f" * 5000)
@example("0b" + "1" * 5000)
@example("1e999999999d")
@example("1e-999999999d")
@example("-1e999999999dpb")
@example("1e9999999999999999999d")
@example("1e-9999999999999999999d")
@example("1,0e999999999999")
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert numbers.to_int32(text) in numbers.INT32
    with contextlib.suppress(ValueError):
        assert isinstance(numbers.to_single(text), float)
    with contextlib.suppress(ValueError):
        assert math.isfinite(numbers.literal(text))


@given(st.integers(-(2**31), 2**31 - 1))
def test_integers_read_back(number: int) -> None:
    for text in (f"{number}", f" {number} ", f"{number:,}", f"{number}d", f"{number}.0"):
        assert numbers.to_int32(text) == number
    assert numbers.to_int32(f"{number:#x}") == number if number >= 0 else True


#: What a cmdlet may rely on.
PYTHON_TYPES: dict[NetType[Any], type] = {
    Kind.STRING: str,
    Kind.STRINGS: list,
    Kind.INT: int,
    Kind.SINGLE: float,
    Kind.SWITCH: bool,
    Kind.URI: str,
    Kind.SECRET: Secret,
    Kind.DICTIONARY: dict,
    Kind.OBJECT: object,
    Kind.API_TYPE: str,
    Kind.ACTION: str,
}


@pytest.mark.parametrize("kind", [kind for kind in vars(Kind).values() if isinstance(kind, NetType)])
@given(argument=_ANY_TEXT | st.booleans())
def test_any_argument_is_converted_or_refused(kind: NetType[Any], argument: str | bool) -> None:
    for common in (False, True):
        try:
            value = convert("New-Video", parameter(kind, common=common), argument)
        except BindingError as error:
            assert error.parameter == "Thing"
        else:
            assert isinstance(value, PYTHON_TYPES[kind])
            assert kind not in ENUMERATIONS or value in ENUMERATIONS[kind]


@pytest.mark.parametrize(
    ("port", "fits"),
    [
        ("", True), ("0", True), ("65535", True), ("65536", False), ("99999", False), ("100000", False),
        ("0000065535", True), ("0000065536", False), ("-1", False), ("8o", False), ("²", False), ("1" * 5000, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("host", ["h.test", "[::1]", "user:pw@h.test"])
def test_ports_of_a_base(host: str, port: str, fits: bool) -> None:
    address = f"http://{host}:{port}/v1"
    with contextlib.nullcontext() if fits else pytest.raises(BindingError):
        assert convert("New-Video", parameter(Kind.URI), address) == address


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.ACTION, "0", "SilentlyContinue"), (Kind.ACTION, "6", "Break"), (Kind.ACTION, "7", None),
        (Kind.ACTION, "+1", "Stop"), (Kind.ACTION, "-1", None), (Kind.ACTION, "0001", "Stop"),
        (Kind.ACTION, "1" * 5000, None), (Kind.ACTION, "1.0", None), (Kind.ACTION, "²", None),
        (Kind.API_TYPE, "1", "Azure"), (Kind.API_TYPE, "2", None), (Kind.API_TYPE, "openai,azure", "Azure"),
    ],
)  # fmt: skip
def test_enumerations_by_number(kind: NetType[Any], text: str, value: str | None) -> None:
    with contextlib.nullcontext() if value else pytest.raises(BindingError) as caught:
        assert convert("New-Video", parameter(kind), text) == value
    if caught is not None:
        assert "the possible values are" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "fits"),
    [("-1", False), ("-0.5", True), ("0", True), ("100", True), ("100.5", True), ("100.6", False), ("101", False)],
)
def test_limits_on_both_sides(value: str, fits: bool) -> None:
    """The value is rounded first, halves to the even one."""
    with contextlib.nullcontext() if fits else pytest.raises(BindingError):
        convert("New-Video", parameter(Kind.SINGLE, limits=(0, 100)), value)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        pytest.param("\udce4x", "\ufffdx", id="a byte that is no UTF-8"),
        pytest.param("\ud83d\ude00", "\U0001f600", id="two halves of a pair"),
        pytest.param("\ud83dx", "\ufffdx", id="half a pair"),
    ],
)
def test_text_is_sent_without_surrogates(text: str, sent: str) -> None:
    assert convert("New-Video", parameter(Kind.STRING), text) == sent


@given(_ANY_TEXT)
def test_text_can_always_be_sent(text: str) -> None:
    sent = convert("New-Video", parameter(Kind.STRING), text)
    assert sent.encode() == sent.encode(errors="replace")


def test_a_file_name_keeps_its_bytes() -> None:
    assert convert("New-Video", parameter(Kind.STRING, path=True), "\udce4.png") == "\udce4.png"
