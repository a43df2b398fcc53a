"""Each character that JSON, an address or HTML writes in a way of its own, inside of a secret."""

from __future__ import annotations

import json

import pytest

from psopenai_py.redaction import HIDDEN, Masks

#: A character, and how it may be written besides as its number.
WAYS = {
    "&": ["&", "&amp;"],
    "<": ["<", "&lt;"],
    ">": [">", "&gt;"],
    '"': ['"', r"\"", r"\\\"", "&quot;"],
    "\\": ["\\", r"\\", r"\\\\"],
    "/": ["/", r"\/", r"\\/"],
    " ": [" ", "+"],
    "'": ["'"],
    "+": ["+"],
    "=": ["="],
    "%": ["%"],
    ".": ["."],
    "~": ["~"],
    "ä": ["ä"],
    "€": ["€"],
    "🐶": ["🐶", r"\ud83d\udc36", r"\uD83D\uDC36", r"\\ud83d\\udc36"],
}
PAIRS = [(character, way) for character, ways in WAYS.items() for way in ways]


def _numbers(character: str) -> list[str]:
    code = ord(character)
    in_address = "".join(f"%{byte:02x}" for byte in character.encode())
    found = [in_address, in_address.upper(), f"&#{code};", f"&#00{code};", f"&#x{code:x};", f"&#X{code:X};"]
    return found + ([f"\\u{code:04x}", f"\\u{code:04X}", f"\\\\u{code:04x}"] if code < 0x10000 else [])


@pytest.mark.parametrize(("character", "way"), PAIRS, ids=[f"{character!a} as {way!a}" for character, way in PAIRS])
def test_a_way_to_write_a_character(character: str, way: str) -> None:
    masks = Masks([f"abcd{character}efgh"])
    assert masks.text(f"the key abcd{way}efgh.") == f"the key {HIDDEN}."


@pytest.mark.parametrize("character", WAYS, ids=ascii)
def test_a_character_by_its_number(character: str) -> None:
    masks = Masks([f"abcd{character}efgh"])
    for written in _numbers(character):
        assert masks.text(f"the key abcd{written}efgh.") == f"the key {HIDDEN}.", written


@pytest.mark.parametrize("character", WAYS, ids=ascii)
def test_a_neighbour_is_left_alone(character: str) -> None:
    text = f"the key abcd{chr(ord(character) ^ 1)}efgh and abcdefgh."
    assert Masks([f"abcd{character}efgh"]).text(text) == text


def test_half_a_character() -> None:
    masks = Masks(["abcd\ud800efgh"])
    assert masks.text("abcd\ud800efgh abcd\\ud800efgh abcd\\uD800efgh") == f"{HIDDEN} {HIDDEN} {HIDDEN}"


def test_what_stands_in_place_of_a_secret_is_taken_as_it_is() -> None:
    for shown in (r"\1", r"\g<0>", "\\", r"a\\b", ""):
        masks = Masks()
        masks.add("abcdéfgh", shown)
        assert masks.text("x abcdéfgh y") == f"x {shown} y"


def test_the_longer_secret_comes_first_whatever_stands_in_its_place() -> None:
    for order in ((0, 1), (1, 0)):
        masks = Masks()
        for index in order:
            masks.add(*(("abcdefgh", "a long text in its place"), ("abcdefghijkl", "-"))[index])
        assert masks.text("abcdefghijkl abcdefgh.") == "- a long text in its place."


@pytest.mark.parametrize("word", ["XabcdefghX", "x=y", "abcdefgh=", "=abcdefgh", "abc=defghi"])
def test_words_of_a_header_with_quotation_marks(word: str) -> None:
    masks = Masks.of({"Authorization": f'Digest a="{word}"'}, "http://h/")
    assert masks.text(f"({word})") == (f"({word})" if len(word) < 8 else f"({HIDDEN})")


def test_json_with_a_secret_of_such_characters_stays_json() -> None:
    secret = 'ab"c\\d/e&f<g>h i'
    document = json.dumps({"a": f"x{secret}y", "b": [secret]})
    assert json.loads(Masks([secret]).text(document)) == {"a": f"x{HIDDEN}y", "b": [HIDDEN]}
