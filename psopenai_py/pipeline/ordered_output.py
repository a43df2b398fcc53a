"""What records have to say, in the order of the records, each as soon as all before it have spoken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ..errors import InputError, PSOpenAIError
from ..streams import Data, Streams


class BufferedStreams(Streams):
    """The streams of one record: they keep what is written to them. `outputs` and `errors` are the results."""

    def __init__(self, out: Streams) -> None:
        super().__init__(out.preferences, out.warned)
        self.outputs: list[Any] = []
        self.errors: list[PSOpenAIError] = []
        self._out = out
        self._said: list[Callable[[], None]] = []
        self._state = ""

    def speak(self) -> bool:
        """Say it all; False if something could not be said. Called once."""
        complete = True
        for say in self._said:
            try:
                say()
            except PSOpenAIError as error:
                complete = False
                self._out.error(error)
        return complete

    def hide(self, text: str, shown: str, *, in_output: bool = True) -> None:
        self._said.append(partial(self._out.hide, text, shown, in_output=in_output))

    def output(self, value: Any) -> None:
        self.outputs.append(value)
        self._said.append(partial(self._out.output, value))

    def error(self, error: PSOpenAIError) -> None:
        self._count(error)
        self.errors.append(error)
        self._said.append(partial(self._out.error, error))

    def progress(self, identifier: str, status: str, percent: int | None, seconds: float) -> None:
        """A new state is told at once, and not in the record's turn: it says what is waited for."""
        state = f"Video {identifier}: {status}"
        if state != self._state:
            self._state = state
            self._out.verbose(state)

    def ask_secret(self, question: str) -> str:
        return self._out.ask_secret(question)

    def refuse_terminal(self, action: str) -> None:
        raise InputError("The bytes of several videos cannot be held.")

    def write(self, data: Data) -> None:
        raise InputError("The bytes of several videos cannot be held.")

    def restart(self) -> bool:
        return False

    def _write(self, label: str, text: str) -> None:
        ways: dict[str, Callable[[str], None]] = {
            "": self._out.host,
            # Whether it stops the run has been decided when it arose.
            "WARNING": partial(self._out.warning, may_stop=False),
            "VERBOSE": self._out.verbose,
            "DEBUG": self._out.debug,
        }
        self._said.append(partial(ways[label], text))

    def _write_output(self, value: Any) -> None:
        raise NotImplementedError

    def _write_error(self, error: PSOpenAIError) -> None:
        raise NotImplementedError


class OrderedOutput:
    """Lets records speak in the order of their numbers, from 1 on.

    Args:
        spoke: is told of each one that has spoken, and whether all of it could be said.
    """

    def __init__(self, spoke: Callable[[bool], None]) -> None:
        self._spoke = spoke
        self._lock = threading.Lock()
        self._held: dict[int, BufferedStreams] = {}
        self._next = 1

    def done(self, number: int, streams: BufferedStreams) -> None:
        """The record has nothing more to say."""
        with self._lock:
            self._held[number] = streams
            while (held := self._held.pop(self._next, None)) is not None:
                self._next += 1
                self._spoke(held.speak())

    def rest(self) -> None:
        """Let all speak that are done, although others before them never will be."""
        with self._lock:
            for number in sorted(self._held):
                self._spoke(self._held.pop(number).speak())
