"""What Together says of a job: its OpenAPI file and its documentation contradict each other, so both are understood."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.stub import KEY
from tests.server import Server

LINK = "https://api.together.ai/shrt/abc"
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "as the schema has it": (
        {"status": "completed", "created_at": 1760194265, "completed_at": 1760194300, "seconds": "5"}
        | {"size": "1366x768", "outputs": {"cost": 1, "video_url": LINK}},
        {"status": "completed", "created_at": "2025-10-11T14:51:05+00:00", "completed_at": "2025-10-11T14:51:40+00:00"}
        | {"seconds": "5", "size": "1366x768", "cost": 1, "error": None},
    ),
    "as the page has it": (
        {"status": "completed", "created_at": "2025-10-11T14:51:05.123456789Z", "claimed_at": "0001-01-01T00:00:00Z"}
        | {"completed_at": "2025-10-11T14:51:40Z", "info": {}, "seconds": 5.0}
        | {"outputs": {"cost": 0.28, "video_url": LINK}},
        {"status": "completed", "created_at": "2025-10-11T14:51:05+00:00", "completed_at": "2025-10-11T14:51:40+00:00"}
        | {"seconds": "5", "cost": 0.28, "error": None},
    ),
    "an error of the schema": (
        {"status": "failed", "error": {"message": "No.", "code": "nsfw"}},
        {"status": "failed", "error": {"code": "nsfw", "message": "No."}},
    ),
    **{
        f"errors of the page: {told}": (
            {"status": "failed", "info": {"errors": told}},
            {"status": "failed", "error": {"code": "failed", "message": message}},
        )
        for told, message in [
            ([{"message": "No."}], "No."), (["No."], "No."), ("No.", "No."), ({"message": "No."}, "No."),
            ([], "The job is failed."), (None, "The job is failed."),
        ]
    },
    "an empty address": (
        {"status": "completed", "outputs": {"video_url": ""}},
        {"status": "failed", "progress": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_job(run: Run, server: Server, case: str) -> None:
    document, expected = CASES[case]
    api = server.script("together", [{"json": {"id": "job-1", "object": "video"} | document}])
    job = run("Get-Video", "job-1", "-Provider", "Together", "-ApiBase", api.base, "-ApiKey", KEY).json
    assert {name: job[name] for name in expected} == expected
