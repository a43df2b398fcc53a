"""Pipelines: what a cmdlet makes of standard input, in which form it answers, and when it leaves it alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from tests.conftest import Run
from tests.server import JOB, Script, Server
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="closes files as a Unix shell does")

TINY: dict[str, Any] = {"id": "video_1", "status": "completed"}
PRETTY = json.dumps(TINY, indent=2)
COMPACT = json.dumps(TINY, separators=(",", ":"))
NOT_BOUND = "InputObjectNotBound,Get-Video"
NOT_FOUND = "PSOpenAI.APIRequest.NotFoundException,Invoke-OpenAIAPIRequest"


@pytest.fixture
def api(server: Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server that has one job, and the environment that points to it."""
    script = server.script(request.node.name.partition("[")[0], [{"json": TINY}])
    monkeypatch.setenv("OPENAI_API_BASE", script.base)
    return script


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


# --- what is left alone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["Get-Video", "-Limit", "5"],
        ["Get-Video", "-All"],
        ["Get-Video", "a"],
        ["New-Video", "x"],
        ["Remove-Video", "a"],
    ],
    ids=" ".join,
)
def test_input_that_is_not_needed_is_not_read(run: Run, api: Script, tmp_path: Path, arguments: list[str]) -> None:
    """As in `while read -r line; do New-Video "$line"; done < lines.txt`."""
    api.responses = [{"json": TINY | {"object": "list", "data": []}}]
    lines = tmp_path / "lines.txt"
    lines.write_text("one\ntwo\nthree\n")
    with lines.open("rb", buffering=0) as file:
        assert file.readline() == b"one\n"
        done = subprocess.run(our(*arguments), stdin=file, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert file.read() == b"two\nthree\n"


def _closed(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *our(*arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _null(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        our(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@on_unix
@pytest.mark.parametrize("without", [_closed, _null], ids=["closed", "null device"])
def test_no_standard_input(api: Script, without: Any) -> None:
    """As under cron: a list is a list, and what needs an id says so."""
    api.responses = [{"json": {"object": "list", "data": []}}]
    assert without(["Get-Video"]) == (0, "[]\n", "")
    code, out, err = without(["Wait-Video"])
    assert (code, out) == (2, "")
    assert "MissingMandatoryParameter,Wait-Video" in err


@on_unix
def test_a_terminal_is_no_pipeline(api: Script, tmp_path: Path) -> None:
    api.responses = [{"json": {"object": "list", "data": []}}]
    with (tmp_path / "out").open("w+b") as out:
        terminal = Terminal(*our("Get-Video"), stdout=out)
        assert (terminal.close(), terminal.screen) == (0, "")
        out.seek(0)
        assert out.read() == b"[]\n"


# --- slow programs ----------------------------------------------------------------------------------------------


def _begin(*arguments: str) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    process = subprocess.Popen(our(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ))
    assert process.stdin is not None
    assert process.stdout is not None
    return process, process.stdin, process.stdout


@on_unix
@pytest.mark.parametrize("item", ['{"id": "a"}\n', "a\n", '{\n"id": "a"\n}\n'], ids=["JSON line", "text", "object"])
def test_each_item_is_handled_as_soon_as_it_comes(api: Script, item: str) -> None:
    """Its output is there before the next one is written."""
    process, given, printed = _begin("Get-Video")
    for _ in range(3):
        given.write(item.encode())
        given.flush()
        shown = printed.readline()
        assert shown == (b"{\n" if item.startswith("{\n") else f"{COMPACT}\n".encode())
        while shown.rstrip() not in (b"}", COMPACT.encode()):
            shown = printed.readline()
    given.close()
    assert (process.wait(60), printed.read()) == (0, b"")
    printed.close()


@on_unix
def test_each_element_of_an_array_is_handled_as_soon_as_it_comes(api: Script) -> None:
    process, given, printed = _begin("Get-Video")
    given.write(b'["a",')
    given.flush()
    assert printed.readline() == b"[\n"
    assert printed.readline() == b"  {\n"
    given.write(b'"b"]')
    given.close()
    assert json.loads("[{" + printed.read().decode()) == [TINY, TINY]
    assert process.wait(60) == 0
    printed.close()


@on_unix
def test_a_pipeline_of_real_processes(api: Script) -> None:
    api.responses = [{"json": JOB}, {"json": JOB | {"status": "completed"}}, {"json": {"deleted": True}}]
    name = Path(sys.executable)
    stages = " | ".join(f"'{name}' -m psopenai_py {stage}" for stage in ("New-Video x", "Wait-Video", "Remove-Video"))
    done = subprocess.run(["/bin/sh", "-c", stages], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [f"{request.method} {request.path}" for request in api.requests] == [
        "POST /videos",
        "GET /videos/video_123",
        "DELETE /videos/video_123",
    ]
