"""Workers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compat.client import Client


@pytest.fixture
def client() -> Iterator[Client]:
    """A worker that must outlive the test, and end when it is told to."""
    running = Client({"TZ": "UTC", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    assert "ready" in (running.next() or {})
    yield running
    assert running.close() == 0
