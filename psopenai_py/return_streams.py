"""Streams for a caller in the same process: results are kept for it, and the rest is logged."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from .errors import PSOpenAIError
from .streams import Data, Preferences, Streams

_log = logging.getLogger("psopenai_py")
_LEVELS = {"": logging.INFO, "WARNING": logging.WARNING, "VERBOSE": logging.INFO, "DEBUG": logging.DEBUG}


class ReturnStreams(Streams):
    """Keeps the output for the caller; the rest is logged."""

    def __init__(self) -> None:
        verbose, debug = _log.isEnabledFor(logging.INFO), _log.isEnabledFor(logging.DEBUG)
        super().__init__(Preferences(verbose=verbose, debug=debug))
        self.outputs: list[Any] = []
        self.paths: list[Path] = []
        self.data = bytearray()

    def ask_secret(self, question: str) -> str:
        raise NotImplementedError("a function never asks")

    def refuse_terminal(self, action: str) -> None:
        """Bytes go to the caller."""

    def saved(self, path: Path) -> None:
        self.paths.append(path)

    def write(self, data: Data) -> None:
        self.data += data

    def restart(self) -> bool:
        self.data.clear()
        return True

    def _write_output(self, value: Any) -> None:
        self.outputs.append(value)

    def _write_error(self, error: PSOpenAIError) -> None:
        raise error

    def _write(self, label: str, text: str) -> None:
        _log.log(_LEVELS[label], "%s", self.clean(text))
