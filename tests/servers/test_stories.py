"""What README and manual print, told to each server as it stands there, but for the address."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import unmeasured
from tests.documents import every
from tests.servers.counterparts import Counterpart
from tests.servers.stories import IDENTIFIER, STORIES, TROUBLES, Story, told_to

PROMPTS = ["Dancing Doggo", "Sleeping Doggo", "It's a Doggo", "Doggo at night"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files that the documents speak of."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "prompts.txt").write_text("".join(f"{prompt}\n" for prompt in PROMPTS))
    (folder / "prompts.jsonl").write_text("".join(f'{{"prompt": "{prompt}", "seconds": "4"}}\n' for prompt in PROMPTS))
    return folder


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story(story: Story, counterpart: Counterpart, place: Path, request: pytest.FixtureRequest) -> None:
    if story.needs and not _is_there(story.needs):
        pytest.skip(f"needs {story.needs}")
    name = request.node.callspec.params["counterpart"]
    done = _tell(story, counterpart, place)
    stderr = _named(done.stderr, counterpart)
    expected = told_to(name).get(story.name)
    assert f"exit code {done.returncode}\n{stderr}" == (expected or "exit code 0\n")
    if expected is None or story.fails:
        assert re.fullmatch(story.prints, _named(done.stdout, counterpart), re.DOTALL), done.stdout
    if expected is None:
        assert {pattern: len(_whole(place, pattern)) for pattern, _ in story.files} == dict(story.files)


def test_every_printed_pipeline_is_a_story() -> None:
    """But for those that name an address or a service of their own, and for what is said before anything is sent."""
    printed = {
        block.name
        for block in every()
        if block.language == "bash" and not block.not_run and block.document not in (TROUBLES, "compat/servers")
        if re.search(r"\w-Video", block.text) and not re.search("-ApiBase|-Provider", block.text)
    }
    assert printed - {story.found().name for story in STORIES if story.block >= 0} == set()


def test_a_run_that_is_broken_off_goes_on(counterpart: Counterpart, place: Path) -> None:
    """The README's two lines for many, killed and given again: each prompt has one job, or a word on it."""
    prompts = [f"Doggo {number}" for number in range(12)]
    (place / "prompts.jsonl").write_text("".join(f'{{"prompt": "{prompt}", "seconds": "4"}}\n' for prompt in prompts))
    story = next(story for story in STORIES if story.name == "many")
    command, env = (
        ["bash", "-c", story.text.replace("-ThrottleLimit 16", "-ThrottleLimit 2")],
        _environment(counterpart),
    )
    jobs = place / "jobs.jsonl"
    with subprocess.Popen(command, cwd=place, env=env, stdin=subprocess.DEVNULL, start_new_session=True) as begun:
        while begun.poll() is None and not (jobs.exists() and jobs.read_text()):
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):  # it was done before
            os.killpg(begun.pid, signal.SIGKILL)
    done = _run(command, env, place)
    unknown = re.findall(r"^New-Video: (.*)$", done.stderr, re.MULTILINE)
    assert [text for text in unknown if "nobody knows whether a job was created" not in text] == []
    identifiers = [json.loads(line)["id"] for line in jobs.read_text().splitlines()]
    assert len(set(identifiers)) == len(identifiers) == len(prompts) - len(unknown)
    assert len(_whole(place, "clips/*.mp4")) == len(identifiers)


def _is_there(program: str) -> bool:
    """Some systems have another program called parallel."""
    if not shutil.which(program):
        return False
    version = subprocess.run([program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
    return program != "parallel" or b"GNU parallel" in version


def _tell(story: Story, counterpart: Counterpart, place: Path) -> subprocess.CompletedProcess[str]:
    # A story of a failure goes on behind it.
    command = ["bash", "-c" if story.fails else "-euc", story.text]
    if story.name == "from Python":
        command = [sys.executable, "-c", story.text.replace("sandbox:?speed=10", counterpart.base)]
    return _run(command, _environment(counterpart), place)


def _environment(counterpart: Counterpart) -> dict[str, str]:
    programs = Path(sys.executable).parent
    env = unmeasured.environment() | {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "OPENAI_API_BASE": counterpart.base,
        "OPENAI_API_KEY": counterpart.key,
        "NO_COLOR": "1",
    }
    return env | ({"PSOPENAI_VIDEO_MODEL": counterpart.model} if counterpart.model else {})


def _run(command: list[str], env: dict[str, str], place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=place, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
    )


def _named(text: str, counterpart: Counterpart) -> str:
    """With words for what differs from run to run."""
    address = counterpart.base.removesuffix("/v1")
    text = text.replace(address, "http://SERVER").replace(address.removeprefix("http://"), "SERVER")
    text = re.sub(r"\b127\.0\.0\.1:\d+", "UPSTREAM", re.sub(r"\b0x[0-9a-f]+", "ADDRESS", text))
    text = re.sub(r"after waiting \d+ ms", "after waiting SOME ms", text)
    return re.sub(IDENTIFIER, "ID", text)


def _whole(place: Path, pattern: str) -> list[Path]:
    """The files of a pattern; videos have to be videos, and the rest must not be empty."""
    found = list(place.glob(pattern))
    for file in found:
        assert file.stat().st_size > 0
        assert file.suffix != ".mp4" or file.read_bytes()[4:8] == b"ftyp"
    return found
