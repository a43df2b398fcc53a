"""Jobs in shapes that no documentation has: other names, other capitals, errors and statuses of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Result, Run
from tests.patience import with_limit
from tests.server import Server

PAD = "-" * 400  # so that what is told of an answer ends before the id

#: Answers to a creation, and the job that is printed for them, where that is not the answer behind its id.
IDS: dict[str, dict[str, Any]] = {
    "job_id": {"job_id": "v9"},
    "capitals of .NET": {"TaskId": "v9", "State": "queued"},
    "of JavaScript": {"videoId": "v9"},
    "generation_id": {"generation_id": "v9"},
    "uuid": {"uuid": "v9"},
    "inside of a video": {"video": {"id": "v9"}},
    "inside of a job": {"job": {"id": "v9", "status": "queued"}},
    "inside of an output, beside that of the request": {"request_id": "r1", "output": {"task_id": "v9"}},
    "inside of a result": {"result": {"uuid": "v9"}},
    "inside of a list of one": {"data": [{"id": "v9"}]},
    "inside, with capitals": {"Result": {"Id": "v9"}},
    "beside a negative one": {"task_id": "v9"},
    "outside before inside": {"task_id": "v9", "video": {"id": "clip"}},
}


@pytest.mark.parametrize("name", IDS)
def test_an_id_is_found_under_its_names(name: str, run: Run, server: Server) -> None:
    given = {"id": -1} if name == "beside a negative one" else {}
    base = server.script("ids", [{"json": given | IDS[name]}]).base
    result = run("New-Video", "x", "-ApiBase", base)
    assert (result.exit_code, result.json, result.stderr) == (0, {"id": "v9", **IDS[name]}, "")
    assert next(iter(result.json)) == "id"


@pytest.mark.parametrize("cmdlet", ["New-Video", "Get-Video", "Wait-Video"])
def test_capitals_in_the_names_of_members_do_not_count(cmdlet: str, run: Run, server: Server) -> None:
    job = {"Id": "v9", "STATUS": "Completed", "Created_At": 1760194265, "Other": 1}
    base = server.script("capitals", [{"json": job}]).base
    result = run(cmdlet, "v9", "-ApiBase", base)
    printed = {"id": "v9", "status": "Completed", "Other": 1, "created_at": "2025-10-11T14:51:05+00:00"}
    assert (result.exit_code, result.json, result.stderr) == (0, printed, "")


def test_capitals_in_a_list_do_not_count(run: Run, server: Server) -> None:
    pages = [{"Data": [{"ID": f"v{number}"}], "Has_More": number < 2, "Last_ID": f"v{number}"} for number in (1, 2)]
    base = server.script("pages", [{"json": page} for page in pages]).base
    result = run("Get-Video", "-All", "-ApiBase", base)
    assert (result.exit_code, result.json, result.stderr) == (0, [{"id": "v1"}, {"id": "v2"}], "")


#: What a server writes as the error of a job, and what the warning about a failed job quotes.
ERRORS: dict[str, tuple[Any, str]] = {
    "text": ("No GPU", '"No GPU"'),
    "list": (["No GPU", "no disk"], '"["No GPU","no disk"]"'),
    "number": (500, '"500"'),
    "true": (True, '"true"'),
    "message": ({"message": "No GPU", "code": "gpu"}, '"No GPU" (gpu)'),
    "code alone": ({"code": 13, "message": None}, '"" (13)'),
    "no message": ({"type": "x", "reason": "No GPU", "code": "c"}, '"{"type":"x","reason":"No GPU"}" (c)'),
    "message in parts": ({"message": ["No", "GPU"]}, '"["No","GPU"]"'),
    "code in parts": ({"message": "No", "code": {"a": 1}}, '"No" ({"a":1})'),
    "empty": ({}, '""'),
    "null": (None, '""'),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_warning_about_a_failed_job_quotes_its_error(name: str, run: Run, server: Server) -> None:
    error, quoted = ERRORS[name]
    base = server.script("errors", [{"json": {"id": "v9", "status": "Failed", "error": error}}]).base
    result = run("Get-Video", "v9", "-ApiBase", base)
    expected = f'WARNING: The status of job with id "v9" is "Failed". Error: {quoted}\n'
    assert (result.exit_code, result.json["error"], result.stderr) == (0, error, expected)


@pytest.mark.parametrize("error", ["", {}, [], False, 0, None], ids=json.dumps)
def test_an_empty_error_is_none(error: Any, run: Run, server: Server) -> None:
    base = server.script("empty", [{"json": {"id": "v9", "status": "completed", "error": error}}]).base
    assert run("Get-Video", "v9", "-ApiBase", base).stderr == ""


#: A status that is no word, and how messages quote it; empty for none.
STATUSES: dict[str, tuple[Any, str]] = {
    "null": (None, ""),
    "blank": (" ", ""),
    "number": (5, "5"),
    "true": (True, "true"),
    "list": (["a", 1], '["a",1]'),
    "object": ({"a": None}, '{"a":null}'),
    "lines": ("a\n\n    b\x1b[2J", "a b\ufffd[2J"),
    "direction": ("a\u202eb", "a\ufffdb"),
    "long": ("a" * 999, "a" * 80),
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_status_is_quoted_on_one_line(name: str, run: Run, server: Server) -> None:
    status, shown = STATUSES[name]
    base = server.script("statuses", [{"json": {"id": "v9", "status": status}}]).base
    result = run("Get-Video", "v9", "-ApiBase", base, "-Verbose")
    assert (result.exit_code, result.json["status"]) == (0, status)
    assert result.stderr.splitlines()[-1] == f"VERBOSE: Job v9 is {shown or 'without a status'}."


def _waited(run: Run, base: str, mark: str) -> tuple[int, Result]:
    """A wait that ran out of time after a first answer, of which the outcome shows a mark; and its limit."""

    def wait(seconds: int) -> tuple[int, Result]:
        return seconds, run("Wait-Video", "v9", "-ApiBase", base, "-TimeoutSec", str(seconds), "-PollIntervalSec", "5")

    return with_limit(wait, lambda outcome: mark in outcome[1].stderr)


@pytest.mark.parametrize(("name", "said"), [("null", "it has no status"), ("list", """its status is '["a",1]'""")])
def test_a_status_that_is_no_word_means_not_yet(name: str, said: str, run: Run, server: Server) -> None:
    base = server.script("statuses", [{"json": {"id": "v9", "status": STATUSES[name][0]}}]).base
    limit, result = _waited(run, base, said)
    *warned, late, _, _, _ = result.stderr.splitlines()
    wondered = """WARNING: The status '["a",1]' of the job v9 is not known here, so the wait goes on; """
    assert warned == ([] if name == "null" else [f"{wondered}-StatusForExit can end it."])
    assert (result.exit_code, late) == (8, f"Wait-Video: The job v9 is not over after {limit} s; {said}. It goes on.")


def test_what_kept_a_wait_from_knowing_is_said(run: Run, server: Server) -> None:
    base = server.script("gone", [{"status": 502, "text": "no backend"}]).base
    limit, result = _waited(run, base, "no backend")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        8,
        f"Wait-Video: The job v9 is not over after {limit} s; its status is not known. It goes on. "
        "The last question for it failed: OpenAI API returned an 502 (Bad Gateway) Error: no backend",
    )


def test_a_number_can_be_a_status_to_stop_at(run: Run, server: Server) -> None:
    base = server.script("number", [{"json": {"id": "v9", "status": 2}}]).base
    result = run("Wait-Video", "v9", "-ApiBase", base, "-StatusForExit", "2", "-TimeoutSec", "20")
    assert (result.exit_code, result.json, result.stderr) == (0, {"id": "v9", "status": 2}, "")


#: Refusals of a creation that name a job all the same.
REFUSALS: dict[str, dict[str, Any]] = {
    "beside the error": {"error": {"message": "The backend hangs."}, "id": "v9"},
    "inside of it": {"error": {"message": "The backend hangs.", "task_id": "v9", "request_id": "r1"}},
    "as a job": {"message": "The backend hangs", "video": {"id": "v9", "status": "queued"}},
}


@pytest.mark.parametrize("status", [409, 500])
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_that_names_a_job_shows_its_id(name: str, status: int, run: Run, server: Server) -> None:
    base = server.script("refusals", [{"status": status, "reason": "X", "json": {"pad": PAD} | REFUSALS[name]}]).base
    result = run("New-Video", "x", "-ApiBase", base)
    first = f"New-Video: OpenAI API returned an {status} (X) Error: The backend hangs. It names the id v9."
    assert (result.exit_code, result.stdout, result.stderr.splitlines()[0]) == (1, "", first)
    # Who asks for a job knows its id.
    asked = run("Get-Video", "v9", "-ApiBase", base)
    assert "names the id" not in asked.stderr


def test_the_id_of_a_request_is_not_that_of_a_job(run: Run, server: Server) -> None:
    refusal = {"error": {"message": "No", "request_id": "r1"}}
    base = server.script("request", [{"status": 400, "json": refusal}]).base
    first = run("New-Video", "x", "-ApiBase", base).stderr.splitlines()[0]
    assert first == "New-Video: OpenAI API returned an 400 (Bad Request) Error: No"
