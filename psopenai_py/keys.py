"""Keys in the system's keyring, one per host. The only importer of keyring.

A keyring can hang on a dialog nobody sees or on a bus nobody answers, so every access has a time limit.
There is no plain-file fallback.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from .errors import KeyStoreError
from .redaction import Secret

#: The name under which the keyring lists our keys.
SERVICE = "psopenai_py"
#: Seconds until a keyring counts as hanging. The library is loaded before they begin.
TIME_LIMIT = 5.0

_Result = TypeVar("_Result")


class Store(NamedTuple):
    """Where keys are kept: the keyring's name, and the file if it keeps them as plain text."""

    name: str
    plain_file: str = ""


def store() -> Store:
    """The keyring that a key would be stored in. Raises KeyStoreError where there is none."""

    def look() -> Store:
        import keyring
        from keyring.backends import fail, null
        from keyring.errors import NoKeyringError

        backend = keyring.get_keyring()
        # Several at once: the first one takes what is stored.
        backend = next(iter(getattr(backend, "backends", ())), backend)
        if isinstance(backend, fail.Keyring | null.Keyring):
            raise NoKeyringError
        kind = type(backend)
        plain = "plain" in kind.__name__.lower()
        return Store(f"the keyring {kind.__name__}", str(getattr(backend, "file_path", "a file")) if plain else "")

    return _limited(look)


def get(host: str) -> Secret | None:
    """The key stored for a host, or None. Raises KeyStoreError when the keyring cannot be asked."""

    def read() -> str | None:
        import keyring

        return keyring.get_password(SERVICE, host)

    text = (_limited(read) or "").rstrip("\r\n")  # whatever stored it may have taken it from a file
    return Secret(text) if text.strip() else None


def set(host: str, key: Secret) -> None:
    """Store the key for a host. Raises KeyStoreError when the keyring refuses."""

    def write() -> None:
        import keyring

        keyring.set_password(SERVICE, host, key.reveal())

    _limited(write)


def remove(host: str) -> bool:
    """Delete the key stored for a host; False when there was none. Raises KeyStoreError."""

    def delete() -> bool:
        import keyring
        from keyring.errors import PasswordDeleteError

        try:
            keyring.delete_password(SERVICE, host)
        except PasswordDeleteError:
            return False
        return True

    return _limited(delete)


def _limited(action: Callable[[], _Result]) -> _Result:
    """Run an access in a thread of its own, so that one that hangs can be left behind."""
    results: list[_Result] = []
    failures: list[BaseException] = []
    loaded = threading.Event()

    def attempt() -> None:
        try:
            import keyring  # noqa: F401 - takes as long as the machine takes, and asks nobody

            loaded.set()
            results.append(action())
        except BaseException as error:  # whatever a backend raises must reach the caller, not the thread's hook
            failures.append(error)
        finally:
            loaded.set()

    thread = threading.Thread(target=attempt, daemon=True)
    try:
        thread.start()
        loaded.wait()
        thread.join(TIME_LIMIT)
    except RuntimeError:  # the system gives no thread, so the backend is trusted not to hang
        attempt()
    if results:
        return results[0]
    raise _translated(failures[0] if failures else None)


def _has_home() -> bool:
    try:
        Path.home()
    except RuntimeError:
        return False
    return True


def _translated(error: BaseException | None) -> KeyStoreError:
    """A backend's failure in our words; None means that it did not answer in time."""
    if error is None:
        return KeyStoreError(
            f"The keyring did not answer within {TIME_LIMIT:g} seconds.",
            category="OperationTimeout",
            action="Unlock it, or use the environment variable OPENAI_API_KEY.",
        )
    kind = type(error).__name__
    if isinstance(error, RuntimeError) and not _has_home():
        return KeyStoreError(
            "This user has no home folder, where the keyring would be.",
            action="Set HOME, or use the environment variable OPENAI_API_KEY.",
        )
    if kind == "NoKeyringError":
        return KeyStoreError(
            "This system has no keyring that can be used.",
            action="Use the environment variable OPENAI_API_KEY, or install a keyring backend.",
        )
    # Only the kind of the failure is told: a backend's text may repeat what was to be stored. The system's does not.
    why = f"{kind}: {os.strerror(error.errno)}" if isinstance(error, OSError) and error.errno else kind
    return KeyStoreError(
        f"The keyring could not be used ({why}).",
        action="Unlock it, or use the environment variable OPENAI_API_KEY.",
    )
