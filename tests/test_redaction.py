"""What is secret is recognized wherever it stands, and what it stands in stays what it was."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.redaction import (
    Masks,
    Secret,
    is_secret,
    mask,
    shown_argument,
    shown_headers,
    shown_member,
    shown_proxy,
    shown_url,
)
from tests.conftest import KEY

MASKED = "sk-tes***************XY"


def _ways(character: str) -> list[str]:
    """How a server may write a character inside of a JSON text."""
    code = ord(character)
    return [character, f"\\u{code:04x}", f"\\u{code:04X}", f"%{code:02X}", f"&#{code};", f"&#x{code:x};"]


@st.composite
def _echoes(draw: st.DrawFn) -> str:
    return "".join(draw(st.sampled_from(_ways(character))) for character in KEY)


@given(echo=_echoes(), before=st.text(), behind=st.text())
def test_a_key_is_found_however_it_is_escaped_and_json_stays_json(echo: str, before: str, behind: str) -> None:
    document = f'{{"id": "video_1", "p": {json.dumps(before)[:-1]}{echo}{json.dumps(behind)[1:]}}}'
    masked = Masks([KEY]).text(document)
    found = json.loads(masked)
    assert (found["id"], MASKED in found["p"], KEY in masked) == ("video_1", True, False)


@given(
    text=st.text(st.sampled_from('\\"u0073sk-/%&#;x{}:, ')), secret=st.text(st.characters(codec="ascii"), min_size=1)
)
def test_no_text_is_changed_that_holds_no_secret(text: str, secret: str) -> None:
    assert Masks([secret]).text(text) == text or secret.strip('"\\ \t')[:1] in text or re.search(r"[\\%&]", text)


@given(document=st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
    st.text(), inner)), secret=st.text(st.sampled_from("0123456789\"\\abtrue"), min_size=3, max_size=12))  # fmt: skip
def test_what_was_json_still_is(document: Any, secret: str) -> None:
    """Also where the secret is a number, or has the characters that JSON is made of."""
    json.loads(Masks([secret]).text(json.dumps(document)))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037", "utf-7", "latin-1"]
)
@pytest.mark.parametrize("named", [True, False])
def test_a_key_is_found_in_any_charset(encoding: str, named: bool) -> None:
    data = Masks([KEY]).data(json.dumps({"p": KEY}).encode(encoding), encoding if named else "utf-8")
    for reading in (encoding, "utf-8", "latin-1"):
        text = data.decode(reading, "replace").replace("\0", "")
        assert KEY not in text or (not named and encoding in ("cp037",))


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    {
        "two characters": ("ab", "the key ab.", "the key ab."),
        "three": ("abc", "the key abc.", "the key <hidden>."),
        "seven": ("sk-1234", "the key sk-1234, and", "the key <hidden>, and"),
        "seven, in a value": ("sk-1234", '{"code": "sk-1234"}', '{"code": "<hidden>"}'),
        "seven, inside of a word": ("video_1", "video_12 and xvideo_1 and video_1.mp4", None),
        "seven, as an id": ("video_1", '{"id": "video_1", "task_id":"video_1"}', None),
        "seven, as a name": ("queued1", '{"queued1" : 1}', None),
        "eight": ("sk-12345", "xsk-12345x", "x<hidden>x"),
        "eleven": ("abcdefghijk", "xabcdefghijkx", "x<hidden>x"),
        "twelve": ("abcdefghijkl", "xabcdefghijklx", "xabc***************klx"),
        "a number among numbers": ("12345678", '{"a":12345678,"b":[12345678 ], "c": 123456789}', None),
        "a number in a text": ("12345678", "the key 12345678 is wrong", "the key <hidden> is wrong"),
        "a word of JSON": ("null", '{"a":null, "b": [null,null]}', None),
        "a quotation mark inside": ('abcd"efgh', r'{"p":"abcd\"efgh"}', '{"p":"<hidden>"}'),
        "a quotation mark at its end": ('abcdefgh"', '{"p":"abcdefgh"}', '{"p":"<hidden>"}'),
        "a backslash": (r"abcd\efgh", r'{"p":"abcd\\efgh"}', '{"p":"<hidden>"}'),
        "a slash": ("abcd/efgh", r"abcd\/efgh abcd/efgh", "<hidden> <hidden>"),
        "a blank": ("abcd efgh", "a=abcd+efgh&b=abcd%20efgh", "a=<hidden>&b=<hidden>"),
        "beyond 16 bits": ("🐶🐶🐶🐶🐶🐶🐶🐶", r"\ud83d\uDC36" * 8, "<hidden>"),
        "no ASCII": ("schlüssel", r"schl\u00fcssel schl%C3%BCssel", "<hidden> <hidden>"),
    }.values(),
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_lengths_and_kinds(secret: str, text: str, shown: str | None) -> None:
    assert Masks([secret]).text(text) == (text if shown is None else shown)


@pytest.mark.parametrize("name", [
    "Authorization", "X-Auth", "x-auth", "Auth", "X-Auth-Token", "X-Credential", "X-Amz-Credential", "credentials",
    "X-Passwd", "passwd", "password", "X-Pass", "%63od%65", "pwd", "passphrase", "code", "CODE", "api_key", "api-key2",
    "jwt", "sig", "X-Amz-Signature", "X-Amz-Security-Token", "client_secret", "refresh_token", "Cookie",
    "x-functions-key", "key1",
])  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", [
    "author", "x-author", "status-code", "error_code", "codec", "encode", "max_tokens", "bypass", "compass",
    "Idempotency-Key", "prompt_cache_key", "X-Keynote", "passenger", "design", "model",
])  # fmt: skip
def test_names_of_what_is_none(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://u:p@h:1/v1", "http://h:1/v1"),
        ("http://u:p/w@h:99999/v1", "http://h:99999/v1"),
        ("http://u:p?w@h/v1", "http://h/v1"),
        ("http://u:p#w@h/v1", "http://h/v1"),
        ("http://u:p@w@h/v1", "http://h/v1"),
        ("u:p/w@h:80", "h:80"),
        ("http://h:80/v1//x@y", "http://h:80/v1//x@y"),
        ("http://[::1]:80/x@y", "http://[::1]:80/x@y"),
        ("http://h/v1?code=0123456789ab&x=1", "http://h/v1?code=012***************ab&x=1"),
        ("http://h/v1?code=short", "http://h/v1?code=<hidden>"),
        ("http://h/v1?%63ode=short&x%=1", "http://h/v1?%63ode=<hidden>&x%=1"),
        ("http://h/v1?X-Auth=0123456789ab", "http://h/v1?X-Auth=012***************ab"),
    ],
)
def test_addresses(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def _found(header: str) -> set[str]:
    """What counts as secret in the value of one header: words of ten letters are looked for."""
    words = [letter * 10 for letter in "abcdef"]
    masked = Masks.of({"Authorization": header}, "http://h/").text(" ".join(words))
    return {word[0] for word in words if word not in masked}


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Bearer aaaaaaaaaa", "a"),
        ("bearer  aaaaaaaaaa", "a"),
        ("aaaaaaaaaa", "a"),
        ("aaaaaaaaaa bbbbbbbbbb", "ab"),
        ('Digest name="aaaaaaaaaa", response=bbbbbbbbbb,x=cc', "ab"),
        ("one=aaaaaaaaaa; two=bbbbbbbbbb", "ab"),
        ("Basic " + base64.b64encode(b"aaaaaaaaaa:bbbbbbbbbb").decode(), "b"),
        ("basic " + base64.b64encode(b"aaaaaaaaaa:bbbbbbbbbb").decode(), "b"),
        ("Bearer " + base64.b64encode(b"aaaaaaaaaa:bbbbbbbbbb").decode(), ""),
        ("Basic aaaaaaaaaa", "a"),
        ("Basic =", ""),
    ],
)
def test_secrets_of_a_header(header: str, secret: str) -> None:
    assert _found(header) == set(secret)


def test_words_of_a_header_from_eight_characters_on() -> None:
    masks = Masks.of({"Cookie": "a=12ab34cd; b=12ab34c"}, "http://h/")
    assert masks.text("12ab34cd 12ab34c.") == "<hidden> 12ab34c."


def test_secrets_of_an_address_and_of_a_body() -> None:
    url = "http://h/?code=aaaaaaaaaa&x=bbbbbbbbbb&sig=cc%2Bcccccc"
    members = [("api_key", "dddddddddd"), ("prompt", "eeeeeeeeee"), ("token", 5), ("secret", None)]
    masks = Masks.of({"Date": "ffffffffff"}, url, members)
    shown = masks.text("aaaaaaaaaa bbbbbbbbbb cc+cccccc cc%2Bcccccc dddddddddd eeeeeeeeee ffffffffff")
    assert shown == "<hidden> bbbbbbbbbb <hidden> <hidden> <hidden> eeeeeeeeee ffffffffff"


@pytest.mark.parametrize("length", range(1, len(KEY)))
def test_a_text_that_was_cut_inside_of_a_secret(length: int) -> None:
    """An excerpt may end anywhere. Six characters are what the mask shows anyway."""
    text = f"It begins: {KEY[:length]}"
    assert Masks([KEY]).text(text) == (text if length < 7 else "It begins: <hidden>")


def test_the_longer_of_two_secrets_comes_first() -> None:
    for secrets in (["abcdefgh", "abcdefghijkl"], ["abcdefghijkl", "abcdefgh"]):
        assert Masks(secrets).text("abcdefghijkl abcdefgh") == "abc***************kl <hidden>"


def test_members_of_a_body() -> None:
    body = {"api_key": "abc", "n": {"token": ["x", 5, {"b": "c"}], "a": "b"}, "secret": "", "pwd": None, "key": True}
    assert shown_member("", body) == {
        "api_key": "<hidden>",
        "n": {"token": ["<hidden>", 5, {"b": "c"}], "a": "b"},
        "secret": "",
        "pwd": None,
        "key": True,
    }


def test_a_secret_is_equal_to_itself_only() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_headers() -> None:
    shown = {
        "Authorization": "Bearer <hidden>",
        "X-Auth": "<hidden>",
        "Location": "http://h/v?sig=<hidden>",
        "openai-organization": "org-abc***************kl",
        "Date": "today",
    }
    given = {
        "Authorization": "Bearer abc",
        "X-Auth": "Basic",
        "Location": "http://u:p@h/v?sig=x",
        "openai-organization": "org-abcdefghijkl",
        "Date": "today",
    }
    assert shown_headers(given) == shown


@given(password=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1))
def test_no_password_of_a_proxy_is_shown(password: str) -> None:
    assert shown_proxy(f"http://user:{password}@proxy.test:3128") == "http://proxy.test:3128"


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("Authorization: Bearer sk-x", "Authorization: Bearer <hidden>"),
        ("bearer abcdef", "bearer <hidden>"),
        ('{"api_key": "abc", "n": 1}', '{"api_key": "<hidden>", "n": 1}'),
        ("@{Authorization='Bearer tok'}", "@{Authorization='Bearer <hidden>'}"),
        ("ApiKey=abc", "ApiKey=<hidden>"),
        (f"a key {KEY} in a text", f"a key {MASKED} in a text"),
        ("http://u:p@h:99999", "http://h:99999"),
        ("Dancing Doggo", "Dancing Doggo"),
        ("y" * 120, "y" * 120),
        ("x" * 121, "x" * 120 + "..."),
        (10**5000, "..."),
    ],
    ids=lambda value: str(value)[:24] if not isinstance(value, int) else "long number",
)
def test_arguments_that_an_error_quotes(argument: object, shown: str) -> None:
    assert shown_argument(argument) == shown


def test_a_mask_fits_into_json() -> None:
    assert [mask(secret) for secret in ('ab"0123456789xy', "ab\\0123456789xy", '0123456789ab"c')] == ["<hidden>"] * 3
