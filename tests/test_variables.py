"""Variables as people set them: blank, with a line end behind them; and where a key goes that they hold."""

from __future__ import annotations

import json
from pathlib import Path

import keyring
import pytest

from tests.backends import Memory
from tests.conftest import KEY, Run
from tests.server import Server

ENDS = ["\n", "\r\n", "\r", "\n\n"]
#: Texts that say nothing. Windows has no empty variables.
BLANKS = ["", " ", "\t", "\n", " \r\n "]
READABLE = "The API key goes to h.test without encryption; others on the way can read it."


def _left_out(name: str) -> str:
    return f"VERBOSE: The line end behind the environment variable {name} is left out."


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_behind_a_key(end: str, run: Run, server: Server) -> None:
    script = server.script("variables")
    env = {"OPENAI_API_KEY": KEY + end}
    result = run("New-Video", "x", "-ApiBase", script.base, "-Verbose", env=dict(env))
    assert (result.exit_code, script.requests[0].headers["authorization"]) == (0, f"Bearer {KEY}")
    assert _left_out("OPENAI_API_KEY") in result.stderr.splitlines()
    assert run("Get-OpenAIKey", env=dict(env)).json["key"] == "sk-tes***************XY"


def test_a_byte_order_mark_before_a_key(run: Run, server: Server) -> None:
    script = server.script("variables")
    result = run("New-Video", "x", "-ApiBase", script.base, "-Verbose", env={"OPENAI_API_KEY": f"\ufeff{KEY}\r\n"})
    assert (result.exit_code, script.requests[0].headers["authorization"]) == (0, f"Bearer {KEY}")
    told = "VERBOSE: The byte order mark before the environment variable OPENAI_API_KEY is left out."
    assert told in result.stderr.splitlines()


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["OPENAI_API_BASE", "OPENAI_BASE_URL"])
def test_a_line_end_behind_a_base(end: str, name: str, run: Run, server: Server) -> None:
    script = server.script("variables")
    result = run("New-Video", "x", "-Verbose", env={name: script.base + end})
    assert (result.exit_code, len(script.requests), result.stderr.count(_left_out(name))) == (0, 1, 1)
    assert f"VERBOSE: Base address from environment variable {name}: {script.base}\n" in result.stderr


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_behind_an_organization(end: str, run: Run, server: Server) -> None:
    script = server.script("variables")
    assert run("New-Video", "x", "-ApiBase", script.base, env={"OPENAI_ORG_ID": f"org-a{end}"}).exit_code == 0
    assert script.requests[0].headers["openai-organization"] == "org-a"


@pytest.mark.parametrize("end", ENDS)
def test_a_line_end_behind_a_proxy(end: str, run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "http://video.test/v1", env={"HTTP_PROXY": f"http://127.0.0.1:9{end}"})
    assert result.stderr.startswith("New-Video: No connection to video.test through the proxy 127.0.0.1:9: ")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_line_end_behind_a_proxy_is_told(name: str, run: Run) -> None:
    for end, told in (("\n", 1), ("", 0)):
        arguments = ["x", "-WhatIf", "-Verbose", "-ApiBase", "http://video.test/v1"]
        result = run("New-Video", *arguments, env={name: f"http://127.0.0.1:9{end}"})
        assert (result.exit_code, result.stderr.splitlines().count(_left_out(name))) == (0, told)


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_variable_does_not_go_before_a_stored_key(blank: str, run: Run) -> None:
    result = run("Set-OpenAIKey", stdin=KEY, env={"OPENAI_API_KEY": blank})
    assert result.warnings == []


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_variables_are_not_set(blank: str, run: Run, server: Server) -> None:
    script = server.script("variables")
    names = ["OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_ORGANIZATION", "HTTP_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    env = dict.fromkeys(names, blank) | {"OPENAI_BASE_URL": script.base, "OPENAI_ORG_ID": "org-a"}
    assert run("New-Video", "x", env=dict(env)).exit_code == 0
    headers = script.requests[0].headers
    assert (headers.get("authorization"), headers["openai-organization"]) == (None, "org-a")


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_key_is_none(blank: str, run: Run) -> None:
    result = run("New-Video", "x", env={"OPENAI_API_KEY": blank})
    assert (result.exit_code, result.error_ids) == (4, ["System.ArgumentException,Initialize-APIKey"])


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_base_is_the_default(blank: str, run: Run) -> None:
    result = run("New-Video", "x", "-WhatIf", env={"OPENAI_API_BASE": blank, "OPENAI_API_KEY": KEY})
    assert result.json["url"] == "https://api.openai.com/v1/videos"


def test_a_blank_parameter_is_an_error(run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "  ", env={"OPENAI_API_KEY": KEY})
    assert (result.exit_code, result.error_ids) == (1, ["System.ArgumentException,Initialize-APIBase"])
    assert result.stderr.splitlines()[0] == (
        "New-Video: The base address '' (parameter ApiBase) is not absolute. Nothing was sent."
    )


@pytest.mark.parametrize(
    ("arguments", "base", "told"),
    [
        pytest.param([], "http://h.test/v1", True, id="environment"),
        pytest.param([], "https://h.test/v1", True, id="environment, encrypted"),
        pytest.param([], "https://api.openai.com/v1", False, id="environment, usual base"),
        pytest.param(["-ApiKey", KEY], "http://h.test/v1", False, id="parameter"),
    ],
)
def test_the_verbose_stream_says_where_the_key_of_the_environment_goes(
    arguments: list[str], base: str, told: bool, run: Run
) -> None:
    arguments = ["x", "-WhatIf", "-Verbose", "-ApiBase", base, *arguments]
    result = run("New-Video", *arguments, env={"OPENAI_API_KEY": KEY})
    line = f"VERBOSE: The key of the environment is sent to every base address, now to {base}\n"
    assert (result.exit_code, line in result.stderr) == (0, told)


@pytest.mark.parametrize(
    ("base", "warned"),
    [
        ("http://h.test/v1", ["h.test"]),
        ("http://h.test:8000/v1", ["h.test:8000"]),
        ("HTTP://10.0.0.1", ["10.0.0.1"]),
        ("http://[2001:db8::1]:8000/v1", ["[2001:db8::1]:8000"]),
        ("http://user:pw@h.test/v1?token=0123456789abcdef", ["h.test"]),
        ("http://" + "a." * 500 + "test/v1", ["a." * 60 + "..."]),
        ("http://[::ffff:127.0.0.1]:9/v1", []),
        ("https://h.test/v1", []),
        ("http://127.0.0.1:9/v1", []),
        ("http://[::1]:9/v1", []),
        ("http://app.localhost:9/v1", []),
    ],
)
@pytest.mark.parametrize("by", ["parameter", "environment"])
def test_a_key_that_others_can_read_is_a_warning(base: str, warned: list[str], by: str, run: Run) -> None:
    given = ["-ApiKey", KEY] if by == "parameter" else []
    env = {"OPENAI_API_KEY": KEY, "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    result = run("New-Video", "x", "-ApiBase", base, *given, env=env)
    assert result.warnings == [READABLE.replace("h.test", host) for host in warned]


def test_the_warning_comes_once_for_many_records(run: Run) -> None:
    arguments = ["-ApiBase", "http://h.test/v1", "-ApiKey", KEY]
    env = {"HTTP_PROXY": "http://127.0.0.1:9"}
    for more in ([], ["-ThrottleLimit", "2"]):
        result = run("New-Video", *arguments, *more, stdin="a\nb\nc\n", env=dict(env))
        assert (result.warnings, len(result.error_ids)) == ([READABLE], 3)


def test_no_key_is_no_warning(run: Run) -> None:
    result = run("New-Video", "x", "-ApiBase", "http://h.test/v1", env={"HTTP_PROXY": "http://127.0.0.1:9"})
    assert (result.exit_code, result.warnings) == (1, [])


def test_the_warning_can_stop_the_call(run: Run) -> None:
    arguments = ["x", "-ApiBase", "http://h.test/v1", "-ApiKey", KEY, "-WarningAction", "Stop"]
    result = run("New-Video", *arguments, env={"HTTP_PROXY": "http://127.0.0.1:9"})
    assert (result.exit_code, result.warnings) == (1, [READABLE])
    assert result.error_ids == ["ActionPreferenceStop,Microsoft.PowerShell.Commands.WriteWarningCommand"]


@pytest.mark.parametrize("path", ["/no/such/folder/keys.log", "."])
def test_a_file_for_the_keys_of_tls_that_cannot_be_written(path: str, run: Run, tmp_path: Path) -> None:
    """It is blamed itself, and not a file of certificates."""
    for more in ({}, {"SSL_CERT_DIR": str(tmp_path)}):
        env = {"SSLKEYLOGFILE": path, "PSOPENAI_ERROR_VIEW": "json"} | more
        result = run("New-Video", "x", "-ApiBase", "https://127.0.0.1:9", env=dict(env))
        error = json.loads(result.stderr)
        assert error["message"].startswith(f"SSLKEYLOGFILE names '{path}', which cannot be used: ")
        assert error["action"] == "Correct or unset SSLKEYLOGFILE."


@pytest.mark.parametrize(("stored", "sent"), [(f"{KEY}\r\n", KEY), (f"{KEY}\n", KEY), (" ", None), ("\n", None)])
def test_a_key_in_the_keyring_that_came_from_a_file(stored: str, sent: str | None, run: Run, server: Server) -> None:
    before, backend = keyring.get_keyring(), Memory()
    keyring.set_keyring(backend)
    try:
        backend.stored["psopenai_py", server.host] = stored
        script = server.script("variables")
        assert run("New-Video", "x", "-ApiBase", script.base).exit_code == 0
    finally:
        keyring.set_keyring(before)
    assert script.requests[0].headers.get("authorization") == (sent and f"Bearer {sent}")
