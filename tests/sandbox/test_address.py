"""Sandbox addresses and the default folder."""

from __future__ import annotations

import sys
from pathlib import Path, PurePath

import pytest

from psopenai_py.sandbox.address import SandboxAddress, default_folder, is_sandbox, parse_address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("sandbox:", SandboxAddress(), id="bare"),
        pytest.param("SandBox:", SandboxAddress(), id="any-case"),
        pytest.param("sandbox:/some/folder", SandboxAddress(Path("/some/folder").absolute()), id="folder"),
        pytest.param("sandbox:///some/folder", SandboxAddress(Path("/some/folder").absolute()), id="as-file-address"),
        pytest.param("sandbox:/a b%20c", SandboxAddress(Path("/a b%20c").absolute()), id="folder-as-typed"),
        pytest.param("sandbox:jobs", SandboxAddress(Path("jobs").absolute()), id="relative"),
        pytest.param("sandbox:C:\\x", SandboxAddress(Path("C:\\x").absolute()), id="windows"),
        pytest.param("sandbox:~/x", SandboxAddress(Path.home() / "x"), id="home"),
        pytest.param("sandbox:?speed=10", SandboxAddress(speed=10.0), id="speed"),
        pytest.param("sandbox:?speed=0.5", SandboxAddress(speed=0.5), id="slower"),
        pytest.param("sandbox:?fault=429", SandboxAddress(fault="429"), id="fault"),
        pytest.param("sandbox:?fault=429%20X2+get", SandboxAddress(fault="429 x2 get"), id="fault-in-full"),
        pytest.param("sandbox:?fault=[drop]", SandboxAddress(fault="drop"), id="fault-in-brackets"),
        pytest.param(
            "sandbox:/f?speed=2&fault=fail", SandboxAddress(Path("/f").absolute(), 2.0, "fail"), id="all-of-it"
        ),
    ],
)
def test_an_address_is_read(address: str, expected: SandboxAddress) -> None:
    # The home of the test itself, not of the moment the table was made.
    if address == "sandbox:~/x":
        expected = SandboxAddress(Path.home() / "x")
    assert parse_address(address) == expected


@pytest.mark.parametrize(
    ("address", "message"),
    [
        pytest.param("http://x", "A sandbox address begins with 'sandbox:', not 'http://x'.", id="scheme"),
        pytest.param(
            "sandbox:?speed=fast",
            "The sandbox's speed must be a number above 0, up to 1,000,000, not 'fast'.",
            id="speed-text",
        ),
        pytest.param(
            "sandbox:?speed=0", "The sandbox's speed must be a number above 0, up to 1,000,000, not '0'.", id="zero"
        ),
        pytest.param(
            "sandbox:?speed=nan", "The sandbox's speed must be a number above 0, up to 1,000,000, not 'nan'.", id="nan"
        ),
        pytest.param(
            "sandbox:?tempo=1",
            "A sandbox address has no option 'tempo'; it knows speed, fault and provider.",
            id="option",
        ),
        pytest.param("sandbox:?speed=1&speed=2", "The sandbox address gives 'speed' twice.", id="twice"),
        pytest.param("sandbox:/a\0b", "The folder of the sandbox address holds a null character.", id="null"),
        pytest.param(
            "sandbox:/a\ud800b", "The folder of the sandbox address holds a character that no path can have.", id="half"
        ),
        pytest.param(
            "sandbox:~nosuchuser/x",
            "The folder of the sandbox address cannot be found: Could not determine home directory.",
            id="no-such-user",
        ),
        pytest.param("sandbox://host/x", "'sandbox://host/x' names a host; write 'sandbox:/folder'.", id="host"),
        pytest.param(
            "sandbox:?fault=boom",
            "The sandbox knows no fault 'boom'. It knows fail, blocked, slow, stall, expired, moderation, 401, 403, "
            "429, quota, 500, 502, 503, html, drop, hang; those about an answer take a count and a request, such as "
            "'429 x2 get' (create, list, get, delete, content).",
            id="fault",
        ),
    ],
)
def test_a_bad_address_says_why(address: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_address(address)
    assert str(caught.value) == message


@pytest.mark.skipif(sys.platform == "win32", reason="users of Unix")
def test_a_user_without_a_home_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number nobody has."""
    import pwd

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(ValueError) as caught:
        default_folder({}, "linux")
    assert str(caught.value) == "This user has no home folder; name one for the jobs: sandbox:/folder"


def test_a_home_that_moves_with_the_current_folder_is_none() -> None:
    with pytest.raises(ValueError) as caught:
        default_folder({"HOME": "here"}, "linux", otherwise="-Path")
    assert str(caught.value) == "This user has no home folder; name one for the jobs: -Path"


def test_is_sandbox() -> None:
    addresses = ["sandbox:", "SANDBOX:/x", "sandbox", "http://sandbox:8000"]
    assert [is_sandbox(address) for address in addresses] == [True, True, False, False]


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        pytest.param("linux", {"HOME": "/h"}, "/h/.local/state/psopenai_py/sandbox", id="linux"),
        pytest.param("linux", {"HOME": "/h", "XDG_STATE_HOME": "/s"}, "/s/psopenai_py/sandbox", id="xdg"),
        pytest.param(
            "linux", {"HOME": "/h", "XDG_STATE_HOME": "s"}, "/h/.local/state/psopenai_py/sandbox", id="xdg-relative"
        ),
        pytest.param("darwin", {"HOME": "/h"}, "/h/Library/Application Support/psopenai_py/sandbox", id="macos"),
        pytest.param("win32", {"LOCALAPPDATA": "/l"}, "/l/psopenai_py/sandbox", id="windows"),
        pytest.param("win32", {"USERPROFILE": "/u"}, "/u/AppData/Local/psopenai_py/sandbox", id="windows-without"),
    ],
)
def test_the_default_folder_follows_the_platform(platform: str, environ: dict[str, str], expected: str) -> None:
    assert default_folder(environ, platform) == Path(PurePath(expected))
