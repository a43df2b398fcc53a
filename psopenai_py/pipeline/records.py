"""The records of standard input: JSON or lines of text, one at a time, as they arrive.

What PowerShell passes between cmdlets as objects travels between processes as JSON: one object, an array, or
JSON lines. Text that is no JSON is one value a line, as PowerShell takes it. What is no text at all, such as a
video, is refused before anything is made of it. Knows nothing of parameters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from ..binding.pipeline import Unreadable
from ..errors import BindingError
from ..redaction import shown_argument
from .decoded_input import DecodedInput, Quiet, Read, check

#: Seconds in which the end of an input is expected that has only one line.
PATIENCE = 0.2
# Files that were put together may have a mark in the middle, too.
_BLANK = re.compile(r"[\s\ufeff]*")
_WITHIN_ARRAY = re.compile(r"\[[^\S\n]*(\S|\n)")
_REST_OF_LINE = re.compile(r"[^\S\n]*(\S|\n)")
_NUMBER = r"-?[0-9][-+.0-9Ee]*"
_SCALARS = re.compile(rf"\[\s*(?:\]|(?:{_NUMBER}|true|false|null)\s*(?:$|\]$|,.*))", re.DOTALL)
_GOES_ON = re.compile(r"[-+.0-9Ee]*\Z")
_DECODER = json.JSONDecoder(strict=False)


class Records:
    """The records of an input.

    `form` says how they came, so that the output can have the same form:

        none     no input at all
        array    a JSON array, or several after each other
        lines    JSON or text, one record a line; a single one, too, if it is an object with a line end
        objects  JSON with line ends inside, or the only line of an input

    To tell a single line of text from the first of many, the end is waited for, but only shortly: what a slow program
    writes is handled as it comes.

    Args:
        preview: all that will be read, where that can be had without taking it.

    Raises BindingError, also while records are taken, for what is no text and for a record that is too long: it
    and all that follows are not given out.
    """

    def __init__(self, read: Read, quiet: Quiet = lambda seconds: False, preview: Iterable[bytes] = ()) -> None:
        check(iter(preview))
        self._text = _Text(read, quiet)
        self._next: Callable[[], Any] = self._line_of_text
        self._ahead: list[Any] = []
        self.form = self._find_form()

    def __iter__(self) -> Iterator[Any]:
        """Yield the records; one that cannot be read is yielded as Unreadable."""
        self._text.give_out()
        while self._ahead:
            yield self._ahead.pop()
        if self.form == "array":
            yield from self._arrays()
        while self.form != "array" and self._text.skip_blank():
            yield self._next()

    def rest(self) -> Iterator[Any]:
        """What is left of the input, as far as it is text, after the iteration was broken off, or before it began."""
        yield from self._ahead
        with suppress(BindingError):
            while self._text.skip_blank():
                if self.form == "array" and self._text.peek() in "[],":
                    self._text.take(1)
                else:
                    yield self._next() if self.form != "array" else self._value()

    def _find_form(self) -> str:
        if not self._text.skip_blank():
            return "none"
        start = self._text.peek()
        if start == "[" and self._begins_array():
            return "array"
        if start == "{":
            self._next = self._value
        elif start != "[" and _scalar(self._text.line()) is not None:
            self._next = self._line_of_scalars
        self._ahead = [self._next()]
        if self._text.taken_lines > 1:
            return "objects"
        is_line = start == "{" and self._text.ends_line(PATIENCE)
        return "lines" if is_line or self._text.has_more(PATIENCE) else "objects"

    def _begins_array(self) -> bool:
        """False for text such as `[draft] Dancing Doggo`. An array's line is not read whole: it may be long."""
        inside = self._text.ahead(_WITHIN_ARRAY)
        if inside is None or inside[1] in '{["\n':
            return True
        return _SCALARS.fullmatch(self._text.line().strip()) is not None

    def _arrays(self) -> Iterator[Any]:
        """The elements of all arrays, and what stands between them."""
        while self._text.skip_blank():
            if self._text.peek() != "[":
                yield self._value()
                continue
            self._text.take(1)
            for element in self._elements():
                if isinstance(element, Unreadable):
                    yield Unreadable(f"{element}; the array is not read any further")
                    return
                yield element

    def _elements(self) -> Iterator[Any]:
        """The elements of one array and, instead of a missing bracket, an Unreadable."""
        while self._text.skip_blank() and self._text.peek() != "]":
            yield self._text.value()
            if self._text.skip_blank() and self._text.peek() == ",":
                self._text.take(1)
        if self._text.peek() == "]":
            self._text.take(1)
        else:
            yield Unreadable("the array is not closed")

    def _value(self) -> Any:
        return self._text.value()

    def _line_of_text(self) -> Any:
        return self._text.take_line().strip()

    def _line_of_scalars(self) -> Any:
        """Numbers and texts in quotes; text without them does not stop what began like this."""
        if self._text.peek() in "{[":
            return self._text.value()
        line = self._text.take_line().strip()
        value = _scalar(line)
        return line if value is None else value[0]


def _scalar(line: str) -> tuple[Any] | None:
    """The JSON value that a line is, if it is one."""
    try:
        return (json.loads(line),)
    except (ValueError, RecursionError):
        return None


class _Text(DecodedInput):
    """Values and lines of a text. `taken_lines` counts those of the last one."""

    taken_lines = 0

    def has_more(self, patience: float) -> bool:
        """True if another record follows, or nothing arrives for so many seconds that could tell."""
        while not self._skip():
            if not self._ended and self._quiet(patience):
                return True
            if not self.more():
                return False
        return True

    def ends_line(self, patience: float) -> bool:
        """True if the line ends here; False also if nothing arrives for so many seconds that could tell."""
        while not (rest := _REST_OF_LINE.match(self._buffer, self._at)):
            if not self._ended and self._quiet(patience):
                return False
            if not self.more():
                return False
        return rest[1] == "\n"

    def skip_blank(self) -> bool:
        """Step over blanks and line ends; False at the end of the input."""
        while not self._skip():
            if not self.more():
                return False
        return True

    def _skip(self) -> bool:
        blank = _BLANK.match(self._buffer, self._at)
        self._at = blank.end() if blank else self._at
        return self._at < len(self._buffer)

    def peek(self) -> str:
        return self._buffer[self._at : self._at + 1]

    def ahead(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match of a pattern here, as soon as it matches; None at the end of the input."""
        while not (match := pattern.match(self._buffer, self._at)):
            if not self.more():
                return None
        return match

    def take(self, count: int) -> None:
        self.taken_lines = 1 + self._buffer.count("\n", self._at, self._at + count)
        self._at += count

    def line(self) -> str:
        """The rest of the line, which stays."""
        end, seen = -1, 0
        while (end := self._buffer.find("\n", self._at + seen)) < 0:
            seen = len(self._buffer) - self._at
            if not self.more():
                end = len(self._buffer)
                break
        return self._buffer[self._at : end]

    def take_line(self) -> str:
        line = self.line()
        self.take(len(line))
        return line

    def value(self) -> Any:
        """One JSON value, or an Unreadable, after which reading goes on with the next line."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if _is_unfinished(error) and self.more():
                    continue
                return self._unreadable(error.msg)
            except (ValueError, RecursionError):  # Python does not convert integers of thousands of digits
                return self._unreadable("it is nested too deeply, or has too many digits")
            size = end - self._at  # reading on may move the text
            if isinstance(value, int | float) and _GOES_ON.match(self._buffer, end) and self.more():
                continue  # the digits so far may not be all
            self.take(size)
            return value

    def _unreadable(self, why: str) -> Unreadable:
        return Unreadable(f"it is not JSON ({why}): {shown_argument(self.take_line().strip()[:60])}")


def _is_unfinished(error: json.JSONDecodeError) -> bool:
    """True if more text could make it right: the error is near the end, or a string has no end yet."""
    return len(error.doc.rstrip()) - error.pos < len("-Infinity") or error.msg.startswith("Unterminated")
