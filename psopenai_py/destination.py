"""Where a call goes: the service that is meant and its address, by parameter, by host, or by variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import services
from .addresses import checked_base, host_of
from .errors import SettingsError
from .redaction import Secret, shown_argument, shown_url
from .services import Service
from .streams import Streams

DEFAULT_BASE = services.OPENAI.base
#: The host that retired its video service on 24 September 2026.
RETIRED_HOST = "api.openai.com"
SANDBOX_BASE = "http://sandbox/v1"

#: PSOpenAI's name first, then the name the vendor's own libraries use.
BASE_VARIABLES = ("OPENAI_API_BASE", "OPENAI_BASE_URL")
PROVIDER_VARIABLE = "PSOPENAI_PROVIDER"
#: The byte order mark, with which some editors and shells begin a file.
_MARK = "\ufeff"


class ServiceOptions(NamedTuple):
    """What parameters say of the service to call.

    Attributes:
        base: its address; None if none was given, which is not the same as an empty one.
        provider: its name; empty if none was given.
        told: that name stands in a record, and nobody chose it.
        azure: it is called by Azure's addresses.
        bearer: an Azure service gets the key as a bearer token.
        timeout, max_retries: as in the settings.
        only_shown: the request is shown and not sent.
    """

    base: str | None = None
    provider: str = ""
    told: bool = False
    azure: bool = False
    key: Secret | None = None
    bearer: bool = False
    organization: str | None = None
    api_version: str = ""
    timeout: int = 0
    max_retries: int = 0
    only_shown: bool = False


class Destination(NamedTuple):
    """Which service, and at which address.

    Attributes:
        base: as in the settings.
        sandbox: as in the settings.
        named: the user chose the service by its name, rather than by the host of an address or by a variable.
        told: a record names it, whoever wrote that.
    """

    base: str
    sandbox: str | None
    service: Service
    named: bool = False
    told: bool = False

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
    def withheld(self) -> tuple[str, ...]:
        """Variables whose key stays here: what names the service is a record, which may come from anywhere."""
        return self.service.key_variables if self.told and not self.key_variables else ()

    @property
    def reach(self) -> str:
        """How far a key of the environment goes, for people to know."""
        if self.service in (services.OPENAI, services.AZURE):
            return "The key of the environment is sent to every base address"
        return f"The key of {self.service.name} in the environment is sent to its hosts and where -Provider says so"

    @property
    def stores(self) -> tuple[str, ...]:
        """Names under which the keyring may have the key. One that is stored for a host goes to that host."""
        own = host_of(self.service.base) if self.service.base else self.host
        return tuple(dict.fromkeys((self.host, own) if self.named and self.service.hosts else (self.host,)))

    @property
    def needs_key(self) -> bool:
        """True where nothing can be had without a key."""
        return self.service is services.AZURE or self.is_own


def find_destination(options: ServiceOptions, environ: Mapping[str, str], streams: Streams) -> Destination:
    """The service that is meant, and its address: by parameter, by the host of -ApiBase, by variable.

    Raises SettingsError for an address that cannot be used, or is another service's.
    """
    wanted = _wanted(options, environ, streams)
    given, source, named = options.base, "parameter ApiBase", bool(options.provider)
    if given is None:
        given, source = first_variable(BASE_VARIABLES, environ, streams)
        if wanted not in (None, services.OPENAI, services.AZURE):
            # An address of OpenAI's protocol is none of another service, but the sandbox speaks for some of those.
            given = given if _is_sandbox(given) else None
            named = named or given is not None
    if (not given and source != "parameter ApiBase") or given is None:
        service = wanted or services.OPENAI
        if not service.base:
            raise SettingsError(
                "An Azure service needs its address: -ApiBase https://NAME.openai.azure.com",
                command="Initialize-APIBase",
            )
        return Destination(service.base, None, service, named)
    streams.verbose(f"Base address from {source}: {shown_url(given)}")
    if _is_sandbox(given):
        return _in_sandbox(given.strip(), wanted, named)
    base = checked_base(given.strip(), source)
    place = _placed(base, wanted, named or wanted is services.AZURE)
    return place._replace(named=False, told=True) if options.told else place


def _is_sandbox(base: str) -> bool:
    return base.strip().lower().startswith("sandbox:")


def variable(environ: Mapping[str, str], name: str) -> str:
    """The text of a variable; empty for a blank one.

    A line end behind it, or a byte order mark before it, came along from a file, and is no part of it. With blanks
    it is no word that anything here could use, and stays as it is, so that whatever uses it says so.
    """
    text = environ.get(name)
    if not text:
        return ""
    word = text.rstrip("\r\n").removeprefix(_MARK)
    return word if len(word.split()) == 1 and word == word.strip() else text if word.strip() else ""


def first_variable(names: Sequence[str], environ: Mapping[str, str], streams: Streams) -> tuple[str, str]:
    """The text of the first variable that has one, and how messages call it."""
    for name in names:
        if text := variable(environ, name):
            tell_line_end(name, environ, streams)
            return text, f"environment variable {name}"
    return "", ""


def tell_line_end(name: str, environ: Mapping[str, str], streams: Streams) -> None:
    """Say it where the text of a variable is taken without the line end behind it, or the mark before it."""
    if not streams.preferences.verbose:
        return
    text = variable(environ, name)
    if text and text != environ[name]:
        what = "byte order mark before" if environ[name].startswith(_MARK) else "line end behind"
        streams.verbose(f"The {what} the environment variable {name} is left out.")


def _wanted(options: ServiceOptions, environ: Mapping[str, str], streams: Streams) -> Service | None:
    """The service that is named, by parameter or variable; None when an address has to tell."""
    name, azure = options.provider, options.azure
    if not (name or azure):
        name = first_variable((PROVIDER_VARIABLE,), environ, streams)[0]
    service = services.find(name)
    if azure and service not in (None, services.OPENAI):
        raise _contradiction(f"-ApiType Azure and -Provider {name} contradict each other.")
    if service is None and name:
        raise _contradiction(f"There is no provider '{shown_argument(name)}'.", f"One of: {', '.join(services.NAMES)}.")
    return services.AZURE if azure else service


def _placed(base: str, wanted: Service | None, named: bool) -> Destination:
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
    return Destination(base, None, service, named)


def _in_sandbox(given: str, wanted: Service | None, named: bool) -> Destination:
    """The sandbox. It speaks OpenAI's words, or those of the provider that its address or -Provider names."""
    from urllib.parse import parse_qsl

    told = services.find(dict(parse_qsl(given.partition("?")[2])).get("provider", ""))
    if named and told not in (None, wanted):
        raise _contradiction(f"The sandbox speaks the words of {getattr(told, 'name', '')} there.")
    if wanted is services.AZURE:
        return Destination(SANDBOX_BASE, given, services.AZURE)
    service = told or (wanted if named and wanted else services.OPENAI)
    if told is None and service is not services.OPENAI:
        given += f"{'&' if '?' in given else '?'}provider={service.name.lower()}"
    return Destination(SANDBOX_BASE, given, service)


def _contradiction(text: str, action: str = "") -> SettingsError:
    return SettingsError(f"{text} Nothing was sent.", command="Initialize-APIBase", action=action)
