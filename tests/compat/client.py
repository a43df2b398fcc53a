"""A client of the worker, as short as one can be: it writes a line, and reads lines until the call ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import IO, Any

Record = dict[str, Any]


class Client:
    """A worker process, and the way to talk to it.

    Args:
        env: variables in addition to those of this process.
        reads: False for a client that does not read until `read_on` is called.
    """

    def __init__(self, env: Mapping[str, str] | None = None, *, reads: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "psopenai_py.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ) | dict(env or {}),
        )
        #: Everything the worker wrote so far.
        self.text = b""
        self.calls = 0
        self._records: SimpleQueue[Record | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        if reads:
            self.read_on()

    def read_on(self) -> None:
        self._reader.start()

    def call(self, cmdlet: str, parameters: Record | None = None, **more: Any) -> list[Record]:
        """Make a call and return all its records."""
        return self.records(self.send(cmdlet, parameters, **more))

    def send(self, cmdlet: str, parameters: Record | None = None, **more: Any) -> int:
        self.calls += 1
        self.write({"call": self.calls, "cmdlet": cmdlet, "parameters": parameters or {}, **more})
        return self.calls

    def write(self, request: Record | bytes) -> None:
        assert self.process.stdin is not None
        line = request if isinstance(request, bytes) else json.dumps(request).encode()
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def until_noted(self) -> None:
        """Wait until the worker has taken note of all that was written."""
        if sys.platform == "win32":
            time.sleep(1)  # nothing tells how much of a pipe was read
            return
        wait_for(lambda: not pending(self.process.stdin))
        # What is read has been noted when more is read.
        self.write(b"")
        wait_for(lambda: not pending(self.process.stdin))

    def next(self, limit: float = 30) -> Record | None:
        """The next record; None when the worker has ended."""
        try:
            return self._records.get(timeout=limit)
        except Empty:
            raise AssertionError(f"no record within {limit:g} seconds") from None

    def records(self, call: int) -> list[Record]:
        """The records of a call up to its end, without those of other calls."""
        found = []
        while (record := self.next()) is not None:
            if record["call"] == call:
                found.append(record)
                if "end" in record:
                    return found
        raise AssertionError("the worker ended in the middle of a call")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def close(self) -> int:
        """Close the worker's input and wait for its end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            return self.process.wait(30)
        finally:
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        if self._reader.is_alive():
            self._reader.join()
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line
            self._records.put(json.loads(line))
        self._records.put(None)


def of_kind(records: list[Record], kind: str) -> list[Any]:
    """What the records of one kind carry."""
    return [record[kind] for record in records if kind in record]


def end(code: int = 0, *, cancelled: bool = False, note: str | None = None) -> Record:
    """What the last record of a call carries."""
    return {"exit_code": code, "cancelled": cancelled, "note": note}


def pending(pipe: IO[bytes] | None) -> int:
    """Bytes that were written into a pipe and are still to be read from it."""
    import fcntl
    import termios

    assert pipe is not None
    count = fcntl.ioctl(pipe.fileno(), termios.FIONREAD, bytes(4))
    return int.from_bytes(count, sys.byteorder)


def wait_for(condition: Callable[[], object], limit: float = 60) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def until_rest(client: Client, call: int) -> list[Record]:
    """The records of a paced call until it rests or ends."""
    found: list[Record] = []
    while not found or not {"rest", "end"} & found[-1].keys():
        record = client.next()
        assert record is not None and record["call"] == call
        found.append(record)
    return found
