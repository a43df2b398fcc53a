"""Keys: how one is stored and removed, where one comes from, and that it stays with its host."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.backends import Memory
from tests.conftest import KEY, Run
from tests.server import Server, serving
from tests.terminal import CTRL_C, CTRL_D, Terminal, our

SERVICE = "psopenai_py"
OTHER = "sk-other-9876543210zyxwvuTS"
MASKED = "sk-tes***************XY"


def sent_key(server: Server, name: str) -> str | None:
    """The Authorization header that the last request to a script carried."""
    return server.script(name).requests[-1].headers.get("authorization")


# --- storing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stdin",
    [
        pytest.param(KEY, id="bare"),
        pytest.param(f"{KEY}\r\n".encode("utf-16"), id="UTF-16"),
        pytest.param(f"{KEY}\n", id="line end"),
        pytest.param(f"{KEY}\r\n", id="line end of Windows"),
        pytest.param(f"\ufeff{KEY}\n", id="byte order mark"),
        pytest.param(f" {KEY} \n\n", id="blanks"),
    ],
)
def test_a_key_from_stdin_is_stored(run: Run, backend: Memory, stdin: str | bytes) -> None:
    result = run("Set-OpenAIKey", stdin=stdin)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert backend.stored == {(SERVICE, "api.openai.com"): KEY}


@pytest.mark.parametrize(
    ("stdin", "why"),
    [
        pytest.param("", "No key was given.", id="nothing"),
        pytest.param("\n", "No key was given.", id="an empty line"),
        pytest.param(f"{KEY}\n{OTHER}\n", "The key holds a character that no key has, such as a line end.", id="two"),
        pytest.param("sk-ключ", "The key holds a character that no key has, such as a line end.", id="letters"),
        pytest.param(b"sk-\xff", "The key holds a character that no key has, such as a line end.", id="no text"),
    ],
)
def test_what_is_no_key(run: Run, backend: Memory, stdin: str | bytes, why: str) -> None:
    result = run("Set-OpenAIKey", stdin=stdin)
    assert (result.exit_code, result.stdout, backend.stored) == (1, "", {})
    assert result.stderr == (
        f"Set-OpenAIKey: {why} Nothing was stored.\n"
        "    + CategoryInfo          : NotSpecified: (:) [Set-OpenAIKey], ArgumentException\n"
        "    + FullyQualifiedErrorId : System.ArgumentException,Set-OpenAIKey\n"
    )


def test_an_unchanged_key_is_not_stored_again(run: Run, backend: Memory) -> None:
    for _ in range(2):
        assert run("Set-OpenAIKey", stdin=KEY).exit_code == 0
    assert backend.log == [
        "get psopenai_py api.openai.com",
        "set psopenai_py api.openai.com",
        "get psopenai_py api.openai.com",
    ]
    run("Set-OpenAIKey", stdin=OTHER)
    assert backend.stored == {(SERVICE, "api.openai.com"): OTHER}


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("https://gateway.example/v1", "gateway.example"),
        ("https://Gateway.Example:443", "gateway.example"),
        ("http://127.0.0.1:8091/v1", "127.0.0.1:8091"),
        ("http://127.0.0.1:80/v1", "127.0.0.1"),
        ("https://user:secret@gateway.example:8443/?a=b", "gateway.example:8443"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
    ],
)
def test_each_host_has_a_key_of_its_own(run: Run, backend: Memory, base: str, host: str) -> None:
    assert run("Set-OpenAIKey", "-ApiBase", base, stdin=KEY).exit_code == 0
    assert backend.stored == {(SERVICE, host): KEY}
    assert run("Set-OpenAIKey", env={"OPENAI_API_BASE": base}, stdin=OTHER).exit_code == 0
    assert backend.stored == {(SERVICE, host): OTHER}


def test_a_variable_that_hides_the_stored_key_is_told(run: Run, backend: Memory) -> None:
    result = run("Set-OpenAIKey", env={"OPENAI_API_KEY": OTHER}, stdin=KEY)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "WARNING: The environment variable OPENAI_API_KEY is set and goes before the stored key.\n"
    )


def test_verbose_tells_the_host_and_not_the_key(run: Run, backend: Memory) -> None:
    result = run("Set-OpenAIKey", "-Verbose", "-Debug", stdin=KEY)
    assert result.stderr == "VERBOSE: The key for api.openai.com is in the keyring.\n"


@pytest.mark.parametrize("name", ["Set-OpenAIKey", "Get-OpenAIKey", "Remove-OpenAIKey"])
def test_the_sandbox_needs_no_key(run: Run, backend: Memory, name: str) -> None:
    result = run(name, "-ApiBase", "sandbox:", stdin=KEY)
    assert (result.exit_code, backend.log) == (1, [])
    assert result.stderr.startswith(f"{name}: The sandbox needs no key.\n")


def test_a_key_is_no_argument(run: Run, backend: Memory) -> None:
    result = run("Set-OpenAIKey", KEY)
    assert (result.exit_code, result.error_ids) == (2, ["PositionalParameterNotFound,Set-OpenAIKey"])


# --- typed on a terminal ------------------------------------------------------------------------------------------

on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")


@on_a_terminal
def test_a_key_is_typed_without_being_seen(run: Run, keyring_file: Path) -> None:
    terminal = Terminal(*our("Set-OpenAIKey", "-Verbose"), env=os.environ | {"NO_COLOR": "1"})
    terminal.wait_for("API key for api.openai.com: ")
    terminal.type(f"{KEY}\n")
    assert terminal.close() == 0
    warning, _, rest = terminal.screen.partition("API key for api.openai.com: \n")
    assert " ".join(warning.split()) == (f"WARNING: This system's keyring keeps keys as plain text, in {keyring_file}.")
    assert rest == (
        f"The key {MASKED} for api.openai.com is now in the keyring\n    PlaintextKeyring.\n"
        "VERBOSE: The key for api.openai.com is in the keyring.\n"
    )
    assert run("Get-OpenAIKey", process=True).json["key"] == MASKED

    again = Terminal("/bin/sh", "-c", f"printf %s {KEY} | {shlex.join(our('Set-OpenAIKey', '-wa', 'Ignore'))}")
    again.close()
    assert again.screen == f"The key {MASKED} for api.openai.com was in the keyring\n    PlaintextKeyring already.\n"
    removed = Terminal(*our("Remove-OpenAIKey"))
    removed.close()
    assert removed.screen == "The key for api.openai.com is no longer in the keyring PlaintextKeyring.\n"


@on_a_terminal
@pytest.mark.parametrize("name", ["fail", "null"])
def test_who_has_no_keyring_is_not_asked_for_a_key(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"keyring.backends.{name}.Keyring")
    terminal = Terminal(*our("Set-OpenAIKey"), env=os.environ | {"NO_COLOR": "1"})
    assert terminal.close() == 1
    assert terminal.screen.startswith("Set-OpenAIKey: This system has no keyring that can be used.\n")
    assert "API key for" not in terminal.screen


def test_a_keyring_that_keeps_plain_text_is_named_before_anything_is_stored(run: Run, keyring_file: Path) -> None:
    result = run("Set-OpenAIKey", "-WarningAction", "Stop", stdin=KEY, process=True)
    assert result.exit_code == 1
    assert result.warnings == [f"This system's keyring keeps keys as plain text, in {keyring_file}."]
    assert not keyring_file.exists()
    assert run("Set-OpenAIKey", stdin=KEY, process=True).exit_code == 0
    assert keyring_file.exists()


@pytest.mark.parametrize("name", ["fail", "null"])
@pytest.mark.parametrize("arguments", [["New-Video", "x"], ["Get-Video"], ["New-Video", "x", "-ApiKey", KEY]], ids=len)
def test_a_call_that_needs_no_key_says_nothing_of_keyrings(
    run: Run, server: Server, name: str, arguments: list[str]
) -> None:
    env = {"PYTHON_KEYRING_BACKEND": f"keyring.backends.{name}.Keyring"}
    result = run(*arguments, "-ApiBase", server.script("no_keyring").base, env=env, process=True)
    assert (result.exit_code, result.stderr) == (0, "")


@on_a_terminal
@pytest.mark.parametrize(
    ("typed", "exit_code", "line"),
    [
        pytest.param("\n", 1, "Set-OpenAIKey: No key was given. Nothing was stored.", id="nothing"),
        pytest.param(CTRL_D, 1, "Set-OpenAIKey: No key was given. Nothing was stored.", id="Ctrl-D"),
        pytest.param(CTRL_C, 130, "Interrupted.", id="Ctrl-C"),
    ],
)
def test_no_key_is_typed(keyring_file: Path, typed: str, exit_code: int, line: str) -> None:
    terminal = Terminal(*our("Set-OpenAIKey"), env=os.environ | {"NO_COLOR": "1"})
    terminal.wait_for("API key for api.openai.com: ")
    terminal.type(typed)
    assert terminal.close() == exit_code
    assert f"API key for api.openai.com: \n{line}\n" in terminal.screen
    assert not keyring_file.exists()


# --- finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "env", "source", "key"),
    [
        pytest.param([], {}, "keyring", "stored", id="keyring"),
        pytest.param(
            [], {"OPENAI_API_KEY": "environment"}, "environment variable OPENAI_API_KEY", "environment", id="env"
        ),
        pytest.param([], {"OPENAI_API_KEY": ""}, "keyring", "stored", id="an empty variable is none"),
        pytest.param(["-ApiKey", "parameter"], {"OPENAI_API_KEY": "environment"}, None, "parameter", id="parameter"),
        pytest.param(["-ApiKey", ""], {"OPENAI_API_KEY": "environment"}, None, "environment", id="empty parameter"),
    ],
)
def test_precedence(
    run: Run,
    server: Server,
    backend: Memory,
    arguments: list[str],
    env: dict[str, str],
    source: str | None,
    key: str,
) -> None:
    backend.stored[SERVICE, server.host] = f"sk-{'stored':-<24}"
    script = server.script("precedence")
    env = {name: value and f"sk-{value:-<24}" for name, value in env.items()}
    arguments = [f"sk-{argument:-<24}" if argument == "parameter" else argument for argument in arguments]
    assert run("New-Video", "x", "-ApiBase", script.base, *arguments, env=env).exit_code == 0
    assert script.requests[-1].headers["authorization"] == f"Bearer sk-{key:-<24}"
    if source:
        found = run("Get-OpenAIKey", "-ApiBase", script.base, env=env)
        assert found.json == {"host": server.host, "source": source, "key": f"sk-{key[:3]}***************--"}


def test_the_keyring_is_not_asked_when_the_key_is_known(run: Run, server: Server, backend: Memory) -> None:
    run("New-Video", "x", "-ApiBase", server.script("known").base, env={"OPENAI_API_KEY": KEY})
    assert backend.log == []


def test_a_stored_key_is_not_sent_to_another_host(run: Run, server: Server, backend: Memory) -> None:
    ours = server.script("ours")
    with serving() as stranger:
        theirs = stranger.script("theirs")
        assert run("Set-OpenAIKey", "-ApiBase", ours.base, stdin=KEY).exit_code == 0
        for script in (ours, theirs):
            assert run("New-Video", "x", "-ApiBase", script.base).exit_code == 0
    assert ours.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in theirs.requests[0].headers


def test_no_key_at_all(run: Run, backend: Memory) -> None:
    result = run("Get-OpenAIKey")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.error_ids == ["System.ArgumentException,Initialize-APIKey"]


# --- removing -----------------------------------------------------------------------------------------------------


def test_removing(run: Run, backend: Memory) -> None:
    run("Set-OpenAIKey", stdin=KEY)
    assert run("Remove-OpenAIKey", "-Verbose").stderr == "VERBOSE: The key for api.openai.com is deleted.\n"
    assert backend.stored == {}
    again = run("Remove-OpenAIKey")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == (
        "Remove-OpenAIKey: The keyring holds no key for api.openai.com.\n"
        "    + CategoryInfo          : ObjectNotFound: (api.openai.com:String) [Remove-OpenAIKey], KeyStoreException\n"
        "    + FullyQualifiedErrorId : KeyNotFound,Remove-OpenAIKey\n"
    )
