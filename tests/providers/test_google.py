"""What Google alone does: videos inside of answers, files that are stored first, and jobs that end without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.providers.google import BIG, Google
from tests.providers.stub import MP4
from tests.providers.test_stories import QUICK, created
from tests.server import Server


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


def test_a_job_without_a_video_says_why(run: Run, google: Google, place: Path) -> None:
    job = created(run, google, "[fail] doggo")
    run("Wait-Video", *QUICK, *google.call, stdin=job)
    result = run("Get-VideoContent", "-OutFile", "none.mp4", *google.call, stdin=job)
    assert result.exit_code == 1
    why = f"Get-VideoContent: The job {json.loads(job)['id']} failed: The model gave up."
    assert result.stderr.splitlines()[0] == why
    assert not (place / "none.mp4").exists()
