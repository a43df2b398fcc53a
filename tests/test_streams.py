"""What goes where: error records, prefixes, colours, preferences."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.conftest import KEY, Run
from tests.server import JOB, Script, Server
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="closes files as a Unix shell does")

PROMPT = ["New-Video", "Dancing Doggo"]
#: An error answer whose text would move the cursor, change the title, and ring.
HOSTILE = "no \x1b[2J\x1b]0;title\x07 \x9b31m\x7f\r\nfree\tcolours"
HOSTILE_SHOWN = "no \ufffd[2J\ufffd]0;title\ufffd \ufffd31m\ufffd\nfree\tcolours"


@pytest.fixture
def refusing(server: Server, request: pytest.FixtureRequest) -> Script:
    """A server that refuses everything."""
    error = {"message": "Unknown size.", "type": "invalid_request_error", "param": "size", "code": "bad_size"}
    answer = {"status": 400, "json": {"error": error}, "headers": {"x-request-id": "req_7"}}
    return server.script(request.node.name.partition("[")[0], [answer])


@pytest.fixture
def failing(server: Server, request: pytest.FixtureRequest) -> Script:
    """A server whose jobs fail at once."""
    job = JOB | {"status": "failed", "error": {"code": "moderation", "message": "Not this."}}
    return server.script(request.node.name.partition("[")[0], [{"json": job}])


# --- errors -----------------------------------------------------------------------------------------------------

RECORD = (
    "New-Video: OpenAI API returned an 400 (Bad Request) Error: Unknown size.\n"
    "    + CategoryInfo          : InvalidOperation: (:) [Invoke-OpenAIAPIRequest], BadRequestException\n"
    "    + FullyQualifiedErrorId : PSOpenAI.APIRequest.BadRequestException,Invoke-OpenAIAPIRequest\n"
)


@pytest.mark.parametrize("process", [False, True], ids=["here", "in a process"])
def test_an_error_is_three_lines(run: Run, refusing: Script, process: bool) -> None:
    result = run(*PROMPT, "-ApiBase", refusing.base, process=process)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", RECORD)


def test_a_fourth_line_says_what_to_do(run: Run) -> None:
    result = run(*PROMPT)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        "New-Video: There is no API key for api.openai.com.\n"
        "    + RecommendedAction     : Give one of: -ApiKey, the environment variable OPENAI_API_KEY, or store it with "
        "Set-OpenAIKey. To try without a key: -ApiBase sandbox:\n"
        "    + CategoryInfo          : NotSpecified: (:) [Initialize-APIKey], ArgumentException\n"
        "    + FullyQualifiedErrorId : System.ArgumentException,Initialize-APIKey\n"
    )


@pytest.mark.parametrize("view", ["json", "JSON"])
def test_errors_as_json(run: Run, refusing: Script, view: str) -> None:
    result = run(*PROMPT, "-ApiBase", refusing.base, env={"PSOPENAI_ERROR_VIEW": view})
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert json.loads(result.stderr) == {
        "message": "OpenAI API returned an 400 (Bad Request) Error: Unknown size.",
        "id": "PSOpenAI.APIRequest.BadRequestException,Invoke-OpenAIAPIRequest",
        "category": "InvalidOperation",
        "reason": "BadRequestException",
        "target": None,
        "action": None,
        "status": 400,
        "code": "bad_size",
        "type": "invalid_request_error",
        "param": "size",
        "request_id": "req_7",
        "body": '{"error": {"message": "Unknown size.", "type": "invalid_request_error", "param": "size", '
        '"code": "bad_size"}}',
    }


@pytest.mark.parametrize("view", ["", "NormalView", "jsonl"])
def test_other_views_are_the_usual_one(run: Run, refusing: Script, view: str) -> None:
    result = run(*PROMPT, "-ApiBase", refusing.base, env={"PSOPENAI_ERROR_VIEW": view})
    assert result.stderr == RECORD


def test_a_binding_error_as_json(run: Run) -> None:
    result = run(*PROMPT, "-Foo", env={"PSOPENAI_ERROR_VIEW": "json"})
    assert json.loads(result.stderr) == {
        "message": "New-Video has no parameter named 'Foo'.",
        "id": "NamedParameterNotFound,New-Video",
        "category": "InvalidArgument",
        "reason": "ParameterBindingException",
        "target": None,
        "action": "New-Video -Help lists the parameters.",
        "status": None,
        "code": None,
        "type": None,
        "param": None,
        "request_id": None,
        "body": None,
    }


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("Continue", True),
        ("Stop", True),
        ("Inquire", True),
        ("Break", True),
        ("SilentlyContinue", False),
        ("Ignore", False),
    ],
)
def test_error_action(run: Run, refusing: Script, action: str, shown: bool) -> None:
    result = run(*PROMPT, "-ApiBase", refusing.base, "-ErrorAction", action)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", RECORD if shown else "")


@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        pytest.param([*PROMPT, "-Foo"], 2, id="binding"),
        pytest.param(PROMPT, 4, id="no key"),
        pytest.param([*PROMPT, "-ApiBase", "127.0.0.1:9/v1"], 1, id="address"),
    ],
)
def test_some_errors_cannot_be_hidden(run: Run, action: str, arguments: list[str], exit_code: int) -> None:
    plain, hidden = run(*arguments), run(*arguments, "-ea", action)
    assert plain.exit_code == exit_code
    assert hidden == plain


# --- warnings and the streams that are off by default -------------------------------------------------------------

WARNING = 'WARNING: The status of job with id "video_123" is "failed". Error: "Not this." (moderation)\n'


@pytest.mark.parametrize("action", ["Continue", "Inquire", "Break", None])
def test_a_warning(run: Run, failing: Script, action: str | None) -> None:
    result = run(*PROMPT, "-ApiBase", failing.base, *(["-wa", action] if action else []))
    assert (result.exit_code, result.json["status"], result.stderr) == (0, "failed", WARNING)


@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
def test_a_warning_that_is_hidden(run: Run, failing: Script, action: str) -> None:
    result = run(*PROMPT, "-ApiBase", failing.base, "-WarningAction", action)
    assert (result.exit_code, result.json["status"], result.stderr) == (0, "failed", "")


@pytest.mark.parametrize("hidden", [[], ["-ErrorAction", "SilentlyContinue"]], ids=["", "errors hidden"])
def test_a_warning_that_ends_the_call(run: Run, failing: Script, hidden: list[str]) -> None:
    result = run(*PROMPT, "-ApiBase", failing.base, "-WarningAction", "Stop", *hidden)
    assert (result.exit_code, result.json["id"]) == (1, "video_123")
    text = WARNING.removeprefix("WARNING: ")
    assert result.stderr == (
        f"{WARNING}New-Video: Stopped, because -WarningAction is Stop, by the warning: {text}"
        "    + CategoryInfo          : OperationStopped: (:) [Microsoft.PowerShell.Commands.WriteWarningCommand], "
        "ActionPreferenceStopException\n"
        "    + FullyQualifiedErrorId : ActionPreferenceStop,Microsoft.PowerShell.Commands.WriteWarningCommand\n"
    )


def test_prefixes(run: Run, server: Server) -> None:
    base = server.script("prefixes").base
    result = run(*PROMPT, "-ApiBase", base, "-ApiKey", KEY, "-Verbose", "-Debug")
    labels = {line.partition(": ")[0] for line in result.stderr.splitlines() if line[:1].isupper() and ": " in line}
    assert {"VERBOSE", "DEBUG"} <= labels
    assert result.json["id"] == "video_123"
    assert KEY not in result.stdout + result.stderr


@pytest.mark.parametrize("value", ["-Verbose:$false", "-Debug:false"])
def test_streams_that_are_switched_off(run: Run, server: Server, value: str) -> None:
    result = run(*PROMPT, "-ApiBase", server.script("switched_off").base, value)
    assert (result.exit_code, result.stderr) == (0, "")


# --- colours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "painted"),
    [
        pytest.param({}, False, id="no terminal"),
        pytest.param({"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param({"FORCE_COLOR": ""}, False, id="empty FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="refused"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": ""}, True, id="empty NO_COLOR"),
    ],
)
def test_colours_by_environment(run: Run, failing: Script, env: dict[str, str], painted: bool) -> None:
    result = run(*PROMPT, "-ApiBase", failing.base, env=env)
    assert result.stderr == (WARNING.replace("WARNING:", "\x1b[33;1mWARNING:\x1b[0m") if painted else WARNING)


@pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")
@pytest.mark.parametrize(
    ("env", "painted"),
    [
        pytest.param({}, True, id="a terminal"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="refused"),
        pytest.param({"TERM": "dumb", "FORCE_COLOR": "1"}, True, id="forced"),
    ],
)
def test_colours_on_a_terminal(env: dict[str, str], painted: bool) -> None:
    terminal = Terminal(*our(*PROMPT, "-Foo"), env=os.environ | {"TERM": "xterm"} | env)
    assert terminal.close() == 2
    name = "\x1b[31;1mNew-Video:\x1b[0m" if painted else "New-Video:"
    assert terminal.screen.splitlines()[0] == f"{name} New-Video has no parameter named 'Foo'."


@on_unix
@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}], ids=["painted", "plain"])
def test_the_line_that_helps_is_painted(env: dict[str, str]) -> None:
    terminal = Terminal(*our(*PROMPT, "-Foo"), env=os.environ | {"TERM": "xterm"} | env)
    terminal.close()
    advice = "    + RecommendedAction     : New-Video -Help lists the parameters."
    assert terminal.screen.splitlines()[1] == (advice if env else f"\x1b[36;1m{advice}\x1b[0m")
