"""Workers for the tests of this folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from psopenai_py import __version__
from tests.compat.client import Client, end


@pytest.fixture
def client() -> Iterator[Client]:
    """A worker of a test's own. It must outlive the test, and end when it is told to."""
    running = Client()
    assert running.next() == {"call": None, "ready": {"protocol": 1, "version": __version__}}
    yield running
    assert running.process.poll() is None, "the worker ended"
    assert running.close() == 0


@pytest.fixture(scope="module")
def service() -> Iterator[Client]:
    """One worker for all tests of a module that leave nothing behind."""
    with pytest.MonkeyPatch.context() as world:
        for name in list(os.environ):
            if re.search("^OPENAI_|_PROXY$|^SSL_CERT_", name, re.IGNORECASE):
                world.delenv(name)
        running = Client({"TZ": "UTC", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"})
    assert running.next() == {"call": None, "ready": {"protocol": 1, "version": __version__}}
    yield running
    assert running.call("Get-Video", {"Foo": 1})[-1]["end"] == end(2)
    assert running.close() == 0
