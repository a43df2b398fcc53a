"""Dictionaries written as text: JSON, PowerShell literals, files; and that nothing else is ever read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from psopenai_py.binding.literals import LiteralError, parse, parse_dictionary


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('{"a": 1, "b": [true, null, 1.5]}', {"a": 1, "b": [True, None, 1.5]}, id="JSON"),
        pytest.param(' \n{"a": 1}\n', {"a": 1}, id="JSON with blanks around"),
        pytest.param('{"type": "System.Collections.Hashtable"}', {"type": "System.Collections.Hashtable"}, id="type"),
        pytest.param("@{}", {}, id="empty"),
        pytest.param("@{a=1}", {"a": 1}, id="one"),
        pytest.param("@{ a = 1 ; b = 'x' }", {"a": 1, "b": "x"}, id="blanks"),
        pytest.param("@{\n  a = 1\n  b = 2\r\n\n}", {"a": 1, "b": 2}, id="lines"),
        pytest.param("@{a=1;;b=2;}", {"a": 1, "b": 2}, id="semicolons"),
        pytest.param("@{a=1 # first\nb=2}", {"a": 1, "b": 2}, id="comment"),
        pytest.param("@{a=`\n1}", {"a": 1}, id="line continued"),
        pytest.param("@{'a b'=1; \"c\"=2; 3=4}", {"a b": 1, "c": 2, "3": 4}, id="keys"),
        pytest.param("@{a=$true; b=$FALSE; c=$null}", {"a": True, "b": False, "c": None}, id="constants"),
        pytest.param("@{a='it''s'}", {"a": "it's"}, id="single quotes"),
        pytest.param("@{a='$x `n'}", {"a": "$x `n"}, id="nothing special in single quotes"),
        pytest.param('@{a="x`ty`"z""`$`u{1F600}`q"}', {"a": 'x\ty"z"$\U0001f600q'}, id="escapes"),
        pytest.param('@{a="costs $ or 5$"}', {"a": "costs $ or 5$"}, id="a dollar that names nothing"),
        pytest.param("@{a='System.Collections.Hashtable'}", {"a": "System.Collections.Hashtable"}, id="quoted type"),
        pytest.param("@{a=1,2,3}", {"a": [1, 2, 3]}, id="list"),
        pytest.param("@{a=1,\n2}", {"a": [1, 2]}, id="list over two lines"),
        pytest.param("@{a=@()}", {"a": []}, id="no element"),
        pytest.param("@{a=@('x')}", {"a": ["x"]}, id="one element"),
        pytest.param("@{a=,'x'}", {"a": ["x"]}, id="one element by a comma"),
        pytest.param("@{a=@(,@(1,2))}", {"a": [[1, 2]]}, id="a list in a list"),
        pytest.param("@{a=@(@(1,2))}", {"a": [1, 2]}, id="parentheses do not nest"),
        pytest.param("@{a=@(1\n2;3)}", {"a": [1, 2, 3]}, id="statements in a list"),
        pytest.param("@{a=@(\n1\n\n2\n)}", {"a": [1, 2]}, id="line ends around the elements of a list"),
        pytest.param("@{a=@(\n)}", {"a": []}, id="line ends in an empty list"),
        pytest.param("@{\n\na=\n\n1\n}", {"a": 1}, id="line ends wherever they may be"),
        pytest.param("\n@{a=1}\n\n", {"a": 1}, id="line ends around a literal"),
        pytest.param("@{a=1,\n\n2}", {"a": [1, 2]}, id="line ends behind a comma"),
        pytest.param("@{a=@{b=@{c=1}}}", {"a": {"b": {"c": 1}}}, id="nested"),
        pytest.param("[ordered]@{b=1; a=[PSCustomObject]@{c=2}}", {"b": 1, "a": {"c": 2}}, id="casts"),
        pytest.param("@{a='\udcffx'}", {"a": "\ufffdx"}, id="a byte that is no UTF-8"),
        pytest.param('{"a": "\\ud800x"}', {"a": "\ufffdx"}, id="half a character"),
        pytest.param("@(1, @{a=2})", [1, {"a": 2}], id="a list by itself"),
    ],
)
def test_what_is_read(text: str, value: Any) -> None:
    read = parse(text)
    assert read == value
    if isinstance(value, dict):
        assert list(read) == list(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5), ("-5", -5), ("+5", 5), ("007", 7), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0),
        ("1.5E-1", 0.15), ("0xff", 255), ("-0x10", -16), ("0xFFFFFFFF", -1), ("0b101", 5), ("1kb", 1024),
        ("1.5KB", 1536.0), ("10l", 10), ("2.5d", 2.5), ("99999999999999999999", 99999999999999999999),
    ],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    read = parse(f"@{{a={text}}}")["a"]
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "it is empty", id="nothing"),
        pytest.param(" ", "it is empty", id="blank"),
        pytest.param(
            "seed=1",
            "it is neither a literal such as @{a=1}, nor @file.json, nor JSON; the text is not JSON: line 1, column 1: "
            'a key or a value is missing or is not written as JSON, at "seed=1"',
            id="no literal",
        ),
        pytest.param("{a: 1}", "nor JSON; the text is not JSON: line 1, column 2", id="not quite JSON"),
        pytest.param('{"a": 1, "A": 2}', 'keys of one object, differing only in case: "a" and "A"', id="twice in JSON"),
        pytest.param("[" * 100_000, "it is nested too deeply", id="deep JSON"),
        pytest.param("1" * 5000, "it has an integer of too many digits", id="5000 digits"),
        pytest.param("@", "the name of a file is needed", id="no file"),
        pytest.param("@a\0b", "cannot be read: embedded null", id="null in a file name"),
        pytest.param("@~nobody-has-this-home/x", "cannot be read", id="unknown home"),
        pytest.param("@{", "the literal ends too early", id="cut behind the brace"),
        pytest.param("@{a", "the literal ends too early", id="cut behind the key"),
        pytest.param("@{a=", "the literal ends too early", id="cut behind the sign"),
        pytest.param("@{a=1", "the literal ends too early", id="cut behind the value"),
        pytest.param("@{a='x", "''x' is not understood", id="open string"),
        pytest.param("@{a=1}}", "'}' is not understood", id="one brace too many"),
        pytest.param("@{a=1)", "')' is not understood", id="wrong brace"),
        pytest.param("@{a=1 b=2}", "'b' is not understood", id="no separator"),
        pytest.param("@{a=1, b=2}", "'b' is not understood", id="comma for a semicolon"),
        pytest.param("@{a:1}", "':1}' is not understood", id="colon for an equals sign"),
        pytest.param("@{a=1; A=2}", "the key 'A' stands twice", id="key twice"),
        pytest.param("@{a=x}", "'x' is not understood", id="word"),
        pytest.param("@{a=Get-Date}", "'Get-Date' is not understood", id="command"),
        pytest.param("@{a=(1+2)}", "'(1+2)}' is not understood", id="expression"),
        pytest.param("@{a=$(Get-Date)}", "'$(Get-Date)}' is not understood", id="subexpression"),
        pytest.param("@{a=$env:HOME}", "'$env:HOME}' is not understood", id="variable"),
        pytest.param("@{a={1}}", "'{1}}' is not understood", id="script block"),
        pytest.param("@{a=1..5}", "'1..5}' is not understood", id="range"),
        pytest.param("@{a=[int]5}", "'[int]5}' is not understood", id="cast"),
        pytest.param('@{a="$x"}', "must not contain $", id="variable in quotes"),
        pytest.param('@{a="``$x"}', "must not contain $", id="variable behind an escaped backtick"),
        pytest.param('@{a="$(x)"}', "must not contain $", id="subexpression in quotes"),
        pytest.param('@{a="${x}"}', "must not contain $", id="braced variable in quotes"),
        pytest.param('@{a="$?"}', "must not contain $", id="automatic variable in quotes"),
        pytest.param('@{a="`u{D800}"}', "there is no character u{D800}", id="surrogate"),
        pytest.param('@{a="`u{FFFFFF}"}', "there is no character u{FFFFFF}", id="beyond Unicode"),
        pytest.param("@{a=12abc}", "12abc is not a number", id="no number"),
        pytest.param("@{a=300y}", "300y is not a number", id="number too large for its suffix"),
        pytest.param("@{a=1e400}", "1e400 is not a number", id="number too large"),
        pytest.param("@{a=" * 70, "more than 64 levels", id="deep literal"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "System.Collections.Hashtable",
        "System.Collections.Specialized.OrderedDictionary",
        "System.Management.Automation.PSCustomObject",
        "System.Object[]",
        "@{a=System.Collections.Hashtable}",
        "@{seed=1; tags=System.Object[]}",
    ],
)
def test_a_hashtable_that_powershell_flattened_is_recognised(text: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    assert str(caught.value) == (
        "PowerShell turned the hashtable into text and its content is lost on the way; pass JSON text "
        "(ConvertTo-Json -Compress), @file.json, or use the PowerShell module"
    )


@pytest.mark.parametrize("text", ["[1]", "@(1)", "1", '"x"', "null"])
def test_a_dictionary_is_wanted(text: str) -> None:
    with pytest.raises(LiteralError, match=r"^a dictionary is needed: JSON such as"):
        parse_dictionary(text)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        pytest.param(b'{"a": 1}', {"a": 1}, id="UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}\r\n', {"a": 1}, id="with a byte order mark"),
        pytest.param('\ufeff{"a": "ü"}'.encode("utf-16-le"), {"a": "ü"}, id="UTF-16, as Windows writes it"),
        pytest.param(b"@{a='x'}\n", {"a": "x"}, id="a literal"),
    ],
)
def test_files(tmp_path: Path, content: bytes, value: Any) -> None:
    (tmp_path / "body.json").write_bytes(content)
    assert parse(f"@{tmp_path / 'body.json'}") == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"\xff", "is not UTF-8 or UTF-16 text", id="no text"),
        pytest.param(b"@other.json", "does not hold JSON or a literal", id="the name of another file"),
        pytest.param(b"seed=1", r"at \"seed=1\"", id="something else"),
    ],
)
def test_files_that_hold_something_else(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "body.json").write_bytes(content)
    with pytest.raises(LiteralError, match=why):
        parse(f"@{tmp_path / 'body.json'}")


def test_a_file_in_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / "home" / "body.json").write_text('{"a": 1}')
    assert parse("@~/body.json") == {"a": 1}


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        parse(f"@{tmp_path / 'missing.json'}")


# --- what holds for any text ----------------------------------------------------------------------------------

_TEXT = st.text(st.characters())
_PIECES = st.sampled_from(
    ["@{", "@(", "}", ")", "=", ";", ",", "\n", " ", "'", '"', "`", "$", "$true", "a", "1", "0x", "1e9", "#", "''"]
)


@given(_TEXT | st.lists(_PIECES).map("".join) | st.lists(_PIECES).map(lambda pieces: "@{a=" + "".join(pieces)))
@example('@{a="' + "`" * 1000)
@example("@{a='" + "''" * 1000)
def test_any_text_is_a_value_or_refused(text: str) -> None:
    try:
        value = parse(text)
    except (LiteralError, OSError):
        return
    json.dumps(value)


#: PowerShell compares keys without regard to case.
_KEYS = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner).filter(
        lambda value: len({key.lower() for key in value}) == len(value)
    ),
    max_leaves=20,
)  # fmt: skip


def _literal(value: Any, quote: str) -> str:
    """A value as somebody would write it in PowerShell."""
    if value is None or isinstance(value, bool):
        return f"${str(value).lower().replace('none', 'null')}"
    if isinstance(value, str):
        return _quoted(value, quote)
    if isinstance(value, list):
        elements = ",".join(_literal(element, quote) for element in value)
        return f"@({',' * (len(value) == 1)}{elements})"
    if isinstance(value, dict):
        pairs = (f"{_quoted(key, quote)} = {_literal(element, quote)}" for key, element in value.items())
        return "@{" + "; ".join(pairs) + "}"
    return repr(value)


def _quoted(text: str, quote: str) -> str:
    if quote == "'":
        return "'" + re.sub("(['‘’‚‛])", r"\1\1", text) + "'"
    return '"' + re.sub('([`$"“”„])', r"`\1", text) + '"'


@given(_VALUES, st.sampled_from("'\""))
@example({"a": -0.0, "b": 5e-324, "c": 1e308}, "'")
@example({"": {}, " ": []}, "'")
def test_what_is_written_as_a_literal_reads_back_equal(value: Any, quote: str) -> None:
    assert json.dumps(parse(_literal({"value": value}, quote))) == json.dumps({"value": value})


@given(_VALUES.filter(lambda value: '"": ' not in json.dumps(value)))  # which PowerShell objects cannot have
def test_what_is_written_as_json_reads_back_equal(value: Any) -> None:
    assert json.dumps(parse(json.dumps({"value": value}))) == json.dumps({"value": value})
