"""What goes along to another host, whose fault an address is, and which ids of a response are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY, Run
from tests.server import Server, serving

PICTURE: dict[str, Any] = {"text": "picture", "headers": {"Content-Type": "image/png"}}


def test_harmless_headers_go_along_to_another_host(run: Run, server: Server, place: Path) -> None:
    with serving() as elsewhere:
        storage = elsewhere.script("moved-headers", [PICTURE])
        moved = {"status": 302, "headers": {"Location": f"{storage.base}/file"}}
        script = server.script("moved-headers", [moved])
        arguments = ("v", "-Variant", "thumbnail", "-OutFile", "a.png", "-ApiBase", script.base)
        headers = '{"Range": "bytes=0-", "If-Range": "x", "Accept": "image/*", "X-Trace": "1", "User-Agent": "of mine"}'
        result = run("Get-VideoContent", *arguments, "-AdditionalHeaders", headers, env={"OPENAI_API_KEY": KEY})
    assert (result.exit_code, (place / "a.png").read_bytes()) == (0, b"picture")
    first, second = script.requests[0].headers, storage.requests[0].headers
    for name in ("user-agent", "accept", "accept-encoding", "range", "if-range"):
        assert second[name] == first[name], name
    assert {"x-trace", "authorization"} <= set(first) and not {"x-trace", "authorization"} & set(second)


@pytest.mark.parametrize(
    ("base", "why"),
    [
        ("http://a..b/v1", "there is no host of such a name."),
        (f"http://{'a' * 64}.test/v1", "there is no host of such a name."),
        ("http://xn--/v1", ""),
        ("http://h_\x7f.test/v1", ""),
    ],
    ids=ascii,
)
def test_an_address_that_the_user_wrote(base: str, why: str, run: Run) -> None:
    result = run("Get-Video", "v", "-ApiBase", base)
    assert (result.exit_code, result.error_ids) == (1, ["System.ArgumentException,Invoke-OpenAIAPIRequest"])
    shown = base.replace("\x7f", "\N{REPLACEMENT CHARACTER}")
    assert result.stderr.startswith(f"Get-Video: The address '{shown}/videos/v' cannot be used: {why}")


@pytest.mark.parametrize("place", ["http://a..b/v1", "http://xn--/v1"])
def test_an_address_that_the_server_named(place: str, run: Run, server: Server) -> None:
    script = server.script("moved-nowhere", [{"status": 302, "headers": {"Location": place}}])
    result = run("Get-VideoContent", "v", "-Variant", "thumbnail", "-ApiBase", script.base)
    assert (result.exit_code, result.data) == (1, b"")
    assert result.stderr.startswith(f"Get-VideoContent: The server redirects to '{place}', which cannot be used: ")


def test_a_long_name_that_no_host_can_have(run: Run, server: Server) -> None:
    """Its first 300 characters are shown."""
    place = f"http://xn--{'X' * 400}/"
    script = server.script("moved-far", [{"status": 302, "headers": {"Location": place}}])
    result = run("Get-VideoContent", "v", "-Variant", "thumbnail", "-ApiBase", script.base)
    shown = f"Get-VideoContent: The server redirects to '{place[:300]}', which cannot be used: "
    assert result.stderr.startswith(shown) and len(result.stderr.splitlines()[0]) <= len(shown) + 301


@pytest.mark.parametrize(
    ("status", "member", "named"),
    [(200, "request_id", True), (399, "request_id", True), (400, "request_id", False), (400, "task_id", True)],
)
def test_an_id_behind_the_beginning_of_a_response(
    status: int, member: str, named: bool, run: Run, server: Server
) -> None:
    """That of the request is none of a refusal; that of a job always is."""
    script = server.script("moved-named", [{"status": status, "text": "x" * 400 + f'"{member}": "known_1"'}])
    result = run("New-Video", "x", "-ApiBase", script.base)
    assert (result.exit_code, result.stdout) == (1, "")
    assert ("It names the id known_1." in result.stderr) is named
