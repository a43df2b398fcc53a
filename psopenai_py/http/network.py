"""What the environment says about the way to a host: proxy and certificates. Knows no HTTP library."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import SettingsError

if TYPE_CHECKING:
    import ssl


def proxy_for(url: str) -> str | None:
    """The proxy for an address, or None. Loopback never has one.

    Only the proxy that is needed is looked at: a desktop that sets a SOCKS proxy for everything else, which
    the HTTP library may not know, must not stop a call that has no use for it.
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host if ":" in host or parts.port is None else f"{host}:{parts.port}"):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def is_loopback(host: str) -> bool:
    """True for this machine: localhost, names below it, and the loopback addresses."""
    from ipaddress import ip_address

    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def certificates(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext | bool:
    """The authorities to trust: those of SSL_CERT_FILE and SSL_CERT_DIR; True for the HTTP library's own.

    Raises SettingsError when one of them cannot be used.
    """
    file, folder = environ.get("SSL_CERT_FILE") or None, environ.get("SSL_CERT_DIR") or None
    if file is None and folder is None:
        return True
    import ssl

    if folder is not None and not any(os.path.isdir(part) for part in folder.split(os.pathsep)):  # noqa: PTH112
        raise _unusable("SSL_CERT_DIR", folder, "it is not a folder")
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except OSError as error:  # ssl.SSLError, for a file without certificates, is one too
        raise _unusable("SSL_CERT_FILE", str(file), error.strerror or "it holds no certificate") from None


def no_certificates() -> ssl.SSLContext:
    """A TLS context that trusts nobody: costs nothing to make, and fails closed if it is ever used."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def unusable_proxy(proxy: str, scheme: str, why: str) -> SettingsError:
    """The error for a proxy that cannot be used; a password in its address is not shown."""
    shown = re.sub(r"//[^/]*@", "//", proxy)
    return SettingsError(
        f"The proxy '{shown}' for {scheme} addresses cannot be used: {why}. Nothing was sent.",
        command="Invoke-OpenAIAPIRequest",
        action=f"Check {scheme.upper()}_PROXY and ALL_PROXY, or name the host in NO_PROXY.",
    )


def _unusable(variable: str, value: str, why: str) -> SettingsError:
    return SettingsError(
        f"{variable} names '{value}', which cannot be used: {why}. Nothing was sent.",
        command="Invoke-OpenAIAPIRequest",
        action=f"Correct or unset {variable}.",
    )
