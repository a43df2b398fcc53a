"""Parameter rows that several cmdlets share, and what the bound values of some of them say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import services
from ..binding.bound import Bound
from ..binding.spec import Kind, Parameter
from ..streams import Preferences

if TYPE_CHECKING:
    from ..destination import ServiceOptions


VIDEO_ID = Parameter(
    "VideoId",
    Kind.STRING,
    "The id of the job.",
    aliases=("Id", "video_id"),
    position=0,
    mandatory=True,
    by_value=True,
    by_property_name=True,
    not_empty=True,
)

WHAT_IF = Parameter(
    "WhatIf",
    Kind.SWITCH,
    "Prints the request that would be sent, without the key, and sends nothing.",
    ours=True,
)

#: Output by lines, under the name that ConvertTo-Json has for it.
COMPRESS = Parameter(
    "Compress",
    Kind.SWITCH,
    "Prints each object on one line; a list without brackets around it.",
    ours=True,
)

PROVIDER = Parameter(
    "Provider",
    Kind.STRING,
    "The hosted service that renders, with its own address, key and model. Otherwise PSOPENAI_PROVIDER, or the "
    "service that the host of -ApiBase belongs to.",
    by_property_name=True,
    default=services.OPENAI.name,
    choices=services.NAMES,
    completions=services.NAMES,
    ours=True,
)

THROTTLE_LIMIT = Parameter(
    "ThrottleLimit",
    Kind.INT,
    "How many piped records are under way at once, from 1 to 1000; output keeps their order.",
    default=1,
    limits=(1, 1000),
    ours=True,
)
RESUME = Parameter(
    "Resume",
    Kind.STRING,
    "File that keeps account of piped records, so that the same command can go on after a break.",
    not_empty=True,
    path=True,
    ours=True,
)
#: Of one cmdlet each; the loop over records has to know them, too.
TABLE = Parameter(
    "Table",
    Kind.SWITCH,
    "Shows a table for people, newest first. On a terminal, lists are shown so; -Table:false prints JSON.",
    ours=True,
)
OUT_FILE = Parameter(
    "OutFile",
    Kind.STRING,
    "File to write; missing folders are made. A folder gets a file named after the job; a name may hold {id}, "
    "{prompt}, {model}, {size} and {seconds}. A file that is there already is replaced as a whole: it keeps "
    "its mode, and other hard links keep the old content.",
    not_empty=True,
    path=True,
)

#: By these, many piped records are handled at once.
PIPELINE = (THROTTLE_LIMIT, RESUME)

TIMEOUT_SEC = Parameter(
    "TimeoutSec",
    Kind.INT,
    "Seconds to wait for an answer to begin; 0 waits without limit.",
    default=0,
)
MAX_RETRY_COUNT = Parameter(
    "MaxRetryCount",
    Kind.INT,
    "How often a request is repeated after status 429 or 5xx, from 0 to 100.",
    default=0,
    limits=(0, 100),
)
API_TYPE = Parameter(
    "ApiType",
    Kind.API_TYPE,
    "The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.",
    default="OpenAI",
    completions=("OpenAI", "Azure"),
)
API_BASE = Parameter(
    "ApiBase",
    Kind.URI,
    "Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. "
    "Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.",
    default=services.OPENAI.base,
    completions=("sandbox:",),
)
API_VERSION = Parameter("ApiVersion", Kind.STRING, "API version of an Azure service.", default="preview", hidden=True)
AUTH_TYPE = Parameter(
    "AuthType",
    Kind.STRING,
    "How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).",
    default="openai",
    choices=("openai", "azure", "azure_ad"),
    completions=("openai", "azure", "azure_ad"),
)
API_KEY = Parameter(
    "ApiKey",
    Kind.SECRET,
    "The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.",
)
ORGANIZATION = Parameter(
    "Organization",
    Kind.STRING,
    "Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.",
    aliases=("OrgId",),
)
ADDITIONAL_QUERY = Parameter(
    "AdditionalQuery",
    Kind.DICTIONARY,
    "Query parameters to append: JSON, @{name='value'} or @file.json.",
)
ADDITIONAL_HEADERS = Parameter(
    "AdditionalHeaders",
    Kind.DICTIONARY,
    "Headers to add or replace: JSON, @{name='value'} or @file.json.",
)
ADDITIONAL_BODY = Parameter(
    "AdditionalBody",
    Kind.OBJECT,
    "Fields to add or replace in the body: JSON, @{name='value'} or @file.json.",
)

#: What every cmdlet shares that talks to a server, in the reference's order.
SERVICE = (
    TIMEOUT_SEC,
    MAX_RETRY_COUNT,
    API_TYPE,
    API_BASE,
    API_VERSION,
    AUTH_TYPE,
    API_KEY,
    ORGANIZATION,
    ADDITIONAL_QUERY,
    ADDITIONAL_HEADERS,
    ADDITIONAL_BODY,
)

#: By these, the key cmdlets name a host.
HOST = (
    API_BASE._replace(
        help="Base address of the service that the key is for; only its host and port count.", completions=()
    ),
    PROVIDER._replace(by_property_name=False, ours=False),
)


def _switch(name: str, alias: str, text: str) -> Parameter[bool]:
    return Parameter(name, Kind.SWITCH, text, aliases=(alias,), common=True)


def _action(name: str, alias: str, text: str) -> Parameter[str]:
    completions = ("Continue", "SilentlyContinue", "Ignore", "Stop", "Inquire", "Break")
    return Parameter(name, Kind.ACTION, text, aliases=(alias,), common=True, completions=completions)


def _variable(name: str, alias: str) -> Parameter[str]:
    text = "Accepted and checked; a program has no PowerShell variables."
    return Parameter(name, Kind.STRING, text, aliases=(alias,), common=True, variable_name=True)


VERBOSE = _switch("Verbose", "vb", "Says on stderr what is sent where, and what comes back.")
DEBUG = _switch("Debug", "db", "Shows requests and answers in full on stderr, without the key.")
ERROR_ACTION = _action("ErrorAction", "ea", "What an error does: shown (Continue), hidden, or the end (Stop).")
WARNING_ACTION = _action("WarningAction", "wa", "What a warning does.")
INFORMATION_ACTION = _action("InformationAction", "infa", "What an information record does.")
PROGRESS_ACTION = _action("ProgressAction", "proga", "What a progress record does.")
OUT_BUFFER = Parameter(
    "OutBuffer",
    Kind.INT,
    "Accepted and checked; a program has no object buffer.",
    aliases=("ob",),
    limits=(0, 2**31 - 1),
    common=True,
)
#: PowerShell's own parameters, in the order in which its messages list them.
COMMON = (
    VERBOSE,
    DEBUG,
    ERROR_ACTION,
    WARNING_ACTION,
    INFORMATION_ACTION,
    PROGRESS_ACTION,
    _variable("ErrorVariable", "ev"),
    _variable("WarningVariable", "wv"),
    _variable("InformationVariable", "iv"),
    _variable("OutVariable", "ov"),
    OUT_BUFFER,
    _variable("PipelineVariable", "pv"),
)


def preferences(bound: Bound, usual: Preferences | None = None) -> Preferences:
    """What the common parameters ask of the streams; `usual` says what holds where none is bound."""
    usual = usual or Preferences()
    return Preferences(
        verbose=bound.get(VERBOSE, usual.verbose),
        debug=bound.get(DEBUG, usual.debug),
        error=bound.get(ERROR_ACTION, usual.error),
        warning=bound.get(WARNING_ACTION, usual.warning),
        information=bound.get(INFORMATION_ACTION, usual.information),
        progress=bound.get(PROGRESS_ACTION, usual.progress),
    )


def service_options(bound: Bound) -> ServiceOptions:
    """What was bound about the service to call."""
    from ..destination import ServiceOptions

    return ServiceOptions(
        base=bound.get(API_BASE),
        provider=bound.get(PROVIDER, ""),
        azure=bound.get(API_TYPE) == "Azure",
        key=bound.get(API_KEY),
        bearer=bound.get(AUTH_TYPE, "").lower() == "azure_ad",
        organization=bound.get(ORGANIZATION),
        api_version=bound.get(API_VERSION) or str(API_VERSION.default),
        timeout=bound.or_default(TIMEOUT_SEC),
        max_retries=bound.or_default(MAX_RETRY_COUNT),
        only_shown=bound.get(WHAT_IF, False),
    )
