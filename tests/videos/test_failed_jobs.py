"""A job that failed, as the body of an error status: what makes it one, and what leaves it an error."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import KEY, Result, Run
from tests.server import Server

MEMBERS = {
    "object": "video", "created_at": 1760194265, "progress": 5, "model": "m", "prompt": "p", "seconds": "4",
    "size": "720x1280", "completed_at": 1760194265,
}  # fmt: skip


def _asked(run: Run, server: Server, body: Any, status: int = 500) -> Result:
    script = server.script("failed-jobs", [{"status": status, "json": body}])
    return run("Get-Video", "v", "-ApiBase", script.base, env={"OPENAI_API_KEY": KEY})


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("status", [400, 500])
def test_any_member_of_a_job_beside_id_and_status_makes_it_one(
    member: str, status: int, run: Run, server: Server
) -> None:
    result = _asked(run, server, {"id": "v", "status": "failed", member: MEMBERS[member]}, status)
    assert (result.exit_code, result.json["id"], result.json["status"]) == (0, "v", "failed")


NO_JOBS: dict[str, Any] = {
    "id and status alone": {"id": "v", "status": "failed"},
    "no id": {"status": "failed", "model": "m"},
    "an id that is none": {"id": 5.5, "status": "failed", "model": "m"},
    "no status": {"id": "v", "model": "m"},
    "a status that goes on": {"id": "v", "status": "queued", "model": "m"},
    "a word that nobody knows": {"id": "v", "status": "odd", "model": "m"},
    "a number": {"id": "v", "status": 500, "model": "m"},
    "another member": {"id": "v", "status": "failed", "models": "m"},
    "a list": [{"id": "v", "status": "failed", "model": "m"}],
}


@pytest.mark.parametrize("body", NO_JOBS.values(), ids=list(NO_JOBS))
def test_what_is_an_error(body: Any, run: Run, server: Server) -> None:
    result = _asked(run, server, body)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.error_ids == ["APIRequestException,Get-Video"]
