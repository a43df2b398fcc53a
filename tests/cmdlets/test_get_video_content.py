"""Get-VideoContent: what is asked for, where it goes, what is left when it does not come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from psopenai_py import get_video_content, new_video
from psopenai_py.errors import AnswerError, JobFailedError, NotFoundError, OutputError
from tests.cmdlets.contents import MP4, NOT_CONTENT, NOT_WRITTEN, content, files
from tests.conftest import KEY, Run
from tests.server import JOB, Script, serving
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and terminals of Unix")


# --- what is asked for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "query", "data"),
    [
        ([], "", MP4),
        (["-Variant", "video"], "", MP4),
        (["-Variant", "VIDEO"], "", MP4),
        (["-Variant", "thumbnail"], "?variant=thumbnail", b"ABC"),
        (["-Variant", "SpriteSheet"], "?variant=spritesheet", b"ABC"),
        (["-Variant", "1"], "?variant=1", b"ABC"),
        (["-AdditionalQuery", "@{index=2}"], "?index=2", MP4),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_request(run: Run, api: Script, arguments: list[str], query: str, data: bytes) -> None:
    api.responses = [content(data, headers={"Content-Type": "image/webp"})]
    result = run("Get-VideoContent", "a/b", *arguments)
    assert (result.exit_code, result.data, result.stderr) == (0, data, "")
    assert [request.path for request in api.requests] == [f"/videos/a%2Fb/content{query}"]
    assert api.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("arguments", "begins", "extension"),
    [([], MP4[4:8], ".mp4"), (["-Variant", "thumbnail"], b"", ".webp"), (["-Variant", "spritesheet"], b"", ".webp")],
    ids=["video", "thumbnail", "spritesheet"],
)
def test_a_real_job(run: Run, sandbox: str, place: Path, arguments: list[str], begins: bytes, extension: str) -> None:
    job = run("New-Video", "Dancing Doggo", "-Size", "64x64").data
    result = run("Get-VideoContent", "-WaitForCompletion", "-OutFile", "new/", *arguments, stdin=job)
    assert (result.exit_code, result.stdout) == (0, "")
    (name,) = files(place)
    assert name == f"new/{json.loads(job)['id']}{extension}"
    piped = run("Get-VideoContent", *arguments, stdin=job)
    assert (piped.exit_code, piped.data) == (0, files(place)[name])
    assert begins in piped.data[:8]


def test_from_python(sandbox: str, place: Path) -> None:
    job = new_video("Dancing Doggo", size="64x64")
    data = get_video_content(job["id"], wait_for_completion=True)
    assert data[4:8] == b"ftyp"
    assert get_video_content(job["id"], out_file=place / "a.mp4") == place / "a.mp4"
    assert files(place) == {"a.mp4": data}


# --- what came --------------------------------------------------------------------------------------------------

NO_CONTENT: dict[str, tuple[dict[str, Any], str, str]] = {
    "not found": ({"status": 404, "json": {"error": {"message": "not ready"}}}, "not ready", "NotFound"),
    "an error as a video": (content(b'{"error": {"message": "not ready"}}'), "not ready", NOT_CONTENT),
    "a job": ({"json": JOB}, "it is application/json", NOT_CONTENT),
    "a page": ({"text": "<html>Welcome", "headers": {"Content-Type": "text/html"}}, "<html>Welcome", NOT_CONTENT),
    "nothing": (content(b""), "it is empty", NOT_CONTENT),
    "no content": ({"status": 204}, "it is empty", NOT_CONTENT),
    "another file": (content(b"PK\x03\x04" + bytes(60)), "it is no MP4 file", NOT_CONTENT),
    "a redirect to another kind of address": (
        {"status": 302, "headers": {"Location": "ftp://127.0.0.1/a"}},
        "",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("response", "text", "error_id"), NO_CONTENT.values(), ids=list(NO_CONTENT))
@pytest.mark.parametrize("target", ["old.mp4", "new/a.mp4", "new/"])
def test_what_is_no_content_leaves_everything_as_it_was(
    run: Run, api: Script, place: Path, response: dict[str, Any], text: str, error_id: str, target: str
) -> None:
    (place / "old.mp4").write_bytes(b"old")
    api.responses = [response]
    result = run("Get-VideoContent", "video_123", "-OutFile", target)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.error_ids) == 1 and error_id in result.error_ids[0]
    assert text in result.stderr
    assert [path.name for path in place.iterdir()] == ["old.mp4"]
    assert files(place) == {"old.mp4": b"old"}


def test_a_video_in_place_of_a_thumbnail(run: Run, api: Script, place: Path) -> None:
    """As servers give that ignore the variant."""
    api.responses = [content()]
    result = run("Get-VideoContent", "video_123", "-Variant", "thumbnail", "-OutFile", "a.webp")
    assert (result.exit_code, result.error_ids, files(place)) == (1, [NOT_CONTENT], {})
    assert "it is a video and not the thumbnail, which this server may not have." in result.stderr


def test_an_existing_file_is_replaced(run: Run, api: Script, place: Path) -> None:
    (place / "a.mp4").write_bytes(b"old" * 100_000)
    api.responses = [content()]
    assert run("Get-VideoContent", "video_123", "-OutFile", "a.mp4").exit_code == 0
    assert files(place) == {"a.mp4": MP4}


# --- where it goes ----------------------------------------------------------------------------------------------


@on_unix
def test_a_terminal_is_refused(api: Script) -> None:
    api.responses = [content()]
    terminal = Terminal(*our("Get-VideoContent", "video_123"), env={**os.environ, "NO_COLOR": "1"})
    assert (terminal.close(), api.requests) == (1, [])
    assert terminal.screen == (
        "Get-VideoContent: A video is not written to a terminal.\n"
        "    + RecommendedAction     : Name a file with -OutFile, or send the bytes to a\n"
        "      file or a program with > or |. The job is video_123.\n"
        "    + CategoryInfo          : WriteError: (:) [], IOException\n"
        "    + FullyQualifiedErrorId : OutputNotWritten\n"
    )


def test_an_impossible_target_is_refused_before_anything_is_sent(run: Run, api: Script, place: Path) -> None:
    (place / "file").touch()
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "file/a.mp4")
    assert (result.exit_code, result.error_ids, api.requests) == (1, [NOT_WRITTEN], [])


def test_several_jobs_into_one_folder(run: Run, api: Script, place: Path) -> None:
    api.responses = [content()]
    result = run("Get-VideoContent", "-OutFile", "clips/", stdin='["a", "b", "nul", "a/b"]')
    assert (result.exit_code, result.stderr) == (0, "")
    assert sorted(files(place)) == [
        "clips/_nul-99e62427.mp4",
        "clips/a.mp4",
        "clips/a_b-c14cddc0.mp4",
        "clips/b.mp4",
    ]


def test_several_jobs_do_not_replace_each_other(run: Run, api: Script, place: Path) -> None:
    api.responses = [{"status": 404, "json": {}}, content(), content(b"ABC")]
    result = run("Get-VideoContent", "-OutFile", "a.mp4", stdin="one\ntwo\nthree\n")
    assert (result.exit_code, len(api.requests), files(place)) == (1, 2, {"a.mp4": MP4})
    assert result.stderr.splitlines()[-4:] == [
        "Get-VideoContent: The content of three would replace that of an earlier job in 'a.mp4'. "
        "It was not downloaded.",
        "    + RecommendedAction     : For several jobs, let -OutFile name a folder, with a slash at its end.",
        "    + CategoryInfo          : NotSpecified: (:) [Get-VideoContent], ArgumentException",
        "    + FullyQualifiedErrorId : System.ArgumentException,Get-VideoContent",
    ]


@on_unix
def test_the_null_device(run: Run, api: Script) -> None:
    api.responses = [content()]
    assert run("Get-VideoContent", "-OutFile", "/dev/null", stdin="a\nb\n").exit_code == 0
    assert Path("/dev/null").is_char_device()


@on_unix
@pytest.mark.parametrize(
    "line",
    [
        "{us} Get-VideoContent a -OutFile /dev/stdout | cat",
        "{us} Get-VideoContent a -OutFile /dev/fd/1 | cat",
        "{us} Get-VideoContent a -OutFile >(cat) | cat",
        "{us} Get-VideoContent a -OutFile /dev/stdout > out; cat out",
        "printf '' > out; {us} Get-VideoContent a -OutFile /dev/stdout >> out; cat out",
        "{us} Get-VideoContent a -OutFile /dev/stderr 2>&1 >/dev/null | cat",
        "mkfifo pipe; cat pipe & {us} Get-VideoContent a -OutFile pipe; wait",
    ],
)
def test_into_a_program(api: Script, place: Path, line: str) -> None:
    api.responses = [content()]
    command = line.format(us=f"'{sys.executable}' -m psopenai_py")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == (MP4, b"")


@on_unix
def test_several_videos_into_one_program(api: Script, place: Path) -> None:
    api.responses = [content()]
    command = f"printf 'a\nb\n' | '{sys.executable}' -m psopenai_py Get-VideoContent -OutFile /dev/stdout >> out"
    (place / "out").write_bytes(b"before")
    subprocess.run(["bash", "-c", command], check=True, timeout=60)
    assert files(place) == {"out": b"before" + MP4 + MP4}


def test_a_read_only_file_is_refused_before_anything_is_sent(run: Run, api: Script, place: Path) -> None:
    (place / "a.mp4").write_bytes(b"old")
    (place / "a.mp4").chmod(0o444)
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", "-OutFile", "a.mp4")
    assert (result.exit_code, result.error_ids, api.requests) == (1, [NOT_WRITTEN], [])
    assert (place / "a.mp4").read_bytes() == b"old"
    (place / "a.mp4").chmod(0o644)


# --- another host -----------------------------------------------------------------------------------------------


def test_a_redirect_to_another_host_carries_no_key(run: Run, api: Script, place: Path) -> None:
    with serving() as elsewhere:
        storage = elsewhere.script("bucket", [content()])
        api.responses = [{"status": 307, "headers": {"Location": f"{storage.base}/file?signature=x"}}]
        extra = ["-AdditionalHeaders", '{"X-Api-Key": "another-secret", "X-Trace": "1"}', "-Organization", "org-1"]
        result = run("Get-VideoContent", "a", "-OutFile", "a.mp4", *extra, env={"OPENAI_API_KEY": KEY})
    assert (result.exit_code, files(place)) == (0, {"a.mp4": MP4})
    assert api.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert sorted(storage.requests[0].headers) == ["accept", "accept-encoding", "connection", "host", "user-agent"]


# --- waiting first ----------------------------------------------------------------------------------------------


def test_the_download_follows_the_wait(run: Run, api: Script, place: Path) -> None:
    """The id stays the one that was given, whatever the polls say."""
    api.responses = [{"json": JOB | {"id": "other", "status": status}} for status in ("queued", "completed")] + [
        content()
    ]
    result = run("Get-VideoContent", "a+b=", "-WaitForCompletion", "-OutFile", "a.mp4", "-ProgressAction", "Ignore")
    assert (result.exit_code, result.stderr, files(place)) == (0, "", {"a.mp4": MP4})
    one = "/videos/a%2Bb%3D"
    assert [request.path for request in api.requests] == [one, one, f"{one}/content"]


@pytest.mark.parametrize("status", ["failed", "cancelled", "expired"])
def test_a_job_that_ends_without_a_video(run: Run, api: Script, place: Path, status: str) -> None:
    api.responses = [{"json": JOB | {"status": status}}]
    result = run("Get-VideoContent", "video_123", "-w", "-OutFile", "new/a.mp4", "-ProgressAction", "Ignore")
    assert (result.exit_code, len(api.requests), list(place.iterdir())) == (1, 1, [])
    assert f"The job video_123 is not completed; its status is '{status}'." in result.stderr
    with pytest.raises(JobFailedError) as caught:
        get_video_content("video_123", wait_for_completion=True)
    assert caught.value.job is not None
    assert caught.value.job["status"] == status


def test_a_wait_that_takes_too_long(run: Run, api: Script, place: Path) -> None:
    result = run("Get-VideoContent", "it's", "-w", "-OutFile", "a b.mp4", "-TimeoutSec", "1", "-proga", "Ignore")
    assert (result.exit_code, result.stdout, files(place)) == (8, "", {})
    assert (
        "\n    + RecommendedAction     : To wait again: Get-VideoContent -VideoId 'it'\"'\"'s' -OutFile 'a b.mp4' "
        f"-WaitForCompletion -TimeoutSec 1 -ApiBase {api.base}\n"
    ) in result.stderr


def test_errors_from_python(api: Script, place: Path) -> None:
    api.responses = [{"status": 404, "json": {}}]
    with pytest.raises(NotFoundError):
        get_video_content("a")
    api.responses = [{"json": JOB}]
    with pytest.raises(AnswerError):
        get_video_content("a", out_file="a.mp4")
    (place / "file").touch()
    with pytest.raises(OutputError):
        get_video_content("a", out_file="file/a.mp4")
    assert [path.name for path in place.iterdir()] == ["file"]
