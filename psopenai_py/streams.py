"""The outside world of a call: output, error, warning, verbose, debug, progress.

`Streams` holds what all fronts share: preferences, hidden texts, the exit code. How things are written is the
business of its subclasses: `terminal.TerminalStreams` for a shell, a small one in `functions` for Python.
A cmdlet never prints in any other way.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from .errors import PSOpenAIError, StoppedError

#: Raw bytes. A view is good until the call returns, or until the next one comes.
Data = bytes | memoryview

QUIET = ("SilentlyContinue", "Ignore")
#: Control characters that a server's text may carry and that must not reach a terminal.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Longest text of one debug or verbose record, in characters.
_LONGEST = 32768


class Preferences(NamedTuple):
    """What the common parameters ask of the streams; the defaults are PowerShell's."""

    verbose: bool = False
    debug: bool = False
    error: str = "Continue"
    warning: str = "Continue"
    information: str = "SilentlyContinue"
    progress: str = "Continue"

    @classmethod
    def from_bound(cls, bound: Mapping[str, Any], usual: Preferences | None = None) -> Preferences:
        """Read them from the bound common parameters; `usual` says what holds where none is bound."""
        usual = usual or cls()
        return cls(
            verbose=bound.get("Verbose", usual.verbose),
            debug=bound.get("Debug", usual.debug),
            error=bound.get("ErrorAction", usual.error),
            warning=bound.get("WarningAction", usual.warning),
            information=bound.get("InformationAction", usual.information),
            progress=bound.get("ProgressAction", usual.progress),
        )


class Streams(ABC):
    """Where a cmdlet writes. Subclasses say how.

    `exit_code` is what a process should end with: 0, or the code of its errors (1 when they differ).
    """

    def __init__(self, preferences: Preferences) -> None:
        self.preferences = preferences
        self.exit_code = 0
        self._hidden: dict[str, str] = {}
        self._hidden_beside: dict[str, str] = {}

    def hide(self, text: str, shown: str, *, in_output: bool = True) -> None:
        """From now on, show `shown` wherever `text` would appear in any stream, or in any but the output.

        Very short texts are let through: they are no secrets, and replacing them would garble everything.
        """
        if len(text) >= 8:
            (self._hidden if in_output else self._hidden_beside)[text] = shown

    def output(self, value: Any) -> None:
        """Write one result. Raises OutputError when it cannot be written."""
        self._write_output(value)

    @contextmanager
    def array(self) -> Iterator[None]:
        """What is written inside is one array, also when it is nothing at all."""
        self._begin_array()
        try:
            yield
        finally:
            self._end_array()

    def error(self, error: PSOpenAIError) -> None:
        """Report an error. -ErrorAction may keep it from the screen; the exit code tells all the same."""
        self.exit_code = error.exit_code if self.exit_code in (0, error.exit_code) else 1
        if error.terminating or self.preferences.error not in QUIET:
            self._write_error(error)

    def warning(self, text: str, *, may_stop: bool = True) -> None:
        """Write a warning. Under -WarningAction Stop it ends the call with StoppedError, if it may."""
        if self.preferences.warning in QUIET:
            return
        self._write("WARNING", text)
        if may_stop and self.preferences.warning == "Stop":
            raise StoppedError(f"Stopped, because -WarningAction is Stop, by the warning: {text}")

    def host(self, text: str) -> None:
        """Tell something to the person at the terminal, whatever the preferences; it is no data."""
        self._write("", text)

    def verbose(self, text: str) -> None:
        """Write a line for -Verbose."""
        if self.preferences.verbose:
            self._write("VERBOSE", text[:_LONGEST])

    def debug(self, text: str) -> None:
        """Write a record for -Debug."""
        if self.preferences.debug:
            self._write("DEBUG", text[:_LONGEST])

    def progress(self, activity: str, status: str, percent: int | None, seconds: float) -> None:
        """Show how far something is; `percent` is None when nobody knows, `seconds` is the time so far."""
        if self.preferences.progress not in QUIET:
            known = "" if percent is None else f" {percent} %"
            self._show_progress(f"{activity}: {status}{known} ({seconds:.0f} s)", f"{activity}: {status}")

    def progress_end(self) -> None:
        """What was shown is over."""
        self._hide_progress()

    def clean(self, text: str) -> str:
        """The text without hidden texts and without control characters other than tab and line end."""
        return CONTROLS.sub("\ufffd", self.without_hidden(text).replace("\r\n", "\n"))

    def without_hidden(self, text: str, *, in_output: bool = False) -> str:
        """The text with the masked form of every hidden text in place of it."""
        for hidden, shown in (self._hidden if in_output else self._hidden | self._hidden_beside).items():
            text = text.replace(hidden, shown)
        return text

    @abstractmethod
    def ask_secret(self, question: str) -> str:
        """A secret from the user: typed without echo, or read from standard input."""

    @abstractmethod
    def refuse_terminal(self) -> None:
        """Raise OutputError if raw bytes would go to a screen."""

    @abstractmethod
    def write(self, data: Data) -> None:
        """Write raw bytes as output. Raises OutputError when they cannot be written."""

    @abstractmethod
    def restart(self) -> bool:
        """Forget the raw bytes written so far; False where they have left already."""

    @abstractmethod
    def _write_output(self, value: Any) -> None: ...

    @abstractmethod
    def _write_error(self, error: PSOpenAIError) -> None: ...

    @abstractmethod
    def _write(self, label: str, text: str) -> None:
        """Write a record of one of the text streams; `label` is PowerShell's prefix for it, empty for none."""

    # Not every front has arrays or shows progress, so what follows may do nothing.

    def _begin_array(self) -> None:  # noqa: B027
        """The outputs that follow are the elements of an array."""

    def _end_array(self) -> None:  # noqa: B027
        """The array is complete."""

    def _show_progress(self, line: str, state: str) -> None:  # noqa: B027
        """Show a line about progress; `state` is the part of it that is worth a line in a log."""

    def _hide_progress(self) -> None:  # noqa: B027
        """Take the line away."""
