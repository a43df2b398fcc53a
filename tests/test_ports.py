"""Ports on both sides of each limit, wherever one is written."""

from __future__ import annotations

import pytest

from psopenai_py.addresses import has_host, host_of
from psopenai_py.binding.binder import bind
from psopenai_py.cmdlets import load
from psopenai_py.errors import BindingError
from tests.conftest import KEY, Run


@pytest.mark.parametrize(
    ("port", "usable"),
    [
        ("0", False), ("1", True), ("80", True), ("65534", True), ("65535", True), ("65536", False), ("99999", False),
        ("100000", False), ("", True), ("-1", False), ("x", False), ("8o", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("host", ["h.test", "127.0.0.1", "[::1]"])
def test_a_port_of_an_address(host: str, port: str, usable: bool) -> None:
    assert has_host(f"http://{host}:{port}/v1") is usable


@pytest.mark.parametrize(
    ("port", "error_id"),
    [
        ("0", "System.ArgumentException,Initialize-APIBase"),
        ("65536", "ParameterArgumentTransformationError,Get-Video"),
        ("-1", "ParameterArgumentTransformationError,Get-Video"),
        ("9", "PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest"),
    ],
)
def test_a_port_of_a_base_address(port: str, error_id: str, run: Run) -> None:
    """The discard port, which nothing listens on, is one that there can be."""
    result = run("Get-Video", "v", "-ApiBase", f"http://127.0.0.1:{port}/v1", env={"OPENAI_API_KEY": KEY})
    assert (result.stdout, result.error_ids) == ("", [error_id])


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://h.test:80/v1", "h.test"),
        ("http://h.test:81/v1", "h.test:81"),
        ("http://h.test:443/v1", "h.test:443"),
        ("https://h.test:443/v1", "h.test"),
        ("https://h.test:80/v1", "h.test:80"),
        ("https://h.test:444/v1", "h.test:444"),
        ("http://[::1]:80/v1", "[::1]"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
        ("http://H.test:/v1", "h.test"),
        ("http://h.test:0/v1", "h.test:0"),
    ],
)
def test_the_port_of_a_scheme_is_not_named(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(("port", "fits"), [("-1", False), ("0", True), ("1", True), ("65535", True), ("65536", False)])
def test_a_port_to_listen_on(port: str, fits: bool) -> None:
    cmdlet = load("Start-VideoSandbox").CMDLET
    if fits:
        assert bind(cmdlet, ["-Port:", port]).values == {"Port": int(port)}
    else:
        with pytest.raises(BindingError) as caught:
            bind(cmdlet, ["-Port:", port])
        assert caught.value.message == f"The value for -Port is not valid: {port} is not between 0 and 65535."
