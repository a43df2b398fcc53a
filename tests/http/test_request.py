"""What is sent: address, headers and body, and what -WhatIf shows of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from psopenai_py import __version__, errors, new_video
from psopenai_py.http.request import Request
from tests.conftest import KEY, Result, Run
from tests.server import Received, Server

FORMAT_ERROR = "System.FormatException,Invoke-OpenAIAPIRequest"


@pytest.fixture
def sent(run: Run, server: Server) -> Callable[..., Received]:
    """The one request that New-Video makes."""

    def sent(*arguments: str, base: str = "", **env: str) -> Received:
        script = server.script("request")
        usual = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": script.base + base}
        result = run("New-Video", "x", *arguments, env=usual | env)
        assert (result.exit_code, result.stderr, len(script.requests)) == (0, "", 1)
        return script.requests[0]

    return sent


@pytest.fixture
def refused(run: Run, server: Server) -> Callable[..., Result]:
    """What New-Video says when it sends nothing."""

    def refused(*arguments: str, **env: str) -> Result:
        script = server.script("request")
        result = run("New-Video", "x", "-ApiBase", script.base, *arguments, env={"OPENAI_API_KEY": KEY} | env)
        assert (result.exit_code, result.stdout, script.requests) == (1, "", [])
        return result

    return refused


def test_headers(sent: Callable[..., Received]) -> None:
    headers = sent("-Organization", "org-a").headers
    kind, _, boundary = headers.pop("content-type").partition("; boundary=")
    assert kind == "multipart/form-data"
    assert len(boundary) >= 16
    assert int(headers.pop("content-length")) > 100
    assert headers.pop("host").startswith("127.0.0.1:")
    assert headers.pop("accept-encoding").startswith("gzip, deflate")  # more where more can be read
    assert headers == {
        "accept": "*/*",
        "authorization": f"Bearer {KEY}",
        "connection": "keep-alive",
        "openai-organization": "org-a",
        "user-agent": f"psopenai_py/{__version__}",
    }


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        pytest.param(["-AdditionalHeaders", '{"Authorization":"Basic a"}'], "authorization", "Basic a", id="key"),
        pytest.param(["-AdditionalHeaders", "@{authorization='x y'}"], "authorization", "x y", id="key in any case"),
        pytest.param(["-AdditionalHeaders", '{"user-agent":"me"}'], "user-agent", "me", id="user agent"),
        pytest.param(["-AdditionalHeaders", '{"X-A":"1"}'], "x-a", "1", id="one of one's own"),
        pytest.param(["-AdditionalHeaders", '{"X-A":" \\t1 2\\t "}'], "x-a", "1 2", id="blanks around"),
        pytest.param(["-AdditionalHeaders", '{"X-A":""}'], "x-a", "", id="empty"),
        pytest.param(["-AdditionalHeaders", '{"X-A":null}'], "x-a", None, id="null"),
        pytest.param(["-AdditionalHeaders", '{"X-A":5}'], "x-a", "5", id="number"),
        pytest.param(["-AdditionalHeaders", '{"X-A":{"b":[1]}}'], "x-a", '{"b":[1]}', id="object"),
        pytest.param(
            ["-OrgId", "org-a", "-AdditionalHeaders", '{"openai-organization":"org-b"}'],
            "openai-organization", "org-a", id="the organization parameter wins",
        ),
        pytest.param(
            ["-AdditionalHeaders", '{"openai-organization":"b"}'], "openai-organization", "b", id="organization"
        ),
        pytest.param(["-Debug"], "openai-debug", "true", id="debug"),
    ],
)  # fmt: skip
def test_additional_headers(arguments: list[str], name: str, value: str | None, run: Run, server: Server) -> None:
    script = server.script("request")
    env = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": script.base}
    assert run("New-Video", "x", *arguments, env=dict(env)).exit_code == 0
    assert script.requests[0].headers.get(name) == value


def test_headers_of_the_body_are_not_the_users(sent: Callable[..., Received]) -> None:
    odd = '{"Content-Type":"text/plain","content-length":"3","Transfer-Encoding":"chunked"}'
    request = sent("-AdditionalHeaders", odd)
    assert [field[0] for field in request.fields] == ["prompt", "model"]
    assert "transfer-encoding" not in request.headers


def test_a_request_as_text_shows_no_key() -> None:
    request = Request("GET", f"https://host/v1/videos?api_key={KEY}", {"Authorization": f"Bearer {KEY}"})
    assert f"{request} {request!r}".count(KEY) == 0


BAD = ["a\nb", "a\r\nX: y", "a\0b", "a\x0bb", "a\x7fb", "schlüssel", "\udcff", "a\u2028b"]


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("place", ["key", "organization", "header"])
def test_values_that_no_header_can_carry(place: str, value: str, server: Server) -> None:
    """Through Python: a command line cannot hold them all."""
    keywords: dict[str, dict[str, Any]] = {
        "key": {"api_key": f"sk-secret{value}"},
        "organization": {"organization": f"org{value}"},
        "header": {"additional_headers": {"X-Secret": f"secret{value}"}},
    }
    script = server.script("request")
    with pytest.raises(errors.InputError) as caught:
        new_video("x", api_base=script.base, **keywords[place])
    name = {"key": "Authorization", "organization": "OpenAI-Organization", "header": "X-Secret"}[place]
    assert str(caught.value) == (
        f"The header '{name}' cannot be sent: its value holds a line end or another character that no header can carry."
    )
    assert caught.value.fully_qualified_error_id == FORMAT_ERROR
    assert (script.requests, "secret" in repr(caught.value).replace("X-Secret", "")) == ([], False)


@pytest.mark.parametrize("key", ["sk-se\ncret", " sk-a b \n", "sk-secret-é"])
def test_a_key_with_a_line_end(key: str, refused: Callable[..., Result]) -> None:
    result = refused(OPENAI_API_KEY=key)
    assert result.stderr.splitlines() == [
        "New-Video: The header 'Authorization' cannot be sent: its value holds a line end or another character that no "
        "header can carry.",
        "    + RecommendedAction     : Check for a line end behind the key or the value. Nothing was sent.",
        "    + CategoryInfo          : NotSpecified: (:) [Invoke-OpenAIAPIRequest], FormatException",
        f"    + FullyQualifiedErrorId : {FORMAT_ERROR}",
    ]


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\nb", "é", "(x)"])
def test_names_that_no_header_can_have(name: str, server: Server) -> None:
    with pytest.raises(errors.InputError, match="its name holds") as caught:
        new_video("x", api_base=server.script("request").base, additional_headers={name: "v"})
    assert caught.value.fully_qualified_error_id == FORMAT_ERROR


@pytest.mark.parametrize(
    ("given", "query"),
    [
        pytest.param("@{i=1;f=1.5;t=$true;n=$null;l=@(1,2);e=''}", "i=1&f=1.5&t=True&n=&l=1+2&e=", id="types"),
        pytest.param('{"a":"1 2","b":"é&="}', "a=1+2&b=%C3%A9%26%3D", id="escapes"),
        pytest.param('{"o":{"a":[1]}}', "o=%7B%22a%22%3A%5B1%5D%7D", id="object"),
        pytest.param('{"s":"\\ud800x"}', "s=%EF%BF%BDx", id="half a character"),
        pytest.param("{}", "", id="none"),
    ],
)
def test_the_additional_query(given: str, query: str, sent: Callable[..., Received]) -> None:
    assert sent("-AdditionalQuery", given).path == "/videos" + (f"?{query}" if query else "")


def test_the_additional_query_is_appended_beside_its_like(sent: Callable[..., Received]) -> None:
    assert sent("-AdditionalQuery", '{"a":3,"c":4}', base="?a=1&b=2").path == "/videos?a=1&a=3&b=2&c=4"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        pytest.param('{"seed":1}', [("prompt", "x"), ("model", "sora-2"), ("seed", "1")], id="number"),
        pytest.param('{"a":true,"b":false,"c":null}', [("a", "true"), ("b", "false")], id="constants"),
        pytest.param('{"a":1.0,"b":1.50,"c":1e21}', [("a", "1.0"), ("b", "1.5"), ("c", "1E+21")], id="reals"),
        pytest.param('{"a":"2025-10-11T14:51:05Z"}', [("a", "2025-10-11T14:51:05Z")], id="text as it is"),
        pytest.param('{"a":""}', [("a", "")], id="empty text"),
        pytest.param('{"a":["x",1,{"b":2},null]}', [("a", x) for x in ("x", "1", '{"b":2}', "null")], id="list"),
        pytest.param('{"a":[]}', [], id="empty list"),
        pytest.param('{"a":{"b":[1,"é"]}}', [("a", '{"b":[1,"é"]}')], id="object"),
        pytest.param('{"Prompt":"y"}', [("prompt", "y"), ("model", "sora-2")], id="replaces in place, in any case"),
        pytest.param('{"model":null}', [("prompt", "x")], id="null takes a field away"),
        pytest.param('{"model":[]}', [("prompt", "x")], id="an empty list takes a field away"),
        pytest.param('{"a":"line\\r\\nend \\ud83d\\ude00 \\ud800"}', [("a", "line\r\nend 😀 \ufffd")], id="characters"),
        pytest.param("@{seed=7; tags='a','b'}", [("seed", "7"), ("tags", "a"), ("tags", "b")], id="literal"),
    ],
)
def test_the_additional_body(given: str, fields: list[tuple[str, str]], sent: Callable[..., Received]) -> None:
    found = [(field[0], field[3]) for field in sent("-AdditionalBody", given).fields]
    usual = [("prompt", "x"), ("model", "sora-2")]
    changed = any(name in dict(usual) for name, _ in fields)
    assert found == (fields if changed else [*usual, *fields])


@pytest.mark.parametrize("given", ["{", "[1]", "5", "null", "", "hello", "@missing.json", "@{a=Get-Date}"])
def test_an_additional_body_that_cannot_be_used(given: str, refused: Callable[..., Result]) -> None:
    result = refused("-AdditionalBody", given)
    assert result.error_ids == ["System.InvalidOperationException,Initialize-OpenAIAPIRequestParam"]
    assert result.stderr.startswith("New-Video: -AdditionalBody cannot be used: ")
    assert result.stderr.splitlines()[0].endswith(" Nothing was sent.")


AZURE = ["-ApiType", "Azure"]


@pytest.mark.parametrize(
    ("arguments", "path", "headers"),
    [
        pytest.param([], "?api-version=preview", {"api-key": KEY}, id="key"),
        pytest.param(["-ApiVersion", "2025-01-01"], "?api-version=2025-01-01", {"api-key": KEY}, id="version"),
        pytest.param(["-AuthType", "azure"], "?api-version=preview", {"api-key": KEY}, id="azure"),
        pytest.param(["-AuthType", "AZURE_AD"], "?api-version=preview", {"authorization": f"Bearer {KEY}"}, id="entra"),
        pytest.param(["-OrgId", "org-a"], "?api-version=preview", {"api-key": KEY}, id="no organization"),
        pytest.param(
            ["-AdditionalHeaders", '{"API-KEY":"other","OpenAI-Organization":"o"}'], "?api-version=preview",
            {"api-key": KEY, "openai-organization": "o"}, id="the key wins",
        ),
        pytest.param(["-AdditionalQuery", '{"a":1}'], "?api-version=preview&a=1", {"api-key": KEY}, id="query"),
    ],
)  # fmt: skip
def test_azure(arguments: list[str], path: str, headers: dict[str, str], sent: Callable[..., Received]) -> None:
    request = sent(*AZURE, *arguments, base="?dropped=1")
    assert request.path == f"/openai/v1/video/generations/jobs{path}"
    names = ("api-key", "authorization", "openai-organization")
    assert {name: request.headers[name] for name in names if name in request.headers} == headers


def test_the_fields_of_azure(sent: Callable[..., Received]) -> None:
    request = sent(*AZURE, "-Seconds", "0x8", "-Size", "720X1280", "-Model", "deployment")
    assert [(field[0], field[3]) for field in request.fields] == [
        ("prompt", "x"), ("model", "deployment"), ("n_seconds", "8"), ("width", "720"), ("height", "1280"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["-Seconds", "long"], "-Seconds 'long' cannot be sent to Azure: "),
        (["-Seconds", "99999999999"], "-Seconds '99999999999' cannot be sent to Azure: "),
        (["-Size", "720"], "-Size '720' cannot be sent to Azure: write it as WIDTHxHEIGHT"),
        (["-Size", "axb"], "-Size 'a' cannot be sent to Azure: "),
    ],
)
def test_fields_that_azure_cannot_take(arguments: list[str], why: str, refused: Callable[..., Result]) -> None:
    result = refused(*AZURE, *arguments)
    assert result.stderr.startswith(f"New-Video: {why}")
    assert result.stderr.splitlines()[0].endswith(" Nothing was sent.")
    assert result.error_ids == ["InvalidCastFromStringToInteger,New-Video"]


def test_what_if(run: Run, server: Server, tmp_path: Any) -> None:
    script = server.script("request")
    picture = tmp_path / "a b.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    arguments = ["x", "-WhatIf", "-Seconds", "8", "-OrgId", "org-abcdefghijkl", "-InputReference", str(picture)]
    arguments += ["-AdditionalHeaders", '{"X-Api-Token":"0123456789abcdef","Proxy-Authorization":"Basic c2VjcmV0"}']
    arguments += ["-AdditionalQuery", '{"sig":"0123456789abcdef"}', "-AdditionalBody", '{"seed":1}']
    result = run("New-Video", *arguments, env={"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": script.base})
    assert (result.exit_code, result.stderr, script.requests) == (0, "", [])
    assert result.json == {
        "method": "POST",
        "url": f"{script.base}/videos?sig=012***************ef",
        "headers": {
            "User-Agent": f"psopenai_py/{__version__}",
            "Authorization": "Bearer sk-tes***************XY",
            "X-Api-Token": "012***************ef",
            "Proxy-Authorization": "Basic <hidden>",
            "OpenAI-Organization": "org-abc***************kl",
        },
        "fields": [
            {"name": "prompt", "value": "x"},
            {"name": "model", "value": "sora-2"},
            {"name": "seconds", "value": "8"},
            {"name": "input_reference", "filename": "a b.png", "content_type": "image/png", "bytes": 8},
            {"name": "seed", "value": "1"},
        ],
    }
