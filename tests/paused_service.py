"""A sandbox that stops in the middle: `python -m tests.paused_service ADDRESS PORT FOLDER`.

After some creations, each further one waits, received but without an answer, until the file `go` is in the folder; when
two of them wait, the file `paused` appears there.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore

#: Creations that are answered at once.
FIRST = 6


class Pause:
    """A WSGI application in front of another one."""

    def __init__(self, behind: WSGIApplication, folder: Path) -> None:
        self._behind = behind
        self._folder = folder
        self._lock = threading.Lock()
        self._seen = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            with self._lock:
                self._seen += 1
                number = self._seen - FIRST
            if number == 2:
                (self._folder / "paused").touch()
            while number > 0 and not (self._folder / "go").exists():
                time.sleep(0.02)
        return self._behind(environ, start)


def main(address: str, port: str, folder: str) -> None:
    store = JobStore(Path(folder, "jobs"), speed=10)
    app = Pause(create_app(store, api_key=os.environ["OPENAI_API_KEY"]), Path(folder))
    with SandboxServer(app, host=address, port=int(port)):
        Path(folder, "serving").touch()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
