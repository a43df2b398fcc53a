"""The outside world of a call: output, error, warning, verbose, debug, progress.

`Streams` holds what all fronts share: preferences, hidden texts, the exit code. How things are written is the
business of its subclasses: `terminal.streams` has the one for a shell, `return_streams` that for Python.
A cmdlet never prints in any other way.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import PSOpenAIError, StoppedError
from .redaction import Masks

if TYPE_CHECKING:
    from pathlib import Path

#: Raw bytes. A view is good until the call returns, or until the next one comes.
Data = bytes | memoryview

#: Texts that are kept out of all but the output at the same time.
_MOST_BESIDE = 256
QUIET = ("SilentlyContinue", "Ignore")
#: Control characters that a server's text may carry and that must not reach a terminal, also those that turn the
#: direction of writing round: what stands behind them may look like another text.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
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


class Streams(ABC):
    """Where a cmdlet writes. Subclasses say how.

    Attributes:
        exit_code: what a process should end with: 0, or the code of its errors (1 when they differ).
        ended: an error was reported that would hit all further records alike, or -ErrorAction is Stop.
        warned: what has been said once; several streams may share it.
    """

    def __init__(self, preferences: Preferences, warned: dict[str, object] | None = None) -> None:
        self.preferences = preferences
        self.exit_code = 0
        self.ended = False
        self._masks = Masks()
        self._masks_beside, self._beside = Masks(), 0
        self.warned = {} if warned is None else warned

    def use(self, preferences: Preferences) -> None:
        """From now on, do what these ask for."""
        self.preferences = preferences

    def hide(self, text: str, shown: str, *, in_output: bool = True) -> None:
        """From now on, show `shown` wherever `text` would appear in any stream, or in any but the output.

        Very short texts are let through: they are no secrets, and replacing them would garble everything.
        """
        if len(text) >= 8:
            if in_output:
                self._masks.add(text, shown)
            else:
                self._hide_beside(text, shown)

    def _hide_beside(self, text: str, shown: str) -> None:
        """A long list may bring many; of those that came long ago, nothing more is said."""
        if self._beside >= _MOST_BESIDE:
            self._masks_beside, self._beside = Masks(), 0
        self._masks_beside.add(text, shown)
        self._beside += 1

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

    @property
    def shows_tables(self) -> bool:
        """True where a person, and no script, sees the output, so that a list may be a table."""
        return False

    @contextmanager
    def table(self) -> Iterator[None]:
        """What is written inside is a table for people, where there may be one; else an array."""
        with self.array():
            yield

    def error(self, error: PSOpenAIError) -> None:
        """Report an error. -ErrorAction may keep it from the screen; the exit code tells all the same."""
        self._count(error)
        if error.terminating or self.preferences.error not in QUIET:
            self._write_error(error)

    def _count(self, error: PSOpenAIError) -> None:
        self.exit_code = error.exit_code if self.exit_code in (0, error.exit_code) else 1
        self.ended = self.ended or error.terminating or self.preferences.error == "Stop"

    def warning(self, text: str, *, may_stop: bool = True) -> None:
        """Write a warning. Under -WarningAction Stop it ends the call with StoppedError, if it may."""
        if self.preferences.warning in QUIET:
            return
        self._write("WARNING", text)
        if may_stop and self.preferences.warning == "Stop":
            raise StoppedError(f"Stopped, because -WarningAction is Stop, by the warning: {text}")

    def note(self, text: str) -> None:  # noqa: B027
        """Tell a person at a terminal what happened, or what can be done next; nothing in a log."""

    @property
    def is_watched(self) -> bool:
        """True where a person reads what is noted."""
        return False

    def saved(self, path: Path) -> None:  # noqa: B027
        """Take note of a file that was written."""

    def launch(self, path: Path) -> None:
        """Open a file with the program that the system has for it."""
        self.warning(f"The file '{path}' cannot be opened from here.", may_stop=False)

    def warn_once(self, text: str) -> None:
        """The same, but not again for each record of a pipeline. What is to stop a call stops each one."""
        if self.preferences.warning in QUIET:
            return
        mine = object()
        if self.warned.setdefault(text, mine) is mine or self.preferences.warning == "Stop":
            self.warning(text)

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

    def progress(self, identifier: str, status: str, percent: int | None, seconds: float) -> None:
        """Show how far a job is; `percent` is None when nobody knows, `seconds` is the time so far."""
        known = "" if percent is None else f" {percent} %"
        began = time.monotonic() - seconds

        def pieces() -> Sequence[str]:
            return f"{status}{known}", f"{time.monotonic() - began:.0f} s", abbreviated(identifier)

        self.show_progress(pieces)

    def show_progress(self, pieces: Callable[[], Sequence[str]]) -> None:
        """From now on, show how far something is, in pieces, the most important first."""
        if self.preferences.progress not in QUIET:
            self._show_progress(pieces)

    def progress_end(self) -> None:
        """What was shown is over."""
        self._hide_progress()

    def clean(self, text: str) -> str:
        """The text without hidden texts and without control characters other than tab and line end."""
        return CONTROLS.sub("\ufffd", self.without_hidden(text).replace("\r\n", "\n"))

    def without_hidden(self, text: str, *, in_output: bool = False) -> str:
        """The text with the masked form of every hidden text in place of it."""
        text = self._masks.text(text)
        return text if in_output else self._masks_beside.text(text)

    @abstractmethod
    def ask_secret(self, question: str) -> str:
        """A secret from the user: typed without echo, or read from standard input."""

    @abstractmethod
    def refuse_terminal(self, action: str) -> None:
        """Raise OutputError if raw bytes would go to a screen; `action` says what to do instead."""

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

    def _show_progress(self, pieces: Callable[[], Sequence[str]]) -> None:  # noqa: B027
        """Show a line about progress, again and again, made of as many pieces as fit."""

    def transferred(self, name: str, size: int, total: int | None) -> None:  # noqa: B027
        """So many bytes of a download came, of so many if that is known: for who does not look by himself."""

    def _hide_progress(self) -> None:  # noqa: B027
        """Take the line away."""


def abbreviated(name: str, most: int = 16) -> str:
    """A name or an id with an ellipsis in place of its middle, if it is long."""
    name = " ".join(name.split())
    return name if len(name) <= most else f"{name[: most - 6]}…{name[-5:]}"
