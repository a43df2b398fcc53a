"""What the environment says about the way to a host: proxy and certificates. Knows no HTTP library."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..addresses import ESCAPED, cuts_password, has_host
from ..destination import variable
from ..errors import SettingsError
from ..loopback import is_loopback
from ..redaction import shortened, shown_proxy

if TYPE_CHECKING:
    import ssl

#: Why a name of a host cannot be used that has an empty part, or one that is too long.
NO_SUCH_HOST = "there is no host of such a name"
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(url: str) -> str | None:
    """The proxy for an address, or None. Loopback never has one.

    Only the proxy that is needed is looked at: a desktop that sets a SOCKS proxy for everything else, which
    the HTTP library may not know, must not stop a call that has no use for it. Raises SettingsError for one that
    cannot be used.
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host if ":" in host or parts.port is None else f"{host}:{parts.port}"):
        return None
    proxies = getproxies()
    proxy = (variable(proxies, parts.scheme) or variable(proxies, "all")).strip()
    if proxy and "://" not in proxy and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9]+/?$|[^/]*@)", proxy):
        proxy = f"http://{proxy}"
    if proxy and (why := _why_unusable(proxy)):
        raise unusable_proxy(proxy, parts.scheme, why)
    return proxy or None


def _why_unusable(proxy: str) -> str:
    """Why no request can go through a proxy, as far as its address tells; empty if one may."""
    scheme = proxy.partition(":")[0]
    if scheme.lower() not in _PROXY_SCHEMES:
        return f"its scheme is none of {', '.join(_PROXY_SCHEMES)}"
    if cuts_password(proxy, has_path=False):
        return f"it has a path. {ESCAPED.rstrip('.')}"
    if not has_host(proxy):
        return "it has no host or port that can be used"
    try:
        (urlsplit(proxy).hostname or "").encode("idna")
    except UnicodeError:
        return NO_SUCH_HOST
    return ""


def certificates(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext | bool:
    """The authorities to trust: those of SSL_CERT_FILE and SSL_CERT_DIR; True for the HTTP library's own.

    Raises SettingsError when one of them cannot be used.
    """
    _check_key_log(environ)
    file, folder = variable(environ, "SSL_CERT_FILE") or None, variable(environ, "SSL_CERT_DIR") or None
    if file is None and folder is None:
        return True
    import ssl

    if folder is not None and not any(os.path.isdir(part) for part in folder.split(os.pathsep)):  # noqa: PTH112
        raise _unusable("SSL_CERT_DIR", folder, "it is not a folder")
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except OSError as error:  # ssl.SSLError, for a file without certificates, is one too
        name, value = ("SSL_CERT_FILE", file) if file else ("SSL_CERT_DIR", folder)
        raise _unusable(name, str(value), error.strerror or "it holds no certificate") from None


def _check_key_log(environ: Mapping[str, str]) -> None:
    """Python's TLS opens this file by itself, and its failure would be taken for that of another one."""
    path = environ.get("SSLKEYLOGFILE")
    if path and not sys.flags.ignore_environment:
        try:
            with open(path, "ab"):  # noqa: PTH123
                pass
        except OSError as error:
            raise _unusable("SSLKEYLOGFILE", path, error.strerror or str(error)) from None


def no_certificates() -> ssl.SSLContext:
    """A TLS context that trusts nobody: costs nothing to make, and fails closed if it is ever used."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def unusable_proxy(proxy: str, scheme: str, why: str) -> SettingsError:
    """The error for a proxy that cannot be used; a password in its address is not shown."""
    return SettingsError(
        f"The proxy '{shortened(shown_proxy(proxy))}' for {scheme} addresses cannot be used: {why}. Nothing was sent.",
        command="Invoke-OpenAIAPIRequest",
        action=f"Check {scheme.upper()}_PROXY and ALL_PROXY, or name the host in NO_PROXY.",
    )


def _unusable(variable: str, value: str, why: str) -> SettingsError:
    return SettingsError(
        f"{variable} names '{value}', which cannot be used: {why}. Nothing was sent.",
        command="Invoke-OpenAIAPIRequest",
        action=f"Correct or unset {variable}.",
    )
