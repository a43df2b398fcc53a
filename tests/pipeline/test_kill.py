"""A run that is killed at any moment, and given again: no job is created twice, and none is forgotten."""

from __future__ import annotations

import os
import tempfile
import time
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import unmeasured
from tests.pipeline.desk import Desk, feed, line, lines, prompts, start, until
from tests.server import Server

#: How many requests the server has seen when the run is killed, and how many seconds later.
_MOMENTS = st.lists(st.tuples(st.integers(0, 12), st.floats(0, 0.03)), min_size=1, max_size=3)
_NUMBERS = count()


@given(moments=_MOMENTS, limit=st.integers(1, 8))
@settings(max_examples=8)
def test_killed_at_random(server: Server, moments: list[tuple[int, float]], limit: int) -> None:
    names = prompts(25)
    desk = Desk(server, f"kill-{next(_NUMBERS)}")
    desk.answers = {name: [{"delay": 0.01}] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "j")
        command = ("New-Video", "-ThrottleLimit", str(limit), "-Resume", str(journal), "-ApiBase", desk.base)
        for requests, seconds in moments:
            _kill(desk, command, lines(names), requests, seconds)
        process = start(*command)
        feed(process, lines(names))
        out, err = process.communicate()
    unknown = [name for number, name in enumerate(names, 1) if f"Record {number} was sent by an earlier run" in err]
    assert set(desk.asked.values()) <= {1}
    assert out == "".join(line(name) for name in names if name not in unknown)
    assert len(unknown) <= len(moments) * limit
    assert set(names) - set(desk.asked) <= set(unknown)
    assert process.returncode == bool(unknown)


def _kill(desk: Desk, command: tuple[str, ...], text: str, requests: int, seconds: float) -> None:
    """Let it make so many requests, and kill it soon after; or see it end before."""
    # Not measured: what a coverage tool was writing at that moment could not be read any more.
    process = start(*command, stdout=os.open(os.devnull, os.O_WRONLY), env=unmeasured.environment())
    feed(process, text)
    before = len(desk.requests)
    until(lambda: len(desk.requests) >= before + requests or process.poll() is not None)
    time.sleep(seconds)
    process.kill()
    process.communicate()
