"""Streams for a shell: data on stdout, everything else on stderr as text with PowerShell's prefixes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, BinaryIO

from ..errors import OutputError, PSOpenAIError
from ..streams import CONTROLS, Data, Preferences, Streams
from . import screen
from .screen import is_terminal
from .standard_input import StandardInput

if TYPE_CHECKING:
    from pathlib import Path

    from .status_line import StatusLine
    from .table import Table

_YELLOW, _RED, _CYAN, _PLAIN = "\x1b[33;1m", "\x1b[31;1m", "\x1b[36;1m", "\x1b[0m"


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
        self._who = who
        #: Files that refused a write; what they still hold would be tried again at the end of the process.
        self.broken: list[BinaryIO] = []
        self._in_lines = False
        self.input = StandardInput(stdin)
        self._out = out
        self._err = err
        self._colour = colour
        self._json_errors = error_view.lower() == "json"
        self._elements: int | None = None
        self._table: Table | None = None
        self._status_line: StatusLine | None = None

    @property
    def interactive(self) -> bool:
        """True when a person can see a question on stderr and answer it on stdin."""
        return self.input.is_terminal and is_terminal(self._err)

    @property
    def shows_tables(self) -> bool:
        return self.interactive and is_terminal(self._out)

    @contextmanager
    def table(self) -> Iterator[None]:
        """What is written inside is one table. It may be inside of another one."""
        if self._table is not None:
            yield
            return
        from .table import Table

        # Where no screen is, a program may cut the lines, such as `less -S`.
        width = screen.columns(self._out) if is_terminal(self._out) else 0
        self._table = Table(self.print_text, self.clean, width)
        try:
            yield
        finally:
            table, self._table = self._table, None
            if self._out is not None:
                table.flush()

    @contextmanager
    def lines(self, wanted: bool = True) -> Iterator[None]:
        """What is written inside is one result a line, as JSON lines are; an array has no brackets there."""
        before, self._in_lines = self._in_lines, wanted
        try:
            yield
        finally:
            self._in_lines = before

    def ask(self, question: str) -> str:
        """Ask on the terminal and return the answer without its line end; EOFError when there is none."""
        if self.input.file is None or self._err is None:
            raise EOFError
        try:
            self._write_err(question)
            line = self.input.file.readline()
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
        return self.input.text()

    def print_text(self, text: str) -> None:
        """Write text to stdout: help, a version, a completion script."""
        self.write(text.encode("utf-8", "replace") + b"\n")

    @property
    def page_width(self) -> int:
        """The width of pages on stdout."""
        return screen.page_width(self._out)

    def show_page(self, text: str) -> None:
        """Print text, with the user's pager if it is longer than the screen and a person is there to turn pages."""
        own = self._out is getattr(sys.stdout, "buffer", None)
        if own and self.input.is_terminal and screen.needs_pager(text, self._out):
            screen.show_in_pager(text)
        else:
            self.print_text(text)

    def refuse_terminal(self, action: str) -> None:
        if is_terminal(self._out):
            raise OutputError("A video is not written to a terminal.", action=action)

    def write(self, data: Data) -> None:
        if self._out is None:
            raise OutputError("The result could not be written: standard output is closed.")
        try:
            with self._aside(ends_line=data[-1:] == b"\n") if is_terminal(self._out) else nullcontext():
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
        self._elements = None if self._in_lines else 0

    def _end_array(self) -> None:
        if self._in_lines:
            return
        closing = "]" if self._elements == 0 else "\n]"
        opening = "[" if self._elements == 0 else ""
        self._elements = None
        if self._out is not None:
            self.print_text(opening + closing)

    @property
    def is_watched(self) -> bool:
        return is_terminal(self._err)

    def note(self, text: str) -> None:
        if self.is_watched:
            self._write("", text)

    def launch(self, path: Path) -> None:
        if not screen.opened(path.resolve()):
            self.warning(f"No program was found that opens '{path}'.", may_stop=False)

    def _write_output(self, value: Any) -> None:
        try:
            if self._table is not None:
                self._table.add(value)
            else:
                self._write_json(value)
        except OutputError as error:
            known = f" Its id is {value['id']}." if isinstance(value, dict) and value.get("id") else ""
            raise OutputError(f"{error.message}{known}", reader_left=error.reader_left) from None

    def _write_json(self, value: Any) -> None:
        from .. import psjson

        text = self.without_hidden(psjson.dumps(value, compress=self._in_lines), in_output=True)
        if is_terminal(self._out):
            text = _escaped(text)
        if self._elements is None:
            self.print_text(text)
            return
        # An element is written without a line end, because a comma or the closing bracket follows.
        start = "[" if self._elements == 0 else ","
        self._elements += 1
        self.write((f"{start}\n{text}".replace("\n", "\n  ")).encode("utf-8", "replace"))

    def _write_error(self, error: PSOpenAIError) -> None:
        if self._json_errors:
            from .. import psjson

            self._write_line(_escaped(self.without_hidden(psjson.dumps(error.record(), compress=True))))
            return
        lines = [f"{self._painted(_RED, self._who + ':')} {self._fitted(error.message, len(self._who) + 2)}"]
        if error.action:
            # Before what is there for scripts and search engines.
            lines.append(self._painted(_CYAN, self._fact("RecommendedAction", error.action)))
        lines.append(self._fact("CategoryInfo", error.category_info))
        lines.append(self._fact("FullyQualifiedErrorId", error.fully_qualified_error_id))
        self._write_line("\n".join(lines))

    def _fact(self, name: str, text: str) -> str:
        start = f"    + {name:<21} : "
        return start + self._fitted(text, len(start), indent=" " * 6)

    def _write(self, label: str, text: str) -> None:
        # What was sent and received is shown as it is.
        text = self.clean(text) if label == "DEBUG" else self._fitted(text, len(label) + 2 if label else 0)
        self._write_line(f"{self._painted(_YELLOW, label + ':')} {text}" if label else text)

    def _fitted(self, text: str, first: int, indent: str = "    ") -> str:
        """The text as it may be shown. On a terminal it is broken into lines between words."""
        text = self.clean(text)
        if not is_terminal(self._err):
            return text
        return screen.wrapped(text, screen.columns(self._err), first=first, indent=indent)

    def _show_progress(self, pieces: Callable[[], Sequence[str]]) -> None:
        """On a terminal a line that is rewritten, in a log file now and then a line; a program gets nothing."""
        self._status_line = self._status_line or self._made_status_line()
        if self._status_line is not None:
            self._status_line.show(lambda: [self.clean(piece) for piece in pieces()])

    def _made_status_line(self) -> StatusLine | None:
        from .status_line import LogLine, TerminalLine

        if is_terminal(self._err):
            return TerminalLine(self._write_err, lambda: screen.columns(self._err))
        return LogLine(self._write_err) if screen.is_file(self._err) else None

    def _hide_progress(self) -> None:
        if self._status_line is not None:
            self._status_line.end()

    def _aside(self, *, ends_line: bool = True) -> AbstractContextManager[None]:
        """Inside, the line about progress is away."""
        return nullcontext() if self._status_line is None else self._status_line.aside(ends_line=ends_line)

    def _painted(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour else text

    def _write_line(self, text: str) -> None:
        """A line on stderr."""
        with self._aside():
            self._write_err(f"{text}\n")

    def _write_err(self, text: str) -> None:
        """To stderr. When that cannot be written there is nobody left to tell."""
        if self._err is not None:
            try:
                self._err.write(text.encode("utf-8", "replace"))
                self._err.flush()
            except OSError:
                self.broken.append(self._err)
                self._err = None


def _escaped(json: str) -> str:
    """JSON without control characters. Nothing is lost: they stand inside of strings only."""
    return CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


def wants_colour(environ: Mapping[str, str], err: BinaryIO | None) -> bool:
    """As https://no-color.org and https://force-color.org say: an empty variable counts for nothing."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return err is not None and err.isatty() and environ.get("TERM") not in ("dumb", "xterm-mono")
