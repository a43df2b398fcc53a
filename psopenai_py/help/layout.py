"""Words to lines of a given width. A word is never cut: a command or an address is there to be copied."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

INDENT = "    "
#: The width of a page that no terminal asks for.
WIDTH = 80
#: Joins words that stay on one line.
_JOINT = "\xa0"


def wrapped(text: str, width: int, *, depth: int = 1, hanging: bool = False) -> str:
    """A paragraph, indented by its depth; with `hanging`, all lines but the first one step further."""
    return textwrap.fill(
        text,
        width,
        initial_indent=INDENT * depth,
        subsequent_indent=INDENT * (depth + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    ).replace(_JOINT, " ")


def kept_together(text: str) -> str:
    """The text as one word of a paragraph."""
    return text.replace(" ", _JOINT)


def rows(pairs: Iterable[tuple[str, str]], width: int) -> str:
    """Terms and what they mean: beside each other, where there is room for it, else below each other."""
    pairs = list(pairs)
    column = max(len(term) for term, _ in pairs) + 2
    if column > width // 2:
        return "\n".join(f"{INDENT}{term}\n{wrapped(text, width, depth=2)}" for term, text in pairs)
    lines = []
    for term, text in pairs:
        margin = INDENT + " " * column
        body = wrapped(text, width - len(margin), depth=0).replace("\n", f"\n{margin}")
        lines.append(f"{INDENT}{term:<{column}}{body}".rstrip())
    return "\n".join(lines)
