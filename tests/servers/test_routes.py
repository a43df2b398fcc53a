"""The shipped video routes of vLLM-Omni and SGLang, with stubs for their engines."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run
from tests.servers.conftest import only
from tests.servers.counterparts import Counterpart

QUIET = ("-ProgressAction", "Ignore", "-PollIntervalSec", "0.2")
BOTH = only("vllm_omni", "sglang")
#: The model that both serve.
MODEL = ("-Model", "wan")


@BOTH
def test_a_job_from_its_beginning_to_its_end(run: Run, counterpart: Counterpart, tmp_path: Path) -> None:
    env = counterpart.environment
    job = run("New-Video", "Dancing Doggo", "-Size", "64x64", "-Seconds", "4", *MODEL, env=env)
    assert (job.exit_code, job.stderr, job.json["status"]) == (0, "", "queued")
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    assert (waited.exit_code, waited.stderr, waited.json["status"]) == (0, "", "completed")
    shown = run("Get-Video", stdin=waited.data, env=env)
    assert (shown.exit_code, shown.json) == (0, waited.json)
    file = tmp_path / "doggo.mp4"
    for variant in ([], ["-Variant", "video"]):
        saved = run("Get-VideoContent", "-OutFile", str(file), *variant, stdin=shown.data, env=env)
        assert (saved.exit_code, saved.stderr, file.read_bytes()[4:8]) == (0, "", b"ftyp")
    assert job.json["id"] in [each["id"] for each in run("Get-Video", "-All", env=env).json]
    assert run("Remove-Video", stdin=shown.data, env=env).stderr == ""
    gone = run("Get-Video", job.json["id"], env=env)
    assert (gone.exit_code, "Video not found" in gone.stderr) == (1, True)


@BOTH
def test_many_jobs_and_pages(run: Run, counterpart: Counterpart, tmp_path: Path) -> None:
    env = counterpart.environment
    prompts = "".join(f"Doggo {number}\n" for number in range(6))
    made = run("New-Video", *MODEL, "-ThrottleLimit", "3", stdin=prompts, env=env)
    assert (made.exit_code, len(made.stdout.splitlines())) == (0, 6)
    fetching = ("Get-VideoContent", "-WaitForCompletion", "-OutFile", f"{tmp_path}/", "-ThrottleLimit", "3")
    result = run(*fetching, "-ProgressAction", "Ignore", stdin=made.data, env=env)
    assert (result.exit_code, result.stderr, len(list(tmp_path.glob("*.mp4")))) == (0, "", 6)
    jobs = run("Get-Video", "-All", env=env)
    assert len({job["id"] for job in jobs.json}) == len(jobs.json) >= 6
    removed = run("Remove-Video", stdin=jobs.data, env=env)
    assert (removed.exit_code, removed.stderr, run("Get-Video", env=env).json) == (0, "", [])


@BOTH
def test_a_job_that_fails(run: Run, counterpart: Counterpart) -> None:
    """vLLM-Omni answers for it with an error status and the job; SGLang with a job whose error has no code."""
    env = counterpart.environment
    job = run("New-Video", "[fail] x", *MODEL, env=env)
    waited = run("Wait-Video", *QUIET, stdin=job.data, env=env)
    assert (waited.exit_code, waited.json["status"], waited.json["id"]) == (1, "failed", job.json["id"])
    shown = run("Get-Video", job.json["id"], "-MaxRetryCount", "3", env=env)
    assert (shown.exit_code, shown.json, shown.warnings) == (0, waited.json, waited.warnings)
    assert len(shown.warnings) == 1
    assert "CUDA out of memory" in shown.warnings[0]
    assert "()" not in shown.warnings[0]
    content = run("Get-VideoContent", job.json["id"], "-WaitForCompletion", "-ProgressAction", "Ignore", env=env)
    assert (content.exit_code, content.data, "its status is 'failed'" in content.stderr) == (1, b"", True)


@BOTH
def test_remix_is_not_offered(run: Run, counterpart: Counterpart) -> None:
    result = run("New-VideoRemix", "bluer", "x", env=counterpart.environment)
    assert (result.exit_code, "This server offers no remix." in result.stderr) == (1, True)


@only("vllm_omni")
def test_vllm_omni_serves_one_model(run: Run, counterpart: Counterpart) -> None:
    refused = run("New-Video", "x", env=counterpart.environment)
    assert (refused.exit_code, "-Model wan or PSOPENAI_VIDEO_MODEL names another" in refused.stderr) == (1, True)
    assert run("New-Video", "x", "-Model", "", env=counterpart.environment).json["model"] == "wan"
    usual = counterpart.environment | {"PSOPENAI_VIDEO_MODEL": "wan"}
    assert run("New-Video", "x", env=usual).exit_code == 0


@only("sglang")
def test_sglang_takes_json_as_well(run: Run, counterpart: Counterpart) -> None:
    headers = ("-AdditionalHeaders", '{"Content-Type": "application/json"}', "-Seconds", "4")
    result = run("New-Video", "x", *headers, "-AdditionalBody", '{"seed": 7}', env=counterpart.environment)
    assert (result.exit_code, result.json["status"]) == (0, "queued")
