"""Which web pages and host names may use a sandbox server: only those of the machine itself.

A browser lets any page send requests to loopback. Without this check a page could create jobs there and, by a
host name that it points at 127.0.0.1 (DNS rebinding), read prompts as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .answers import ApiError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["without_foreign_origins"]


def without_foreign_origins(app: WSGIApplication) -> WSGIApplication:
    """Return the application behind a check of Origin and, on loopback, of Host: 403 for foreign ones."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = _refusal(environ)
        if refusal is None:
            return app(environ, start_response)
        answer = ApiError(403, refusal, code="foreign_origin").answer()
        headers = [*answer.headers.items(), ("content-length", str(answer.length))]
        start_response("403 Forbidden", headers)
        return answer.body

    return guarded


def _refusal(environ: WSGIEnvironment) -> str | None:
    """Why a request is refused; None for one that may pass."""
    host = environ.get("HTTP_HOST", "")
    if _is_loopback(environ["SERVER_NAME"]) and not _is_local(_host_name(f"//{host}")):
        return "The sandbox answers under localhost and addresses, and under no other host name."
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or origin.lower() == f"http://{host.lower()}":
        return None
    return None if _is_loopback(_host_name(origin)) else "The sandbox answers no web pages of other sites."


def _host_name(address: str) -> str:
    """The host of an address in lower case; empty for one that cannot be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.endswith(".localhost") or _is_ipv4(host, "127.")


def _is_local(host: str) -> bool:
    """True for what no foreign name server can answer for: localhost and bare addresses."""
    return _is_loopback(host) or ":" in host or _is_ipv4(host)


def _is_ipv4(host: str, start: str = "") -> bool:
    return host.startswith(start) and host.count(".") == 3 and host.replace(".", "").isdecimal()
