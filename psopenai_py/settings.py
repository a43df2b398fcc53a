"""Where a call goes and with which key: parameter, then environment, then keyring, then default.

The result is one frozen object. What was found where is told to the verbose stream, with the key masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from . import services
from .addresses import host_of, is_open_to_others
from .destination import Destination, ServiceOptions, find_destination, first_variable, tell_line_end
from .errors import KeyMissingError, KeyStoreError, SettingsError
from .redaction import KEY_VARIABLE, Secret, mask, shortened, shown_url
from .streams import Streams

#: Those that the standard library looks at, as it finds them.
PROXY_VARIABLES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
ORGANIZATION_VARIABLES = ("OPENAI_ORGANIZATION", "OPENAI_ORG_ID")

#: Longest time limit that .NET's timers take, in seconds; the reference refuses more.
_LONGEST_TIMEOUT = 2147483


class Settings(NamedTuple):
    """How to reach the service.

    Attributes:
        base: absolute http or https address with its query, without user part and fragment.
        sandbox: the sandbox address as given, or None when a real server is meant.
        key: None when the host needs none and none was found.
        timeout: seconds until an answer must begin; 0 is without limit.
        max_retries: how often a request may be repeated.
        provider: the name of the service.
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
    provider: str = services.OPENAI.name

    def __repr__(self) -> str:
        return f"Settings({shown_url(self.base)})"  # the address may have a secret in its query

    @property
    def host(self) -> str:
        """Host, with the port if it is not the scheme's own: the name under which a key is stored."""
        return host_of(self.base)

    @property
    def arguments(self) -> dict[str, str]:
        """The parameters by which another call finds the same service. What authenticates is left out."""
        service = services.find(self.provider) or services.OPENAI
        base = self.sandbox or shown_url(self.base)
        named = {} if service in (services.OPENAI, services.AZURE) else {"Provider": service.name}
        return named | ({"ApiBase": base} if base != service.base else {})

    @property
    def service(self) -> str:
        """What messages call the service."""
        return "Azure OpenAI" if self.azure else self.provider


def resolve(options: ServiceOptions, environ: Mapping[str, str], streams: Streams) -> Settings:
    """Find all settings of a call.

    Raises SettingsError for a base or time limit that cannot be used, KeyMissingError when the host needs
    a key.
    """
    place = find_destination(options, environ, streams)
    key = None
    if place.sandbox is None:
        key, source = find_key(options, environ, streams, place, needed=place.needs_key)
        _tell_way(place, source, options, streams)
        for name in PROXY_VARIABLES:
            tell_line_end(name, environ, streams)
    azure = place.service is services.AZURE
    openai = azure or place.service is services.OPENAI
    return Settings(
        base=place.base,
        sandbox=place.sandbox,
        key=key,
        organization=_find_organization(options.organization, environ, streams) if openai else "",
        azure=azure,
        api_version=options.api_version,
        bearer=not azure or options.bearer,
        timeout=_checked_timeout(options.timeout),
        max_retries=options.max_retries,
        provider=place.service.name,
    )


def _tell_way(place: Destination, source: str, options: ServiceOptions, streams: Streams) -> None:
    """Say where a key goes that may be meant for another host, and where others can read it on its way."""
    if not source:
        return
    if source.startswith("environment") and place.base != place.service.base:
        streams.verbose(f"{place.reach}, now to {shown_url(place.base)}")
    if is_open_to_others(place.base) and not options.only_shown:
        host = shortened(place.host)
        streams.warn_once(f"The API key goes to {host} without encryption; others on the way can read it.")


def find_key(
    options: ServiceOptions, environ: Mapping[str, str], streams: Streams, place: Destination, *, needed: bool
) -> tuple[Secret | None, str]:
    """The key for a place and where it was found. An empty key is none.

    Raises KeyMissingError when one is needed and there is none.
    """
    key, source = options.key, "parameter ApiKey"
    if not key:
        text, source = first_variable(place.key_variables, environ, streams)
        key = Secret(text)
    if not key:
        key, source = _stored_key(place, streams, needed), "keyring"
    if key:
        shown = mask(key.reveal())
        streams.hide(key.reveal(), shown)
        streams.verbose(f"API key for {place.host} from {source}: {shown}")
        return key, source
    if not needed:
        streams.verbose(f"No API key for {place.host}; the request carries none.")
        if first_variable(place.withheld, environ, streams)[0]:
            name = place.service.name
            streams.warn_once(
                f"The key of {name} is not sent to {place.host}: a record names {name}, and -Provider does not."
            )
        return None, ""
    variable = (*place.key_variables, KEY_VARIABLE)[0]
    store = "Set-OpenAIKey" if variable == KEY_VARIABLE else f"Set-OpenAIKey -Provider {place.service.name}"
    raise KeyMissingError(
        f"There is no API key for {place.host}.",
        action=f"Give one of: -ApiKey, the environment variable {variable}, or store it with "
        f"{store}. To try without a key: -ApiBase sandbox:",
    )


def key_destination(options: ServiceOptions, environ: Mapping[str, str], streams: Streams) -> Destination:
    """The place that a key is stored for, from parameter or environment.

    Raises SettingsError for the sandbox.
    """
    place = find_destination(options, environ, streams)
    if place.sandbox is not None:
        raise SettingsError("The sandbox needs no key.", command="Initialize-APIKey")
    return place


def _stored_key(place: Destination, streams: Streams, needed: bool) -> Secret | None:
    """The key in the keyring. One that cannot be opened is a warning where the host may do without."""
    from . import keys

    try:
        return next(filter(None, map(keys.get, place.stores)), None)
    except KeyStoreError as error:
        if needed:
            streams.warning(error.message, may_stop=False)
        else:
            streams.verbose(error.message)
        return None


def _find_organization(given: str | None, environ: Mapping[str, str], streams: Streams) -> str:
    """Empty at one level falls to the next; a blank parameter wins and sends nothing, as in the reference."""
    found, source = given, "parameter Organization"
    if not found:
        found, source = first_variable(ORGANIZATION_VARIABLES, environ, streams)
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
