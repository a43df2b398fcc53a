"""What ends a run early: errors, a reader that leaves, Ctrl-C. What was begun is finished and told."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests import ctrl_c
from tests.conftest import KEY, Run
from tests.pipeline.desk import (
    FINISHING,
    LIMIT,
    Desk,
    feed,
    interrupt,
    job,
    line,
    lines,
    prompts,
    refusal,
    start,
    until,
)

posix = pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C to one process")
LATER = "The others were not sent; with -Resume FILE the same command could go on from there."


# --- errors -----------------------------------------------------------------------------------------------------


def test_error_action_stop(desk: Desk, run: Run) -> None:
    desk.answers = _slow(500) | {"p2": [refusal(400)]}
    result = run("New-Video", "-ThrottleLimit", "2", "-ErrorAction", "Stop", stdin=lines(prompts(500)))
    assert result.exit_code == 1
    assert result.error_ids == ["PSOpenAI.APIRequest.BadRequestException,Invoke-OpenAIAPIRequest"]
    # Nothing is lost of what was created meanwhile, and little was.
    created = [request for request in desk.requests if request.fields[0][3] != "p2"]
    assert result.stdout == "".join(line(f"p{number}") for number in range(1, len(created) + 2) if number != 2)
    assert len(created) < 100


def _slow(count: int) -> dict[str, list[dict[str, Any]]]:
    """Answers so slow that what happens beside them is noticed long before the last."""
    return {prompt: [{"delay": 0.1}] for prompt in prompts(count)}


def test_a_missing_key_is_one_error(run: Run) -> None:
    base = "https://api.openai.com/v1"
    result = run("New-Video", "-ThrottleLimit", "4", "-ApiBase", base, stdin=lines(prompts(50)))
    assert (result.exit_code, result.error_ids) == (4, ["System.ArgumentException,Initialize-APIKey"])


def test_an_address_that_cannot_be_used_is_one_error(run: Run) -> None:
    result = run("New-Video", "-ThrottleLimit", "4", "-ApiBase", "ftp://host", stdin=lines(prompts(50)))
    assert (result.exit_code, len(result.error_ids)) == (1, 1)


def test_warning_action_stop(desk: Desk, run: Run) -> None:
    desk.answers = {"p1": [{"json": job("p1", status="failed", error={"message": "x"})}]}
    result = run("Wait-Video", "-ThrottleLimit", "1", "-Resume", "j", "-WarningAction", "Stop", stdin="p1\np2\n")
    assert '"status":"failed"' in result.stdout
    assert result.error_ids == ["ActionPreferenceStop,Microsoft.PowerShell.Commands.WriteWarningCommand"]
    assert [request.path for request in desk.requests] == ["/videos/p1"]


def test_bytes_of_several_videos_need_a_folder(desk: Desk, run: Run) -> None:
    result = run("Get-VideoContent", "-ThrottleLimit", "2", stdin="a\nb\n")
    assert (result.exit_code, result.data, len(result.error_ids)) == (1, b"", 1)
    assert "-OutFile" in result.stderr and not desk.requests


def test_one_file_cannot_hold_several_videos(run: Run, tmp_path: Path) -> None:
    base = f"sandbox:{tmp_path}/jobs?speed=1000"
    made = run("New-Video", "-ThrottleLimit", "3", "-ApiBase", base, stdin="a\nb\nc\n").stdout
    over = run("Wait-Video", "-ThrottleLimit", "3", "-ApiBase", base, stdin=made).stdout
    one = run(
        "Get-VideoContent", "-ThrottleLimit", "3", "-ApiBase", base, "-OutFile", f"{tmp_path}/one.mp4", stdin=over
    )
    assert one.error_ids == ["System.ArgumentException,Get-VideoContent"] * 2
    many = run("Get-VideoContent", "-ThrottleLimit", "3", "-ApiBase", base, "-OutFile", f"{tmp_path}/all/", stdin=over)
    assert (many.exit_code, len(list((tmp_path / "all").iterdir()))) == (0, 3)


# --- output that cannot be written --------------------------------------------------------------------------------


def test_a_reader_that_leaves(desk: Desk) -> None:
    """As in `New-Video ... | head -1`. Every job that was created is named on one of the streams."""
    behind = set(prompts(4)[1:])
    desk.held = set(behind)
    process = start("New-Video", "-ThrottleLimit", "3")
    feed(process, lines(prompts(300)))
    assert process.stdout is not None
    first = process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    desk.answer(*behind)
    _, err = process.communicate()
    assert first == line("p1")
    named = {word.rstrip(".") for word in err.split() if word.startswith("p")} | {"p1"}
    # What the pipe had taken before it was closed, is read by nobody.
    assert len(desk.asked) < 300
    assert f"p{len(desk.asked)}" in named


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(desk: Desk) -> None:
    desk.answers = _slow(300)
    with Path("/dev/full").open("w") as full:
        process = start("New-Video", "-ThrottleLimit", "3", stdout=full)
        feed(process, lines(prompts(300)))
        _, err = process.communicate()
    assert process.returncode == 1
    assert [prompt for prompt in desk.asked if f"Its id is {prompt}." not in err] == []
    assert 0 < len(desk.asked) < 300


# --- Ctrl-C -----------------------------------------------------------------------------------------------------


@posix
def test_what_is_under_way_is_finished(desk: Desk) -> None:
    names = prompts(20)
    desk.held = set(names)
    process = start("New-Video", "-ThrottleLimit", "3")
    feed(process, lines(names))
    desk.wait(lambda: len(desk.under_way) == 3)
    interrupt(process)
    desk.answer(*names)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "".join(map(line, names[:3])))
    assert err == f"Interrupted. 3 records are done. {LATER}\n"
    assert sorted(desk.asked) == names[:3]


@posix
def test_the_second_time_breaks_off(desk: Desk) -> None:
    names = prompts(20)
    desk.held = set(names)
    process = start("New-Video", "-ThrottleLimit", "2", env={**os.environ, "OPENAI_API_KEY": KEY})
    feed(process, lines(names))
    desk.wait(lambda: len(desk.under_way) == 2)
    interrupt(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    desk.answer(*names)
    assert (process.returncode, out) == (130, "")
    assert err.count("a job may have been created") == 2
    assert err.endswith(f"Interrupted. 2 records are done, 2 of them with errors. {LATER}\n")
    assert KEY not in err


@posix
def test_the_third_time_ends_it_whatever_it_does(desk: Desk) -> None:
    """Nobody reads, so what is finished cannot be printed."""
    process = start("New-Video", "-ThrottleLimit", "2")
    feed(process, lines([f"{'long ' * 1000}{number}" for number in range(40)]))
    until(lambda: len(desk.asked) >= 7)  # ten thousand characters each: the pipe is full
    interrupt(process)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)  # two at the same moment would be one
    assert process.returncode == -signal.SIGINT
    process.communicate()


@posix
def test_while_it_waits_for_input(desk: Desk) -> None:
    process = start("New-Video", "-ThrottleLimit", "4", "-Resume", "j")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines(["p1", "p2"]))
    process.stdin.flush()
    assert process.stdout.readline() + process.stdout.readline() == line("p1") + line("p2")
    process.send_signal(signal.SIGINT)
    assert process.wait(LIMIT) == 130
    _, err = process.communicate()
    # What is printed is not over yet, for an instant.
    assert err.removeprefix(FINISHING) == "Interrupted. 2 records are done. The same command goes on from there.\n"


@posix
def test_while_a_server_wants_nothing(desk: Desk) -> None:
    """The one that was refused is not tried again, and the others are not sent."""
    desk.answers = {"p1": [refusal(429, retry_after="600")]}
    process = start("New-Video", "-ThrottleLimit", "1", "-Resume", "j", "-MaxRetryCount", "3")
    feed(process, lines(prompts(5)))
    desk.wait(lambda: desk.asked["p1"] == 1 and not desk.under_way)
    out, err = _ended(process)
    assert (process.returncode, out) == (130, "")
    assert "OpenAI API returned an 429" in err
    assert err.endswith("Interrupted. 1 record is done, 1 of them with errors. The same command goes on from there.\n")
    assert desk.asked == {"p1": 1}


@posix
def test_while_jobs_are_waited_for(desk: Desk) -> None:
    desk.answers = {"done": [{"json": job("done", status="completed")}]}
    process = start("Wait-Video", "-ThrottleLimit", "2", "-PollIntervalSec", "600")
    feed(process, "done\nb\nc\n")
    desk.wait(lambda: len(desk.asked) == 3)
    out, err = _ended(process)
    assert (process.returncode, out) == (130, line("done").replace("queued", "completed"))
    command = f"Wait-Video -PollIntervalSec 600 -ApiBase {desk.base} -ThrottleLimit 2"
    assert err == f"Interrupted. 1 record is done. To go on: printf '%s\\n' b c | {command}\n"


@posix
def test_a_program_in_the_background(desk: Desk) -> None:
    """Who started it has Ctrl-C ignored, so it goes on."""
    desk.held = {"p2"}
    process = start("New-Video", "-ThrottleLimit", "2", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    feed(process, lines(prompts(3)))
    desk.wait(lambda: len(desk.asked) == 3)
    process.send_signal(signal.SIGINT)
    desk.answer("p2")
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "".join(map(line, prompts(3))), "")


def _ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Stdout and stderr after Ctrl-C, without the line that some see in between."""
    out, err = ctrl_c.end(process)
    return out, err.replace(FINISHING, "")


@posix
def test_what_the_pipe_still_holds_is_named(desk: Desk) -> None:
    """One after another: the job under way, and those that nobody has read yet."""
    process = start("Wait-Video", "-PollIntervalSec", "600")
    feed(process, '{"id": "a"}\n{"id": "b"}\n{"id": "it\'s"}\n')
    desk.wait(lambda: desk.asked["a"] > 0 and not desk.under_way)
    out, err = _ended(process)
    command = f"Wait-Video -PollIntervalSec 600 -ApiBase {desk.base}"
    again = f"Wait-Video -VideoId a -PollIntervalSec 600 -ApiBase {desk.base}"
    ids = "a b 'it'\"'\"'s'"
    assert (process.returncode, out) == (130, "")
    note = f"The job goes on. To wait again: {again} To go on: printf '%s\\n' {ids} | {command}"
    assert err == f"Interrupted. {note}\n"


def test_a_run_that_an_error_ends_names_what_is_left(desk: Desk, run: Run) -> None:
    desk.answers = {"b": [refusal(404)]}
    result = run("Remove-Video", "-ErrorAction", "Stop", stdin='[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]')
    assert result.exit_code == 1
    assert result.stderr.endswith(f"\nTo go on: printf '%s\\n' c d | Remove-Video -ApiBase {desk.base}\n")


@pytest.mark.parametrize("name", ["video_a", "50", "o"])
def test_a_failed_download_names_the_job(desk: Desk, run: Run, name: str) -> None:
    """Also where the letters of its id stand in the message."""
    desk.answers = {name: [refusal(500)]}
    result = run("Get-VideoContent", "-OutFile", "x.mp4", stdin=f'{{"id":"{name}"}}')
    assert f"({name}:String)" in result.stderr


@posix
@pytest.mark.parametrize("limit", ["1", "2"])
def test_what_a_remix_leaves_is_named(desk: Desk, limit: str) -> None:
    """The one that may have been made, and those that were not."""
    names = ["video_a", "video_b", "video_c"]
    desk.held = set(names)
    process = start("New-VideoRemix", "y", "-ThrottleLimit", limit)
    feed(process, "video_a\nvideo_b\nvideo_c\n")
    desk.wait(lambda: len(desk.under_way) == int(limit))
    if limit == "2":
        interrupt(process)
    out, err = ctrl_c.end(process)
    desk.answer(*names)
    assert (process.returncode, out) == (130, "")
    command = f"New-VideoRemix -Prompt y -ApiBase {desk.base}" + (" -ThrottleLimit 2" if limit == "2" else "")
    assert err.endswith(f"To go on: printf '%s\\n' {' '.join(names[int(limit) :])} | {command}\n")
    for name in names[: int(limit)]:
        assert f"It was from {name}." in err if limit == "1" else f"({name}:String)" in err


@pytest.mark.parametrize("stdin", ['{"id":"video_a"}', '{"id":"video_a"}\n', '[{"id":"video_a"}]', "video_a\n"])
@pytest.mark.parametrize("cause", ["-ThrottleLimit 2", "-OutFile a/ -Resume none/journal"])
def test_a_run_that_cannot_begin_names_what_the_pipe_brought(desk: Desk, run: Run, stdin: str, cause: str) -> None:
    result = run("Get-VideoContent", *cause.split(), stdin=stdin)
    assert (result.exit_code, len(result.error_ids), len(desk.requests)) == (1, 1, 0)
    assert "\nTo go on: printf '%s\\n' video_a | Get-VideoContent " in result.stderr
