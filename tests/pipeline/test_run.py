"""Pipelines: what a cmdlet makes of standard input, and in which form it answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.pipeline.tiny import COMPACT, PRETTY, TINY
from tests.server import Script

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="closes files as a Unix shell does")
NOT_BOUND = "InputObjectNotBound,Get-Video"
NOT_FOUND = "PSOpenAI.APIRequest.NotFoundException,Invoke-OpenAIAPIRequest"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


# --- forms ------------------------------------------------------------------------------------------------------

ARRAY_OF_TWO = f"[\n  {_indented(PRETTY)},\n  {_indented(PRETTY)}\n]\n"
FORMS: dict[str, tuple[str | bytes, str]] = {
    "one object": ('{"id": "a"}', f"{PRETTY}\n"),
    "one JSON line": ('{"id": "a"}\n', f"{COMPACT}\n"),
    "one line": ("a\n", f"{PRETTY}\n"),
    "one object over lines": ('{\n  "id": "a"\n}\n', f"{PRETTY}\n"),
    "objects over lines": ('{\n  "id": "a"\n}\n{\n  "id": "b"\n}\n', f"{PRETTY}\n{PRETTY}\n"),
    "JSON lines": ('{"id": "a"}\n{"id": "b"}\n', f"{COMPACT}\n{COMPACT}\n"),
    "lines of text": ("a\nb\n", f"{COMPACT}\n{COMPACT}\n"),
    "an array": ('[{"id": "a"}, "b"]', ARRAY_OF_TWO),
    "an array of one": ('["a"]', f"[\n  {_indented(PRETTY)}\n]\n"),
    "an empty array": ("[]", "[]\n"),
    "UTF-16": ("\ufeffa\nb".encode("utf-16-le"), f"{COMPACT}\n{COMPACT}\n"),
}


@pytest.mark.parametrize(("given", "printed"), FORMS.values(), ids=list(FORMS))
def test_the_output_has_the_form_of_the_input(run: Run, api: Script, given: str | bytes, printed: str) -> None:
    result = run("Get-Video", stdin=given)
    assert (result.exit_code, result.stdout, result.stderr) == (0, printed, "")


@pytest.mark.parametrize("many", [[], ["-ThrottleLimit", "2"], ["-Resume", "journal"]], ids=" ".join)
@pytest.mark.parametrize(("given", "printed"), FORMS.values(), ids=list(FORMS))
def test_compressed_each_object_is_a_line(
    run: Run, api: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, many: list[str], given: str, printed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("Get-Video", "-Compress", *many, stdin=given)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{COMPACT}\n" * printed.count('"id"'), "")


@pytest.mark.parametrize("many", [["-ThrottleLimit", "2"], ["-Resume", "journal"]], ids=" ".join)
@pytest.mark.parametrize("name", ["one object", "one line", "one object over lines", "objects over lines"])
def test_many_at_once_give_lines_also_for_one_record(
    run: Run, api: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, many: list[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given, printed = FORMS[name]
    assert run("Get-Video", *many, stdin=given).stdout == f"{COMPACT}\n" * printed.count('"id"')
    assert run("Get-Video", *many, "-Compress:$false", stdin=given).stdout == f"{PRETTY}\n" * printed.count('"id"')


LIST = {"json": {"object": "list", "data": [TINY, TINY], "has_more": False}}


@pytest.mark.parametrize(
    ("arguments", "answer", "printed"),
    [
        pytest.param(["Get-Video", "a"], {"json": TINY}, f"{COMPACT}\n", id="one job"),
        pytest.param(["Get-Video"], LIST, f"{COMPACT}\n" * 2, id="a list"),
        pytest.param(["Get-Video"], {"json": {"object": "list", "data": []}}, "", id="an empty list"),
        pytest.param(["New-Video", "x"], {"json": TINY}, f"{COMPACT}\n", id="a new job"),
        pytest.param(["Wait-Video", "video_1"], {"json": TINY}, f"{COMPACT}\n", id="an awaited job"),
        pytest.param(["New-VideoRemix", "x", "a"], {"json": TINY}, f"{COMPACT}\n", id="a remix"),
    ],
)
@pytest.mark.parametrize("spelled", ["-Compress", "-compress:$true", "-Comp"])
def test_compressed_without_input(
    run: Run, api: Script, arguments: list[str], answer: dict[str, Any], printed: str, spelled: str
) -> None:
    api.responses = [answer]
    result = run(*arguments, spelled, "-ProgressAction", "Ignore")
    assert (result.exit_code, result.stdout, result.stderr) == (0, printed, "")


@pytest.mark.parametrize("given", ["", "\n \n"], ids=["nothing", "blanks"])
def test_without_input_a_list_is_a_list(run: Run, api: Script, given: str) -> None:
    api.responses = [{"json": {"object": "list", "data": [TINY], "has_more": False}}]
    result = run("Get-Video", stdin=given)
    assert (result.exit_code, result.stdout) == (0, f"[\n  {_indented(PRETTY)}\n]\n")


def test_new_jobs_from_json_lines(run: Run, api: Script) -> None:
    lines = '{"prompt": "a", "seconds": 8, "size": "1280x720"}\n{"prompt": "b", "model": "m"}\n'
    result = run("New-Video", "-Model", "n", stdin=lines)
    assert (result.exit_code, result.stdout) == (0, f"{COMPACT}\n{COMPACT}\n")
    fields = [{name: value for name, _, _, value in request.fields} for request in api.requests]
    assert fields == [
        {"prompt": "a", "model": "n", "seconds": "8", "size": "1280x720"},
        {"prompt": "b", "model": "n"},
    ]


def test_new_jobs_from_lines_of_text(run: Run, api: Script) -> None:
    result = run("New-Video", stdin='[slow] Dancing Doggo\r\nIt\'s a "cat"\r\n')
    assert (result.exit_code, result.stdout) == (0, f"{COMPACT}\n{COMPACT}\n")
    assert [request.fields[0][3] for request in api.requests] == ["[slow] Dancing Doggo", 'It\'s a "cat"']


def test_a_line_that_is_cut_off_makes_no_job(run: Run, api: Script) -> None:
    result = run("New-Video", stdin='{"prompt": "a"}\n{"prompt": "b\n{"prompt": "c"}\n')
    assert (result.exit_code, result.error_ids) == (2, ["InputObjectNotBound,New-Video"])
    assert [request.fields[0][3] for request in api.requests] == ["a", "c"]


# --- failures ---------------------------------------------------------------------------------------------------


def test_one_that_fails_does_not_stop_the_others(run: Run, api: Script) -> None:
    api.responses = [{"json": TINY}, {"status": 404, "json": {"error": {"message": "no"}}}, {"json": TINY}]
    result = run("New-VideoRemix", "bluer", stdin="a\nb\nc\n")
    assert (result.exit_code, result.stdout) == (1, f"{COMPACT}\n{COMPACT}\n")
    assert result.error_ids == [NOT_FOUND]


def test_one_that_does_not_bind(run: Run, api: Script) -> None:
    result = run("Get-Video", stdin='[{"id": "a"}, {"foo": "x"}, [], {"id": "b"}]')
    assert (result.exit_code, result.stdout) == (2, ARRAY_OF_TWO)
    assert result.stderr == (
        "Get-Video: The input does not bind to Get-Video: no property or value of it fits a parameter that takes "
        "pipeline input.\n"
        "    + RecommendedAction     : Get-Video takes VideoId (a line of text or a property Id/video_id).\n"
        '    + CategoryInfo          : InvalidArgument: ({"foo": "x"}:String) [Get-Video], ParameterBindingException\n'
        "    + FullyQualifiedErrorId : InputObjectNotBound,Get-Video\n"
        "Get-Video: The input does not bind to Get-Video: no property or value of it fits a parameter that takes "
        "pipeline input.\n"
        "    + RecommendedAction     : Get-Video takes VideoId (a line of text or a property Id/video_id).\n"
        "    + CategoryInfo          : InvalidArgument: ([]:String) [Get-Video], ParameterBindingException\n"
        "    + FullyQualifiedErrorId : InputObjectNotBound,Get-Video\n"
    )


@pytest.mark.parametrize(
    ("action", "exit_code", "errors", "calls"),
    [("Continue", 2, 1, 2), ("SilentlyContinue", 2, 0, 2), ("Ignore", 2, 0, 2), ("Stop", 2, 1, 1)],
)
def test_error_action_for_what_does_not_bind(
    run: Run, api: Script, action: str, exit_code: int, errors: int, calls: int
) -> None:
    result = run("Get-Video", "-ErrorAction", action, stdin='["a", 1.5, "b"]')
    assert (result.exit_code, result.error_ids, len(api.requests)) == (exit_code, [NOT_BOUND] * errors, calls)
    assert len(result.json) == calls


@pytest.mark.parametrize(("action", "calls"), [("Continue", 3), ("SilentlyContinue", 3), ("Stop", 1)])
def test_error_action_for_what_fails(run: Run, api: Script, action: str, calls: int) -> None:
    api.responses = [{"status": 404, "json": {"error": {"message": "no"}}}]
    result = run("Remove-Video", "-ea", action, stdin='["a", "b", "c"]')
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", calls)


def test_an_error_that_would_hit_all_ends_the_run(run: Run) -> None:
    result = run("Get-Video", stdin="video_a\nvideo_b\n")
    assert (result.exit_code, result.error_ids) == (4, ["System.ArgumentException,Initialize-APIKey"])
    # The pipe may have held the only copy of the ids.
    assert "(video_a:String)" in result.stderr
    assert result.stderr.endswith("\nTo go on: printf '%s\\n' video_b | Get-Video\n")


def test_what_is_left_out_and_broken_off_at_the_end(run: Run, api: Script) -> None:
    result = run("Get-Video", stdin='[{"id": "a"}, {"id": ')
    assert (result.exit_code, result.stdout) == (2, f"[\n  {_indented(PRETTY)}\n]\n")
    assert "it is not JSON" in result.stderr and "the array is not read any further" in result.stderr
