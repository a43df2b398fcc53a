"""Content to be saved, and what a folder holds."""

from __future__ import annotations

from pathlib import Path

from psopenai_py.videos.download import Sink
from psopenai_py.videos.saving import Copy


def copying(*pieces: bytes, kind: str = "video/mp4", ends: BaseException | None = None) -> Copy:
    """Write these pieces, and end so."""

    def copy(sink: Sink) -> str:
        for piece in pieces:
            sink.write(piece)
        if ends:
            raise ends
        return kind

    return copy


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
