"""Streams for a shell: data on stdout, everything else on stderr as text with PowerShell's prefixes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from .errors import OutputError, PSOpenAIError
from .streams import CONTROLS, Data, Preferences, Streams

if TYPE_CHECKING:
    from threading import Event

_YELLOW, _RED, _PLAIN = "\x1b[33;1m", "\x1b[31;1m", "\x1b[0m"
_ERASE = "\r\x1b[K"
#: Seconds after which whoever reads looks whether it is enough.
_LOOK_UP = 0.2


class TerminalStreams(Streams):
    """The streams of a process.

    Args:
        who: name of the cmdlet, which stands before an error's message.
        stdin, out, err: binary files; None for one that is closed.
        colour: paint labels on stderr.
        error_view: "json" prints each error as one JSON object a line; anything else as text.
    """

    def __init__(
        self,
        preferences: Preferences,
        *,
        who: str,
        stdin: BinaryIO | None,
        out: BinaryIO | None,
        err: BinaryIO | None,
        colour: bool = False,
        error_view: str = "",
    ) -> None:
        super().__init__(preferences)
        self.who = who
        #: Files that refused a write; what they still hold would be tried again at the end of the process.
        self.broken: list[BinaryIO] = []
        #: Print each result on one line, as JSON lines.
        self.lines = False
        self._in = stdin
        self._out = out
        self._err = err
        self._colour = colour
        self._json_errors = error_view.lower() == "json"
        self._elements: int | None = None
        self._progress = ""
        self._enough: Event | None = None

    @property
    def interactive(self) -> bool:
        """True when a person can see a question on stderr and answer it on stdin."""
        return _is_terminal(self._in) and _is_terminal(self._err)

    @property
    def has_input(self) -> bool:
        """True when stdin may bring records: a pipe or a file, not a terminal, the null device or nothing."""
        if self._in is None:
            return False
        try:
            mode = os.fstat(self._in.fileno()).st_mode
        except (OSError, ValueError):
            return not _is_terminal(self._in)
        return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)

    @property
    def is_watched(self) -> bool:
        """True when a person can see progress."""
        return _is_terminal(self._err)

    @contextmanager
    def reading_until(self, enough: Event) -> Iterator[None]:
        """Inside, stdin ends when `enough` is set, where the system can tell that it brings nothing."""
        self._enough = enough
        try:
            yield
        finally:
            self._enough = None

    def read(self, most: int) -> bytes:
        """What stdin has, as soon as it has something; empty at its end."""
        while self._enough is not None and self.is_quiet(_LOOK_UP):
            if self._enough.is_set():
                return b""
        if self._in is None:
            return b""
        read_some = getattr(self._in, "read1", self._in.read)
        try:
            return bytes(read_some(most))
        except OSError:
            return b""

    def is_quiet(self, seconds: float) -> bool:
        """True if stdin brings nothing for so long, not even its end; False also where that cannot be known."""
        from select import select

        try:
            return self._in is not None and not select([self._in], [], [], seconds)[0]
        except (OSError, ValueError):
            return False

    def ask(self, question: str) -> str:
        """Ask on the terminal and return the answer without its line end; EOFError when there is none."""
        if self._in is None or self._err is None:
            raise EOFError
        try:
            self._write_err(question)
            line = self._in.readline()
        except KeyboardInterrupt:
            self._write_err("\n")  # what comes next is not to stand behind the question
            raise
        if not line:
            self._write_err("\n")
            raise EOFError
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def ask_secret(self, question: str) -> str:
        """Typed without echo on a terminal, else the whole of stdin without one line end at its end."""
        if self.interactive:
            from getpass import getpass

            try:
                return getpass(question)
            except EOFError:
                self._write_err("\n")
                return ""
            except KeyboardInterrupt:
                self._write_err("\n")
                raise
        data = self._in.read() if self._in is not None else b""
        # Windows' own shell writes files in UTF-16.
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
        return text.removesuffix("\n").removesuffix("\r")

    def print_text(self, text: str) -> None:
        """Write text to stdout: help, a version, a completion script."""
        self.write(text.encode("utf-8", "replace") + b"\n")

    def refuse_terminal(self) -> None:
        if _is_terminal(self._out):
            raise OutputError(
                "A video is not written to a terminal.",
                action="Name a file with -OutFile, or send the bytes to a file or a program with > or |.",
            )

    def write(self, data: Data) -> None:
        if self._out is None:
            raise OutputError("The result could not be written: standard output is closed.")
        try:
            self._out.write(data)
            self._out.flush()
        except OSError as error:
            self.broken.append(self._out)
            self._out = None
            left = isinstance(error, BrokenPipeError)
            text = f"The result could not be written: {error.strerror or error}."
            raise OutputError(text, reader_left=left) from None

    def restart(self) -> bool:
        return False

    def _begin_array(self) -> None:
        self._elements = 0

    def _end_array(self) -> None:
        closing = "]" if self._elements == 0 else "\n]"
        opening = "[" if self._elements == 0 else ""
        self._elements = None
        if self._out is not None:
            self.print_text(opening + closing)

    def _write_output(self, value: Any) -> None:
        from . import psjson

        text = self.without_hidden(psjson.dumps(value, compress=self.lines), in_output=True)
        try:
            if self._elements is None:
                self.print_text(text)
            else:
                # An element is written without a line end, because a comma or the closing bracket follows.
                start = "[" if self._elements == 0 else ","
                self._elements += 1
                self.write((f"{start}\n{text}".replace("\n", "\n  ")).encode("utf-8", "replace"))
        except OutputError as error:
            known = f" Its id is {value['id']}." if isinstance(value, dict) and value.get("id") else ""
            raise OutputError(f"{error.message}{known}", reader_left=error.reader_left) from None

    def _write_error(self, error: PSOpenAIError) -> None:
        if self._json_errors:
            from . import psjson

            text = self.without_hidden(psjson.dumps(error.record(), compress=True))
            # Nothing is lost: in JSON, control characters stand inside of strings only.
            self._write_line(CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))
            return
        lines = [
            f"{self._painted(_RED, self.who + ':')} {self.clean(error.message)}",
            f"    + CategoryInfo          : {self.clean(error.category_info)}",
            f"    + FullyQualifiedErrorId : {error.fully_qualified_error_id}",
        ]
        if error.action:
            lines.append(f"    + RecommendedAction     : {self.clean(error.action)}")
        self._write_line("\n".join(lines))

    def _write(self, label: str, text: str) -> None:
        prefix = f"{self._painted(_YELLOW, label + ':')} " if label else ""
        self._write_line(prefix + self.clean(text))

    def _show_progress(self, line: str, state: str) -> None:
        """On a terminal, one line that is written again and again; in a log, a line for each change of state."""
        if _is_terminal(self._err):
            self._progress = self.clean(line)[: self._columns() - 1]
            self._write_err(_ERASE + self._progress)
        elif state != self._progress:
            self._write_line(self.clean(line))
            self._progress = state

    def _columns(self) -> int:
        """The width of the terminal that stderr is."""
        try:
            columns = os.get_terminal_size(self._err.fileno()).columns if self._err is not None else 0
        except (OSError, ValueError):
            columns = 0
        return columns or 80

    def _hide_progress(self) -> None:
        if self._progress and _is_terminal(self._err):
            self._write_err(_ERASE)
        self._progress = ""

    def _painted(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour else text

    def _write_line(self, text: str) -> None:
        """A line on stderr. A progress line there gives way and comes back below."""
        progress = self._progress if _is_terminal(self._err) else ""
        before, after = (_ERASE, progress) if progress else ("", "")
        self._write_err(f"{before}{text}\n{after}")

    def _write_err(self, text: str) -> None:
        """To stderr. When that cannot be written there is nobody left to tell."""
        if self._err is not None:
            try:
                self._err.write(text.encode("utf-8", "replace"))
                self._err.flush()
            except OSError:
                self.broken.append(self._err)
                self._err = None


def _is_terminal(stream: BinaryIO | None) -> bool:
    return stream is not None and stream.isatty()
