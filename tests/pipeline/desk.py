"""A server where the test decides what is answered, and when; and our commands as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.server import Received, Server

#: What a run says that still has something to finish.
FINISHING = "Finishing what is under way; Ctrl-C again breaks it off.\n"
#: Seconds after which something that should have happened never will.
LIMIT = 60.0


class Desk:
    """Jobs are answered with their prompt as id, or with what `answers` has for a prompt, one after another.

    What is in `held` is answered only when it is taken out.
    """

    def __init__(self, server: Server, name: str) -> None:
        self.script = server.script(name, self._answer)
        self.base = self.script.base
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.held: set[str] = set()
        self.under_way: set[str] = set()
        self.most = 0
        self.asked: Counter[str] = Counter()
        self._changed = threading.Condition()

    @property
    def requests(self) -> list[Received]:
        return list(self.script.requests)

    def wait(self, done: Callable[[], bool]) -> None:
        """Until something is true of the desk."""
        with self._changed:
            assert self._changed.wait_for(done, LIMIT)

    def answer(self, *prompts: str) -> None:
        """Answer what was held."""
        with self._changed:
            self.held.difference_update(prompts)
            self._changed.notify_all()

    def _answer(self, request: Received) -> dict[str, Any]:
        prompt = subject(request)
        with self._changed:
            self.asked[prompt] += 1
            self.under_way.add(prompt)
            self.most = max(self.most, len(self.under_way))
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: prompt not in self.held, LIMIT)
            self.under_way.discard(prompt)
            answers = self.answers.get(prompt, [])
            # The last one again and again.
            answer = answers[min(self.asked[prompt], len(answers)) - 1] if answers else {}
        return answer if "text" in answer else {"json": job(prompt), **answer}


class Beside:
    """Work in another thread while the block runs; what it raises is raised at the end of the block."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join(LIMIT)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error


def subject(request: Received) -> str:
    """The prompt of a create, else the id in the path."""
    prompts = [str(value) for name, _, _, value in request.fields if name == "prompt"]
    return prompts[0] if prompts else request.path.split("/")[2].partition("?")[0]


def job(prompt: str, **facts: Any) -> dict[str, Any]:
    return {"id": prompt, "object": "video", "status": "queued", "created_at": 1760194265, "prompt": prompt, **facts}


def line(prompt: str) -> str:
    """What is printed for a job."""
    shown = {"id": prompt, "object": "video", "status": "queued", "prompt": prompt}
    shown["created_at"] = "2025-10-11T14:51:05+00:00"
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False) + "\n"


def refusal(status: int, message: str = "No.", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "json": {"error": {"message": message}}, "headers": named}


def prompts(count: int) -> list[str]:
    return [f"p{number}" for number in range(1, count + 1)]


def lines(records: list[str]) -> str:
    return "".join(f'{{"prompt": "{record}"}}\n' for record in records)


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """One of our commands as a process, with pipes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "psopenai_py", *arguments]
    return subprocess.Popen(command, text=True, **{**pipes, "env": dict(os.environ), **options})


def feed(process: subprocess.Popen[str], text: str) -> None:
    """Give it all of its input."""
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.close()
    process.stdin = None  # so that `communicate` leaves it alone


def interrupt(process: subprocess.Popen[str], number: int = signal.SIGINT) -> None:
    """Press Ctrl-C, or send another signal, and wait until that was noticed."""
    process.send_signal(number)
    assert process.stderr is not None
    assert process.stderr.readline() == FINISHING


def until(done: Callable[[], object]) -> None:
    """Wait for something that nobody tells."""
    end = time.monotonic() + LIMIT
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def entries(journal: Path) -> list[tuple[int, str]]:
    """Number and state of all entries."""
    return [(e["record"], e["state"]) for e in map(json.loads, journal.read_text().splitlines()) if "record" in e]
