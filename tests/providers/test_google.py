"""What Google alone does: videos inside of answers, files that are stored first, and jobs that end without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.google import BIG, Google
from tests.providers.stub import KEY, MP4
from tests.providers.test_stories import QUICK, created
from tests.server import Server

#: An answer about a job whose video is a file of the service.
VIDEO = {"type": "video", "uri": "https://generativelanguage.googleapis.com/v1beta/files/abc"}
DONE = {"id": "int-1", "status": "completed", "steps": [{"type": "model_output", "content": [VIDEO]}]}
STORED: dict[str, Any] = {"json": DONE}


@pytest.fixture
def google(server: Server, storage: Server) -> Google:
    return Google(server, storage)


def test_many_megabytes_inside_of_an_answer(run: Run, google: Google, place: Path) -> None:
    """The video goes to the file, and not into what is printed."""
    job = created(run, google, "[big] doggo")
    waited = run("Wait-Video", *QUICK, *google.call, "-Debug", stdin=job)
    assert waited.exit_code == 0
    assert len(waited.stdout) < 1000
    assert waited.json["video"] == {"type": "video", "mime_type": "video/mp4", "bytes": len(BIG)}
    assert run("Get-VideoContent", "-OutFile", "big.mp4", *google.call, stdin=job).exit_code == 0
    assert (place / "big.mp4").read_bytes() == BIG


def test_a_file_that_is_stored_for_a_while_first(
    run: Run, google: Google, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("psopenai_py.videos.hosted._PAUSE", 0.01)
    job = created(run, google, "[file] doggo")
    run("Wait-Video", "-PollIntervalSec", "0", *google.call, stdin=job)
    result = run("Get-VideoContent", "-OutFile", "file.mp4", *google.call, stdin=job)
    assert (result.exit_code, google.looks) == (0, 2)
    assert (place / "file.mp4").read_bytes() == MP4


def test_a_file_that_is_never_stored(run: Run, server: Server, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes, nobody looks any more."""
    monkeypatch.setattr("psopenai_py.videos.hosted._PAUSE", 0.0)
    api = server.script("never-stored", [STORED, {"json": {"name": "files/abc", "state": "PROCESSING"}}])
    arguments = ["-OutFile", "x.mp4", "-Provider", "Google", "-ApiBase", api.base, "-ApiKey", KEY]
    result = run("Get-VideoContent", "int-1", *arguments)
    message = "Get-VideoContent: The video abc is still being stored; call again."
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, message)
    assert (len(api.requests), list(place.iterdir())) == (1 + 300, [])


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"state": "FAILED", "error": {"code": 13, "message": "The disk is full."}}, "The disk is full."),
        ({"file": {"state": "FAILED", "error": {"message": "The disk is full."}}}, "The disk is full."),
        ({"state": "FAILED"}, "it does not say why"),
    ],
    ids=str,
)
def test_a_file_that_was_never_made(run: Run, server: Server, place: Path, state: dict[str, Any], said: str) -> None:
    """What the service says of a file has an error, and is no refusal."""
    api = server.script("stored", [STORED, {"json": {"name": "files/abc"} | state}])
    arguments = ["-OutFile", "x.mp4", "-Provider", "Google", "-ApiBase", api.base, "-ApiKey", KEY]
    result = run("Get-VideoContent", "int-1", *arguments)
    assert (result.exit_code, list(place.iterdir())) == (1, [])
    assert result.stderr.splitlines()[0] == f"Get-VideoContent: Google could not make a file of the video: {said}"


@pytest.mark.parametrize(
    ("reference", "sent", "task"),
    [
        ("data:image/png;base64,AAAA", {"type": "image", "data": "AAAA", "mime_type": "image/png"}, True),
        ("data:video/mp4;base64,AAAA", {"type": "video", "data": "AAAA", "mime_type": "video/mp4"}, False),
        ("{base}/files/a", {"type": "image", "uri": "{base}/files/a"}, True),
        ("{base}/files/a.mp4", {"type": "video", "uri": "{base}/files/a.mp4"}, False),
    ],
    ids=str,
)
def test_what_a_video_starts_from(run: Run, google: Google, reference: str, sent: dict[str, str], task: bool) -> None:
    """Only of a picture it is known what is to become of it."""
    base = google.script.base
    result = run("New-Video", "x", *google.call, "-InputReference", reference.format(base=base))
    assert (result.exit_code, result.stderr) == (0, "")
    body = google.bodies[-1]
    assert body["input"][0]["content"][0] == {name: value.format(base=base) for name, value in sent.items()}
    assert ("generation_config" in body) is task


def test_a_clip_from_a_file(run: Run, google: Google, place: Path) -> None:
    (place / "clip.mp4").write_bytes(MP4)
    result = run("New-Video", "x", *google.call, "-InputReference", "clip.mp4", "-WhatIf")
    [clip, _] = result.json["body"]["input"][0]["content"]
    assert clip == {"type": "video", "data": f"<{len(MP4)} bytes of clip.mp4>", "mime_type": "video/mp4"}
    assert "generation_config" not in result.json["body"]


@pytest.mark.parametrize(
    ("word", "status"),
    [("Incomplete", "failed"), ("BUDGET_EXCEEDED", "failed"), ("requires_action", "failed"), ("Idle", "in_progress"),
     ("requires continuation", "failed"), ("QUEUED", "queued"), ("pondering", "pondering")],
)  # fmt: skip
def test_a_word(run: Run, server: Server, word: str, status: str) -> None:
    api = server.script("words", [{"json": {"id": "int-1", "status": word}}])
    job = run("Get-Video", "int-1", "-Provider", "Google", "-ApiBase", api.base, "-ApiKey", KEY).json
    assert (job["status"], job["error"] and job["error"]["code"]) == (status, word if status == "failed" else None)


@pytest.mark.parametrize("cmdlet", ["Wait-Video", "Get-VideoContent"])
@pytest.mark.parametrize("lost", [True, False])
def test_an_edit_whose_video_is_lost(run: Run, server: Server, place: Path, cmdlet: str, lost: bool) -> None:
    """The service refuses every question for it. Another refusal says nothing of the job."""
    said = "Unsupported file uri: blobstore:///" if lost else "Request contains an invalid argument."
    api = server.script("lost", [{"status": 400, "json": {"error": {"message": said, "code": "invalid_request"}}}])
    more = ["-OutFile", "x.mp4"] if cmdlet == "Get-VideoContent" else []
    result = run(cmdlet, "int-1", *more, "-Provider", "Google", "-ApiBase", api.base, "-ApiKey", KEY)
    assert (result.exit_code, len(api.requests), said in result.stderr) == (1, 1, True)
    assert [error["reason"] for error in result.errors] == ["WriteErrorException" if lost else "BadRequestException"]


def test_a_job_without_a_video_says_why(run: Run, google: Google, place: Path) -> None:
    job = created(run, google, "[fail] doggo")
    run("Wait-Video", *QUICK, *google.call, stdin=job)
    result = run("Get-VideoContent", "-OutFile", "none.mp4", *google.call, stdin=job)
    assert result.exit_code == 1
    why = f"Get-VideoContent: The job {json.loads(job)['id']} failed: The model gave up."
    assert result.stderr.splitlines()[0] == why
    assert not (place / "none.mp4").exists()
