"""Streams for a program: each record is one line of JSON with the number of its call."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import APIRequestError, InputError, PSOpenAIError
from ..streams import QUIET, Data, Preferences, Streams

#: Takes one line, without its end, and whether the reader is to have it now and not only with what comes next.
Send = Callable[[bytes, bool], None]

#: What a paced call writes before it rests: so many results, or so many characters of them.
_MOST_RESULTS, _MOST_CHARACTERS = 128, 2**20
#: Seconds between two records about a download, and until the first.
_PAUSE = 0.3
#: Bytes of a video in one record, at most; a multiple of three, so that only the last one of a piece is padded.
_PART = 49152
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KINDS = {"": "information", "WARNING": "warning", "VERBOSE": "verbose", "DEBUG": "debug"}
#: .NET names of exceptions by their short names.
_EXCEPTIONS = {
    name.rpartition(".")[2]: name
    for name in (
        "System.ArgumentException",
        "System.ArgumentOutOfRangeException",
        "System.FormatException",
        "System.InvalidOperationException",
        "System.IO.FileNotFoundException",
        "System.IO.IOException",
        "System.NotSupportedException",
        "System.Management.Automation.ActionPreferenceStopException",
        "System.Management.Automation.ItemNotFoundException",
        "System.Management.Automation.ParameterBindingException",
        "System.Net.Http.HttpRequestException",
        "System.Threading.Tasks.TaskCanceledException",
        "System.TimeoutException",
        "Microsoft.PowerShell.Commands.WriteErrorException",
    )
}


class RecordStreams(Streams):
    """The streams of one call. Errors are always written: what -ErrorAction does with them is the reader's business.

    Args:
        warned: what has been said once to the same client.
        wait: for a paced call, returns when the client wants more of it; else None.
    """

    def __init__(
        self,
        preferences: Preferences,
        call: int | None,
        send: Send,
        warned: dict[str, object],
        wait: Callable[[], None] | None,
    ) -> None:
        super().__init__(preferences, warned)
        self._wait = wait
        self._call = call
        self._send = send
        self._in_progress = False
        self._results = self._characters = 0
        self._began = self._next_told = 0.0

    def error(self, error: PSOpenAIError) -> None:
        super().error(error)
        if self.preferences.error in QUIET and not error.terminating:
            self._write_error(error)

    def progress(self, identifier: str, status: str, percent: int | None, seconds: float) -> None:
        if self.preferences.progress not in QUIET:
            self._in_progress = True
            shown = {
                "activity": f"Video {identifier}",
                "status": status,
                "percent": percent,
                "seconds": round(seconds, 1),
            }
            self.record("progress", shown | {"completed": False})

    def transferred(self, name: str, size: int, total: int | None) -> None:
        """Tell how far a download is, now and then, and nothing of one that is soon over."""
        now = time.monotonic()
        if now >= self._next_told:
            self._next_told = now + _PAUSE
            self.progress(name, "downloading", 100 * size // total if total else None, now - self._began)

    def rest(self) -> None:
        """Let the client work off what a paced call has written, if there is any, before the call goes on."""
        if self._wait is not None and self._results:
            self._results = self._characters = 0
            self.record("rest", True)
            self._wait()

    def end(self, note: str | None) -> None:
        """The last record of a call. `note` is None, or what a cancelled call leaves behind."""
        self.progress_end()
        code = self.exit_code if note is None else 130
        self.record("end", {"exit_code": code, "cancelled": note is not None, "note": note or None})

    def record(self, kind: str, value: Any) -> None:
        """Write one record."""
        self._line(kind, _encode(value))

    def ask_secret(self, question: str) -> str:
        raise InputError("A worker cannot ask for a key. Store it from a terminal: Set-OpenAIKey")

    def refuse_terminal(self, action: str) -> None:
        """Nobody looks at the records directly."""

    def write(self, data: Data) -> None:
        for start in range(0, len(data), _PART):
            self._line("bytes", f'"{b64encode(data[start : start + _PART]).decode("ascii")}"')

    def restart(self) -> bool:
        return False

    def _write_output(self, value: Any) -> None:
        from .. import psjson

        text = psjson.dumps(value, compress=True)
        # What a paced call puts out leaves in one piece with what follows: before a request it rests in any case.
        self._line("output", text, now=self._wait is None)
        self._results += 1
        self._characters += len(text)
        if self._results >= _MOST_RESULTS or self._characters >= _MOST_CHARACTERS:
            self.rest()

    def _write_error(self, error: PSOpenAIError) -> None:
        facts = error.record() | {
            "error_id": error.error_id,
            "command": error.command or None,
            "exception": exception_name(error),
            "terminating": error.terminating,
            "exit_code": error.exit_code,
        }
        facts["message"] = self.clean(error.message)
        self.record("error", facts)

    def _write(self, label: str, text: str) -> None:
        self.record(_KINDS[label], self.clean(text))

    def _show_progress(self, pieces: Callable[[], Sequence[str]]) -> None:
        self._began = time.monotonic()
        self._next_told = self._began + _PAUSE

    def _hide_progress(self) -> None:
        if self._in_progress:
            self._in_progress = False
            self.record("progress", {"completed": True})

    def _line(self, kind: str, text: str, *, now: bool = True) -> None:
        number = "null" if self._call is None else self._call
        shown = text if kind == "bytes" else self.without_hidden(text, in_output=kind == "output")
        self._send(f'{{"call":{number},"{kind}":{shown}}}'.encode("utf-8", "replace"), now)


def exception_name(error: PSOpenAIError) -> str:
    """The full name of the .NET exception that PowerShell would carry in the error record."""
    if isinstance(error, APIRequestError):
        return type(error).error_id.rpartition(".")[2]  # the reference's have no namespace
    short = error.reason if error.reason in _EXCEPTIONS else error.error_id.rpartition(".")[2]
    if error.reason.startswith("ParameterBinding"):
        short = "ParameterBindingException"
    return _EXCEPTIONS.get(short, _EXCEPTIONS["InvalidOperationException"])
