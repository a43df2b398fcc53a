"""No output, error or file shows what is secret, whatever does not bind and whatever a server echoes."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from psopenai_py import errors, get_video, new_video
from tests.conftest import KEY, Run
from tests.http.sockets import listening, saying
from tests.server import JOB, Server

#: Members of a job in the order in which they are printed.
_SHOWN = [name for name in JOB if name != "created_at"] + ["created_at"]
MASKED = "sk-tes***************XY"
_JSON = "application/json"


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
    "an address for a number": ["-TimeoutSec", f"http://user:x/{SECRET}@h.test:8080"],
    "a header as a base": ["-ApiBase", f"X-Passwd: {SECRET}"],
    "an address as a file": ["-ApiBase", "http://127.0.0.1:9", "-InputReference", f"http://user:{SECRET}@h.test/a.png"],
    "an address with a slash in the password as a file": ["-ApiBase", "http://127.0.0.1:9", "-InputReference", f"http://user:x/{SECRET}@h.test:8080"],
    "a header as a file": ["-ApiBase", "http://127.0.0.1:9", "-InputReference", f"Authorization: Bearer {SECRET}"],
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


@pytest.mark.parametrize("arguments", [["more", SECRET], [f"-{SECRET}"], ["-TimeoutSec", SECRET], ["-Order", SECRET]])
def test_the_key_of_the_environment_by_mistake(arguments: list[str], run: Run) -> None:
    """Whatever it looks like."""
    result = run("New-Video", "x", *arguments, env={"OPENAI_API_KEY": SECRET})
    assert (result.exit_code, SECRET in result.stderr) == (2, False)


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


@pytest.mark.parametrize("cut", range(240, 312, 3))
def test_an_excerpt_that_ends_inside_of_the_key(cut: int, server: Server, run: Run) -> None:
    text = "<p>" + "x" * cut + KEY + "</p>"
    for status in (200, 500):
        answer = {"status": status, "text": text, "headers": {"Content-Type": "text/html"}}
        base = server.script("cut", [answer]).base
        for command in (["Get-VideoContent", "v", "-OutFile", os.devnull], ["Get-Video", "v"]):
            result = run(*command, "-ApiBase", base, env={"OPENAI_API_KEY": KEY, "PSOPENAI_ERROR_VIEW": "json"})
            assert (result.exit_code, KEY[:7] in result.stderr) == (1, False)


@pytest.mark.parametrize("length", range(7, len(KEY), 4))
def test_an_answer_that_breaks_off_inside_of_the_key(length: int, run: Run) -> None:
    body = f"the key {KEY[:length]}".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\nContent-Type: text/plain\r\n\r\n"
    with listening(saying(head + body)) as server:
        result = run("New-Video", "x", "-ApiBase", server.base, "-Debug", env={"OPENAI_API_KEY": KEY})
    assert (result.exit_code, KEY[:7] in result.stderr) == (1, False)
