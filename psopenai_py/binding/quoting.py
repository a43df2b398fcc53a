"""The way back: a command line to type that binds to given values."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from typing import Any


def command_line(name: str, arguments: Mapping[str, Any], *, windows: bool = os.name == "nt") -> str:
    """A cmdlet with its arguments, quoted for a POSIX shell, or for PowerShell on Windows.

    Args:
        arguments: bound values by parameter name: text, numbers, lists of text, dictionaries, and True for a
            switch; what is False or None is left out.
    """
    words = [name]
    for parameter, value in arguments.items():
        if value is True:
            words.append(f"-{parameter}")
        elif value is not None and value is not False:
            text = _text(value)
            # A colon makes the next word a value, whatever it looks like.
            words.append(f"-{parameter}" if re.match(r"[\w/{]", text) else f"-{parameter}:")
            words.append(_for_powershell(text) if windows else shlex.quote(text))
    return " ".join(words)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _for_powershell(text: str) -> str:
    return text if re.fullmatch(r"[\w./:=+-]+", text) else "'" + text.replace("'", "''") + "'"
