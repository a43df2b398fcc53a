"""The lines of the README on every service: create, wait, get, download, fail, list, delete, remix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.providers.stub import KEY, MP4, SECRET, Stub

FIRST = ["id", "object", "status", "model", "progress", "seconds", "size", "error"]
LINE = ["Dancing Doggo", "-Seconds", "8", "-Size", "1280x720"]
QUICK = ["-PollIntervalSec", "0", "-ProgressAction", "SilentlyContinue"]
DATES = ["created_at", "expires_at", "completed_at"]


def created(run: Run, stub: Stub, *words: str) -> str:
    """The job that one line starts, as it is printed."""
    result = run("New-Video", *(words or LINE), *stub.arguments, *stub.call)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_create_wait_and_download(run: Run, stub: Stub, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """-Provider once: what follows in the pipeline takes it from the job."""
    monkeypatch.setattr("psopenai_py.videos.hosted._PAUSE", 0.01)
    rest = stub.call[2:]
    job = created(run, stub)
    waited = run("Wait-Video", *QUICK, *rest, stdin=job)
    assert (waited.exit_code, waited.stderr) == (0, "")
    downloaded = run("Get-VideoContent", "-OutFile", "doggo.mp4", *rest, stdin=waited.stdout)
    assert (downloaded.exit_code, downloaded.stdout, downloaded.stderr) == (0, "", "")
    assert (place / "doggo.mp4").read_bytes() == MP4


def test_the_download_waits(run: Run, stub: Stub, place: Path) -> None:
    arguments = ["-WaitForCompletion", "-OutFile", "doggo.mp4", *stub.call[2:]]
    result = run("Get-VideoContent", *arguments, stdin=created(run, stub))
    assert (result.exit_code, result.stdout) == (0, "")
    assert (place / "doggo.mp4").read_bytes() == MP4


def test_a_job_has_the_properties_of_psopenai_first(run: Run, stub: Stub) -> None:
    job = json.loads(created(run, stub))
    names = list(job)
    assert names[:8] == FIRST
    dates = [name for name in names if name in DATES]
    assert names[8 : names.index("provider")] == dates
    assert job["provider"] == stub.name
    assert (job["object"], job["status"], job["error"], job["progress"]) == ("video", "queued", None, 0)
    assert (job["seconds"], job["size"]) == ("8", "1280x720")
    finished = run("Wait-Video", job["id"], *QUICK, *stub.call).json
    assert list(finished)[:8] == FIRST
    assert (finished["status"], finished["progress"], finished["id"]) == ("completed", 100, job["id"])


def test_what_a_finished_job_cost_and_until_when_it_is_kept(run: Run, stub: Stub) -> None:
    finished = run("Wait-Video", *QUICK, *stub.call, stdin=created(run, stub)).json
    assert {name: finished[name] for name in stub.finished} == stub.finished
    verbose = run("Get-Video", "-Verbose", *stub.call, stdin=json.dumps(finished)).stderr
    is_said = bool(stub.provider.lifetime) and "expires_at" not in stub.finished
    assert (f"{stub.name} keeps a finished video for about" in verbose) == is_said


def test_many_prompts_at_once(run: Run, stub: Stub, place: Path) -> None:
    """As the README has it: prompts to jobs, jobs to ends, ends to files, each in the order of the input."""
    more = ["-ThrottleLimit", "3", *stub.call[2:]]
    prompts = "".join(json.dumps({"prompt": f"doggo {number}", "size": "1280x720"}) + "\n" for number in range(5))
    create = ["New-Video", *stub.arguments, "-Provider", stub.name, "-Resume", "prompts.journal", *more]
    jobs = run(*create, stdin=prompts)
    assert (jobs.exit_code, len(jobs.stdout.splitlines())) == (0, 5)
    again = run(
        "New-Video", *stub.arguments, "-Provider", stub.name, "-Resume", "prompts.journal", *more, stdin=prompts
    )
    assert (again.stdout, len(stub.bodies)) == (jobs.stdout, 5)
    over = run("Wait-Video", *QUICK, *more, stdin=jobs.stdout)
    identifiers = [json.loads(line)["id"] for line in jobs.stdout.splitlines()]
    assert [json.loads(line)["id"] for line in over.stdout.splitlines()] == identifiers
    assert run("Get-VideoContent", "-OutFile", "clips/", *more, stdin=over.stdout).exit_code == 0
    assert {path.name: path.read_bytes() for path in (place / "clips").iterdir()} == {
        f"{identifier}.mp4": MP4 for identifier in identifiers
    }


def test_a_list_is_removed(run: Run, stub: Stub) -> None:
    if not (stub.lists and stub.deletes):
        pytest.skip("it has no list")
    for _ in range(3):
        created(run, stub)
    listed = run("Get-Video", "-All", *stub.call)
    assert run("Remove-Video", *stub.call[2:], stdin=listed.stdout).exit_code == 0
    assert not stub.jobs


@pytest.mark.parametrize(
    ("word", "said"),
    [("[fail]", "The model gave up."), ("[blocked]", "held back"), ("[cancelled]", "cancelled")],
)
def test_a_job_that_fails(run: Run, stub: Stub, word: str, said: str) -> None:
    """Also one that is called finished and has no video, and one whose refusal comes with an error status."""
    job = created(run, stub, f"Doggo {word}", "-Size", "1280x720")
    result = run("Wait-Video", *QUICK, *stub.call, stdin=job)
    assert result.exit_code == 1
    assert result.json["status"] == "failed"
    assert said in result.json["error"]["message"]
    assert result.json["error"]["code"]
    [warning] = result.warnings
    assert said in warning
    again = run("Get-VideoContent", "-OutFile", "x.mp4", *stub.call, stdin=job)
    assert again.exit_code == 1


def test_a_job_that_is_not_over_has_no_content(run: Run, stub: Stub, place: Path) -> None:
    if stub.provider.source is None:
        pytest.skip("it is asked for the content at once, and says so itself")
    result = run("Get-VideoContent", "-OutFile", "x.mp4", *stub.call, stdin=created(run, stub))
    assert result.exit_code == 1
    assert "has no content yet; its status is '" in result.stderr
    assert not list(place.iterdir())


def test_a_list(run: Run, stub: Stub) -> None:
    for _ in range(3):
        created(run, stub)
    before = len(stub.script.requests)
    result = run("Get-Video", "-All", *stub.call)
    if stub.lists:
        assert [(job["id"], job["status"]) for job in result.json] == [(f"job-{n}", "completed") for n in (1, 2, 3)]
        page = run("Get-Video", "-Limit", "2", *stub.call)
        assert len(page.json) == 2
    else:
        assert (result.exit_code, len(stub.script.requests)) == (1, before)
        assert f"{stub.name} lists no jobs. Nothing was sent." in result.stderr
        assert "NotImplemented: (:) [Get-Video], ArgumentException" in result.stderr


def test_a_deletion(run: Run, stub: Stub) -> None:
    job = created(run, stub)
    before = len(stub.script.requests)
    result = run("Remove-Video", *stub.call, stdin=job)
    if stub.deletes:
        assert (result.exit_code, result.stderr, stub.jobs) == (0, "", {})
    else:
        assert (result.exit_code, len(stub.script.requests)) == (1, before)
        assert f"{stub.name} deletes no jobs. Nothing was sent." in result.stderr


def test_a_remix(run: Run, stub: Stub) -> None:
    job = created(run, stub)
    run("Wait-Video", *QUICK, *stub.call, stdin=job)
    before = len(stub.script.requests)
    result = run("New-VideoRemix", "Make it blue", *stub.call, stdin=job)
    if stub.remixes:
        assert (result.exit_code, result.stderr, result.json["status"]) == (0, "", "queued")
        assert result.json["id"] != json.loads(job)["id"]
        assert "Make it blue" in json.dumps(stub.bodies[-1])
    else:
        assert (result.exit_code, len(stub.script.requests)) == (1, before)
        assert f"{stub.name} changes no finished videos. Nothing was sent." in result.stderr


def test_a_picture_of_a_job_is_refused_before_anything_is_sent(run: Run, stub: Stub) -> None:
    job = created(run, stub)
    before = len(stub.script.requests)
    result = run("Get-VideoContent", "-Variant", "thumbnail", "-OutFile", "x.webp", *stub.call, stdin=job)
    assert (result.exit_code, len(stub.script.requests)) == (1, before)
    assert f"{stub.name} has the video alone, and no thumbnail. Nothing was sent." in result.stderr


def test_a_bad_key_is_one_whatever_the_status(run: Run, stub: Stub) -> None:
    result = run("New-Video", *LINE, *stub.arguments, *stub.call[:-1], "sk-wrong-0123456789")
    assert result.exit_code == 4
    assert f"Get-OpenAIKey -Provider {stub.name} shows" in result.stderr
    assert "The answer says nothing" not in result.stderr
    polled = run("Wait-Video", "job-1", *stub.call[:-1], "sk-wrong-0123456789")
    assert (polled.exit_code, polled.stdout) == (4, "")


def test_moderation_is_no_bad_key(run: Run, stub: Stub) -> None:
    result = run("New-Video", "[moderation]", "-Size", "1280x720", *stub.arguments, *stub.call)
    assert result.exit_code == 1
    assert "ContentFilteredException" in result.stderr
    assert "Get-OpenAIKey" not in result.stderr


def test_a_model_that_ended(run: Run, stub: Stub) -> None:
    """Models end within weeks, so the error says where the others are."""
    result = run("New-Video", *LINE, "-Model", "gone", *stub.call)
    assert result.exit_code == 1
    assert "RecommendedAction" in result.stderr
    assert "lists the models" in result.stderr


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_creation_that_may_have_been_received_is_not_repeated(run: Run, stub: Stub, status: int) -> None:
    prompt = f"[status {status}]"
    result = run("New-Video", prompt, "-Size", "1280x720", *stub.arguments, *stub.call, "-MaxRetryCount", "3")
    assert (result.exit_code, len(stub.bodies)) == (1, 1)
    assert "a job may have been created" in result.stderr


def test_a_creation_that_was_refused_for_now_is_repeated(run: Run, stub: Stub) -> None:
    prompt = "[status 429]"
    result = run("New-Video", prompt, "-Size", "1280x720", *stub.arguments, *stub.call, "-MaxRetryCount", "1")
    assert (result.exit_code, len(stub.bodies)) == (1, 2)


def test_the_key_goes_to_the_service_and_the_address_into_the_output_alone(
    run: Run, stub: Stub, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of a video is a secret: whoever knows it can fetch the video."""
    job = created(run, stub)
    loud = ["-Verbose", "-Debug", *stub.call]
    waited = run("Wait-Video", *QUICK, *loud, stdin=job)
    fetched = run("Get-VideoContent", "-OutFile", "doggo.mp4", *loud, stdin=job)
    assert (waited.exit_code, fetched.exit_code) == (0, 0)
    assert SECRET not in waited.stderr + fetched.stderr
    assert KEY not in waited.stderr + fetched.stderr
    assert all(KEY not in str(request.headers) for request in stub.media.requests)
    if not stub.keeps_videos:
        assert stub.address in waited.stdout
        assert [request.headers.get("authorization") for request in stub.media.requests] == [None]


def test_the_line_that_waits_again_names_the_provider(run: Run, stub: Stub) -> None:
    job = run("New-Video", *LINE, *stub.arguments, *stub.call).json["id"]
    arguments = ["-TimeoutSec", "1", "-PollIntervalSec", "900", *stub.call]
    result = run("Wait-Video", job, *arguments)
    assert result.exit_code == 8
    [again] = [line for line in result.stderr.splitlines() if "To wait again: " in line]
    assert f"-ApiBase {stub.script.base}" in again
    assert f"-Provider {stub.name}" in again
    assert KEY not in result.stderr


def test_an_address_that_expired_is_no_bad_key(run: Run, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server with the videos knows no key."""
    if stub.keeps_videos:
        pytest.skip("its videos are with the service itself")
    job = created(run, stub)
    run("Wait-Video", *QUICK, *stub.call, stdin=job)
    stub.media.responses = [{"status": 403, "text": "<Error><Code>AccessDenied</Code></Error>"}]
    result = run("Get-VideoContent", "-OutFile", "x.mp4", *stub.call, stdin=job)
    assert result.exit_code == 1
    assert "The address may have expired." in result.stderr
    assert SECRET not in result.stderr


def test_additional_body_headers_and_query(run: Run, stub: Stub) -> None:
    """A body is merged at any depth, and -WhatIf shows what would be sent."""
    more = ["-AdditionalHeaders", '{"X-Own": "1"}', "-AdditionalQuery", '{"own": "2"}']
    shown = run("New-Video", *LINE, *stub.arguments, *stub.call, *more, "-AdditionalBody", '{"seed": 7}', "-WhatIf")
    assert shown.exit_code == 0
    assert shown.json["body"]["seed"] == 7
    assert shown.json["headers"]["X-Own"] == "1"
    assert shown.json["url"].endswith("?own=2")
    assert KEY not in shown.stdout + shown.stderr
    assert not stub.script.requests
