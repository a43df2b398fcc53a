"""Small servers that answer exactly as others are documented to: whole lives of jobs in their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cmdlets.contents import MP4, content
from tests.conftest import Run
from tests.server import Received, Script, Server

QUIET = ("-ProgressAction", "Ignore", "-PollIntervalSec", "0.1")
Answer = Callable[[Received], dict[str, Any]]


def told(code: int = 200, /, **members: Any) -> dict[str, Any]:
    return {"status": code, "json": members}


def tensorrt_llm(request: Received) -> dict[str, Any]:
    """Status 202, no progress, an error that is a text, content that is refused with 400 until it is there."""
    job = {
        "id": "video_1",
        "object": "video",
        "created_at": 1,
        "model": "wan",
        "duration": 4.0,
        "fps": 24,
        "error": None,
    }
    if request.path.endswith("/content"):
        return content()
    if request.method == "POST":
        return told(202, **job, status="queued")
    return told(**job, status="completed", output_path="/srv/video_1.mp4")


def fastvideo(request: Received) -> dict[str, Any]:
    """Progress that is 100 from the beginning, ids without a prefix."""
    job = {"id": "0" * 32, "object": "video", "created_at": 1, "progress": 100, "seconds": "4", "size": "", "url": None}
    if request.path.endswith("/content"):
        return content()
    return told(**job, status="queued" if request.method == "POST" else "completed")


def new_api(request: Received) -> dict[str, Any]:
    """Milliseconds, a word of its own for a fresh task, and the video's address in the job."""
    job = {"id": "task_1", "task_id": "task_1", "object": "video", "created_at": 1764347090922, "model": "wan"}
    if request.path.endswith("/content"):
        return content()
    return told(**job, status="unknown" if request.method == "POST" else "completed", metadata={"url": "http://h/x"})


def xai(request: Received) -> dict[str, Any]:
    """An id under another name, answers without one, and no content but an address."""
    if request.path.endswith("/content"):
        return told(404, detail="Not Found")
    if request.path.startswith("/files/"):
        return content()
    if request.method == "POST":
        return told(request_id="r1")
    return told(status="done", video={"url": "/imitated/files/x.mp4", "duration": 4}, model="wan")


def openrouter(request: Received) -> dict[str, Any]:
    """JSON only, status 202, no times, and addresses that need the key."""
    job = {"id": "gen-vid-1", "polling_url": "/api/v1/videos/gen-vid-1", "generation_id": "g"}
    if request.path.endswith("/content"):
        return told(404, error={"message": "Not Found", "code": 404})
    if request.path.startswith("/files/"):
        return content()
    if request.method == "POST":
        is_json = request.headers["content-type"] == "application/json"
        return told(202, **job, status="pending") if is_json else told(415, error={"message": "JSON", "code": 415})
    return told(**job, status="completed", unsigned_urls=["/imitated/files/x.mp4"], usage={"cost": 1})


SERVERS: dict[str, Answer] = {
    "TensorRT-LLM": tensorrt_llm,
    "FastVideo": fastvideo,
    "New API": new_api,
    "xAI": xai,
    "OpenRouter": openrouter,
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_job_from_its_beginning_to_its_video(run: Run, server: Server, name: str) -> None:
    script: Script = server.script("imitated", SERVERS[name])  # its addresses name this, too
    env = {"OPENAI_API_BASE": script.base}
    job = run("New-Video", "Dancing Doggo", env=env)
    assert (job.exit_code, job.stderr, bool(job.json["id"])) == (0, "", True)
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    assert (waited.exit_code, waited.stderr, waited.json["id"]) == (0, "", job.json["id"])
    shown = run("Get-Video", stdin=waited.data, env=env)
    assert (shown.exit_code, shown.json) == (0, waited.json)
    video = run("Get-VideoContent", stdin=shown.data, env=env)
    assert (video.exit_code, video.data, video.stderr) == (0, MP4, "")


@pytest.mark.parametrize("error", ["out of memory", {"message": "out of memory"}], ids=["a text", "no code"])
def test_a_failed_job_in_their_words(run: Run, server: Server, error: Any) -> None:
    script = server.script("imitated", [told(id="v1", status="failed", error=error, duration=4)])
    result = run("Wait-Video", "v1", *QUIET, env={"OPENAI_API_BASE": script.base})
    assert (result.exit_code, result.warnings) == (
        1,
        ['The status of job with id "v1" is "failed". Error: "out of memory"'],
    )
