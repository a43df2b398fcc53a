"""Which web pages and host names may use a sandbox server: only those of the machine itself.

A browser lets any page send requests to loopback. Without this check a page could create jobs there and, by a
host name that it points at 127.0.0.1 (DNS rebinding), read prompts as well.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...loopback import is_loopback
from .responses import ApiError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["check_origin"]


def check_origin(environ: WSGIEnvironment) -> None:
    """Raise an ApiError 403 for a foreign Origin and, on loopback, for a foreign Host."""
    host = environ.get("HTTP_HOST", "")
    if is_loopback(environ["SERVER_NAME"]) and not _is_local(_host_name(f"//{host}")):
        raise _foreign("The sandbox answers under localhost and addresses, and under no other host name.")
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or origin.lower() == f"http://{host.lower()}" or is_loopback(_host_name(origin)):
        return
    raise _foreign("The sandbox answers no web pages of other sites.")


def _foreign(message: str) -> ApiError:
    return ApiError(403, message, code="foreign_origin")


def _host_name(address: str) -> str:
    """The host of an address in lower case; empty for one that cannot be read."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    """True for what no foreign name server can answer for: localhost and bare addresses."""
    return is_loopback(host) or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
