"""The same command again and again with one journal: each run prints what is known, and sends what is not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psopenai_py.pipeline.journal import Journal
from tests.conftest import Run, in_this_process
from tests.pipeline.desk import Desk, feed, line, lines, prompts, refusal, start
from tests.server import Server

UNKNOWN = "OutcomeUnknown,New-Video"

#: What a server may do with a record, and whether nobody knows afterwards what was made of it.
ANSWERS: dict[str, tuple[dict[str, Any], bool]] = {
    "created": ({}, False),
    "refused": (refusal(400), False),
    "too many": (refusal(429), False),
    "later": (refusal(503, retry_after="0"), False),
    "broken": (refusal(500), True),
    "broken, try again": (refusal(500, x_should_retry="true"), True),
    "gateway": (refusal(502, retry_after="0"), True),
    "dropped": ({"drop": True}, True),
    "a page": ({"text": "<html>"}, True),
}
_KINDS = st.lists(st.sampled_from(list(ANSWERS)), min_size=1, max_size=4)
_NUMBERS = count()


class Model:
    """What a run has to do by what the runs before it found out."""

    def __init__(self, fates: list[list[str]], retries: int) -> None:
        self.fates = fates
        self.retries = retries
        self.state = ["new"] * len(fates)
        self.sent = [0] * len(fates)

    def run(self) -> tuple[str, int, int]:
        """Its output, how many errors it reports, and how many of them say that nobody knows."""
        unknown = self.state.count("unknown")
        failed = sum(self._send(number) for number, state in enumerate(self.state) if state == "new")
        out = "".join(line(f"p{number}") for number, state in enumerate(self.state, 1) if state == "created")
        return out, failed + unknown, unknown

    def _send(self, number: int) -> bool:
        """True if it failed."""
        for _ in range(self.retries + 1):
            fate = self.fates[number]
            kind = fate[min(self.sent[number], len(fate) - 1)]
            self.sent[number] += 1
            if kind not in ("too many", "later"):
                break
        if kind == "created" or ANSWERS[kind][1]:
            self.state[number] = "created" if kind == "created" else "unknown"
        return kind != "created"


@given(
    fates=st.lists(_KINDS, min_size=1, max_size=8),
    limits=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    retries=st.integers(0, 1),
)
@settings(max_examples=25)
def test_any_fates(server: Server, fates: list[list[str]], limits: list[int], retries: int) -> None:
    desk = Desk(server, f"runs-{next(_NUMBERS)}")
    names, model = prompts(len(fates)), Model(fates, retries)
    for name, fate in zip(names, fates, strict=True):
        # A repetition waits as long as the server asks; without a wish it would be a second.
        desk.answers[name] = [_soon(ANSWERS[kind][0]) for kind in fate]
    with tempfile.TemporaryDirectory() as folder:
        for limit in limits:
            given = ("-ThrottleLimit", str(limit), "-Resume", f"{folder}/j", "-MaxRetryCount", str(retries))
            result = in_this_process("New-Video", (*given, "-ApiBase", desk.base), (lines(names) + " ").encode())
            out, errors, unknown = model.run()
            # The only line of an input is printed over several lines.
            assert result.stdout.replace("\n  ", "").replace("\n}", "}").replace('": ', '":') == out
            assert (len(result.error_ids), result.error_ids.count(UNKNOWN)) == (errors, unknown)
            assert result.exit_code == bool(errors)
            assert [desk.asked[name] for name in names] == model.sent


def _soon(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"headers": answer.get("headers", {}) | {"retry-after-ms": "1"}} if "status" in answer else answer


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_what_could_not_be_printed_is_printed_by_the_next_run(desk: Desk, run: Run) -> None:
    names = prompts(40)
    with Path("/dev/full").open("w") as full:
        process = start("New-Video", "-ThrottleLimit", "3", "-Resume", "j", stdout=full)
        feed(process, lines(names))
        _, err = process.communicate()
    assert (process.returncode, "No space left on device" in err) == (1, True)
    assert 0 < len(desk.asked) < 40
    result = run("New-Video", "-ThrottleLimit", "3", "-Resume", "j", stdin=lines(names))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "".join(map(line, names)), "")
    assert desk.asked == dict.fromkeys(names, 1)


@pytest.mark.skipif(os.name != "posix", reason="needs the accounts that only Unix keeps for each process")
def test_memory_does_not_grow_with_the_journal(tmp_path: Path) -> None:
    """Only the place of each record in the file is kept, which is eight bytes."""
    small, large = _peak(tmp_path, 500), _peak(tmp_path, 10_000)
    assert large <= 1.2 * small


def _peak(folder: Path, number: int) -> int:
    """The largest resident size of a run that finds all of its records done."""
    path, out, given = folder / f"j{number}", folder / "out", folder / "prompts"
    journal = Journal(str(path), {"cmdlet": "New-Video"})
    for record, prompt in enumerate(prompts(number), 1):
        journal.done(record, {"prompt": prompt}, [{"id": prompt, "note": "x" * 500}])
    journal.close()
    given.write_text(lines(prompts(number)))
    command = [sys.executable, "-m", "psopenai_py", "New-Video", "-ThrottleLimit", "8", "-Resume", str(path)]
    with given.open() as stdin, out.open("w") as stdout:
        process = subprocess.Popen([*command, "-ApiBase", "http://127.0.0.1:9/v1"], stdin=stdin, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    with out.open() as printed:
        assert [text.split('"')[3] for text in printed] == prompts(number)
    return usage.ru_maxrss
