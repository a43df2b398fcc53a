"""The id of a new job under each name that servers have for it, and which of several counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import KEY, Run
from tests.server import Server

NAMES = ["id", "ID", "task_id", "taskId", "TaskID", "taskid", "video_id", "videoId", "job_id", "jobId", "generation_id"]
NAMES += ["generationId", "uuid", "UUID"]
AROUND = ["data", "video", "job", "task", "output", "result", "response", "Data", "VIDEO"]

ANSWERS: dict[str, tuple[Any, str | None]] = {
    **{f"as {name}": ({name: "t1"}, "t1") for name in NAMES},
    **{f"inside of {name}": ({name: {"task_id": "t1"}}, "t1") for name in AROUND},
    **{f"in a list of one inside of {name}": ({name: [{"id": "t1"}]}, "t1") for name in ("data", "output")},
    "in a list of two": ({"data": [{"id": "a"}, {"id": "b"}]}, None),
    "two levels inside": ({"data": {"job": {"id": "a"}}}, None),
    "inside of something else": ({"meta": {"id": "a"}}, None),
    "the request's": ({"request_id": "r1"}, "r1"),
    "the request's in capitals": ({"requestId": "r1"}, "r1"),
    "the request's beside that of a job": ({"request_id": "r1", "output": {"task_id": "t1"}}, "t1"),
    "the id before all others": ({"task_id": "b", "data": {"id": "c"}, "id": "a"}, "a"),
    "data before another name": ({"task_id": "b", "data": {"id": "c"}}, "c"),
    "another name before what is inside": ({"task_id": "b", "video": {"id": "c"}}, "b"),
    "task before video": ({"video_id": "b", "task_id": "a"}, "a"),
    "a number": ({"id": 7}, "7"),
    "zero": ({"task_id": 0}, "0"),
    "a negative number": ({"id": -1}, None),
    "true": ({"id": True}, None),
    "a fraction": ({"id": 1.5}, None),
    "blank": ({"id": " "}, None),
    "blank, and another name": ({"id": " ", "task_id": "b"}, "b"),
    "null, and another name": ({"id": None, "job_id": "b"}, "b"),
}


@pytest.mark.parametrize(("answer", "identifier"), ANSWERS.values(), ids=list(ANSWERS))
def test_the_id_of_a_new_job(answer: Any, identifier: str | None, run: Run, server: Server) -> None:
    script = server.script("names-of-ids", [{"json": answer}])
    result = run("New-Video", "x", "-ApiBase", script.base, env={"OPENAI_API_KEY": KEY})
    if identifier is None:
        assert (result.exit_code, result.stdout) == (1, "")
        assert "is not a job: it has no id" in result.stderr
    else:
        assert (result.exit_code, str(result.json["id"])) == (0, identifier)
