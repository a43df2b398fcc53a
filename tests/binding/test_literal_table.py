"""Literals that PowerShell 7.6 reads, with what it makes of them, and what is no literal."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.binding.literals import LiteralError, parse

#: Any of a kind opens, any of the same kind closes; two of a kind stand for the second.
SINGLE, DOUBLE, DASHES = "'‘’‚‛", '"“”„', "-–—―"

READ: dict[str, Any] = {
    "@{mood=“calm”}": {"mood": "calm"},
    '@{mood=“calm"}': {"mood": "calm"},
    '@{mood="calm”}': {"mood": "calm"},
    "@{mood=„calm“}": {"mood": "calm"},
    "@{mood=”calm“}": {"mood": "calm"},
    "@{m=‘calm’}": {"m": "calm"},
    "@{m=‘calm'}": {"m": "calm"},
    "@{m=‚calm‛}": {"m": "calm"},
    "@{m=“a“”b”}": {"m": "a”b"},
    '@{m="a“”b"}': {"m": "a”b"},
    '@{m="a”"b"}': {"m": 'a"b'},
    "@{m='a‘’b'}": {"m": "a’b"},
    "@{m='a’‘b'}": {"m": "a‘b"},
    "@{m=“a‘b”}": {"m": "a‘b"},
    "@{m=‘a“b’}": {"m": "a“b"},
    "@{m='x”y'}": {"m": "x”y"},
    '@{m="a`”b"}': {"m": "a”b"},
    '@{m="`“"}': {"m": "“"},
    "@{m=“”}": {"m": ""},
    "@{m=“““”}": {"m": "“"},
    '@{m=""""}': {"m": '"'},
    "@{“k”=1}": {"k": 1},
    "@{‘k’=1}": {"k": 1},
    "@{ä=1; _a9=2}": {"ä": 1, "_a9": 2},
    "@{a=–1; b=—2; c=―1.5; d=1e–2}": {"a": -1, "b": -2, "c": -1.5, "d": 0.01},
    "@{a\u00a0=\u30001}\u00a0": {"a": 1},
    "@{a=1\f}": {"a": 1},
    "@{a=1\rb=2}": {"a": 1, "b": 2},
    '@{a="x`$y"; b="x$"; c="$ x"; d="a$[0]"; e="$-"}': {"a": "x$y", "b": "x$", "c": "$ x", "d": "a$[0]", "e": "$-"},
    '@{a="`$(x)"; b="``"; c="`$`$"}': {"a": "$(x)", "b": "`", "c": "$$"},
}
REFUSED = [
    '@{a="“"}', '@{a="x“y"}', "@{a='x‘y'}", "@{a=“x’}", "@{a=«x»}", "@{a=\u22121}", "@{a=1_000}", "@{a=٣}", "@{a=1,}",
    "@{a–b=1}", "@{a.b=1}", "@{a=1;A=2}", '@{"a"=1;‘A’=2}', "@{a\n=1}", "@{a=``}", "@{a=1\u0085b=2}", "@{a=1\u2028b=2}",
    '@{a="$x"}', "@{a=“a$x”}", '@{a="x$(1)y"}', '@{a="$_"}', '@{a="$?"}', '@{a="$$"}', '@{a="$^"}', '@{a="$:x"}',
    '@{a="${x}"}', '@{a="$1"}', '@{a="$é"}', '@{a="``$x"}',
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_what_is_read(text: str) -> None:
    assert parse(text) == READ[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    assert len(str(caught.value)) < 200


_PLAIN = st.text(st.characters(exclude_characters=SINGLE + DOUBLE + "`$", exclude_categories=["Cs"]))


@given(inner=_PLAIN, quotes=st.sampled_from([SINGLE, DOUBLE]), data=st.data())
def test_any_two_marks_of_a_kind_enclose_a_text(inner: str, quotes: str, data: st.DataObject) -> None:
    mark = st.sampled_from(quotes)
    opening, closing, first, second = (data.draw(mark) for _ in range(4))
    assert parse(f"@{{a={opening}{inner}{first}{second}{inner}{closing}}}") == {"a": f"{inner}{second}{inner}"}


@given(number=st.integers(0, 10**9), dash=st.sampled_from(DASHES))
def test_any_dash_is_a_minus_sign(number: int, dash: str) -> None:
    assert parse(f"@{{a={dash}{number}}}") == {"a": -number}


# --- what an error says, and does not say -----------------------------------------------------------------------

SECRET = "Sesame-Open-0123"


@pytest.mark.parametrize(
    ("text", "bare"),
    {
        "a word": (f"@{{a={SECRET}}}", "character 5 is not understood"),
        "in a later line": (f"@{{a=1\nb={SECRET}}}", "character 9 is not understood"),
        "what is no token": (f"@{{a=&{SECRET}}}", "character 5 is not understood"),
        "no separator": (f"@{{a=1 {SECRET}}}", "character 7 is not understood"),
        "a number with a unit": ("@{a=0123Sesame}", "what looks like a number is not a number that can be used"),
        "no JSON": (f'{{"a": {SECRET}}}', "line 1, column 7"),
        "no literal at all": (SECRET, "line 1, column 1"),
    }.values(),
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_an_error_can_be_told_without_the_text(text: str, bare: str) -> None:
    with pytest.raises(LiteralError) as caught:
        parse(text)
    assert bare in caught.value.bare
    assert "Sesame" in str(caught.value)
    assert "Sesame" not in caught.value.bare and "0123" not in caught.value.bare


# --- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['{"a": "süß 🐶"}', "@{a='süß 🐶'}"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_encodings_of_a_file(mark: bytes, encoding: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(mark + text.encode(encoding))
    assert parse(f"@{tmp_path / 'body'}") == {"a": "süß 🐶"}


@pytest.mark.parametrize("data", [b"\xff\xfea", b"\xfe\xff\xd8", "{}".encode("utf-16-le") + b"\xff", b"{\xe9}"])
def test_files_that_are_no_text(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(data)
    with pytest.raises(LiteralError, match="is not UTF-8 or UTF-16 text"):
        parse(f"@{tmp_path / 'body'}")


@pytest.mark.parametrize(("size", "refused"), [(16_777_216, False), (16_777_217, True)])
def test_the_size_of_a_file(size: int, refused: bool, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b'{"a": 1}'.ljust(size))
    if refused:
        with pytest.raises(LiteralError, match="is larger than 16 MB"):
            parse(f"@{tmp_path / 'body'}")
    else:
        assert parse(f"@{tmp_path / 'body'}") == {"a": 1}


@pytest.mark.parametrize(("size", "refused"), [(1_048_576, False), (1_048_577, True)])
def test_the_length_of_a_literal(size: int, refused: bool) -> None:
    text = "@{a='" + "x" * (size - 7) + "'}"
    if refused:
        with pytest.raises(LiteralError, match="longer than 1048576 characters; write it as JSON"):
            parse(text)
    else:
        assert len(parse(text)["a"]) == size - 7


#: What opens a level, and what closes it.
LEVELS = {"@{a=": "}", "@(": ")", ",": "", "@(@{a=": "})", "@(,": ")"}


@pytest.mark.parametrize(("depth", "refused"), [(64, False), (65, True)])
@pytest.mark.parametrize("opening", LEVELS)
def test_the_depth_of_a_literal(opening: str, depth: int, refused: bool) -> None:
    each = 1 + (len(opening) > 4) + (opening == "@(,")
    levels = depth - 1 if opening == "," else -(-depth // each)
    text = "@(" * (opening == ",") + opening * levels + "1" + LEVELS[opening] * levels + ")" * (opening == ",")
    if refused:
        with pytest.raises(LiteralError, match="nested more than 64 levels deep"):
            parse(text)
    else:
        parse(text)


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("0", True), ("41", True), ("D7FF", True), ("D800", False), ("DFFF", False), ("E000", True), ("10FFFF", True),
        ("110000", False), ("FFFFFF", False),
    ],
)  # fmt: skip
def test_characters_by_their_number(code: str, fits: bool) -> None:
    text = f'@{{a="`u{{{code}}}"}}'
    if fits:
        assert parse(text) == {"a": chr(int(code, 16))}
    else:
        with pytest.raises(LiteralError, match=rf"there is no character u\{{{code}\}}"):
            parse(text)


@pytest.mark.parametrize("text", ['{"a": "2025-10-11T14:51:05+09:00"}', "@{a='2025-10-11T14:51:05+09:00'}"])
def test_no_text_becomes_a_date(text: str) -> None:
    assert parse(text) == {"a": "2025-10-11T14:51:05+09:00"}
