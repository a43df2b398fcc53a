"""Sandbox addresses: `sandbox:`, `sandbox:/folder`, `sandbox:C:\\jobs`, `sandbox:/folder?speed=10&fault=429`.

Knows text and conventions only: nothing here touches the disk.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

from .service import faults

__all__ = ["SandboxAddress", "absolute_folder", "default_folder", "is_sandbox", "parse_address", "parse_speed"]

SCHEME = "sandbox:"
MAX_SPEED = 1_000_000.0


class SandboxAddress(NamedTuple):
    """Where the jobs are (None: the user's state folder), how fast they run, what fails, whose words it speaks."""

    folder: Path | None = None
    speed: float = 1.0
    fault: str | None = None
    provider: str = "openai"


def is_sandbox(address: str) -> bool:
    """Tell whether a base address means the sandbox; case does not matter, as in any URL scheme."""
    return address[: len(SCHEME)].lower() == SCHEME


def parse_address(address: str) -> SandboxAddress:
    """Read an address; a ValueError says what is wrong with it.

    The folder is taken as typed, spaces and percent signs included; only the options after `?` are decoded.
    """
    if not is_sandbox(address):
        raise ValueError(f"A sandbox address begins with '{SCHEME}', not {address!r}.")
    folder, _, query = address[len(SCHEME) :].partition("?")
    options = _options(query)
    return SandboxAddress(
        folder=_folder(folder),
        speed=parse_speed(options.get("speed", "1")),
        fault=str(faults.parse_fault(options["fault"])) if "fault" in options else None,
        provider=_provider(options.get("provider", "openai")),
    )


def parse_speed(text: str) -> float:
    """Read a speed factor: 10 means ten times as fast as usual."""
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed <= MAX_SPEED:  # false for nan, too
        raise ValueError(f"The sandbox's speed must be a number above 0, up to {MAX_SPEED:,.0f}, not {text!r}.")
    return speed


def _provider(name: str) -> str:
    known = ("openai", "openrouter", "xai")
    if name.lower() not in known:
        raise ValueError(f"The sandbox does not speak the words of {name!r}; it knows {', '.join(known)}.")
    return name.lower()


def _options(query: str) -> dict[str, str]:
    """Decode the part after `?`; each known option at most once."""
    known = ("speed", "fault", "provider")
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            raise ValueError(
                f"A sandbox address has no option {name!r}; it knows {', '.join(known[:-1])} and {known[-1]}."
            )
        if name in options:
            raise ValueError(f"The sandbox address gives {name!r} twice.")
        options[name] = value
    return options


def _folder(text: str) -> Path | None:
    if not text:
        return None
    if text.startswith("///"):  # sandbox:///folder, the way file addresses are written
        text = text[2:]
    elif text.startswith("//") and sys.platform != "win32":  # on Windows that is a share
        raise ValueError(f"'{SCHEME}{text}' names a host; write 'sandbox:/folder'.")
    # The shell expands ~ only at the start of a word, and here the word starts with the scheme.
    return absolute_folder(text, "the sandbox address")


def absolute_folder(text: str, source: str) -> Path:
    """Return the folder that a text names, `~` expanded; a ValueError names the source of the text."""
    try:
        if b"\0" in os.fsencode(text):
            raise ValueError(f"The folder of {source} holds a null character.")
        return Path(text).expanduser().absolute()
    except UnicodeEncodeError:
        raise ValueError(f"The folder of {source} holds a character that no path can have.") from None
    except RuntimeError as error:  # no such user
        raise ValueError(f"The folder of {source} cannot be found: {error}") from None
    except OSError:
        raise ValueError(f"The folder of {source} cannot be found: the current folder was deleted.") from None


def default_folder(
    environ: Mapping[str, str], platform: str = sys.platform, *, otherwise: str = "sandbox:/folder"
) -> Path:
    """Return the user's state folder for sandbox jobs, by the platform's convention.

    A ValueError if there is none; it names `otherwise` as the way out.
    """
    try:
        return _state_folder(environ, platform) / "psopenai_py" / "sandbox"
    except RuntimeError:  # a container's user may have no entry
        raise ValueError(f"This user has no home folder; name one for the jobs: {otherwise}") from None


def _state_folder(environ: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return Path(local) if local else _home(environ) / "AppData" / "Local"
    if platform == "darwin":
        return _home(environ) / "Library" / "Application Support"
    state = environ.get("XDG_STATE_HOME", "")
    # The XDG base directory specification: a relative path is invalid and to be ignored.
    return Path(state) if state.startswith("/") else _home(environ) / ".local" / "state"


def _home(environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME") or environ.get("USERPROFILE")
    folder = Path(home) if home else Path.home()
    if not folder.is_absolute():
        raise RuntimeError("a home that moves with the current folder is none")
    return folder
