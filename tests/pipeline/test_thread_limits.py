"""Systems that give few threads, or none at all, as containers do: what can be done is done with those there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import with_limit
from tests.pipeline.desk import Desk, line, lines, prompts

resource = pytest.importorskip("resource", reason="limits the memory for threads")

_RUN = "from psopenai_py.__main__ import main; main()"
#: A stack that no system can give.
_NONE = f"import threading; threading.stack_size(1 << 46); {_RUN}"
#: Two or three stacks fit into what the process may have.
_FEW = (
    "import resource, threading; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)); "
    f"threading.stack_size(1 << 30); {_RUN}"
)


def _run(code: str, *arguments: str, stdin: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("code", [_NONE, _FEW], ids=["none", "few"])
def test_all_is_done(desk: Desk, code: str) -> None:
    names = prompts(30)
    done = _run(code, "New-Video", "-ThrottleLimit", "8", "-Resume", "j", stdin=lines(names))
    assert done == (0, "".join(map(line, names)), "")
    assert len(desk.requests) == 30
    assert Path("j").read_text().count('"done"') == 30


def test_jobs_are_waited_for(desk: Desk) -> None:
    desk.answers = {name: [{"json": {"id": name, "status": s}} for s in ("queued", "completed")] for name in "ab"}
    code, out, _ = _run(_NONE, "Wait-Video", "-ThrottleLimit", "8", "-PollIntervalSec", "0.1", stdin="a\nb\n")
    assert (code, out.count('"completed"')) == (0, 2)


def test_a_time_limit_still_holds(desk: Desk) -> None:
    desk.held = {"slow"}

    def call(limit: int) -> tuple[int, tuple[int, str, str]]:
        return limit, _run(_NONE, "New-Video", "slow", "-TimeoutSec", str(limit), stdin="")

    limit, (code, out, err) = with_limit(call, lambda _: desk.asked["slow"])
    assert (code, out) == (1, "")
    assert f"did not answer within {limit} s" in err
    desk.answer("slow")
