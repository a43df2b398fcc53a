"""JSON in every width that Unicode has, with and without a mark, whatever the header says of it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.conftest import Run
from tests.server import Server

WIDTHS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
NAMED = ["", "; charset=utf-8", "; charset=utf-16", "; charset=UTF-32BE", "; charset=us-ascii", "; charset=none"]
SAID = '{"id": "v9", "prompt": "N\u00e4he \U0001f680"}'


def _answer(text: str, width: str, named: str) -> dict[str, Any]:
    body = base64.b64encode(text.encode(width)).decode()
    return {"bytes_b64": body, "headers": {"Content-Type": f"application/json{named}"}}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("named", NAMED)
def test_a_job_is_read_as_wide_as_it_is(width: str, named: str, run: Run, server: Server) -> None:
    # ASCII is what a header may well say of what else has one byte a letter.
    text = SAID if width[:5] != "utf-8" or "ascii" not in named else '{"id": "v9", "prompt": "x"}'
    base = server.script("wide", [_answer(text, width, named)]).base
    result = run("Get-Video", "v9", "-ApiBase", base)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.json == {"id": "v9", "prompt": "N\u00e4he \U0001f680" if text is SAID else "x"}


@pytest.mark.parametrize("width", WIDTHS)
def test_an_error_is_read_as_wide_as_it_is(width: str, run: Run, server: Server) -> None:
    answer = _answer('{"error": {"message": "N\u00e4he"}}', width, "; charset=utf-16") | {"status": 400}
    result = run("Get-Video", "v9", "-ApiBase", server.script("wide", [answer]).base)
    assert result.stderr.splitlines()[0] == "Get-Video: OpenAI API returned an 400 (Bad Request) Error: N\u00e4he"


@pytest.mark.parametrize("width", ["utf-8", "utf-16-le", "utf-32-be"])
@pytest.mark.parametrize("blanks", [0, 1, 2, 3, 4, 7, 8, 9, 40])
def test_blanks_before_json_do_not_hide_it(blanks: int, width: str, run: Run, server: Server) -> None:
    blank = (" \r\n\t" * 10)[:blanks]
    base = server.script("wide", [_answer(blank + SAID, width, "; charset=utf-16-be")]).base
    result = run("Get-Video", "v9", "-ApiBase", base)
    assert (result.exit_code, result.json["id"]) == (0, "v9")
