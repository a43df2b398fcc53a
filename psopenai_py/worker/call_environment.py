"""Location and environment of a call: in force while it runs, and gone afterwards."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from .. import environment
from ..destination import BASE_VARIABLES
from ..errors import InputError

_PROXIES = r"(?:https?|all|no|ftp)_proxy|request_method"
_STORES = r"ssl_cert_(?:file|dir)|xdg_state_home|localappdata|home|userprofile"
_OF_CALL = "|".join(environment.names(of_call=True))
#: Variables that a request with an environment of its own does not take from the worker's.
_REPLACED = rf"(?i)(?:(?:ps)?openai_.*|{_OF_CALL}|{_PROXIES}|ssl_cert_(?:file|dir))"
#: Variables that decide how a host is reached.
_REACHING = rf"(?i)(?:{_PROXIES}|{_STORES})"


class CallEnvironment:
    """The process's folder and environment, changed for each call.

    The HTTP library, the time zone and the keyring look into the process's own environment, so it is that one
    which is changed. A call that begins while another one rests has the worker's own for its usual ones, and not
    what is in force for the other.
    """

    def __init__(self) -> None:
        self._home = _here()
        self._usual = dict(os.environ)
        self._kept = {name: text for name, text in self._usual.items() if not re.fullmatch(_REPLACED, name)}
        #: What is in force; None where a change broke off, and only the system knows.
        self._present: Mapping[str, str] | None = self._usual
        self._newest: tuple[Mapping[str, str], object] = ({}, [])
        #: What a request asked for last, and what it has then: sessions seldom change their environment.
        self._last_merged: tuple[Mapping[str, str], Mapping[str, str]] = ({}, self._kept)
        self._depth = 0

    @contextmanager
    def applied(self, location: str | None, environment: Mapping[str, str] | None) -> Iterator[Mapping[str, str]]:
        """Be in a folder, with the variables of the request; yields all variables that are in force.

        Raises InputError for a folder or a variable that cannot be used.
        """
        before, folder = self._present or dict(os.environ), _here()
        wanted = self._merged(environment)
        self._depth += 1
        try:
            _enter(self._home if location is None else location, folder)
            self._change(wanted)
            yield wanted
        finally:
            self._depth -= 1
            # They stay, since the next call nearly always wants the same; but one that this one stands in goes on.
            if self._depth:
                self._change(before)
            if folder is not None and folder != _here():
                with suppress(OSError):  # it may be gone by now
                    os.chdir(folder)

    def connection_key(self, environ: Mapping[str, str], base: str) -> object:
        """What has to be the same for a connection to be used again. `base` is the base address, if it was bound."""
        if environ is not self._newest[0]:
            self._newest = environ, sorted(item for item in environ.items() if re.fullmatch(_REACHING, item[0]))
        bases = [base, *(environ.get(name, "") for name in BASE_VARIABLES)]
        # The folder of a sandbox may be relative.
        in_sandbox = any(text.strip().lower().startswith("sandbox:") for text in bases)
        return self._newest[1], _here() if in_sandbox else None

    def _merged(self, environment: Mapping[str, str] | None) -> Mapping[str, str]:
        if environment is None:
            return self._usual
        if environment != self._last_merged[0]:
            # Windows knows names in upper case only.
            own = {name.upper() if os.name == "nt" else name: text for name, text in environment.items()}
            self._last_merged = environment, self._kept | own
        return self._last_merged[1]

    def _change(self, wanted: Mapping[str, str]) -> None:
        """Change the process's environment where it is to differ."""
        if wanted == self._present:
            return
        # After a change that broke off, from what it is: no key may be left for the next call.
        present, self._present = dict(os.environ) if self._present is None else self._present, None
        for name in present.keys() - wanted.keys():
            os.environ.pop(name, None)
        for name, text in wanted.items() - present.items():
            try:
                os.environ[name] = text
            except ValueError:  # too long for Windows
                raise InputError(f"The environment variable '{name}' has a text that cannot be used.") from None
        if present.get("TZ") != wanted.get("TZ") and hasattr(time, "tzset"):
            time.tzset()
        self._present = wanted


def _here() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - every call pays for it
    except OSError:  # it was deleted
        return None


def _enter(location: str | None, folder: str | None) -> None:
    if location is None or location == folder:
        return
    try:
        os.chdir(location)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"The location '{location}' cannot be used: {why}. Nothing was sent.") from None
