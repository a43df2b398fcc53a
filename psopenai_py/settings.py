"""Where a call goes and with which key: parameter, then environment, then keyring, then default.

The result is one frozen object. What was found where is told to the verbose stream, with the key masked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .binding.values import Secret
from .errors import KeyMissingError, KeyStoreError, SettingsError
from .streams import Streams

DEFAULT_BASE = "https://api.openai.com/v1"
#: The host that retired its video service on 24 September 2026.
RETIRED_HOST = "api.openai.com"
SANDBOX_BASE = "http://sandbox/v1"

KEY_VARIABLE = "OPENAI_API_KEY"
#: PSOpenAI's name first, then the name the vendor's own libraries use.
BASE_VARIABLES = ("OPENAI_API_BASE", "OPENAI_BASE_URL")
ORGANIZATION_VARIABLES = ("OPENAI_ORGANIZATION", "OPENAI_ORG_ID")

#: Longest time limit that .NET's timers take, in seconds; the reference refuses more.
_LONGEST_TIMEOUT = 2147483
#: Names of what authenticates. An idempotency key is none: it is no secret, and often an id that must stay readable.
_AUTHENTICATES = r"(?<!idempotency.)(?:authorization|key|token|secret|cookie2?|password|signature|sig)(?![a-z0-9])"

#: The parameters that `resolve` looks at.
PARAMETERS = (
    *("ApiType", "ApiBase", "ApiKey", "ApiVersion", "AuthType", "Organization"),
    *("TimeoutSec", "MaxRetryCount"),
)


class Settings(NamedTuple):
    """How to reach the service.

    Attributes:
        base: absolute http or https address with its query, without user part and fragment.
        sandbox: the sandbox address as given, or None when a real server is meant.
        key: None when the host needs none and none was found.
        timeout: seconds until an answer must begin; 0 is without limit.
        max_retries: how often a request may be repeated.
    """

    base: str
    sandbox: str | None
    key: Secret | None
    organization: str
    azure: bool
    api_version: str
    bearer: bool
    timeout: float
    max_retries: int

    @property
    def host(self) -> str:
        """Host, with the port if it is not the scheme's own: the name under which a key is stored."""
        return host_of(self.base)

    @property
    def service(self) -> str:
        """What messages call the service."""
        return "Azure OpenAI" if self.azure else "OpenAI"


def resolve(bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams) -> Settings:
    """Find all settings of a call.

    Raises SettingsError for a base or time limit that cannot be used, KeyMissingError when the host needs
    a key.
    """
    azure = bound.get("ApiType") == "Azure"
    base, sandbox = _find_base(bound, environ, streams, azure)
    key = None
    if sandbox is None:
        host = host_of(base)
        needed = azure or host == RETIRED_HOST
        key, _ = find_key(bound, environ, streams, host, needed=needed)
    return Settings(
        base=base,
        sandbox=sandbox,
        key=key,
        organization=_find_organization(bound, environ, streams),
        azure=azure,
        api_version=bound.get("ApiVersion") or "preview",
        bearer=not azure or bound.get("AuthType", "").lower() == "azure_ad",
        timeout=_checked_timeout(bound.get("TimeoutSec", 0)),
        max_retries=bound.get("MaxRetryCount", 0),
    )


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


def _find_base(
    bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams, azure: bool
) -> tuple[str, str | None]:
    """The base address, and the sandbox address if it is one."""
    given, source = bound.get("ApiBase"), "parameter ApiBase"
    for name in BASE_VARIABLES if given is None else ():
        if environ.get(name):
            given, source = environ[name], f"environment variable {name}"
            break
    if given is None:
        if azure:
            raise SettingsError(
                "An Azure service needs its address: -ApiBase https://NAME.openai.azure.com",
                command="Initialize-APIBase",
            )
        return DEFAULT_BASE, None
    streams.verbose(f"Base address from {source}: {shown_url(given)}")
    if given.strip().lower().startswith("sandbox:"):
        return SANDBOX_BASE, given.strip()
    return _checked_base(given.strip(), source), None


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


def find_key(
    bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams, host: str, *, needed: bool
) -> tuple[Secret | None, str]:
    """The key for a host and where it was found. An empty key is none.

    Raises KeyMissingError when the host needs one and there is none.
    """
    key, source = bound.get("ApiKey"), "parameter ApiKey"
    if not key:
        key, source = Secret(environ.get(KEY_VARIABLE, "")), f"environment variable {KEY_VARIABLE}"
    if not key:
        key, source = _stored_key(host, streams, needed), "keyring"
    if key:
        shown = mask(key.reveal())
        streams.hide(key.reveal(), shown)
        streams.verbose(f"API key for {host} from {source}: {shown}")
        return key, source
    if not needed:
        streams.verbose(f"No API key for {host}; the request carries none.")
        return None, ""
    raise KeyMissingError(
        f"There is no API key for {host}.",
        action=f"Give one of: -ApiKey, the environment variable {KEY_VARIABLE}, or store it with "
        "Set-OpenAIKey. To try without a key: -ApiBase sandbox:",
    )


def key_host(bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams) -> str:
    """The host that a key is stored for, from parameter or environment.

    Raises SettingsError for the sandbox.
    """
    base, sandbox = _find_base(bound, environ, streams, azure=False)
    if sandbox is not None:
        raise SettingsError("The sandbox needs no key.", command="Initialize-APIKey")
    return host_of(base)


def _stored_key(host: str, streams: Streams, needed: bool) -> Secret | None:
    """The key in the keyring. One that cannot be opened is a warning where the host may do without."""
    from . import keys

    try:
        return keys.get(host)
    except KeyStoreError as error:
        if needed:
            streams.warning(error.message, may_stop=False)
        else:
            streams.verbose(error.message)
        return None


def _find_organization(bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams) -> str:
    """Empty at one level falls to the next; a blank one wins and sends nothing, as in the reference."""
    found, source = bound.get("Organization"), "parameter Organization"
    for name in ORGANIZATION_VARIABLES if not found else ():
        if environ.get(name):
            found, source = environ[name], f"environment variable {name}"
            break
    organization = (found or "").strip()
    if organization:
        streams.verbose(f"Organization from {source}: {mask(organization)}")
    return organization


def _checked_timeout(seconds: int) -> int:
    if seconds < 0:
        raise SettingsError(
            f"-TimeoutSec cannot be negative: {seconds}.",
            error_id="ParameterArgumentValidationError",
            command="Invoke-OpenAIAPIRequest",
            category="InvalidData",
            reason="ParameterBindingValidationException",
        )
    if seconds > _LONGEST_TIMEOUT:
        raise SettingsError(
            f"-TimeoutSec cannot be more than {_LONGEST_TIMEOUT} (24.8 days): {seconds}.",
            error_id="System.ArgumentOutOfRangeException",
            command="Invoke-OpenAIAPIRequest",
            reason="ArgumentOutOfRangeException",
        )
    return seconds
