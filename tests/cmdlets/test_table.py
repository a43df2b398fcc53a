"""Get-Video -Table: what a person sees of jobs, on screens of several widths, and that scripts keep their JSON."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.server import Script
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")

HOUR = 3600


def job(number: int, **facts: Any) -> dict[str, Any]:
    """A job that was created `number` hours ago."""
    return {
        "id": f"video_{number}",
        "status": "in_progress",
        "progress": number,
        "model": "sora-2",
        "size": "1280x720",
        "seconds": "8",
        "prompt": f"Dancing Doggo, take {number}, in the light of the evening sun over the hills",
        "created_at": int(time.time()) - number * HOUR - 60,
    } | facts


def page(*jobs: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"json": {"object": "list", "data": list(jobs), "has_more": more, "last_id": "x"}}


def _seen(columns: int, *arguments: str, redirection: str = "") -> str:
    """What a terminal of a width shows of one of our command lines."""
    command = f"stty cols {columns}; {shlex.join(our(*arguments))} {redirection}"
    terminal = Terminal("/bin/sh", "-c", command, env={**os.environ, "NO_COLOR": "1"})
    terminal.close()
    return terminal.screen


def test_a_table_by_its_own_switch(run: Run, api: Script) -> None:
    """In a pipe no line is cut: there is no screen."""
    api.responses = [page(job(2), job(11, status="completed", progress=100, prompt="Short\nand\tsweet"))]
    result = run("Get-Video", "-Table")
    assert [request.path for request in api.requests] == ["/videos?limit=20&order=desc"]
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "ID        STATUS         %   AGE  MODEL   SIZE      SECONDS  PROMPT\n"
        "video_2   in_progress    2   2 h  sora-2  1280x720        8  Dancing Doggo, take 2, in the light of the "
        "evening sun over the hills\n"
        "video_11  completed    100  11 h  sora-2  1280x720        8  Short and sweet\n"
    )


@on_unix
def test_on_a_terminal_a_list_is_a_table_of_its_width(api: Script) -> None:
    api.responses = [page(job(2), job(11, status="completed"), more=True)]
    assert _seen(80, "Get-Video") == (
        "ID        STATUS        %   AGE  MODEL   SIZE      SECONDS  PROMPT\n"
        "video_2   in_progress   2   2 h  sora-2  1280x720        8  Dancing Doggo, take…\n"
        "video_11  completed    11  11 h  sora-2  1280x720        8  Dancing Doggo, take…\n"
        "WARNING: There is more data that has not been retrieved.\n"
        "-All lists every job; -Order asc begins with the oldest.\n"
    )


@on_unix
@pytest.mark.parametrize(
    ("columns", "titles"),
    [
        (40, ["ID", "STATUS", "%", "PROMPT"]),
        (50, ["ID", "STATUS", "%", "AGE", "PROMPT"]),
        (120, ["ID", "STATUS", "%", "AGE", "MODEL", "SIZE", "SECONDS", "PROMPT"]),
    ],
)
def test_what_a_narrow_screen_shows(api: Script, columns: int, titles: list[str]) -> None:
    api.responses = [page(*map(job, range(2, 30)))]
    head, *rows = _seen(columns, "Get-Video", "-All").splitlines()
    assert head.split() == titles
    assert max(map(len, rows)) == min(columns, max(map(len, rows)))
    assert [row.split()[0] for row in rows] == [f"video_{number}" for number in range(2, 30)]


@on_unix
def test_an_id_stays_whole_on_any_screen(api: Script) -> None:
    api.responses = [page(job(2, id="video_" + "6" * 48))]
    for columns in (20, 40, 60, 80):
        assert "video_" + "6" * 48 in _seen(columns, "Get-Video")


@on_unix
def test_an_id_that_leaves_no_room_has_a_line_for_itself(api: Script) -> None:
    api.responses = [page(job(2, id="video_" + "6" * 32), job(3, id="video_" + "7" * 32))]
    assert _seen(40, "Get-Video") == (
        f"video_{'6' * 32}\n  in_progress  2  2 h  Dancing Doggo, t…\nvideo_{'7' * 32}\n"
        "  in_progress  3  3 h  Dancing Doggo, t…\n"
    )
    assert _seen(60, "Get-Video").splitlines()[0].split() == ["ID", "STATUS", "%"]


@on_unix
def test_letters_that_take_two_columns(api: Script) -> None:
    api.responses = [page(job(2, prompt="踊る犬が丘の上で夕日を浴びて踊っている", status="待機中"), job(3))]
    rows = _seen(80, "Get-Video").splitlines()[1:]
    assert rows[0].startswith("video_2  待機中       ") and rows[0].endswith("  踊る犬が丘の上で夕日を…")


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        pytest.param({"status": None, "progress": None}, "", id="nothing is known"),
        pytest.param({"status": {"a": 1}, "progress": "50 %", "model": 7}, "{'a': 1}  50", id="other types"),
        pytest.param({"status": "\x1b[2Jx", "prompt": "a\x07b"}, "\ufffd[2Jx", id="control characters"),
        pytest.param({"created_at": 10**15}, "", id="a time in no year"),
        pytest.param({"age": -500}, "0 s", id="a clock that is ahead"),
        pytest.param({"age": 3 * 86400 + 9}, "3 d", id="days"),
        pytest.param({"age": 200}, "3 min", id="minutes"),
    ],
)
def test_odd_jobs(run: Run, api: Script, facts: dict[str, Any], shown: str) -> None:
    if "age" in facts:
        facts = {"created_at": int(time.time()) - facts["age"]}
    api.responses = [page(job(2, **facts), {"id": "bare"}, {})]
    result = run("Get-Video", "-Table")
    assert (result.exit_code, result.stderr) == (0, "")
    assert shown in result.stdout
    assert not set(result.stdout) & set("\x1b\x07")
    assert len(result.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        pytest.param(["video_2"], "", id="an id"),
        pytest.param([], '[{"id": "video_2"}]', id="a piped array"),
        pytest.param([], "video_2\n", id="a piped line"),
        pytest.param(["-ThrottleLimit", "2"], '{"id": "video_2"}\n', id="many at once"),
    ],
)
def test_jobs_by_their_id(run: Run, api: Script, arguments: list[str], stdin: str) -> None:
    api.responses = [{"json": job(2)}]
    result = run("Get-Video", "-Table", *arguments, stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ID", "video_2"]


def test_piped_jobs_are_one_table(run: Run, api: Script) -> None:
    api.responses = [{"json": job(2)}, {"status": 404, "json": {}}, {"json": job(3)}]
    result = run("Get-Video", "-Table", stdin="a\nb\nc\n")
    assert (result.exit_code, len(result.error_ids)) == (1, 1)
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ID", "video_2", "video_3"]


def test_a_long_table_is_printed_as_it_comes(run: Run, api: Script) -> None:
    """What is wider than the first hundred rows is cut, but for the id."""
    first = [job(2, id=f"v{number}", model="m") for number in range(100)]
    api.responses = [page(*first, more=True), page(job(3, id="video_long", model="a-long-model"))]
    lines = run("Get-Video", "-Table", "-All").stdout.splitlines()
    assert len(lines) == 102
    assert lines[-1].startswith("video_long  in_progress  3  3 h  a-lo…  1280x720")


# --- scripts keep their JSON --------------------------------------------------------------------------------------


@on_unix
@pytest.mark.parametrize("redirection", ["| cat", "< /dev/null", "2>/dev/null"])
def test_json_where_not_all_is_a_terminal(api: Script, redirection: str) -> None:
    api.responses = [page(job(2))]
    assert json.loads(_seen(80, "Get-Video", redirection=redirection))[0]["id"] == "video_2"
    assert api.requests[0].path.endswith("order=asc")


@on_unix
@pytest.mark.parametrize(
    ("argument", "first"), [("-Table:$false", "[\n"), ("-Compress", '{"id":"video_2"'), ("-Compress:$false", "[\n")]
)
def test_json_on_a_terminal_by_its_own_switch(api: Script, argument: str, first: str) -> None:
    api.responses = [page(job(2), more=True)]
    shown = _seen(200, "Get-Video", argument)
    assert shown.startswith(first)
    assert shown.endswith(
        "WARNING: There is more data that has not been retrieved.\n"
        "-All lists every job; -Order desc begins with the newest.\n"
    )


@on_unix
def test_one_job_is_json_on_a_terminal(api: Script) -> None:
    api.responses = [{"json": job(2)}]
    assert json.loads(_seen(80, "Get-Video", "video_2"))["id"] == "video_2"


@on_unix
def test_a_hidden_warning_has_no_hint(api: Script) -> None:
    api.responses = [page(job(2), more=True)]
    assert len(_seen(80, "Get-Video", "-WarningAction", "Ignore").splitlines()) == 2


def test_a_reader_who_has_seen_enough(run: Run, api: Script, tmp_path: Path) -> None:
    api.responses = [page(*map(job, range(100)), more=True), page(*map(job, range(100)))]
    import subprocess

    command = f"{shlex.join(our('Get-Video', '-Table', '-All'))} | head -2"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (2, "")
