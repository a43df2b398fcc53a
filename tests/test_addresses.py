"""Addresses that people write: what can be used, and words about the rest that are right and can be followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.addresses import checked_base, has_host, host_of, is_open_to_others
from psopenai_py.errors import SettingsError
from psopenai_py.redaction import shown_proxy, shown_url
from tests.conftest import KEY, Run

#: A base that cannot be used: what to write instead, and empty where nobody knows.
INSTEAD = {
    "ws://h.test:8000/v1": "http://h.test:8000/v1",
    "WSS://h.test/v1": "https://h.test/v1",
    "ftp://h.test/v1": "http://h.test/v1",
    "ws:h.test/v1": "http://h.test/v1",
    "wss://user:pw@h.test": "https://h.test",
    "localhost:8000/v1": "http://localhost:8000/v1",
    "localhost:8000": "http://localhost:8000",
    "h.test": "http://h.test",
    "h.test:80?x=1": "http://h.test:80?x=1",
    "http:h.test/v1": "http://h.test/v1",
    "http/h.test": "http://http/h.test",
    "//h.test/v1": "http://h.test/v1",
    '"http://h.test/v1"': "http://h.test/v1",
    "'https://h.test/v1'": "https://h.test/v1",
    "“http://h.test/v1”": "http://h.test/v1",
    "`http://h.test/v1`": "http://h.test/v1",
    "<http://h.test/v1>": "http://h.test/v1",
    '"h.test:8000/v1"': "http://h.test:8000/v1",
    '"ws://h.test/v1"': "http://h.test/v1",
    "\ufeffhttp://h.test/v1": "http://h.test/v1",
    "\u200bhttps://h.test/v1": "https://h.test/v1",
    '\ufeff"http://h.test/v1"': "http://h.test/v1",
    "unix:/tmp/socket": "",
    "unix:///tmp/socket": "",
    "file:///etc/passwd": "",
    "mailto:someone@h.test": "http://h.test",
    "javascript:alert(1)": "",
    "ws://": "",
    "ws://h.test:99999": "",
    "ws://[": "",
}


#: In a variable, a byte order mark is left out, so that nothing is wrong with what is behind it.
GIVEN = [(base, by) for base in INSTEAD for by in ("parameter", "environment")]
GIVEN.remove(("\ufeffhttp://h.test/v1", "environment"))


@pytest.mark.parametrize(("base", "by"), GIVEN)
def test_advice_can_be_followed(base: str, by: str, run: Run) -> None:
    given = ["-ApiBase", base] if by == "parameter" else []
    env = {"OPENAI_API_BASE": base} if by == "environment" else {}
    result = run("New-Video", "x", *given, env={"OPENAI_API_KEY": KEY} | env)
    advice = [line.partition(" : ")[2].split()[-1] for line in result.stderr.splitlines() if "Recommended" in line]
    wanted = INSTEAD[base] or ("http://127.0.0.1:8000/v1" if advice else "")
    assert (result.exit_code, result.stdout, advice) == (1, "", [wanted] if wanted else [])
    assert not wanted or checked_base(wanted, "here") == wanted


@pytest.mark.parametrize(("mark", "name"), [("\ufeff", "U+FEFF"), ("\u200b", "U+200B"), ('"', "U+0022")])
def test_what_nobody_sees_is_named(mark: str, name: str, run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", f"{mark}http://h.test/v1")
    assert f"begins with the character {name}. Nothing was sent." in result.stderr


ONE_NAME = "it has a path. Write the characters @ / ? # of a password as %40 %2F %3F %23"
#: Proxies that cannot be used: how they are shown, and why.
NO_PROXIES = {
    "http://127.0.0.1:99999": ("http://127.0.0.1:99999", "it has no host or port that can be used"),
    "127.0.0.1:99999": ("http://127.0.0.1:99999", "it has no host or port that can be used"),
    "http://127.0.0.1:0": ("http://127.0.0.1:0", "it has no host or port that can be used"),
    "http://127.0.0.1:\u00b2": ("http://127.0.0.1:\u00b2", "it has no host or port that can be used"),
    "http://127.0.0.1:" + "1" * 5000: (f"http://127.0.0.1:{'1' * 103}...", "it has no host or port that can be used"),
    "http://[::1": ("http://[::1", "it has no host or port that can be used"),
    "http://": ("http://", "it has no host or port that can be used"),
    "http://a..b:8080": ("http://a..b:8080", "there is no host of such a name"),
    "http://" + "a" * 64 + ".test": ("http://" + "a" * 64 + ".test", "there is no host of such a name"),
    "unix:/tmp/socket": ("unix:/tmp/socket", "its scheme is none of http, https, socks5, socks5h"),
    "unix:///tmp/socket": ("unix:///tmp/socket", "its scheme is none of http, https, socks5, socks5h"),
    "ws://h.test": ("ws://h.test", "its scheme is none of http, https, socks5, socks5h"),
    '"http://127.0.0.1:8080"': ('"http://127.0.0.1:8080"', 'its scheme is none of http, https, socks5, socks5h'),
    "http://user:a/b@127.0.0.1:x": ("http://127.0.0.1:x", ONE_NAME),
    "http://user:a@b/c@127.0.0.1:80": ("http://127.0.0.1:80", ONE_NAME),
    "http://user:8/c@127.0.0.1:80": ("http://127.0.0.1:80", ONE_NAME),
    "user:a@b?c@127.0.0.1:80": ("http://127.0.0.1:80", ONE_NAME),
    "user:a@b#c@127.0.0.1:80": ("http://127.0.0.1:80", ONE_NAME),
    "user:secret@a..b": ("http://a..b", "there is no host of such a name"),
}  # fmt: skip


@pytest.mark.parametrize("proxy", NO_PROXIES, ids=lambda proxy: str(proxy)[:40])
def test_a_proxy_that_cannot_be_used(proxy: str, run: Run) -> None:
    shown, why = NO_PROXIES[proxy]
    result = run("New-Video", "x", "-ApiBase", "http://video.test/v1", env={"HTTP_PROXY": proxy})
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"New-Video: The proxy '{shown}' for http addresses cannot be used: {why}. Nothing was sent.",
        "    + RecommendedAction     : Check HTTP_PROXY and ALL_PROXY, or name the host in NO_PROXY.",
        "    + CategoryInfo          : NotSpecified: (:) [Invoke-OpenAIAPIRequest], ArgumentException",
        "    + FullyQualifiedErrorId : System.ArgumentException,Invoke-OpenAIAPIRequest",
    ]


_ADDRESS = st.lists(
    st.sampled_from([*"://@[]?#.%\\ \"'0123456789ab\u00b2\u0663\ufeff", "http", "https", "ws", "user:pw@", ":99999",
                     "é", "..", "::1"])
    | st.characters(),
    max_size=14,
).map("".join)  # fmt: skip


@given(address=_ADDRESS)
def test_no_wording_about_an_address_can_fail(address: str) -> None:
    host_of(address)
    has_host(address)
    is_open_to_others(address)
    shown_url(address)
    shown_proxy(address)
    try:
        base = checked_base(address.strip(), "here")
    except SettingsError as error:
        instead = error.action.rpartition(" ")[2]
        assert not instead.startswith("http") or checked_base(instead, "here")
    else:
        assert host_of(base)


@given(port=st.integers(0, 10**6))
def test_ports(port: int) -> None:
    assert has_host(f"http://h.test:{port}") is (0 < port < 65536)


@pytest.mark.parametrize(
    ("address", "host"),
    [("http://a:99999/v1", "a:99999"), ("http://u:p@[::1/x", "[::1"), ("http://a:\u00b2", "a:\u00b2"), ("x", "")],
)
def test_a_host_has_a_name_whatever_the_address_is(address: str, host: str) -> None:
    assert host_of(address) == host
