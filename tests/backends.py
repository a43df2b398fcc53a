"""Keyrings for tests: one that keeps a log, and some that people meet and curse."""

from __future__ import annotations

import threading
from typing import Any

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Memory(KeyringBackend):
    """Works, forgets at the end, and notes what was asked of it."""

    priority: Any = 0.1  # never chosen by itself

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.stored: dict[tuple[str, str], str] = {}
        self.log: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.log.append(f"get {service} {username}")
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.log.append(f"set {service} {username}")
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.log.append(f"delete {service} {username}")
        if self.stored.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Locked(Memory):
    """Refuses everything until somebody unlocks it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("locked")


class Hanging(Memory):
    """Waits for a dialog that nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        threading.Event().wait()
        return None


class Talkative(Memory):
    """Fails with a text that repeats what it was to store."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password!r}")
