"""Proxies and certificates, as the environment names them."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from psopenai_py.loopback import is_loopback
from tests.conftest import KEY, Run
from tests.http.sockets import Listener, Proxy, listening, saying
from tests.server import Server

JOB = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"id": "a"}'
PRINTED = '{\n  "id": "a"\n}\n'
REFUSED = f"[Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}"
HTTP_ERROR = "PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest"
SETTINGS_ERROR = "System.ArgumentException,Invoke-OpenAIAPIRequest"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    running = Proxy()
    yield running
    running.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def authority_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Listener]:
    """A server with a certificate of an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1", "video.test").configure_cert(context)
    with listening(saying(JOB), tls=context) as listener:
        yield listener


def _readable(host: str) -> str:
    return f"The API key goes to {host} without encryption; others on the way can read it."


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_for_http(variable: str, scheme: str, proxy: Proxy, run: Run) -> None:
    """The name is one that only the proxy knows."""
    with listening(saying(JOB)) as server:
        base = f"http://video.test:{server.port}/v1"
        env = {variable: scheme + proxy.address, "OPENAI_API_KEY": KEY}
        result = run("New-Video", "x", "-ApiBase", base, env=env)
    assert (result.exit_code, result.stdout, result.warnings) == (0, PRINTED, [_readable(f"video.test:{server.port}")])
    assert proxy.seen == [f"POST {base}/videos HTTP/1.1"]
    assert proxy.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_for_https_sees_neither_key_nor_request(
    variable: str, proxy: Proxy, run: Run, secure: Listener, authority_file: str
) -> None:
    host = f"video.test:{secure.port}"
    env = {variable: proxy.address, "SSL_CERT_FILE": authority_file, "OPENAI_API_KEY": KEY}
    result = run("New-Video", "x", "-ApiBase", f"https://{host}/v1", env=env)
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")
    assert proxy.seen == [f"CONNECT {host} HTTP/1.1"]
    assert proxy.headers == [{"host": host, "accept": "*/*"}]


def test_credentials_of_a_proxy(proxy: Proxy, run: Run) -> None:
    with listening(saying(JOB)) as server:
        env = {"HTTP_PROXY": f"http://me:s%40cret@{proxy.address}"}
        assert run("New-Video", "x", "-ApiBase", f"http://video.test:{server.port}", env=env).exit_code == 0
    assert proxy.headers[0]["proxy-authorization"] == "Basic bWU6c0BjcmV0"


NOT_PROXIED = ["video.test", ".test", "test", "other.example, video.test", "*", "video.test:{port}"]


@pytest.mark.parametrize("no_proxy", NOT_PROXIED)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_respected(no_proxy: str, variable: str, proxy: Proxy, run: Run) -> None:
    """Nobody but the proxy knows the name, so the direct way ends in an error that names no proxy."""
    env = {"HTTP_PROXY": proxy.address, variable: no_proxy.format(port=8123)}
    result = run("New-Video", "x", "-ApiBase", "http://video.test:8123/v1", env=env)
    assert (result.error_ids, proxy.seen) == ([HTTP_ERROR], [])
    assert result.stderr.startswith("New-Video: No connection to video.test:8123: ")


@pytest.mark.parametrize("no_proxy", ["video.test:1", "ideo.test", "example.test", ""])
def test_no_proxy_for_another_host_changes_nothing(no_proxy: str, proxy: Proxy, run: Run) -> None:
    with listening(saying(JOB)) as server:
        env = {"HTTP_PROXY": proxy.address, "NO_PROXY": no_proxy}
        assert run("New-Video", "x", "-ApiBase", f"http://video.test:{server.port}", env=env).exit_code == 0
    assert len(proxy.seen) == 1


def test_loopback_is_never_proxied(proxy: Proxy, run: Run, server: Server) -> None:
    script = server.script("loopback")
    port = script.base.partition("127.0.0.1:")[2]
    env = dict.fromkeys(("HTTP_PROXY", "ALL_PROXY", "http_proxy"), proxy.address)
    for host in ("127.0.0.1", "localhost", "LOCALHOST"):
        result = run("New-Video", "x", "-ApiBase", f"http://{host}:{port}", env=env)
        assert (result.exit_code, result.stderr) == (0, ""), host
    assert (len(script.requests), proxy.seen) == (3, [])


def test_loopback_of_ipv6_is_never_proxied(proxy: Proxy, run: Run) -> None:
    with socket.socket(socket.AF_INET6) as unused:
        try:
            unused.bind(("::1", 0))
        except OSError:
            pytest.skip("this system has no IPv6")
        base = f"http://[::1]:{unused.getsockname()[1]}/v1"
        result = run("New-Video", "x", "-ApiBase", base, env={"HTTP_PROXY": proxy.address})
    assert (result.exit_code, result.error_ids, proxy.seen) == (1, [HTTP_ERROR], [])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("0:0:0:0:0:0:0:1", True), ("localhost", True),
        ("app.localhost", True), ("LocalHost.", True), ("127.0.0.1.example", False), ("127.example", False),
        ("localhost.example", False), ("notlocalhost", False), ("10.0.0.1", False), ("::2", False), ("", False),
        ("::ffff:127.0.0.1", True), ("::ffff:7f00:2", True), ("::ffff:10.0.0.1", False), ("::127.0.0.1", False),
    ],
)  # fmt: skip
def test_what_loopback_is(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("value", "shown", "why"),
    [
        ("ftp://me:secret1234@h:1", "ftp://h:1", "its scheme is none of http, https, socks5, socks5h."),
        ("http://me:secret1234@h:port", "http://h:port", "it has no host or port that can be used."),
        ("http://[::1", "http://[::1", "it has no host or port that can be used."),
        ("http://me:secret1234@127.0.0.1:99999", "http://127.0.0.1:99999", "it has no host or port that can be used."),
        ("http://h:0", "http://h:0", "it has no host or port that can be used."),
        ("http://", "http://", "it has no host or port that can be used."),
        ("http://a..b:8080", "http://a..b:8080", "there is no host of such a name."),
        ("http://me:sec/secret1234@h:1", "http://h:1", "it has a path. Write the characters @ / ? # of a password as"),
        ("http://a]b/", "http://a]b/", "it has no host or port that can be used."),
        ("socks5://me:secret1234@h:1", "socks5://h:1", "Using SOCKS proxy, but the 'socksio' package is not installed"),
    ],
)
def test_a_proxy_that_cannot_be_used(value: str, shown: str, why: str, run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "http://video.test/v1", env={"HTTP_PROXY": value})
    assert (result.exit_code, result.error_ids) == (1, [SETTINGS_ERROR])
    assert result.stderr.startswith(f"New-Video: The proxy '{shown}' for http addresses cannot be used: {why}")
    assert result.stderr.splitlines()[1] == (
        "    + RecommendedAction     : Check HTTP_PROXY and ALL_PROXY, or name the host in NO_PROXY."
    )
    assert len(result.stderr.splitlines()) == 4
    assert "secret1234" not in result.stderr


def test_a_proxy_that_is_not_needed_may_be_anything(proxy: Proxy, run: Run) -> None:
    with listening(saying(JOB)) as server:
        env = {"HTTP_PROXY": proxy.address, "HTTPS_PROXY": "ftp://h", "ALL_PROXY": "socks://127.0.0.1:1080/"}
        assert run("New-Video", "x", "-ApiBase", f"http://video.test:{server.port}", env=env).exit_code == 0


def test_a_proxy_that_is_not_there(run: Run) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        result = run("New-Video", "x", "-ApiBase", "http://video.test/v1", env={"HTTP_PROXY": address})
    assert result.stderr.splitlines() == [
        f"New-Video: No connection to video.test through the proxy {address}: {REFUSED}. Nothing was sent.",
        "    + RecommendedAction     : Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY.",
        "    + CategoryInfo          : InvalidOperation: (:) [Invoke-OpenAIAPIRequest], HttpRequestException",
        f"    + FullyQualifiedErrorId : {HTTP_ERROR}",
    ]


def test_a_proxy_that_refuses_the_tunnel_has_passed_nothing_on(proxy: Proxy, run: Run, secure: Listener) -> None:
    proxy.refuse = 407
    env = {"HTTPS_PROXY": proxy.address}
    result = run("New-Video", "x", "-ApiBase", f"https://video.test:{secure.port}/v1", env=env)
    assert (result.exit_code, result.error_ids) == (1, [HTTP_ERROR])
    assert "407 Proxy Authentication Required. Nothing was sent.\n" in result.stderr


def test_a_private_authority_by_file(run: Run, secure: Listener, authority_file: str) -> None:
    base = f"https://localhost:{secure.port}/v1"
    result = run("New-Video", "x", "-ApiBase", base, env={"SSL_CERT_FILE": authority_file})
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")


@pytest.fixture
def authority_folder(authority_file: str, tmp_path: Path) -> str:
    """A folder as OpenSSL wants it: each file under the hash of its subject."""
    folder = tmp_path / "authorities"
    folder.mkdir()
    command = ["openssl", "x509", "-noout", "-subject_hash", "-in", authority_file]
    try:
        name = subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except FileNotFoundError:
        pytest.skip("the name of the file is made by openssl")
    (folder / f"{name}.0").write_bytes(Path(authority_file).read_bytes())
    return str(folder)


def test_a_private_authority_by_folder(run: Run, secure: Listener, authority_folder: str) -> None:
    base = f"https://127.0.0.1:{secure.port}/v1"
    result = run("New-Video", "x", "-ApiBase", base, env={"SSL_CERT_DIR": authority_folder})
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRINTED, "")


def test_an_unknown_authority_is_refused_and_nothing_sent(run: Run, secure: Listener) -> None:
    host = f"localhost:{secure.port}"
    result = run("New-Video", "x", "-ApiBase", f"https://{host}/v1", env={"OPENAI_API_KEY": KEY})
    assert (result.exit_code, result.error_ids, secure.asked.is_set()) == (1, [HTTP_ERROR], False)
    first, action, *_ = result.stderr.splitlines()
    assert first.startswith(f"New-Video: No connection to {host}: [SSL: CERTIFICATE_VERIFY_FAILED] ")
    assert first.endswith(". Nothing was sent.")
    assert action == (
        "    + RecommendedAction     : If the authority is your own, name the file of its certificate in SSL_CERT_FILE."
    )


def test_a_certificate_for_another_name_is_refused(run: Run, authority: trustme.CA, authority_file: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.test").configure_cert(context)
    with listening(saying(JOB), tls=context) as server:
        env = {"SSL_CERT_FILE": authority_file}
        result = run("New-Video", "x", "-ApiBase", f"https://localhost:{server.port}/v1", env=env)
    assert (result.exit_code, result.error_ids, server.asked.is_set()) == (1, [HTTP_ERROR], False)


BROKEN: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "file missing": ("SSL_CERT_FILE", lambda folder: folder / "none.pem", "No such file or directory"),
    "file empty": ("SSL_CERT_FILE", lambda folder: _file(folder, b""), ""),
    "file is something else": ("SSL_CERT_FILE", lambda folder: _file(folder, b"hello\n"), ""),
    "folder missing": ("SSL_CERT_DIR", lambda folder: folder / "none", "it is not a folder"),
    "folder is a file": ("SSL_CERT_DIR", lambda folder: _file(folder, b"x"), "it is not a folder"),
}


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", BROKEN)
def test_certificates_that_cannot_be_used(name: str, run: Run, secure: Listener, tmp_path: Path) -> None:
    variable, make, why = BROKEN[name]
    path = make(tmp_path)
    result = run("New-Video", "x", "-ApiBase", f"https://localhost:{secure.port}/v1", env={variable: str(path)})
    assert (result.exit_code, result.error_ids, secure.connections) == (1, [SETTINGS_ERROR], 0)
    first, action, *_ = result.stderr.splitlines()
    assert first.startswith(f"New-Video: {variable} names '{path}', which cannot be used: {why}")
    assert first.endswith(". Nothing was sent.")
    assert action == f"    + RecommendedAction     : Correct or unset {variable}."
    assert len(result.stderr.splitlines()) == 4


_AUDITED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from psopenai_py.shell import run
code = run("New-Video", ["x", "-ApiBase", sys.argv[1]])
print(code, sum(path.endswith(".pem") for path in opened), len(opened) > 10)
"""


def test_a_plain_http_base_loads_no_authorities(server: Server) -> None:
    script = server.script("plain")
    command = [sys.executable, "-c", _AUDITED, script.base]
    done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert done.stdout.splitlines()[-1] == "0 0 True"


def test_a_plain_http_base_does_not_look_at_certificate_variables(run: Run, server: Server) -> None:
    script = server.script("plain")
    env = {"SSL_CERT_FILE": "/none", "SSL_CERT_DIR": "/none"}
    assert run("New-Video", "x", "-ApiBase", script.base, env=env).exit_code == 0
