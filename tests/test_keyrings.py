"""Keyrings that refuse, hang or are not there, and none that tells a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from tests.backends import Locked, Memory, Talkative
from tests.conftest import KEY, OF_NOBODY, Run
from tests.server import Server

SERVICE = "psopenai_py"
MASKED = "sk-tes***************XY"


# --- keyrings that do not work --------------------------------------------------------------------------------------

LOCKED = "The keyring could not be used (KeyringLocked)."
MISSING = "This system has no keyring that can be used."


@pytest.mark.parametrize("name", ["Set-OpenAIKey", "Remove-OpenAIKey"])
@pytest.mark.parametrize(
    ("backend", "why", "action"),
    [
        pytest.param(Locked, LOCKED, "Unlock it, or use the environment variable OPENAI_API_KEY.", id="locked"),
        pytest.param(
            fail.Keyring,
            MISSING,
            "Use the environment variable OPENAI_API_KEY, or install a keyring backend.",
            id="none",
        ),
    ],
    indirect=["backend"],
)
def test_a_keyring_that_cannot_be_used(run: Run, backend: KeyringBackend, name: str, why: str, action: str) -> None:
    result = run(name, stdin=KEY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{name}: {why}\n"
        f"    + RecommendedAction     : {action}\n"
        "    + CategoryInfo          : ResourceUnavailable: (:) [], KeyStoreException\n"
        "    + FullyQualifiedErrorId : KeyStoreUnavailable\n"
    )


@pytest.mark.parametrize(
    ("backend", "why"), [(Locked, LOCKED), (fail.Keyring, MISSING)], indirect=["backend"], ids=["locked", "none"]
)
def test_a_key_that_is_needed_and_cannot_be_had(run: Run, backend: KeyringBackend, why: str) -> None:
    for line in (["New-Video", "x"], ["Get-OpenAIKey"]):
        result = run(*line)
        assert (result.exit_code, result.warnings) == (4, [why])
        assert result.error_ids == ["System.ArgumentException,Initialize-APIKey"]


@pytest.mark.parametrize(
    ("backend", "why"), [(Locked, LOCKED), (fail.Keyring, MISSING)], indirect=["backend"], ids=["locked", "none"]
)
def test_a_host_that_may_do_without_a_key(run: Run, server: Server, backend: KeyringBackend, why: str) -> None:
    script = server.script("without_a_key")
    quiet = run("New-Video", "x", "-ApiBase", script.base)
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert "authorization" not in script.requests[0].headers
    assert f"VERBOSE: {why}\n" in run("New-Video", "x", "-ApiBase", script.base, "-Verbose").stderr


def test_a_keyring_that_hangs_is_left_behind(run: Run, server: Server) -> None:
    script = server.script("hanging")
    started = time.monotonic()
    result = run(
        "New-Video",
        "x",
        "-Verbose",
        "-ApiBase",
        script.base,
        env={"PYTHON_KEYRING_BACKEND": "tests.backends.Hanging"},
        process=True,
    )
    assert 5 < time.monotonic() - started < 45
    assert "VERBOSE: The keyring did not answer within 5 seconds.\n" in result.stderr
    assert (result.exit_code, len(script.requests)) == (0, 1)


@pytest.mark.skipif(os.name == "nt", reason="users of Unix")
@pytest.mark.parametrize("name", ["Set-OpenAIKey", "Remove-OpenAIKey"])
def test_no_home_folder(name: str, keyring_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number nobody has."""
    for variable in ("HOME", "XDG_DATA_HOME", "USERPROFILE"):
        monkeypatch.delenv(variable)
    done = subprocess.run(
        [sys.executable, "-c", OF_NOBODY, name], input=f"{KEY}\n", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"{name}: This user has no home folder, where the keyring would be.\n"
        "    + RecommendedAction     : Set HOME, or use the environment variable OPENAI_API_KEY.\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="says so in other words")
def test_a_keyring_that_cannot_be_written(run: Run, keyring_file: Path) -> None:
    keyring_file.parent.parent.touch()
    result = run("Set-OpenAIKey", stdin=KEY, process=True)
    assert (result.exit_code, result.stdout, result.error_ids) == (1, "", ["KeyStoreUnavailable"])
    assert "Set-OpenAIKey: The keyring could not be used (NotADirectoryError: Not a directory).\n" in result.stderr


# --- the key is nobody's business -----------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", [Talkative], indirect=True)
@pytest.mark.parametrize("view", ["", "json"])
def test_a_keyring_does_not_tell_the_key(run: Run, backend: KeyringBackend, view: str) -> None:
    result = run("Set-OpenAIKey", "-Verbose", "-Debug", stdin=KEY, env={"PSOPENAI_ERROR_VIEW": view})
    assert result.exit_code == 1
    assert "The keyring could not be used (RuntimeError)." in result.stderr
    assert KEY not in result.stdout + result.stderr


@pytest.mark.parametrize("where", ["parameter", "environment", "keyring"])
@pytest.mark.parametrize("view", ["", "json"])
def test_the_key_is_never_shown(run: Run, server: Server, backend: Memory, where: str, view: str) -> None:
    """Not even when the server repeats it in its answer."""
    error = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": KEY}}
    base = server.script("shown", [{"status": 401, "json": error, "headers": {"x-key": KEY}}]).base
    arguments = ["-ApiKey", KEY] if where == "parameter" else []
    env = {"PSOPENAI_ERROR_VIEW": view} | ({"OPENAI_API_KEY": KEY} if where == "environment" else {})
    if where == "keyring":
        backend.stored[SERVICE, server.host] = KEY
    result = run("New-Video", KEY, "-ApiBase", base, "-Verbose", "-Debug", *arguments, env=env)
    assert result.exit_code == 4
    assert KEY not in result.stdout + result.stderr
    assert MASKED in result.stderr


def test_the_three_cmdlets_with_a_keyring_in_a_file(run: Run, keyring_file: Path) -> None:
    """From end to end, each in a process of its own, with a backend that is not ours."""
    assert run("Get-OpenAIKey", process=True).exit_code == 4
    stored = run("Set-OpenAIKey", stdin=f"{KEY}\n", process=True)
    assert (stored.exit_code, stored.stdout, len(stored.warnings)) == (0, "", 1)
    assert keyring_file.exists()
    found = run("Get-OpenAIKey", process=True)
    assert json.loads(found.stdout) == {"host": "api.openai.com", "source": "keyring", "key": MASKED}
    assert run("Remove-OpenAIKey", process=True).exit_code == 0
    assert run("Get-OpenAIKey", process=True).exit_code == 4
