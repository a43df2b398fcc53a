"""A key is found in what encodes all around it, and in escapes of escapes."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.redaction import HIDDEN, Masks
from tests.conftest import KEY, Run
from tests.server import Server

MASKED = "sk-tes***************XY"
#: A key of characters that are written in many ways.
ODD = "k-%41/\"q'&<é> +~"


@given(before=st.binary(max_size=9), behind=st.binary(max_size=9), in_address=st.booleans())
def test_in_base64_wherever_it_begins(before: bytes, behind: bytes, in_address: bool) -> None:
    encode = base64.urlsafe_b64encode if in_address else base64.b64encode
    echo = encode(before + KEY.encode() + behind).decode()
    shown = Masks([KEY]).text(f"<{echo}>")
    start, _, end = shown.partition(HIDDEN)
    assert echo.startswith(start[1:]) and echo.endswith(end[:-1])
    # What is left begins and ends with the bytes around the key, and with a few bits of it.
    assert len(start[1:]) <= (8 * len(before) + 5) // 6
    assert len(end[:-1].rstrip("=")) <= (8 * len(behind) + 5) // 6 + 1


@pytest.mark.parametrize("secret", [KEY, ODD])
@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_percent_encoded_again_and_again(secret: str, times: int) -> None:
    echo = "".join(f"%{byte:02x}" for byte in secret.encode())
    for _ in range(times - 1):
        echo = quote(echo, safe="")
    shown = Masks([secret]).text(f"a {echo} b")
    assert shown == (f"a {MASKED} b" if secret is KEY else f"a {HIDDEN} b")


@pytest.mark.parametrize("times", [1, 2, 5])
def test_as_entities_of_entities(times: int) -> None:
    echo = "".join(f"&#{ord(character)};" for character in KEY)
    for _ in range(times - 1):
        echo = echo.replace("&", "&amp;")
    assert Masks([KEY]).text(f"a {echo} b") == f"a {MASKED} b"


@pytest.mark.parametrize("text", ["%25" * 100_000, "&amp;" * 100_000 + "#1", "\\" * 100_000 + "u0"])
def test_a_long_run_of_escapes_is_none(text: str) -> None:
    assert Masks([KEY, ODD]).text(text) == text


@pytest.mark.parametrize("view", ["", "json"])
def test_a_server_that_shows_what_it_received(view: str, run: Run, server: Server) -> None:
    basic = base64.b64encode(f"user:{KEY}".encode()).decode()
    answer = {
        "status": 401,
        "reason": basic,
        "json": {"error": {"message": f"No: {basic}", "param": basic}},
        "headers": {"X-Request-Id": basic, "X-Echo": basic},
    }
    base = server.script("shows", [answer]).base
    env = {"OPENAI_API_KEY": KEY, "PSOPENAI_ERROR_VIEW": view}
    result = run("New-Video", "x", "-ApiBase", base, "-Verbose", "-Debug", env=env)
    assert result.exit_code == 4
    assert basic not in result.stderr and HIDDEN in result.stderr
    inside = base64.b64encode(KEY[3:].encode()).decode().rstrip("=")[:-1]
    assert inside not in result.stderr
