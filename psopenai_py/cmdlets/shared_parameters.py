"""Parameter rows that several cmdlets share."""

from __future__ import annotations

from .. import services
from ..binding.spec import Kind, Parameter


def video_id(*, position: int = 0, sets: tuple[str, ...] = (), aliases: tuple[str, ...] = ()) -> Parameter:
    """The row for the id of a job, from an argument or from the pipeline."""
    return Parameter(
        "VideoId",
        Kind.STRING,
        "The id of the job.",
        aliases=("Id", "video_id", *aliases),
        position=position,
        mandatory=True,
        sets=sets,
        by_value=True,
        by_property_name=True,
        not_empty=True,
    )


def what_if() -> Parameter:
    """The row for a look at the request."""
    text = "Prints the request that would be sent, without the key, and sends nothing."
    return Parameter("WhatIf", Kind.SWITCH, text, ours=True)


def provider() -> Parameter:
    """The row by which a hosted service is named."""
    return _PROVIDER


def compress() -> Parameter:
    """The row for output by lines, under the name that ConvertTo-Json has for it."""
    text = "Prints each object on one line; a list without brackets around it."
    return Parameter("Compress", Kind.SWITCH, text, ours=True)


def pipeline_parameters() -> tuple[Parameter, ...]:
    """The rows by which many piped records are handled at once."""
    return _PIPELINE


def service_parameters() -> tuple[Parameter, ...]:
    """The rows that every cmdlet shares which talks to a server, in the reference's order."""
    return _SERVICE


def host_parameters() -> tuple[Parameter, ...]:
    """The rows by which the key cmdlets name a host."""
    base = _base("Base address of the service that the key is for; only its host and port count.")
    return base, _PROVIDER._replace(by_property_name=False, ours=False)


def common_parameters() -> tuple[Parameter, ...]:
    """PowerShell's own parameters, in the order in which its messages list them."""
    return (
        _switch("Verbose", "vb", "Says on stderr what is sent where, and what comes back."),
        _switch("Debug", "db", "Shows requests and answers in full on stderr, without the key."),
        _action("ErrorAction", "ea", "What an error does: shown (Continue), hidden, or the end (Stop)."),
        _action("WarningAction", "wa", "What a warning does."),
        _action("InformationAction", "infa", "What an information record does."),
        _action("ProgressAction", "proga", "What a progress record does."),
        _variable("ErrorVariable", "ev"),
        _variable("WarningVariable", "wv"),
        _variable("InformationVariable", "iv"),
        _variable("OutVariable", "ov"),
        Parameter(
            "OutBuffer",
            Kind.INT,
            "Accepted and checked; a program has no object buffer.",
            aliases=("ob",),
            limits=(0, 2**31 - 1),
            common=True,
        ),
        _variable("PipelineVariable", "pv"),
    )


def _switch(name: str, alias: str, text: str) -> Parameter:
    return Parameter(name, Kind.SWITCH, text, aliases=(alias,), common=True)


def _action(name: str, alias: str, text: str) -> Parameter:
    completions = ("Continue", "SilentlyContinue", "Ignore", "Stop", "Inquire", "Break")
    return Parameter(name, Kind.ACTION, text, aliases=(alias,), common=True, completions=completions)


def _variable(name: str, alias: str) -> Parameter:
    text = "Accepted and checked; a program has no PowerShell variables."
    return Parameter(name, Kind.STRING, text, aliases=(alias,), common=True, variable_name=True)


def _base(text: str, completions: tuple[str, ...] = ()) -> Parameter:
    return Parameter("ApiBase", Kind.URI, text, default="https://api.openai.com/v1", completions=completions)


_PROVIDER = Parameter(
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

_PIPELINE = (
    Parameter(
        "ThrottleLimit",
        Kind.INT,
        "How many piped records are under way at once, from 1 to 1000; output keeps their order.",
        default="1",
        limits=(1, 1000),
        ours=True,
    ),
    Parameter(
        "Resume",
        Kind.STRING,
        "File that keeps account of piped records, so that the same command can go on after a break.",
        not_empty=True,
        path=True,
        ours=True,
    ),
)

_SERVICE = (
    Parameter(
        "TimeoutSec",
        Kind.INT,
        "Seconds to wait for an answer to begin; 0 waits without limit.",
        default="0",
    ),
    Parameter(
        "MaxRetryCount",
        Kind.INT,
        "How often a request is repeated after status 429 or 5xx, from 0 to 100.",
        default="0",
        limits=(0, 100),
    ),
    Parameter(
        "ApiType",
        Kind.API_TYPE,
        "The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.",
        default="OpenAI",
        completions=("OpenAI", "Azure"),
    ),
    _base(
        "Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. "
        "Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.",
        completions=("sandbox:",),
    ),
    Parameter("ApiVersion", Kind.STRING, "API version of an Azure service.", default="preview", hidden=True),
    Parameter(
        "AuthType",
        Kind.STRING,
        "How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).",
        default="openai",
        choices=("openai", "azure", "azure_ad"),
        completions=("openai", "azure", "azure_ad"),
    ),
    Parameter(
        "ApiKey",
        Kind.SECRET,
        "The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.",
    ),
    Parameter(
        "Organization",
        Kind.STRING,
        "Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.",
        aliases=("OrgId",),
    ),
    Parameter(
        "AdditionalQuery",
        Kind.DICTIONARY,
        "Query parameters to append: JSON, @{name='value'} or @file.json.",
    ),
    Parameter(
        "AdditionalHeaders",
        Kind.DICTIONARY,
        "Headers to add or replace: JSON, @{name='value'} or @file.json.",
    ),
    Parameter(
        "AdditionalBody",
        Kind.OBJECT,
        "Fields to add or replace in the body: JSON, @{name='value'} or @file.json.",
    ),
)
