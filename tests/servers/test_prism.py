"""Every request of ours, and every answer of the sandbox, keeps the published contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.servers.conftest import only
from tests.servers.counterparts import Counterpart

pytestmark = only("prism")
QUIET = ("-ProgressAction", "Ignore", "-PollIntervalSec", "0.2")


def test_the_life_of_a_job(run: Run, counterpart: Counterpart, tmp_path: Path) -> None:
    env = counterpart.environment
    sized = ("-Seconds", "4", "-Size", "720x1280")
    job = run("New-Video", "Dancing Doggo", *sized, env=env)
    assert (job.exit_code, job.stderr) == (0, "")
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    assert (waited.exit_code, waited.json["status"]) == (0, "completed")
    saved = run("Get-VideoContent", "-OutFile", str(tmp_path / "x.mp4"), stdin=waited.data, env=env)
    assert (saved.exit_code, saved.stderr) == (0, "")
    remix = run("New-VideoRemix", "bluer", stdin=waited.data, env=env)
    assert (remix.exit_code, remix.stderr) == (0, "")
    listed = run("Get-Video", "-Limit", "5", "-Order", "desc", env=env)
    assert (listed.exit_code, listed.stderr) == (0, "")
    assert remix.json["id"] in [job["id"] for job in listed.json]
    assert run("Remove-Video", stdin=remix.data, env=env).stderr == ""


def test_in_json(run: Run, counterpart: Counterpart) -> None:
    headers = ("-AdditionalHeaders", '{"Content-Type": "application/json"}')
    result = run("New-Video", "Dancing Doggo", "-Seconds", "4", *headers, env=counterpart.environment)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("body", ['{"prompt": null}', '{"seconds": "a lot"}'])
def test_the_contract_is_looked_at(run: Run, counterpart: Counterpart, body: str) -> None:
    """What breaks it does not get through."""
    result = run("New-Video", "x", "-AdditionalBody", body, env=counterpart.environment)
    assert (result.exit_code, "422" in result.stderr) == (1, True)
