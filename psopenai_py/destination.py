"""Where a call goes: the service that is meant and its address, by parameter, by host, or by variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import services
from .errors import SettingsError
from .services import Service
from .streams import Streams

DEFAULT_BASE = services.OPENAI.base
#: The host that retired its video service on 24 September 2026.
RETIRED_HOST = "api.openai.com"
SANDBOX_BASE = "http://sandbox/v1"

#: PSOpenAI's name first, then the name the vendor's own libraries use.
BASE_VARIABLES = ("OPENAI_API_BASE", "OPENAI_BASE_URL")
PROVIDER_VARIABLE = "PSOPENAI_PROVIDER"
#: Names of what authenticates. An idempotency key is none: it is no secret, and often an id that must stay readable.
_AUTHENTICATES = r"(?<!idempotency.)(?:authorization|key|token|secret|cookie2?|password|signature|sig)(?![a-z0-9])"


class Place(NamedTuple):
    """Which service, and at which address.

    Attributes:
        base: as in the settings.
        sandbox: as in the settings.
        named: the user chose the service by its name, rather than by the host of an address or by a variable.
    """

    base: str
    sandbox: str | None
    service: Service
    named: bool = False

    @property
    def host(self) -> str:
        """As in the settings."""
        return host_of(self.base)

    @property
    def is_own(self) -> bool:
        """True for a host of the service. OpenAI's protocol is spoken by many others."""
        return host_of(self.base).partition(":")[0] in self.service.hosts

    @property
    def key_variables(self) -> tuple[str, ...]:
        """Variables that may hold the key. That of a service goes to its hosts, and where the user wants it to go."""
        everywhere = self.service in (services.OPENAI, services.AZURE)
        return self.service.key_variables if everywhere or self.named or self.is_own else ()

    @property
    def stores(self) -> tuple[str, ...]:
        """Names under which the keyring may have the key. One that is stored for a host goes to that host."""
        own = host_of(self.service.base) if self.service.base else self.host
        return tuple(dict.fromkeys((self.host, own) if self.named and self.service.hosts else (self.host,)))

    @property
    def needs_key(self) -> bool:
        """True where nothing can be had without a key."""
        return self.service is services.AZURE or self.is_own


def find_place(bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams) -> Place:
    """The service that is meant, and its address: by parameter, by the host of -ApiBase, by variable.

    Raises SettingsError for an address that cannot be used, or is another service's.
    """
    wanted = _wanted(bound, environ)
    given, source = bound.get("ApiBase"), "parameter ApiBase"
    for name in BASE_VARIABLES if given is None and wanted in (None, services.OPENAI, services.AZURE) else ():
        if environ.get(name):
            given, source = environ[name], f"environment variable {name}"
            break
    named = bool(bound.get("Provider"))
    if given is None:
        service = wanted or services.OPENAI
        if not service.base:
            raise SettingsError(
                "An Azure service needs its address: -ApiBase https://NAME.openai.azure.com",
                command="Initialize-APIBase",
            )
        return Place(service.base, None, service, named)
    streams.verbose(f"Base address from {source}: {shown_url(given)}")
    if given.strip().lower().startswith("sandbox:"):
        return Place(SANDBOX_BASE, given.strip(), _of_sandbox(wanted, named))
    base = _checked_base(given.strip(), source)
    return _placed(base, wanted, named or wanted is services.AZURE)


def _wanted(bound: Mapping[str, Any], environ: Mapping[str, str]) -> Service | None:
    """The service that is named, by parameter or variable; None when an address has to tell."""
    name, azure = bound.get("Provider") or "", bound.get("ApiType") == "Azure"
    service = services.find(name or ("" if azure else environ.get(PROVIDER_VARIABLE, "")))
    if azure:
        if service not in (None, services.OPENAI):
            raise _contradiction(f"-ApiType Azure and -Provider {name} contradict each other.")
        return services.AZURE
    unknown = name or environ.get(PROVIDER_VARIABLE, "").strip()
    if service is None and unknown:
        raise _contradiction(f"There is no provider '{unknown}'.", f"One of: {', '.join(services.NAMES)}.")
    return service


def _placed(base: str, wanted: Service | None, named: bool) -> Place:
    """An address that was given, and the service there. The host goes before a name in the environment."""
    from urllib.parse import urlsplit

    parts = urlsplit(base)
    owner = services.at(parts.hostname or "")
    if named and owner not in (None, services.OPENAI, wanted):
        host, name = parts.hostname, getattr(wanted, "name", "")
        raise _contradiction(f"{host} belongs to {getattr(owner, 'name', '')}, and {name} is asked for.")
    service = wanted if named and wanted else owner or wanted or services.OPENAI
    if owner is service is not services.OPENAI and parts.path in ("", "/") and not parts.query:
        base = base.rstrip("/") + urlsplit(service.base).path
    return Place(base, None, service, named)


def _of_sandbox(wanted: Service | None, named: bool) -> Service:
    """The sandbox speaks OpenAI's protocol."""
    if named and wanted is not services.OPENAI:
        raise _contradiction(f"The sandbox does not speak the protocol of {getattr(wanted, 'name', '')}.")
    return services.OPENAI


def _contradiction(text: str, action: str = "") -> SettingsError:
    return SettingsError(f"{text} Nothing was sent.", command="Initialize-APIBase", action=action)


def host_of(base: str) -> str:
    """Host of an address in lower case, with a port that is not the scheme's own."""
    from urllib.parse import urlsplit

    parts = urlsplit(base)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def mask(secret: str) -> str:
    """A key or organization as it may be shown: a few characters of a long one, nothing of a short one."""
    match = re.fullmatch(r"(sk-proj-|sk-|org-)?([!-~]{3})[!-~]{7,}([!-~]{2})", secret)
    return f"{match[1] or ''}{match[2]}{'*' * 15}{match[3]}" if match else "<hidden>"


def is_secret(name: str) -> bool:
    """True for a header or query parameter that, by its name, holds what authenticates."""
    return re.search(_AUTHENTICATES, name.lower()) is not None


def shown_url(url: str) -> str:
    """An address as it may be shown: without its user part, with the secrets of its query masked."""
    place, mark, query = _without_userinfo(url).partition("?")
    parts = [part.partition("=") for part in query.split("&")]
    return place + mark + "&".join(f"{n}={mask(v)}" if v and is_secret(n) else n + e + v for n, e, v in parts)


def _without_userinfo(base: str) -> str:
    """An address without `user:password@`, also when the scheme is missing."""
    return re.sub(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?[^/?#]*@", r"\1", base)


def _checked_base(base: str, source: str) -> str:
    """The address without user part and fragment, if it is one that requests can be sent to.

    The reference takes a relative address for none at all and sends the key to the default host. Not here.
    """
    shown = shown_url(base).partition("#")[0]
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", shown)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise SettingsError(
            f"The base address '{shown}' ({source}) has the scheme '{scheme[1]}'; "
            "only http, https and sandbox: can be used.",
            error_id="WebCmdletIEDomNotSupportedException",
            command="Invoke-OpenAIAPIRequest",
            category="NotImplemented",
            reason="NotSupportedException",
            action=f"For a host and port, write http://{shown}",
        )
    if not re.match(r"https?://", shown, re.IGNORECASE):
        rest = re.sub(r"^(?i:https?:)?/*", "", shown)
        raise SettingsError(
            f"The base address '{shown}' ({source}) is not absolute. Nothing was sent.",
            command="Initialize-APIBase",
            action=f"Write it with scheme and host: http://{rest or '127.0.0.1:8000/v1'}",
        )
    bare = _without_userinfo(base).partition("#")[0]
    if not _has_host(bare):
        raise SettingsError(
            f"The base address '{shown}' ({source}) has no host or port that can be used. Nothing was sent.",
            command="Initialize-APIBase",
        )
    return bare


def _has_host(base: str) -> bool:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"[\s\\]", parts.netloc)
    except ValueError:
        return False
