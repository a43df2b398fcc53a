"""Systems that give few threads, or none at all, as containers do: what can be done is done with those there are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import unmeasured
from tests.patience import with_limit
from tests.pipeline.desk import Desk, line, lines, prompts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits the memory for threads")

_RUN = "from psopenai_py.__main__ import main; main()"
#: A stack that no system can give.
_NONE = f"import threading; threading.stack_size(1 << 46); {_RUN}"
#: Two or three stacks fit into what the process may have.
_FEW = (
    "import resource, threading; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)); "
    f"threading.stack_size(1 << 30); {_RUN}"
)
#: Room for the program, and not for what each of many threads would like to have beside it.
_LITTLE = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (500 << 20, 500 << 20)); {_RUN}"


def _run(code: str, *arguments: str, stdin: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        # What measures coverage has no more memory either. The 64 MB that the C library would reserve for each thread
        # count against a limit although nobody uses them: how many threads get them is chance.
        env=unmeasured.environment() | {"MALLOC_ARENA_MAX": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
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


def test_threads_that_load_at_once_do_not_run_out_of_memory(desk: Desk) -> None:
    names = prompts(30)
    done = _run(_LITTLE, "New-Video", "-ThrottleLimit", "20", stdin=lines(names))
    assert done == (0, "".join(map(line, names)), "")


_NO_MEMORY = (
    "New-Video: There is not enough memory.\n"
    "    + RecommendedAction     : A smaller -ThrottleLimit, or shorter lines, need less of it.\n"
    "    + CategoryInfo          : ResourceUnavailable: (:) [New-Video], OutOfMemoryException\n"
    "    + FullyQualifiedErrorId : System.OutOfMemoryException,New-Video\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory as Linux does")
@pytest.mark.parametrize("more", [(), ("-ThrottleLimit", "4")], ids=["one", "many"])
def test_too_little_memory_is_an_error_like_others(desk: Desk, more: tuple[str, ...]) -> None:
    # Loaded before the limit holds: else libraries are loaded while the line is read, and chance says which fails.
    little = f"from psopenai_py.http.client import load_library; load_library(); {_LITTLE.replace('500', '90')}"
    done = _run(little, "New-Video", *more, stdin="x" * 31_000_000)
    assert (done, len(desk.requests)) == ((1, "", _NO_MEMORY), 0)


@pytest.mark.parametrize("more", [(), ("-ThrottleLimit", "4")], ids=["one", "many"])
def test_no_room_for_a_library_is_too_little_memory(desk: Desk, more: tuple[str, ...]) -> None:
    # Found before the real one, and fails as the loader of Linux does.
    Path("ssl.py").write_text("raise ImportError('libcrypto.so.3: failed to map segment from shared object')")
    done = _run(_RUN, "New-Video", *more, stdin="a\n")
    assert (done, len(desk.requests)) == ((1, "", _NO_MEMORY), 0)


def test_a_worker_says_that_it_cannot_read() -> None:
    code, out, err = _run(
        _NONE.replace("__main__", "worker.__main__"), stdin='{"call": 1, "cmdlet": "Get-OpenAIKey"}\n'
    )
    ready, record = map(json.loads, out.splitlines())
    assert (code, list(ready), err) == (1, ["call", "ready"], "")
    assert (record["call"], record["error"]["category"]) == (None, "ResourceUnavailable")
    assert record["error"]["message"] == "The system gives no thread to read requests with."
