"""The page at `/` of a server: one static file, and the policy under which a browser shows it.

Nothing of a job is ever written into the file; its script asks the API for them like any other client.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from .responses import Response

__all__ = ["page"]


@cache
def page() -> Response:
    """Return the page. A browser runs and loads nothing but what it brings along, and asks no other server."""
    text = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    policy = {
        "default-src": "'none'",
        "script-src": _digest(text, "script"),
        "style-src": _digest(text, "style"),
        "connect-src": "'self'",
        "img-src": "blob: data:",
        "media-src": "blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-cache",
    }
    body = text.encode()
    return Response(200, headers, (body,), len(body))


def _digest(text: str, element: str) -> str:
    """Return how a policy names the content of an element of the page."""
    found = re.search(f"<{element}>(.*?)</{element}>", text, re.DOTALL)
    assert found is not None  # noqa: S101
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}'"
