"""What nearly every call needs, loaded while the client still makes its first request."""

from __future__ import annotations

import sys


def load() -> None:
    """Load it."""
    from ..http.client import load_library
    from ..videos import client, job  # noqa: F401

    # All but the library's own command line, which would load click: that takes a sixth of the time.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    load_library()
