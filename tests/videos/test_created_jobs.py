"""What counts as a job that was created: its id under whatever name, and nothing without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY, Result, Run
from tests.server import Server

Call = Callable[[str, dict[str, Any]], Result]

CMDLETS = {"New-Video": ("x",), "New-VideoRemix": ("x", "video_0")}


@pytest.fixture
def call(run: Run, server: Server) -> Call:
    """A cmdlet that creates, against a server that answers so."""

    def call(cmdlet: str, response: dict[str, Any]) -> Result:
        base = server.script("created", [response]).base
        return run(cmdlet, *CMDLETS[cmdlet], "-ApiBase", base, env={"OPENAI_API_KEY": KEY})

    return call


#: Response with status 200, and how the message goes on behind "is not a job: ".
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "quota": (
        {"code": "insufficient_quota", "message": "You ran out.", "data": None},
        'it says: You ran out. Status 200, application/json. It begins: {"code": "insufficient_quota", "message": '
        '"You ran out.", "data": null}',
    ),
    "error object": (
        {"error": {"message": "No GPU"}},
        'it says: No GPU. Status 200, application/json. It begins: {"error": {"message": "No GPU"}}',
    ),
    "error text": (
        {"error": "No GPU"},
        'it says: No GPU. Status 200, application/json. It begins: {"error": "No GPU"}',
    ),
    "detail": ({"detail": "No"}, 'it says: No. Status 200, application/json. It begins: {"detail": "No"}'),
    "no id": (
        {"status": "queued"},
        'it has no id. Status 200, application/json. It begins: {"status": "queued"}',
    ),
    "empty id": ({"id": ""}, 'it has no id. Status 200, application/json. It begins: {"id": ""}'),
    "blank id": ({"id": " "}, 'it has no id. Status 200, application/json. It begins: {"id": " "}'),
    "null id": ({"id": None}, 'it has no id. Status 200, application/json. It begins: {"id": null}'),
    "true as id": ({"id": True}, 'it has no id. Status 200, application/json. It begins: {"id": true}'),
    "list as id": ({"id": ["a"]}, 'it has no id. Status 200, application/json. It begins: {"id": ["a"]}'),
    "message that is no text": (
        {"message": {"a": 1}},
        'it has no id. Status 200, application/json. It begins: {"message": {"a": 1}}',
    ),
    "nothing": ({}, "it has no id. Status 200, application/json. It begins: {}"),
    "no success": (
        {"success": False},
        'it reports no success. Status 200, application/json. It begins: {"success": false}',
    ),
    "an error beside an id": (
        {"id": "video_9", "error": {"message": "No GPU"}},
        'it says: No GPU. Status 200, application/json. It begins: {"id": "video_9", "error": {"message": "No GPU"}}',
    ),
    "a refusal beside an id": (
        {"id": "video_9", "code": "quota", "message": "No."},
        'it says: No. Status 200, application/json. It begins: {"id": "video_9", "code": "quota", "message": "No."}',
    ),
    "no success beside an id": (
        {"id": "video_9", "success": False, "message": "No"},
        'it says: No. Status 200, application/json. It begins: {"id": "video_9", "success": false, "message": "No"}',
    ),
    "MiniMax's refusal beside an id": (
        {"task_id": "9", "base_resp": {"status_code": 1008, "status_msg": "No"}},
        'it says: No. Status 200, application/json. It begins: {"task_id": "9", "base_resp": {"status_code": 1008, '
        '"status_msg": "No"}}',
    ),
}


#: Those that say for certain that nothing was created.
CERTAIN = ("quota", "error object", "error text", "no success")


@pytest.mark.parametrize("cmdlet", CMDLETS)
@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_without_an_id_is_an_error(cmdlet: str, name: str, call: Call) -> None:
    answer, message = REFUSED[name]
    result = call(cmdlet, {"json": answer})
    assert (result.exit_code, result.stdout) == (1, "")
    action = (
        "    + RecommendedAction     : The request was received, so a job may exist. Check that -ApiBase is the "
        "address of the API itself."
    )
    assert result.stderr.splitlines() == [
        f"{cmdlet}: The server's answer is not a job: {message}",
        *([] if name in CERTAIN else [action]),
        f"    + CategoryInfo          : NotSpecified: (:) [{cmdlet}], ArgumentException",
        f"    + FullyQualifiedErrorId : System.ArgumentException,{cmdlet}",
    ]


ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "task_id": ({"status": "queued", "task_id": "t1"}, "t1"),
    "video_id": ({"video_id": "t1"}, "t1"),
    "request_id": ({"request_id": "t1"}, "t1"),
    "number": ({"task_id": 7}, "7"),
    "inside, as id": ({"data": {"id": "t1"}}, "t1"),
    "inside, as task_id": ({"code": 0, "message": "ok", "data": {"task_id": "t1"}}, "t1"),
    "beside an empty id": ({"id": "", "task_id": "t1"}, "t1"),
    "job before request": ({"request_id": "r1", "video_id": "t1"}, "t1"),
    "beside a number": ({"id": "t1", "code": 1, "message": "submitted"}, "t1"),
    "inside before request": ({"request_id": "r1", "data": {"task_id": "t1"}}, "t1"),
}


@pytest.mark.parametrize("cmdlet", CMDLETS)
@pytest.mark.parametrize(("answer", "identifier"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_id_under_another_name_is_printed_as_id(
    cmdlet: str, answer: dict[str, Any], identifier: str, call: Call
) -> None:
    result = call(cmdlet, {"json": answer})
    assert (result.exit_code, result.stderr) == (0, "")
    assert list(result.json.items()) == [("id", identifier), *((k, v) for k, v in answer.items() if k != "id")]


@pytest.mark.parametrize("known", [{"status": "failed"}, {"status": "queued"}, {"object": "video"}, {"model": "m"}])
def test_a_job_that_failed_is_a_job(known: dict[str, str], call: Call) -> None:
    """Whatever tells that it is one."""
    answer = {"id": "v1", **known, "error": {"message": "No", "code": "c"}}
    result = call("New-Video", {"json": answer})
    assert (result.exit_code, result.json) == (0, answer)
    assert result.warnings == [f'The status of job with id "v1" is "{known.get("status", "")}". Error: "No" (c)']


def test_an_error_beside_an_id_is_no_job_for_others_either(run: Run, server: Server) -> None:
    """It is not waited for, and was not removed."""
    for cmdlet in ("Get-Video", "Wait-Video", "Remove-Video"):
        script = server.script("refused", [{"json": {"id": "v1", "error": {"message": "No such job"}}}])
        result = run(cmdlet, "v1", "-ApiBase", script.base)
        assert (result.exit_code, result.stdout, len(script.requests)) == (1, "", 1)
        assert "The server's answer is not a job: it says: No such job." in result.stderr


UNREADABLE = {
    "quotation marks of others": "{'pad': '%s', 'id': 'video_9'}",
    "an element": "<job><pad>%s</pad><id> video_9 </id></job>",
    "a text within": r'{"pad": "%s", "body": "{\"id\":\"video_9\"}", oops',
    "an event": 'data: {"pad": "%s", "id": "video_9"}',
    "keys that differ by case": '{"pad": "%s", "ID": "video_9", "Id": "x"}',
    "not JSON": '{"pad": "%s", "id": "video_9", oops',
    "page": '<html>%s <script>{"task_id" : "video_9"}</script>',
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_an_id_in_what_cannot_be_read_is_shown(text: str, call: Call) -> None:
    """Also where it stands behind what an error shows of an answer."""
    result = call("New-Video", {"text": text % ("-" * 400)})
    assert (result.exit_code, result.stdout) == (1, "")
    assert ". It names the id video_9. It begins: " in result.stderr.splitlines()[0]


@pytest.mark.parametrize(("written", "shown"), [("4711", "4711"), (r'"jobs\/9"', "jobs/9")])
def test_an_id_in_what_cannot_be_read_is_shown_as_it_is(written: str, shown: str, call: Call) -> None:
    result = call("New-Video", {"text": f'{{"pad": "{"-" * 400}", "id": {written}, oops'})
    assert f". It names the id {shown}. It begins: " in result.stderr.splitlines()[0]


def test_the_address_of_a_new_job_is_shown(call: Call) -> None:
    """Servers that follow the letter of HTTP name it there, and may say nothing else."""
    result = call("New-Video", {"status": 201, "headers": {"Location": "/v1/videos/video_9"}})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "it is empty. Status 201, application/json. Its Location is '/v1/videos/video_9'.\n" in result.stderr


@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_a_code_that_is_no_refusal_leaves_it_open(cmdlet: str, call: Call) -> None:
    """So does one beside an id, even if that may be the request's."""
    for answer in ({"code": 200, "message": "success"}, {"code": "x", "message": "no", "request_id": "r1"}):
        result = call(cmdlet, {"json": answer})
        assert (result.exit_code, result.stdout) == (1, "")
        assert "so a job may exist" in result.stderr


STATES = {
    "refused": ({"error": {"message": "No"}}, "failed"),
    "no id": ({"status": "queued"}, "unknown"),
    "nothing": ({}, "unknown"),
    "refused, with an id": ({"id": "video_9", "error": {"message": "No"}}, "unknown"),
}


@pytest.mark.parametrize(("answer", "state"), STATES.values(), ids=STATES)
def test_the_journal_knows_a_refusal_from_what_is_unknown(
    run: Run, server: Server, tmp_path: Path, answer: dict[str, Any], state: str
) -> None:
    script, journal = server.script("journal", [{"json": answer}]), tmp_path / "journal"
    arguments = ("New-Video", "-Resume", str(journal), "-ApiBase", script.base)
    assert run(*arguments, stdin="x\n").exit_code == 1
    assert json.loads(journal.read_text().splitlines()[-1])["state"] == state
    # What was refused is sent again; of the rest nobody knows.
    assert run(*arguments, stdin="x\n").exit_code == 1
    assert len(script.requests) == (2 if state == "failed" else 1)


@pytest.mark.parametrize("status", [400, 500])
def test_a_job_that_failed_at_once_is_shown_and_not_sent_again(run: Run, server: Server, status: int) -> None:
    answer = {"id": "v1", "object": "video", "status": "failed", "error": {"message": "No", "code": 500}}
    script = server.script("created", [{"status": status, "json": answer}])
    result = run("New-Video", "x", "-ApiBase", script.base, "-MaxRetryCount", "3")
    assert (result.exit_code, result.json, len(script.requests)) == (0, answer, 1)
    assert result.warnings == ['The status of job with id "v1" is "failed". Error: "No" (500)']
