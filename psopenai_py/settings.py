"""Where a call goes and with which key: parameter, then environment, then keyring, then default.

The result is one frozen object. What was found where is told to the verbose stream, with the key masked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .addresses import checked_base, host_of, is_open_to_others
from .errors import KeyMissingError, KeyStoreError, SettingsError
from .redaction import KEY_VARIABLE, Secret, mask, shown_url
from .streams import Streams

DEFAULT_BASE = "https://api.openai.com/v1"
#: The host that retired its video service on 24 September 2026.
RETIRED_HOST = "api.openai.com"
SANDBOX_BASE = "http://sandbox/v1"

#: PSOpenAI's name first, then the name the vendor's own libraries use.
BASE_VARIABLES = ("OPENAI_API_BASE", "OPENAI_BASE_URL")
#: Those that the standard library looks at, as it finds them.
PROXY_VARIABLES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
ORGANIZATION_VARIABLES = ("OPENAI_ORGANIZATION", "OPENAI_ORG_ID")

#: Longest time limit that .NET's timers take, in seconds; the reference refuses more.
_LONGEST_TIMEOUT = 2147483

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

    def __repr__(self) -> str:
        return f"Settings({shown_url(self.base)})"  # the address may have a secret in its query

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
        key, source = find_key(bound, environ, streams, host, needed=needed)
        _tell_way(base, source, bound, streams)
        for name in PROXY_VARIABLES:
            _tell_line_end(name, environ, streams)
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


def variable(environ: Mapping[str, str], name: str) -> str:
    """The text of a variable; empty for a blank one.

    A line end behind it came along from a file, and is no part of it. With blanks it is no word that anything
    here could use, and stays as it is, so that whatever uses it says so.
    """
    text = environ.get(name, "")
    word = text.rstrip("\r\n")
    return word if len(word.split()) == 1 and word == word.strip() else text if word.strip() else ""


def _first(names: Sequence[str], environ: Mapping[str, str], streams: Streams) -> tuple[str, str]:
    """The text of the first variable that has one, and how messages call it."""
    for name in names:
        if text := variable(environ, name):
            _tell_line_end(name, environ, streams)
            return text, f"environment variable {name}"
    return "", ""


def _tell_line_end(name: str, environ: Mapping[str, str], streams: Streams) -> None:
    text = variable(environ, name)
    if text and text != environ[name]:
        streams.verbose(f"The line end behind the environment variable {name} is left out.")


def _tell_way(base: str, source: str, bound: Mapping[str, Any], streams: Streams) -> None:
    """Say where a key goes that may be meant for another host, and where others can read it on its way."""
    if not source:
        return
    if source.startswith("environment") and base != DEFAULT_BASE:
        streams.verbose(f"The key of the environment is sent to every base address, now to {shown_url(base)}")
    if is_open_to_others(base) and not bound.get("WhatIf"):
        streams.warn_once(f"The API key goes to {host_of(base)} without encryption; others on the way can read it.")


def _find_base(
    bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams, azure: bool
) -> tuple[str, str | None]:
    """The base address, and the sandbox address if it is one."""
    given, source = bound.get("ApiBase"), "parameter ApiBase"
    if given is None:
        given, source = _first(BASE_VARIABLES, environ, streams)
    if not given and source != "parameter ApiBase":
        if azure:
            raise SettingsError(
                "An Azure service needs its address: -ApiBase https://NAME.openai.azure.com",
                command="Initialize-APIBase",
            )
        return DEFAULT_BASE, None
    streams.verbose(f"Base address from {source}: {shown_url(given)}")
    if given.strip().lower().startswith("sandbox:"):
        return SANDBOX_BASE, given.strip()
    return checked_base(given.strip(), source), None


def find_key(
    bound: Mapping[str, Any], environ: Mapping[str, str], streams: Streams, host: str, *, needed: bool
) -> tuple[Secret | None, str]:
    """The key for a host and where it was found. An empty key is none.

    Raises KeyMissingError when the host needs one and there is none.
    """
    key, source = bound.get("ApiKey"), "parameter ApiKey"
    if not key:
        text, source = _first((KEY_VARIABLE,), environ, streams)
        key = Secret(text)
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
    """Empty at one level falls to the next; a blank parameter wins and sends nothing, as in the reference."""
    found, source = bound.get("Organization"), "parameter Organization"
    if not found:
        found, source = _first(ORGANIZATION_VARIABLES, environ, streams)
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
