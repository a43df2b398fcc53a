"""Where a call goes and with which key: parameter, environment, keyring, default."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend

from psopenai_py.addresses import host_of
from psopenai_py.redaction import is_secret, mask, shown_url
from tests.conftest import KEY, Result, Run
from tests.server import Server

OTHER = "sk-other-9876543210zyxwvuUT"


class Memory(KeyringBackend):
    """A keyring that forgets when the test ends."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.asked: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(username)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    before, backend = keyring.get_keyring(), Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def shown(run: Run) -> Callable[..., dict[str, Any]]:
    """What -WhatIf shows."""

    def shown(*arguments: str, **env: str) -> dict[str, Any]:
        result = run("New-Video", "x", "-WhatIf", *arguments, env=dict(env))
        assert (result.exit_code, result.stderr) == (0, "")
        document: dict[str, Any] = result.json
        return document

    return shown


ONE, TWO, THREE = "http://one.test/v1", "http://two.test/v1", "http://three.test/v1"


@pytest.mark.parametrize(
    ("arguments", "env", "url"),
    [
        pytest.param(["-ApiBase", ONE], {"OPENAI_API_BASE": TWO, "OPENAI_BASE_URL": THREE}, ONE, id="parameter"),
        pytest.param([], {"OPENAI_API_BASE": TWO, "OPENAI_BASE_URL": THREE}, TWO, id="first variable"),
        pytest.param([], {"OPENAI_API_BASE": "", "OPENAI_BASE_URL": THREE}, THREE, id="an empty variable is none"),
        pytest.param([], {"OPENAI_BASE_URL": THREE}, THREE, id="second variable"),
        pytest.param([], {"OPENAI_API_KEY": KEY}, "https://api.openai.com/v1", id="default"),
        pytest.param([], {"OPENAI_API_BASE": "", "OPENAI_API_KEY": KEY}, "https://api.openai.com/v1", id="empty"),
    ],
)
def test_the_base(arguments: list[str], env: dict[str, str], url: str, shown: Callable[..., dict[str, Any]]) -> None:
    assert shown(*arguments, **env)["url"] == f"{url}/videos"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://h.test", "http://h.test/videos"),
        ("http://h.test/", "http://h.test/videos"),
        ("http://h.test/v1/", "http://h.test/v1/videos"),
        ("http://h.test/v1//", "http://h.test/v1//videos"),
        ("http://h.test//v1", "http://h.test//v1/videos"),
        ("HTTP://H.Test/V1", "http://H.Test/V1/videos"),
        ("  http://h.test/v1  ", "http://h.test/v1/videos"),
        ("http://h.test:8091/v1", "http://h.test:8091/v1/videos"),
        ("http://h.test:80/v1", "http://h.test:80/v1/videos"),
        ("http://[::1]:8091/v1", "http://[::1]:8091/v1/videos"),
        ("http://[2001:DB8::1]/v1", "http://[2001:DB8::1]/v1/videos"),
        ("http://h.test/v1?a=1&b", "http://h.test/v1/videos?a=1&b"),
        ("http://h.test?a=1", "http://h.test/videos?a=1"),
        ("http://h.test/v1#part", "http://h.test/v1/videos"),
        ("http://h.test/v1?a=1#part", "http://h.test/v1/videos?a=1"),
        ("http://me:secret@h.test/v1", "http://h.test/v1/videos"),
        ("http://me@h.test/v1//x@y", "http://h.test/v1//x@y/videos"),
        ("http://h.test/v1//x@y", "http://h.test/v1//x@y/videos"),
        ("http://h.test/a b", "http://h.test/a%20b/videos"),
        ("http://h.test/a%2Fb", "http://h.test/a%2Fb/videos"),
        ("http://h.test/é", "http://h.test/%C3%A9/videos"),
        ("http://h.test/v1?api_key=0123456789abcdef", "http://h.test/v1/videos?api_key=012***************ef"),
    ],
)
@pytest.mark.parametrize("by", ["parameter", "variable"])
def test_forms_of_a_base(base: str, url: str, by: str, shown: Callable[..., dict[str, Any]]) -> None:
    document = shown("-ApiBase", base) if by == "parameter" else shown(OPENAI_API_BASE=base)
    assert document["url"] == url


NOT_ABSOLUTE = "System.ArgumentException,Initialize-APIBase"
NO_SCHEME = "WebCmdletIEDomNotSupportedException,Invoke-OpenAIAPIRequest"
ESCAPED = "Write the characters @ / ? # of a password as %40 %2F %3F %23."
#: Base: error id, how it is shown, and the advice.
UNUSABLE = {
    "foo": (NOT_ABSOLUTE, "foo", "http://foo"),
    "/v1": (NOT_ABSOLUTE, "/v1", "http://v1"),
    "//h/v1": (NOT_ABSOLUTE, "//h/v1", "http://h/v1"),
    "127.0.0.1:80/v1": (NOT_ABSOLUTE, "127.0.0.1:80/v1", "http://127.0.0.1:80/v1"),
    "http:/h/v1": (NOT_ABSOLUTE, "http:/h/v1", "http://h/v1"),
    "me:secret@h/v1": (NOT_ABSOLUTE, "h/v1", "http://h/v1"),
    "//me:secret@h/v1": (NOT_ABSOLUTE, "//h/v1", "http://h/v1"),
    "localhost:8080/v1": (NO_SCHEME, "localhost:8080/v1", "http://localhost:8080/v1"),
    "ftp://me:secret@h/x": (NO_SCHEME, "ftp://h/x", "http://h/x"),
    "file:///etc/passwd": (NO_SCHEME, "file:///etc/passwd", None),
    "http://": (NOT_ABSOLUTE, "http://", None),
    "http:///v1": (NOT_ABSOLUTE, "http:///v1", None),
    "http://me:x@secret/y@h/v1": (NOT_ABSOLUTE, "http://h/v1", ESCAPED),
    "http://me:x@secret?y@h": (NOT_ABSOLUTE, "http://h", ESCAPED),
    "http://me:x@secret#y@h": (NOT_ABSOLUTE, "http://h", ESCAPED),
    "http://:80/v1": (NOT_ABSOLUTE, "http://:80/v1", None),
    "http://h:99999/v1": (NOT_ABSOLUTE, "http://h:99999/v1", None),
    "http://h:port/v1": (NOT_ABSOLUTE, "http://h:port/v1", None),
    "http://h:0/v1": (NOT_ABSOLUTE, "http://h:0/v1", None),
    "http://[::1/v1": (NOT_ABSOLUTE, "http://[::1/v1", None),
    "http://a b/v1": (NOT_ABSOLUTE, "http://a b/v1", None),
    "http://h\\v1": (NOT_ABSOLUTE, "http://h\\v1", None),
}


@pytest.mark.parametrize("base", UNUSABLE)
def test_a_base_that_cannot_be_used(base: str, run: Run) -> None:
    """No key leaves, and what stands before the host is not shown."""
    error_id, spelled, advice = UNUSABLE[base]
    result = run("New-Video", "x", env={"OPENAI_API_BASE": base, "OPENAI_API_KEY": KEY})
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", [error_id])
    assert result.stderr.startswith(f"New-Video: The base address '{spelled}' (environment variable OPENAI_API_BASE) ")
    assert "secret" not in result.stderr
    if advice:
        assert result.stderr.splitlines()[1].endswith(f": {advice}") or f"write {advice}\n" in result.stderr
    assert len(result.stderr.splitlines()) == (4 if advice else 3)


def test_a_host_that_no_request_can_name(run: Run) -> None:
    result = run("New-Video", "x", env={"OPENAI_API_BASE": "http://" + "a" * 70 + ".test/v1"})
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 3)
    assert result.error_ids == ["System.ArgumentException,Invoke-OpenAIAPIRequest"]


@pytest.mark.parametrize(
    ("arguments", "env", "stored", "expected"),
    [
        pytest.param(["-ApiKey", KEY], {"OPENAI_API_KEY": OTHER}, OTHER, KEY, id="parameter"),
        pytest.param([], {"OPENAI_API_KEY": KEY}, OTHER, KEY, id="environment"),
        pytest.param(["-ApiKey", ""], {"OPENAI_API_KEY": KEY}, OTHER, KEY, id="an empty parameter is none"),
        pytest.param([], {"OPENAI_API_KEY": ""}, KEY, KEY, id="an empty variable is none"),
        pytest.param([], {}, KEY, KEY, id="keyring"),
        pytest.param([], {}, None, None, id="none"),
    ],
)
def test_the_key(
    arguments: list[str], env: dict[str, str], stored: str | None, expected: str | None,
    run: Run, server: Server, memory: Memory,
) -> None:  # fmt: skip
    script = server.script("key")
    if stored:
        memory.kept["psopenai_py", server.host] = stored
    assert run("New-Video", "x", "-ApiBase", script.base, *arguments, env=dict(env)).exit_code == 0
    assert script.requests[0].headers.get("authorization") == (expected and f"Bearer {expected}")
    assert memory.asked == ([] if expected == KEY and stored == OTHER else [server.host])


def test_a_stored_key_goes_to_its_own_host_only(run: Run, server: Server, memory: Memory) -> None:
    script = server.script("key")
    memory.kept |= {("psopenai_py", "api.openai.com"): KEY, ("psopenai_py", "127.0.0.1"): KEY}
    assert run("New-Video", "x", "-ApiBase", script.base).exit_code == 0
    assert "authorization" not in script.requests[0].headers


@pytest.mark.parametrize(
    ("arguments", "env", "sent"),
    [
        pytest.param(["-Organization", "org-a"], {"OPENAI_ORGANIZATION": "org-b"}, "org-a", id="parameter"),
        pytest.param([], {"OPENAI_ORGANIZATION": "org-b", "OPENAI_ORG_ID": "org-c"}, "org-b", id="first variable"),
        pytest.param([], {"OPENAI_ORG_ID": "org-c"}, "org-c", id="second variable"),
        pytest.param([], {"OPENAI_ORGANIZATION": "", "OPENAI_ORG_ID": "org-c"}, "org-c", id="empty falls through"),
        pytest.param(["-OrgId", ""], {"OPENAI_ORG_ID": "org-c"}, "org-c", id="an empty parameter falls through"),
        pytest.param(["-OrgId", "  "], {"OPENAI_ORG_ID": "org-c"}, None, id="a blank one wins and sends nothing"),
        pytest.param(["-OrgId", " org-a "], {}, "org-a", id="trimmed"),
        pytest.param([], {}, None, id="none"),
    ],
)
def test_the_organization(
    arguments: list[str], env: dict[str, str], sent: str | None, run: Run, server: Server
) -> None:
    script = server.script("organization")
    assert run("New-Video", "x", "-ApiBase", script.base, *arguments, env=dict(env)).exit_code == 0
    assert script.requests[0].headers.get("openai-organization") == sent


def _settings_lines(result: Result) -> list[str]:
    lines = [line.removeprefix("VERBOSE: ") for line in result.stderr.splitlines()]
    return [line for line in lines if line.startswith(("Base", "API", "No API", "Org"))]


def test_verbose_lines_name_the_sources(run: Run) -> None:
    arguments = ["x", "-WhatIf", "-Verbose", "-ApiKey", KEY]
    env = {"OPENAI_BASE_URL": "http://me:pw@h.test/v1?token=0123456789abcdef", "OPENAI_ORG_ID": "org-abcdefghijkl"}
    assert _settings_lines(run("New-Video", *arguments, env=env)) == [
        "Base address from environment variable OPENAI_BASE_URL: http://h.test/v1?token=012***************ef",
        "API key for h.test from parameter ApiKey: sk-tes***************XY",
        "Organization from environment variable OPENAI_ORG_ID: org-abc***************kl",
    ]


def test_verbose_lines_of_the_keyring_and_of_no_key(run: Run, memory: Memory) -> None:
    memory.kept["psopenai_py", "h.test"] = KEY
    lines = [
        _settings_lines(run("New-Video", "x", "-WhatIf", "-Verbose", "-ApiBase", base))[1]
        for base in ("http://h.test/v1", "http://other.test:81")
    ]
    assert lines == [
        "API key for h.test from keyring: sk-tes***************XY",
        "No API key for other.test:81; the request carries none.",
    ]


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("https://API.openai.com/v1", "api.openai.com"), ("https://h:443", "h"), ("http://h:443", "h:443"),
        ("http://h:80/x", "h"), ("http://[::1]:8091/v1", "[::1]:8091"), ("http://[::1]/v1", "[::1]"),
    ],
)  # fmt: skip
def test_the_name_a_key_is_stored_under(base: str, host: str) -> None:
    assert host_of(base) == host


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("sk-proj-abcdefghijkl", "sk-proj-abc***************kl"), ("sk-abcdefghijkl", "sk-abc***************kl"),
        ("abcdefghijkl", "abc***************kl"), ("abcdefghijk", "<hidden>"), ("abcdef", "<hidden>"),
        ("sk-abcdefg", "<hidden>"), ("", "<hidden>"), ("schlüsselschlüssel", "<hidden>"),
        ("a b c d e f g h i", "<hidden>"),
    ],
)  # fmt: skip
def test_masks(secret: str, shown: str) -> None:
    assert mask(secret) == shown


def test_names_of_secrets() -> None:
    secret = ["Authorization", "Proxy-Authorization", "api-key", "X-API-Key", "Ocp-Apim-Subscription-Key", "apikey",
              "x-auth-token", "Cookie", "Set-Cookie", "access_token", "client_secret", "sig"]  # fmt: skip
    harmless = [
        "Idempotency-Key",
        "x-ratelimit-remaining-tokens",
        "api-version",
        "Accept",
        "X-Keynote",
        "model",
        "limit",
    ]
    assert [name for name in secret if not is_secret(name)] == []
    assert [name for name in harmless if is_secret(name)] == []


def test_an_address_as_it_may_be_shown() -> None:
    url = "https://u:p@h:1/a?x=1&api_key=0123456789abcdef&token&key=&b"
    assert shown_url(url) == "https://h:1/a?x=1&api_key=012***************ef&token&key=&b"


def test_the_json_view_of_a_setting_that_cannot_be_used(run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "foo", "-ApiKey", KEY, env={"PSOPENAI_ERROR_VIEW": "json"})
    assert json.loads(result.stderr) == {
        "message": "The base address 'foo' (parameter ApiBase) is not absolute. Nothing was sent.",
        "id": NOT_ABSOLUTE,
        "category": "NotSpecified",
        "reason": "ArgumentException",
        "target": None,
        "action": "Write it with scheme and host: http://foo",
        "status": None, "code": None, "type": None, "param": None, "request_id": None, "body": None,
    }  # fmt: skip
