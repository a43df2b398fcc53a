"""Addresses as people write them: whether requests can be sent there, and what to write instead."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from .errors import SettingsError
from .loopback import is_loopback
from .redaction import shortened, shown_proxy, shown_url, without_secrets, without_userinfo

_SCHEME = r"([A-Za-z][A-Za-z0-9+.-]*):"
#: What a mistaken scheme most likely stands for.
_MEANT = {"ws": "http", "wss": "https", "ftp": "http", "tcp": "http", "grpc": "http", "grpcs": "https"}
#: Characters that copies of an address bring along: quotation marks, blanks, and marks that nobody sees.
_UNSEEN = "\ufeff\u200b\u200e\u2060"
_AROUND = f"\"'`“”„‘’‚‛<> \t\r\n{_UNSEEN}"

#: What to do about a password that holds what ends a host.
ESCAPED = "Write the characters @ / ? # of a password as %40 %2F %3F %23."


@lru_cache(maxsize=64)
def host_of(address: str) -> str:
    """Host of an address in lower case, with a port that is not the scheme's own; whatever the address is."""
    parts = _split(address)
    if parts is None:
        return without_userinfo(address).partition("//")[2].partition("/")[0]
    name, usual = parts.hostname or "", {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{name}]" if ":" in name else name
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


@lru_cache(maxsize=64)
def has_host(address: str) -> bool:
    """True if an address names a host, and a port that there can be if it names one."""
    parts = _split(address)
    return parts is not None and bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s\\]", parts.netloc)


@lru_cache(maxsize=64)
def is_open_to_others(address: str) -> bool:
    """True if others can read what is sent there: it is not encrypted, and it leaves this machine."""
    parts = _split(address)
    return parts is not None and parts.scheme == "http" and not is_loopback(parts.hostname or "")


def cuts_password(address: str, has_path: bool) -> bool:
    """True if a password in an address most likely holds a character that ends it, and would be cut in two.

    has_path: addresses of this kind have a path, in which an @ says nothing where no password stands before it.
    """
    place = re.match(r"(?s)(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://)?([^/?#]*)(.*)", address)
    return place is not None and "@" in place[2] and (not has_path or ":" in place[1].rpartition("@")[0])


@lru_cache(maxsize=64)
def checked_base(base: str, source: str) -> str:
    """A base address without user part and fragment, if it is one that requests can be sent to.

    The reference takes a relative address for none at all and sends the key to the default host. Not here.
    Raises SettingsError.
    """
    shown = shown_url(base).partition("#")[0]
    scheme = re.match(_SCHEME, shown)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise _foreign(shown, source, scheme[1])
    if not re.match(r"https?://", shown, re.IGNORECASE):
        seen = shortened(shown.lstrip(_UNSEEN))
        raise SettingsError(
            f"The base address '{seen}' ({source}) {_not_absolute(shown)}. Nothing was sent.",
            command="Initialize-APIBase",
            action=_meant(shown),
        )
    if cuts_password(base, has_path=True):
        raise SettingsError(
            f"The base address '{shortened(shown_proxy(base))}' ({source}) has a second @. Nothing was sent.",
            command="Initialize-APIBase",
            action=ESCAPED,
        )
    bare = without_userinfo(base).partition("#")[0]
    if not has_host(bare):
        raise SettingsError(
            f"The base address '{shortened(shown)}' ({source}) has no host or port that can be used. Nothing was sent.",
            command="Initialize-APIBase",
        )
    return bare


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None for what is none, also where only its port is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _foreign(shown: str, source: str, scheme: str) -> SettingsError:
    instead = _mended(shown)
    return SettingsError(
        f"The base address '{shortened(without_secrets(shown))}' ({source}) has the scheme '{shortened(scheme)}'; "
        "only http, https and sandbox: can be used.",
        error_id="WebCmdletIEDomNotSupportedException",
        command="Invoke-OpenAIAPIRequest",
        category="NotImplemented",
        reason="NotSupportedException",
        action=f"For a host and port, write {instead}" if instead else "",
    )


def _not_absolute(shown: str) -> str:
    if shown and shown[0] in _AROUND:
        return f"begins with the character U+{ord(shown[0]):04X}"
    return "is not absolute"


def _meant(shown: str) -> str:
    if shown.strip(_AROUND).lower() == "sandbox":
        return "The sandbox's address ends in a colon: -ApiBase sandbox:"
    return f"Write it with scheme and host: {_mended(shown) or 'http://127.0.0.1:8000/v1'}"


def _mended(shown: str) -> str:
    """The address that was most likely meant, as it may be shown; empty where nobody knows."""
    text = shown.strip(_AROUND)
    if has_host(text) and re.match(r"https?://", text, re.IGNORECASE):
        return text
    scheme = re.match(_SCHEME, text)
    if scheme is None or scheme[1].lower() in ("http", "https"):
        meant, rest = "http", re.sub(r"^(?i:https?:)?/*", "", text)
    elif re.match(r"[0-9]+(?:[/?#]|$)", text[scheme.end() :]):
        meant, rest = "http", text  # a host and its port
    else:
        meant, rest = _MEANT.get(scheme[1].lower(), ""), text[scheme.end() :].lstrip("/")
    return f"{meant}://{rest}" if meant and has_host(f"{meant}://{rest}") else ""
