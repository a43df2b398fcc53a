"""What is secret is recognized wherever it stands, and what it stands in stays what it was."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py import errors, get_video, new_video
from psopenai_py.redaction import Masks, is_secret, mask, shown_argument, shown_proxy, shown_url
from tests.conftest import KEY, Run
from tests.http.sockets import listening, saying
from tests.server import JOB, Server

#: Members of a job in the order in which they are printed.
_SHOWN = [name for name in JOB if name != "created_at"] + ["created_at"]
MASKED = "sk-tes***************XY"
_JSON = "application/json"


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
        "no ASCII": ("schlüssel", r"schl\u00fcssel schl%C3%BCssel", "<hidden> <hidden>"),
    }.values(),
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_lengths_and_kinds(secret: str, text: str, shown: str | None) -> None:
    assert Masks([secret]).text(text) == (text if shown is None else shown)


@pytest.mark.parametrize("name", [
    "Authorization", "X-Auth", "x-auth", "Auth", "X-Auth-Token", "X-Credential", "X-Amz-Credential", "credentials",
    "X-Passwd", "passwd", "password", "X-Pass", "pwd", "passphrase", "code", "CODE", "api_key", "api-key2", "key1",
    "jwt", "sig", "X-Amz-Signature", "X-Amz-Security-Token", "client_secret", "refresh_token", "Cookie",
    "x-functions-key",
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
        ("http://h/v1?X-Auth=0123456789ab", "http://h/v1?X-Auth=012***************ab"),
    ],
)
def test_addresses(url: str, shown: str) -> None:
    assert shown_url(url) == shown


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
        ("x" * 121, "x" * 120 + "..."),
        (10**5000, "..."),
    ],
    ids=lambda value: str(value)[:24] if not isinstance(value, int) else "long number",
)
def test_arguments_that_an_error_quotes(argument: object, shown: str) -> None:
    assert shown_argument(argument) == shown


SECRET = "Sesame-Open-0123"
#: Command lines that do not bind, with a secret in each of them.
UNBOUND: dict[str, list[str]] = {
    "headers that are no dictionary": ["-AdditionalHeaders", f"Authorization: Bearer {SECRET}"],
    "headers without quotation marks": ["-AdditionalHeaders", f"@{{Authorization={SECRET}}}"],
    "headers with words": ["-AdditionalHeaders", f"@{{Authorization=Bearer {SECRET}}}"],
    "headers that end too early": ["-AdditionalHeaders", f'{{"Authorization": "{SECRET}'],
    "headers with a comma too many": ["-AdditionalHeaders", f'{{"Authorization": ,"{SECRET}"}}'],
    "headers in single quotes": ["-AdditionalHeaders", f"{{'Authorization': '{SECRET}'}}"],
    "a list of headers": ["-AdditionalHeaders", f'["{SECRET}"]'],
    "a query that is none": ["-AdditionalQuery", f"code={SECRET}"],
    "a number of a query": ["-AdditionalQuery", f"@{{code=1{SECRET}}}"],
    "a base with a bad port": ["-ApiBase", f"http://user:{SECRET}@h.test:99999"],
    "a base with a slash in the password": ["-ApiBase", f"http://user:x/{SECRET}@h.test:99999/v1"],
    "a base without a scheme": ["-ApiBase", f"user:{SECRET}@h.test/v1"],
    "a base with another scheme": ["-ApiBase", f"ftp://user:{SECRET}@h.test/v1"],
    "a base with a secret query": ["-ApiBase", f"h.test/v1?code={SECRET}"],
    "a key by position": ["more", f"sk-{SECRET}"],
    "a header by position": ["more", f"Authorization: Bearer {SECRET}"],
    "a key behind an equals sign": [f"-ApiKey={SECRET}"],
    "a key behind an equals sign, and two dashes": [f"--api-key={SECRET}"],
    "a key for a number": ["-TimeoutSec", f"sk-{SECRET}"],
    "a key for a choice": ["-ApiType", f"sk-{SECRET}"],
    "a key as a way to authenticate": ["-AuthType", f"sk-{SECRET}"],
    "a body that is none": ["-ApiBase", "http://127.0.0.1:9", "-AdditionalBody", f"api_key={SECRET}"],
    "a body that ends too early": ["-ApiBase", "http://127.0.0.1:9", "-AdditionalBody", f'{{"api_key": {SECRET}'],
    "a name of a header with its value": [
        "-ApiBase", "http://127.0.0.1:9", "-AdditionalHeaders", f'{{"Authorization: Bearer {SECRET}": "x"}}',
    ],
}  # fmt: skip


@pytest.mark.parametrize("view", ["text", "json"])
@pytest.mark.parametrize("arguments", UNBOUND.values(), ids=list(UNBOUND))
def test_what_does_not_bind_is_told_without_its_secrets(arguments: list[str], view: str, run: Run) -> None:
    result = run("New-Video", "x", *arguments, env={"PSOPENAI_ERROR_VIEW": view})
    assert (result.exit_code in (1, 2), result.stdout, bool(result.stderr)) == (True, "", True)
    assert SECRET not in result.stderr


@pytest.mark.parametrize("proxy", [
    f"http://user:{SECRET}@127.0.0.1:99999", f"http://user:a/{SECRET}@127.0.0.1:x", f"socks9://user:{SECRET}@h.test:1",
    f"user:{SECRET}@127.0.0.1:99999", f"http://user:{SECRET}@127.0.0.1:9", f"http://user:{SECRET}@a..b:1",
])  # fmt: skip
def test_a_proxy_is_told_without_its_password(proxy: str, run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "http://video.test/v1", env={"HTTP_PROXY": proxy})
    assert (result.exit_code, result.stdout) == (1, "")
    assert SECRET not in result.stderr


#: What a server answers that has seen the key, with a charset.
ECHOES: dict[str, tuple[str, str]] = {
    "as it is": (KEY, ""),
    "one escape": (f"\\u0073{KEY[1:]}", ""),
    "all escapes": ("".join(f"\\u{ord(c):04X}" for c in KEY), ""),
    "escapes inside of escapes": (f'{{\\"k\\": \\"\\\\u0073{KEY[1:]}\\"}}', ""),
    "percent": (quote(KEY, safe="").replace("-", "%2D"), ""),
    "UTF-16": (KEY, "utf-16"),
    "UTF-16, little end first": (KEY, "utf-16-le"),
    "a page of a mainframe": (KEY, "cp037"),
}


def _echoing(name: str, status: int = 200) -> dict[str, Any]:
    echo, charset = ECHOES[name]
    text = f'{{"id": "video_1", "prompt": "x {echo} y", "error": {{"message": "{echo}", "code": "{echo}"}}}}'
    kind = f"{_JSON}; charset={charset}" if charset else _JSON
    data = base64.b64encode(text.encode(charset or "utf-8")).decode()
    return {"status": status, "bytes_b64": data, "headers": {"Content-Type": kind}}


@pytest.fixture
def silent() -> Callable[[str], bool]:
    """True for a text in which nobody can read the key, with or without zeros, marks and escapes in between."""

    def silent(text: str) -> bool:
        plain = re.sub(r"\\+u00([0-9a-fA-F]{2})|%([0-9A-F]{2})", lambda m: chr(int(m[1] or m[2], 16)), text)
        return KEY not in re.sub("[\0\ufffd]", "", plain)

    return silent


@pytest.mark.parametrize("name", ECHOES)
def test_a_job_does_not_bring_the_key(name: str, server: Server, silent: Callable[[str], bool]) -> None:
    job = new_video("x", api_base=server.script("secrets", [_echoing(name)]).base, api_key=KEY)
    assert (job["id"], MASKED in job["prompt"], silent(json.dumps(job))) == ("video_1", True, True)


@pytest.mark.parametrize("name", ECHOES)
def test_an_error_does_not_bring_the_key(name: str, server: Server, silent: Callable[[str], bool]) -> None:
    with pytest.raises(errors.UnauthorizedError) as caught:
        get_video("video_1", api_base=server.script("secrets", [_echoing(name, 401)]).base, api_key=KEY)
    assert silent(repr(vars(caught.value))) and silent(str(caught.value))


@pytest.mark.parametrize("name", ECHOES)
def test_a_journal_does_not_keep_the_key(
    name: str, server: Server, run: Run, tmp_path: Any, silent: Callable[[str], bool]
) -> None:
    base, journal = server.script("secrets", [_echoing(name)]).base, tmp_path / "journal"
    result = run(
        "New-Video", "-ApiBase", base, "-Resume", str(journal), "-Debug", stdin="x\n", env={"OPENAI_API_KEY": KEY}
    )
    assert (result.exit_code, result.json["id"]) == (0, "video_1")
    assert silent(journal.read_text()) and silent(result.stdout) and silent(result.stderr)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_that_nobody_announced(encoding: str, run: Run, silent: Callable[[str], bool]) -> None:
    body = f"the key {KEY} is unknown".encode(encoding)
    head = f"HTTP/1.1 401 No\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with listening(saying(head + body)) as server:
        result = run("New-Video", "x", "-ApiBase", server.base, "-Debug", env={"OPENAI_API_KEY": KEY})
    assert result.exit_code == 4
    assert silent(result.stderr)


@pytest.mark.parametrize(
    "key", ["abc", "sk-1234", "EMPTY", "sk-12345", "abcdefghijk", "abcdefghijkl", '"quoted"', "12345678"]
)
def test_keys_of_any_length(key: str, server: Server, run: Run) -> None:
    bare = key.strip('"')
    answer = {"status": 401, "json": {"error": {"message": f"The key {bare} is unknown.", "code": bare}}}
    result = run(
        "New-Video", "x", "-ApiBase", server.script("secrets", [answer]).base, "-Debug", env={"OPENAI_API_KEY": key}
    )
    assert (result.exit_code, bare in result.stderr) == (4, False)


@pytest.mark.parametrize(
    "key", ["id", "abc", "video", "queued", "12345678", "1760194265", "null", "object", "4", '"', "\\"]
)
def test_no_key_costs_the_id_of_a_job(key: str, server: Server, run: Run) -> None:
    """A key may be any word, also one that the answer is made of."""
    job = JOB | {"id": key if key not in '"\\' else "a"}
    base = server.script("secrets", [{"json": job}]).base
    result = run("New-Video", "x", "-ApiBase", base, env={"OPENAI_API_KEY": key})
    assert (result.exit_code, result.json["id"], list(result.json)) == (0, job["id"], [*_SHOWN])


@pytest.fixture
def headers() -> Iterator[dict[str, str]]:
    """What authenticates, under many names."""
    basic = base64.b64encode(b"user:open-sesame-basic").decode()
    yield {
        "Cookie": "session=cookie-one-0123456789; other=cookie-two-0123456789",
        "X-Auth": "auth-header-0123456789",
        "X-Passwd": "pass-word-0123456789",
        "X-Credential": "credential-0123456789",
        "Proxy-Authorization": f"Basic {basic}",
        "X-Token": 'Digest username="someone", response="digest-0123456789"',
    }


def test_each_part_of_a_header_is_a_secret(headers: dict[str, str], server: Server, run: Run) -> None:
    secrets = [part for value in headers.values() for part in re.findall(r"[\w=-]{15,}", value)]
    secrets = [secret.removeprefix("session=").removeprefix("other=") for secret in [*secrets, "open-sesame-basic"]]
    answer = {"status": 400, "json": {"error": {"message": " and ".join(secrets)}}}
    base = server.script("secrets", [answer]).base
    result = run("New-Video", "x", "-ApiBase", base, "-Debug", "-AdditionalHeaders", json.dumps(headers))
    assert (result.exit_code, [secret for secret in secrets if secret in result.stderr]) == (1, [])


@pytest.mark.parametrize("more", ["-WhatIf", "-Debug"])
def test_secrets_of_a_body_are_not_shown(more: str, server: Server, run: Run) -> None:
    answer = {"status": 400, "json": {"error": {"message": f"bad {SECRET}"}}}
    base = server.script("secrets", [answer]).base
    result = run("New-VideoRemix", "x", "video_1", "-ApiBase", base, more, "-AdditionalBody", json.dumps(
        {"api_key": SECRET, "inner": {"password": SECRET, "list": [{"token": SECRET}]}}))  # fmt: skip
    assert (SECRET in result.stdout + result.stderr, "Ses***************23" in result.stdout + result.stderr) == (
        False,
        True,
    )


def test_a_mask_fits_into_json() -> None:
    assert [mask(secret) for secret in ('ab"0123456789xy', "ab\\0123456789xy", '0123456789ab"c')] == ["<hidden>"] * 3
