"""An input that ends without a record is nothing to do; no input at all leaves a value missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.server import Script, Server

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="pipes of a Unix shell")


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server, and the environment that points to it."""
    script = server.script("empty_input")
    monkeypatch.setenv("OPENAI_API_BASE", script.base)
    return script


@pytest.mark.parametrize("cmdlet", ["Wait-Video", "Get-VideoContent", "Remove-Video"])
@pytest.mark.parametrize("process", [False, True], ids=["here", "in a process"])
def test_without_input_an_id_is_missing(run: Run, api: Script, cmdlet: str, process: bool) -> None:
    result = run(cmdlet, process=process)
    assert (result.exit_code, result.error_ids) == (2, [f"MissingMandatoryParameter,{cmdlet}"])
    assert "Give it as -VideoId VALUE, or through a pipe." in result.stderr


WITHOUT_A_VALUE = {
    "New-Video": [],
    "New-VideoRemix": ["-Prompt", "bluer"],
    "Wait-Video": [],
    "Get-VideoContent": ["-OutFile", "x.mp4"],
    "Remove-Video": [],
}


@pytest.mark.parametrize("more", [[], ["-ThrottleLimit", "4"], ["-Resume", "journal"]], ids=lambda more: " ".join(more))
@pytest.mark.parametrize("given", ["", "\n \n", "\ufeff"], ids=["nothing", "blanks", "a mark"])
@pytest.mark.parametrize(("cmdlet", "arguments"), WITHOUT_A_VALUE.items(), ids=list(WITHOUT_A_VALUE))
def test_an_input_without_a_record_is_nothing_to_do(
    run: Run, api: Script, cmdlet: str, arguments: list[str], given: str, more: list[str]
) -> None:
    result = run(cmdlet, *arguments, *more, "-Verbose", stdin=given)
    assert (result.exit_code, result.stdout, api.requests) == (0, "", [])
    assert result.stderr == f"VERBOSE: The input ended without a record, so {cmdlet} has nothing to do.\n"


@on_unix
def test_an_empty_pipe_and_an_empty_file(api: Script, tmp_path: Path) -> None:
    """The error of the first program of a pipeline stands alone."""
    (tmp_path / "empty").touch()
    ours = f"'{sys.executable}' -m psopenai_py"
    line = f"{ours} Get-Video -ApiBase x | {ours} Remove-Video; {ours} Wait-Video < {tmp_path / 'empty'}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("FullyQualifiedErrorId"), api.requests) == (0, "", 1, [])


@on_unix
@pytest.mark.parametrize("input_", ["</dev/null", "<&-"])
def test_the_null_device_and_a_closed_input_are_no_input(api: Script, input_: str) -> None:
    line = f"'{sys.executable}' -m psopenai_py Wait-Video {input_}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, "MissingMandatoryParameter,Wait-Video" in done.stderr) == (2, True)
