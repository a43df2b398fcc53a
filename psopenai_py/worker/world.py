"""Location and environment of a call: in force while it runs, and gone afterwards."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from ..destination import BASE_VARIABLES
from ..errors import InputError
from ..services import SERVICES

_PROXIES = r"(?:https?|all|no|ftp)_proxy|request_method"
_STORES = r"ssl_cert_(?:file|dir)|xdg_state_home|localappdata|home|userprofile"
_KEYS = "|".join(name for service in SERVICES for name in service.key_variables)
#: Variables that a request with an environment of its own does not take from the worker's.
_REPLACED = rf"(?i)(?:(?:ps)?openai_.*|{_KEYS}|{_PROXIES}|ssl_cert_(?:file|dir))"
#: Variables that decide how a host is reached.
_WAY = rf"(?i)(?:{_PROXIES}|{_STORES})"


@contextmanager
def entered(location: str | None, environment: Mapping[str, str] | None) -> Iterator[Mapping[str, str]]:
    """Be in a folder, with the variables of the request; yields all variables that are in force.

    The HTTP library, the time zone and the keyring look into the process's own environment, so it is that one
    which is changed. Raises InputError for a folder or a variable that cannot be used.
    """
    usual, folder = dict(os.environ), _here()
    wanted = _merged(usual, environment)
    try:
        _enter(location)
        _change(usual, wanted)
        yield wanted
    finally:
        # From what it is, not from what was wanted: a change that broke off must leave no key to the next call.
        _change(dict(os.environ), usual)
        if location is not None and folder is not None:
            with suppress(OSError):  # it may be gone by now
                os.chdir(folder)


def way(environ: Mapping[str, str], base: str) -> object:
    """What has to be the same for a connection to be used again. `base` is the base address, if it was bound."""
    variables = sorted(item for item in environ.items() if re.fullmatch(_WAY, item[0]))
    bases = [base, *(environ.get(name, "") for name in BASE_VARIABLES)]
    # The folder of a sandbox may be relative.
    return variables, _here() if any(text.strip().lower().startswith("sandbox:") for text in bases) else None


def _here() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - every call pays for it
    except OSError:  # it was deleted
        return None


def _enter(location: str | None) -> None:
    if location is None:
        return
    try:
        os.chdir(location)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"The location '{location}' cannot be used: {why}. Nothing was sent.") from None


def _merged(usual: Mapping[str, str], environment: Mapping[str, str] | None) -> dict[str, str]:
    if environment is None:
        return dict(usual)
    kept = {name: text for name, text in usual.items() if not re.fullmatch(_REPLACED, name)}
    # Windows knows names in upper case only.
    return kept | {name.upper() if os.name == "nt" else name: text for name, text in environment.items()}


def _change(present: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Change the process's environment where it is to differ."""
    for name in present.keys() - wanted.keys():
        os.environ.pop(name, None)
    for name, text in wanted.items() - present.items():
        try:
            os.environ[name] = text
        except ValueError:  # too long for Windows
            raise InputError(f"The environment variable '{name}' has a text that cannot be used.") from None
    if present.get("TZ") != wanted.get("TZ") and hasattr(time, "tzset"):
        time.tzset()
