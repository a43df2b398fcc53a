"""Reads README and manual: their blocks of commands, with where they stand and why one is not run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "compat").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block, and why it is not run, if it says so."""

    document: str
    line: int
    heading: str
    language: str
    text: str
    not_run: str | None

    @property
    def name(self) -> str:
        return f"{self.document}-{self.line}-{self.language}"


def blocks(path: Path) -> Iterator[Block]:
    """All blocks of a document."""
    text = path.read_text("utf-8")
    fence = re.compile(r"^(?:<!-- not run: ([^\n]+) -->\n)?```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for found in fence.finditer(text):
        before = text[: found.start()]
        headings = re.findall(r"^#+ (.*)$", re.sub(r"(?ms)^```.*?^```$", "", before), re.MULTILINE)
        place = path.relative_to(ROOT).with_suffix("").as_posix()
        yield Block(place, before.count("\n") + 1, headings[-1], found[2], found[3], found[1])


def every() -> list[Block]:
    """The blocks of all documents."""
    return [block for path in DOCUMENTS for block in blocks(path)]


def only(document: str, language: str, heading: str | None = None) -> Block:
    """The one block of a document in a language, below a heading if one is given."""
    found = [
        block
        for block in blocks(ROOT / f"{document}.md")
        if block.language == language and heading in (None, block.heading)
    ]
    assert len(found) == 1, [block.name for block in found]
    return found[0]
