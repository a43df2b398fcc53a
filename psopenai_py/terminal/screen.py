"""What a terminal is like, and how text fits onto it. Knows nothing of cmdlets, and asks only where one is."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

#: A command line at the end of a text. It is there to be copied, so it is never broken into lines.
_COMMAND = re.compile(
    r"(?<=[.:] )((?:(?:psopenai|(?:New|Get|Wait|Remove|Set|Start)-(?:Video|OpenAI)\w*) .*-|printf .*\| |'.*' \| ).*)\Z"
)
_USUAL_WIDTH = 80
#: Lines that are longer are hard to read, however wide the screen is.
_WIDEST_PAGE = 100


def is_terminal(stream: BinaryIO | None) -> bool:
    """True for a stream that a person looks at."""
    return stream is not None and stream.isatty()


def is_file(stream: BinaryIO | None) -> bool:
    """True for a stream that goes into a file, such as a log."""
    try:
        return stream is not None and stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def size(stream: BinaryIO | None) -> tuple[int, int]:
    """Columns and lines of the terminal that a stream is; zeros where that is not known."""
    try:
        found = os.get_terminal_size(-1 if stream is None else stream.fileno())
    except (OSError, ValueError):
        return 0, 0
    return found.columns, found.lines


def columns(stream: BinaryIO | None) -> int:
    """The width of a terminal, now."""
    return size(stream)[0] or _USUAL_WIDTH


def page_width(stream: BinaryIO | None) -> int:
    """The width of a page: that of the terminal if it is one, within reason."""
    return max(20, min(columns(stream), _WIDEST_PAGE)) if is_terminal(stream) else _USUAL_WIDTH


def needs_pager(text: str, stream: BinaryIO | None) -> bool:
    """True for a text that is longer than the screen, one line left for the prompt."""
    width, height = size(stream)
    if not (is_terminal(stream) and width and height):
        return False
    return sum(max(1, -(-cells(line) // width)) for line in text.splitlines()) >= height


def show_in_pager(text: str) -> None:
    """Show a text with the user's pager, on the process's own standard output."""
    import click

    click.echo_via_pager(text + "\n", color=False)


def opened(path: Path) -> bool:
    """Open a file with the program that the system has for it; False if there is none."""
    import click

    try:
        return click.launch(str(path)) == 0
    except OSError:
        return False


def cells(text: str) -> int:
    """How many columns a text takes: letters of East Asia and most pictures take two, marks none."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, width: int) -> str:
    """The text in so many columns, with an ellipsis at its end if it does not fit."""
    if cells(text) <= width:
        return text
    kept, used = "", 1
    for character in text:
        used += _cells(character)
        if used > width:
            break
        kept += character
    return kept.rstrip() + "…" if width > 0 else ""


def wrapped(text: str, width: int, *, first: int = 0, indent: str = "    ") -> str:
    """The text with line ends between words, so that none is cut; a command at its end keeps a line for itself.

    Args:
        first: columns that are taken on the first line.
        indent: what stands before each further line.
    """
    if first + max(map(cells, text.split("\n"))) <= width:
        return text
    command = _COMMAND.search(text)
    if command:
        return f"{wrapped(text[: command.start()].rstrip(), width, first=first, indent=indent)}\n{indent}{command[0]}"
    lines = []
    for line in text.split("\n"):
        lines += _broken(line, width, first, indent)
        first = 0
    return "\n".join(lines)


def _broken(line: str, width: int, used: int, indent: str) -> list[str]:
    """The lines that a line becomes. One blank between two words gives way to a line end; others stay."""
    lines = [""]
    for word in re.findall(r"\s*\S+|\s+\Z", line):
        if used > len(indent) and used + cells(word) > width:
            lines.append(indent + word.lstrip())
            used = cells(lines[-1])
        else:
            lines[-1] += word
            used += cells(word)
    return lines


def _cells(character: str) -> int:
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
