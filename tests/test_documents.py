"""README and manual do what they say: blocks run in their shells, messages are printed, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests import powershell, unmeasured
from tests.documents import DOCUMENTS, ROOT, Block, blocks, every, only

PROGRAMS = Path(sys.executable).parent
AUTOMATION = "compat/automation"
#: How a block of a language is run: with its text as the last argument.
SHELLS = {
    # With pipefail: what a pipe begins with must not fail unnoticed.
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "zsh": ["zsh", "-eo", "pipefail", "-c"],
    "fish": ["fish", "-c"],
    "python": [sys.executable, "-c"],
    "powershell": ["pwsh", "-NoProfile", "-NonInteractive", "-Command"],
}
#: What a block of this heading shows is a pipe without it.
WITHOUT_PIPEFAIL = "Exit codes in pipes"
#: What is shown and not run here; those of automation have tests of their own below.
SHOWN = {"text", "crontab", "systemd-service", "systemd-timer", "makefile", "yaml", "dockerfile"}
MESSAGES = [block for block in blocks(ROOT / "compat" / "troubleshooting.md") if block.language in SHELLS]
STEPS = [b for b in every() if b.language in SHELLS and b not in MESSAGES and not b.not_run]
#: A reader of the README may have zsh.
STEPS_OF_ZSH = [block for block in STEPS if block.document == "README" and block.language == "bash"]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("bash") or not shutil.which("jq"), reason="needs bash and jq"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files that the documents speak of."""
    folder = tmp_path / "place"
    folder.mkdir()
    prompts = ["Dancing Doggo", "Sleeping Doggo", "It's a Doggo"]
    (folder / "prompts.txt").write_text("".join(f"{prompt}\n" for prompt in prompts))
    records = "".join(f'{{"prompt": "{prompt}", "seconds": "4", "size": "320x180"}}\n' for prompt in prompts)
    (folder / "prompts.jsonl").write_text(records)
    (folder / "prompt.txt").write_text("Dancing Doggo\n")
    script = only(AUTOMATION, "bash")
    (folder / "videos.sh").write_text(script.text)
    (folder / "videos.sh").chmod(0o755)
    return folder


def _environment() -> dict[str, str]:
    return unmeasured.environment() | {
        "PATH": os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]),
        "OPENAI_API_BASE": "sandbox:?speed=10",
        "PSModulePath": str(ROOT / "compat"),
        "PSOPENAI_PYTHON": sys.executable,
        "NO_COLOR": "1",
    }


def _run(command: list[str], place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=place,
        env=_environment() | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def _shell(block: Block, language: str) -> list[str]:
    if not shutil.which(SHELLS[language][0]):
        pytest.skip(f"needs {SHELLS[language][0]}")
    if block.heading == WITHOUT_PIPEFAIL and language == "bash":
        return [SHELLS[language][0], "-euc", block.text]
    return [*SHELLS[language], block.text]


@pytest.mark.parametrize("block", STEPS, ids=lambda block: block.name)
def test_a_block_runs(block: Block, place: Path) -> None:
    if block.language == "powershell" and not powershell.PWSH:
        powershell.skip()
    done = _run(_shell(block, block.language), place)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
@pytest.mark.parametrize("block", STEPS_OF_ZSH, ids=lambda block: block.name)
def test_a_block_of_the_readme_runs_in_zsh(block: Block, place: Path) -> None:
    done = _run(_shell(block, "zsh"), place)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", MESSAGES, ids=lambda block: f"{block.line}-{block.heading[:40]}")
def test_a_message_is_printed_as_the_manual_has_it(block: Block, place: Path) -> None:
    """Three dots stand for what differs."""
    command = [_shell(block, block.language)[0], "-c", block.text]  # without -e: the last one fails
    done = _run(command, place)
    message = ".*".join(map(re.escape, block.heading.strip("`").split("...")))
    assert re.search(message, done.stderr), done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: path.name if path.parent == ROOT else f"compat-{path.name}"
)
def test_a_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = unquote(target).partition("#")
        if re.match(r"https?:", name):
            continue
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file), target


def _anchors(path: Path) -> set[str]:
    """The headings, as GitHub writes them in addresses."""
    titles = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_a_block_is_run_or_says_what_it_is() -> None:
    """A language that nobody knows here would never be run. The protocol's conversations have a test of their own."""
    unknown = {block.name for block in every() if block.language not in {*SHELLS, *SHOWN}}
    assert {name for name in unknown if not name.startswith("compat/protocol-")} == set()


def test_the_readme_can_be_read_in_one_go() -> None:
    text, _, _ = DOCUMENTS[0].read_text("utf-8").partition("## Release notes")
    assert text.count("\n") < 180


def test_the_command_of_cron(place: Path) -> None:
    line = only(AUTOMATION, "crontab").text.splitlines()[-1]
    assert "%" not in line
    command = re.fullmatch(r"15 2 \* \* \* (.*)", line)
    assert command
    home = place.parent
    place.rename(home / "videos")
    done = _run(["/bin/sh", "-c", command[1]], home, HOME=str(home))
    assert done.returncode == 0, (home / "videos" / "videos.log").read_text()
    assert len(list((home / "videos" / "clips").glob("*.mp4"))) == 3


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_units_of_systemd(place: Path) -> None:
    (place / "videos.service").write_text(only(AUTOMATION, "systemd-service").text)
    (place / "videos.timer").write_text(only(AUTOMATION, "systemd-timer").text)
    done = _run(["systemd-analyze", "verify", "--man=no", "./videos.service", "./videos.timer"], place)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_the_rules_of_make(place: Path) -> None:
    (place / "Makefile").write_text(only(AUTOMATION, "makefile").text)
    done = _run(["make", "doggo.mp4"], place)
    assert done.returncode == 0, done.stderr
    assert (place / "doggo.mp4").read_bytes()[4:8] == b"ftyp"
    again = _run(["make", "doggo.mp4"], place)
    assert "up to date" in again.stdout


def test_the_steps_of_github_actions(place: Path) -> None:
    text = only(AUTOMATION, "yaml").text
    steps = [re.sub(r"(?m)^ {10}", "", step) for step in re.findall(r"- run: \|\n((?: {10}.*\n)+)", text)]
    assert len(steps) == 2
    for step in steps:
        done = _run(["bash", "-e", "-c", step], place, GITHUB_STEP_SUMMARY="summary.md")
        assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Video video_\w+ is done\n", (place / "summary.md").read_text())


@pytest.mark.skipif(not shutil.which("parallel"), reason="needs GNU parallel")
def test_parallel_goes_on_after_a_break(place: Path) -> None:
    """The manual's line with two local slots, cut off in the middle: nothing is lost or created twice."""
    if "GNU parallel" not in _run(["parallel", "--version"], place).stdout:
        pytest.skip("the program called parallel here is not GNU's")
    line = only("compat/at-scale", "bash", "Several processes: GNU parallel").text.replace("100k", "200")
    # Slowed down, so that there is a middle to be cut off in.
    slow = line.replace("-ThrottleLimit 16", "-ThrottleLimit 1")
    for count in (40, 400):
        folder, prompts = place / str(count), [f"Doggo {number} of {count}" for number in range(count)]
        folder.mkdir()
        (folder / "prompts.jsonl").write_text("".join(f'{{"prompt": "{prompt}"}}\n' for prompt in prompts))
        _cut_off(slow, folder)
        if len(_created(folder, prompts)) < count:
            break  # or this process stood still, while the others went on to the end
    assert 0 < len(_created(folder, prompts)) < len(prompts)
    done = _run(["bash", "-c", slow], folder)
    assert done.returncode == 0, done.stderr
    assert sorted(_created(folder, prompts)) == sorted(prompts)
    printed = [json.loads(row) for path in folder.glob("*.jobs.jsonl") for row in path.read_text().splitlines()]
    assert sorted(job["prompt"] for job in printed) == sorted(prompts)


def _cut_off(line: str, place: Path) -> None:
    """Begin, and end all processes when some jobs are there."""
    with subprocess.Popen(
        ["bash", "-c", line], cwd=place, env=_environment(), stdin=subprocess.DEVNULL, start_new_session=True
    ) as begun:
        limit = time.monotonic() + 120
        while sum(path.read_text().count("\n") for path in place.glob("*.jobs.jsonl")) < 6:
            assert time.monotonic() < limit
            if begun.poll() is not None:
                return
            time.sleep(0.01)
        os.killpg(begun.pid, signal.SIGTERM)


def _created(place: Path, prompts: list[str]) -> list[str]:
    """Those prompts of which the sandbox has jobs, as often as it has them."""
    done = _run(["Get-Video", "-All", "-Compress"], place)
    found = [json.loads(row)["prompt"] for row in done.stdout.splitlines()]
    return [prompt for prompt in found if prompt in prompts]
