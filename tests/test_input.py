"""What comes in through a pipe, a file or an argument and is no usable text: refused before anything is sent."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psopenai_py import errors, get_video
from psopenai_py.binding.literals import parse
from tests.conftest import KEY, Run
from tests.server import JOB, Script, Server

NO_TEXT = "InputNotText"


@pytest.fixture
def script(server: Server) -> Script:
    return server.script("input")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Bytes like those of a film, with line ends and readable words among them."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\n" + bytes(range(256)) * 400)
    return path


def _piped(script: Script, data: bytes | Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """New-Video in a process of its own, with a file or a pipe as standard input."""
    command = [sys.executable, "-m", "psopenai_py", "New-Video", "-ApiBase", script.base, *arguments]
    if isinstance(data, bytes):
        return subprocess.run(command, input=data, capture_output=True, check=False, timeout=60, env=dict(os.environ))
    with data.open("rb") as file:
        return subprocess.run(command, stdin=file, capture_output=True, check=False, timeout=60, env=dict(os.environ))


@pytest.mark.parametrize("more", [[], ["-ThrottleLimit", "4"]], ids=["one", "many"])
@pytest.mark.parametrize("by", ["file", "pipe"])
def test_a_film_is_no_list_of_prompts(by: str, more: list[str], clip: Path, script: Script) -> None:
    result = _piped(script, clip if by == "file" else clip.read_bytes(), *more)
    assert (result.returncode, result.stdout, script.requests) == (2, b"", [])
    assert result.stderr.decode().splitlines() == [
        "New-Video: Standard input is no text: there is a zero byte, in line 1. Nothing was sent.",
        "    + RecommendedAction     : Records are lines or JSON, in UTF-8, or in UTF-16 with a byte order mark.",
        "    + CategoryInfo          : InvalidData: (:) [], ParameterBindingException",
        f"    + FullyQualifiedErrorId : {NO_TEXT}",
    ]


@pytest.mark.parametrize("more", [[], ["-ThrottleLimit", "4"], ["-Resume", "journal"]], ids=["one", "many", "journal"])
@pytest.mark.parametrize("bad", [b"\0", b"\xff", "süß".encode("latin-1")])
def test_one_bad_byte_at_the_end_of_a_file(bad: bytes, more: list[str], script: Script, tmp_path: Path) -> None:
    """The file is looked through before its first line is sent."""
    path = tmp_path / "prompts.txt"
    path.write_bytes(b"Dancing Doggo\n" * 20_000 + bad)
    more = [str(tmp_path / word) if word == "journal" else word for word in more]
    result = _piped(script, path, *more)
    assert (result.returncode, result.stdout, script.requests) == (2, b"", [])
    assert b", in line 20001. Nothing was sent." in result.stderr


def test_a_file_is_read_from_where_it_stands(script: Script, tmp_path: Path) -> None:
    """What was read before by somebody else is neither looked at nor sent."""
    path = tmp_path / "prompts.txt"
    path.write_bytes(b"\0\0\0\0first\nsecond\n")
    command = [sys.executable, "-m", "psopenai_py", "New-Video", "-ApiBase", script.base]
    with path.open("rb") as file:
        os.lseek(file.fileno(), 4, os.SEEK_SET)
        result = subprocess.run(command, stdin=file, capture_output=True, check=False, timeout=60)
    assert result.returncode == 0
    assert [request.fields[0][3] for request in script.requests] == ["first", "second"]


def test_what_follows_a_bad_byte_in_a_pipe_is_not_sent(run: Run, script: Script) -> None:
    """The first piece of a pipe is looked at whole; a later one cannot take back what was sent."""
    result = run("New-Video", "-ApiBase", script.base, stdin=b"a\nb\n\xff\nc\n")
    assert (result.exit_code, result.stdout, script.requests) == (2, "", [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.binary(min_size=1, max_size=300))
def test_no_job_comes_of_bytes_that_are_no_text(data: bytes, run: Run, script: Script) -> None:
    script.requests.clear()
    result = run("New-Video", "-ApiBase", script.base, "-InputReference:", "", stdin=data)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        assert (result.stdout, script.requests) == ("", [])


def test_a_property_that_nothing_takes_is_told_once(run: Run, script: Script) -> None:
    records = "".join(json.dumps({"prompt": f"p{number}", "secs": 8, "note": number}) + "\n" for number in range(5))
    for more in ([], ["-ThrottleLimit", "3"]):
        result = run("New-Video", "-ApiBase", script.base, *more, stdin=records)
        assert result.exit_code == 0
        assert sorted(result.warnings) == [
            "New-Video takes no property 'note' of the input; it is left out.",
            "New-Video takes no property 'secs' of the input; it is left out. Did you mean Seconds?",
        ]


@pytest.mark.parametrize(("count", "more"), [(20, None), (21, "1"), (60_000, "59,980")])
def test_of_many_properties_that_nothing_takes_twenty_are_named(
    count: int, more: str | None, run: Run, script: Script
) -> None:
    record = {f"k{number}": 1 for number in range(count)} | {"prompt": "p"}
    result = run("New-Video", "-ApiBase", script.base, stdin=json.dumps(record))
    assert (result.exit_code, len(script.requests)) == (0, 1)
    assert result.warnings == [
        *(f"New-Video takes no property 'k{number}' of the input; it is left out." for number in range(20)),
        *([f"Further properties of the input that New-Video does not take: {more}."] if more else []),
    ]


@pytest.mark.parametrize("more", [[], ["-ThrottleLimit", "3"]], ids=["one", "many"])
def test_a_property_that_nothing_takes_can_stop_the_run(more: list[str], run: Run, script: Script) -> None:
    records = json.dumps({"prompt": "p", "secs": 8}) + "\n"
    result = run("New-Video", "-ApiBase", script.base, "-WarningAction", "Stop", *more, stdin=records * 3)
    assert (result.exit_code, result.stdout, script.requests) == (1, "", [])


def test_the_jobs_of_a_pipeline_are_no_warning(run: Run, script: Script) -> None:
    jobs = json.dumps([JOB, JOB | {"id": "video_124"}])
    result = run("New-VideoRemix", "more", "-ApiBase", script.base, stdin=jobs)
    assert (result.exit_code, result.stderr, len(script.requests)) == (0, "", 2)


@pytest.mark.parametrize("seconds", ["8", "8.0", "8.00", '"8"', "0.8e1", "80E-1"])
def test_a_number_binds_however_it_is_written(seconds: str, run: Run, script: Script) -> None:
    result = run("New-Video", "-ApiBase", script.base, stdin=f'{{"prompt": "p", "seconds": {seconds}}}')
    assert (result.exit_code, result.stderr) == (0, "")
    assert ["seconds", None, None, "8"] in script.requests[0].fields


# --- ids --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\x01", "\t", "\n", "\r", "\x1b", "\x7f", "\x80", "\x9f", "\u2028", "\u2029"])
@pytest.mark.parametrize("cmdlet", ["Get-Video", "Get-VideoContent", "Wait-Video", "Remove-Video", "New-VideoRemix"])
def test_no_id_has_a_control_character(cmdlet: str, character: str, run: Run, script: Script) -> None:
    prompt = ["-Prompt", "p"] if cmdlet == "New-VideoRemix" else []
    result = run(cmdlet, "-ApiBase", script.base, "-VideoId", f"video{character}1", *prompt)
    assert (result.exit_code, result.stdout, script.requests) == (1, "", [])
    assert result.stderr.splitlines()[0] == (
        f"{cmdlet}: 'video\ufffd1' is not the id of a video: it holds the character U+{ord(character):04X}. "
        "Nothing was sent."
    )


def test_a_zero_byte_in_an_id_from_python(script: Script) -> None:
    with pytest.raises(errors.InputError, match=r"it holds the character U\+0000"):
        get_video("video\0", api_base=script.base)
    assert script.requests == []


# --- JSON from a server -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "charset"), [("utf-8-sig", ""), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16")])
def test_a_byte_order_mark_before_json(encoding: str, charset: str, server: Server, run: Run) -> None:
    data = base64.b64encode(json.dumps(JOB | {"prompt": "süß"}).encode(encoding)).decode()
    kind = "application/json" + (f"; charset={charset}" if charset else "")
    answer = {"bytes_b64": data, "headers": {"Content-Type": kind}}
    result = run("Get-Video", "video_123", "-ApiBase", server.script("mark", [answer]).base)
    assert (result.exit_code, result.json["id"], result.json["prompt"]) == (0, "video_123", "süß")


def test_a_byte_order_mark_before_an_error(server: Server, run: Run) -> None:
    answer = {"status": 400, "text": '\ufeff{"error": {"message": "No.", "code": "c"}}'}
    result = run("Get-Video", "video_123", "-ApiBase", server.script("mark", [answer]).base)
    assert result.stderr.startswith("Get-Video: OpenAI API returned an 400 (Bad Request) Error: No.\n")


# --- long and odd arguments -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["-TimeoutSec", "-MaxRetryCount", "-ErrorAction", "-ApiType", "-ApiBase", "-Foo"])
@pytest.mark.parametrize("text", ["1" * 5000, "-" + "9" * 5000, "²", "٣", "1²", "http://h:" + "1" * 5000, "http://h:²"])
def test_what_is_refused_is_refused_shortly(name: str, text: str, run: Run) -> None:
    """In our words, not in those of the interpreter, and with the beginning of what was typed."""
    result = run("New-Video", "x", f"{name}:{text}")
    first = result.stderr.splitlines()[0]
    assert (result.exit_code in (1, 2), len(first) < 400) == (True, True)
    assert "int" not in first.replace("into", "").split() and "Exceeds" not in first and "invalid literal" not in first


def test_a_number_of_python_with_too_many_digits() -> None:
    with pytest.raises(errors.BindingError, match="the number is too large"):
        get_video(limit=10**5000, api_key=KEY)


LITERALS = {
    "digits and a letter": "@{a=" + "1" * 20_000 + "_}",
    "digits": "@{a=" + "1" * 900_000 + "}",
    "digits and points": "@{a=" + "1." * 400_000 + "}",
    "hex digits": "@{a=0x" + "f" * 900_000 + "}",
    "signs": "@{a=" + "-" * 900_000 + "}",
    "blanks": "@{a=" + " " * 900_000 + "}",
    "quotation marks": "@{a='" + "''" * 400_000 + "}",
    "curly quotation marks": "@{a=“" + "„”" * 400_000 + "}",
    "backticks": '@{a="' + "`" * 900_000 + "}",
    "words of .NET": "@{a=" + "System.A " * 100_000 + "}",
    "a comment": "@{#" + "#" * 900_000,
    "brackets": "@(" * 400_000,
    "commas": "@{a=" + "," * 900_000 + "}",
    "many members": "@{" + ";".join(f"k{number}=1" for number in range(600_000)) + "}",
    "many elements": "@(" + ",".join(["'x'"] * 600_000) + ")",
    "JSON with many members": "{" + ",".join(f'"k{number}":1' for number in range(600_000)) + "}",
    "JSON with brackets": "[" * 900_000,
    "keys that fit": "@{" + ";".join(f"k{number}=1" for number in range(70_000)) + "}",
}


@pytest.mark.parametrize("literal", LITERALS.values(), ids=list(LITERALS))
def test_a_long_literal_takes_time_in_proportion(literal: str) -> None:
    """Minutes, or a crash, is what some took; a second is what they may."""
    began = time.process_time()
    try:
        parse(literal)
    except ValueError as error:
        assert len(str(error)) < 400
    assert time.process_time() - began < 10
