"""What concerns all cmdlets, by topic: `psopenai help environment`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..binding.spec import Kind, Parameter
from ..environment import VARIABLES, Variable
from ..services import OPENAI, SERVICES, Service
from .layout import INDENT, WIDTH, rows, wrapped


class Lines(NamedTuple):
    """Command lines, to be copied as they are."""

    text: str


#: A paragraph, command lines, or terms with what they mean.
Block = str | Lines | list[tuple[str, str]]


class Topic(NamedTuple):
    """A page about something that is no cmdlet."""

    name: str
    synopsis: str
    blocks: Callable[[], list[Block]]


def find(name: str) -> Topic | None:
    """The topic of a name in any case, in the singular as well; None if there is none."""
    wanted = name.lower().replace("_", "-").rstrip("s")
    return next((topic for topic in TOPICS if topic.name.rstrip("s") == wanted), None)


def render(topic: Topic, width: int = WIDTH) -> str:
    """The whole page, without a line end behind the last line."""
    head = f"{topic.name.upper()}\n{wrapped(topic.synopsis, width)}"
    return "\n\n".join([head, *(_shown(block, width) for block in topic.blocks())])


def _shown(block: Block, width: int) -> str:
    if isinstance(block, Lines):
        return "\n".join(INDENT * 2 + line for line in block.text.splitlines())
    return wrapped(block, width) if isinstance(block, str) else rows(block, width)


def _environment() -> list[Block]:
    return [
        "A parameter goes before its variable. A blank variable counts as one that is not set.",
        [(variable.names[0], _meaning(variable)) for variable in VARIABLES],
    ]


def _meaning(variable: Variable) -> str:
    others = ", ".join(variable.names[1:])
    return f"{variable.meaning} Also: {others}." if others else variable.meaning


def _exit_codes() -> list[Block]:
    return [
        [
            ("0", "Done."),
            ("1", "An error was reported, also one that -ErrorAction kept from the screen."),
            ("2", "The command line, or a piped record, does not bind. Nothing was sent for it."),
            ("4", "The key is missing or refused."),
            ("8", "A job was not over when time ran out."),
            ("130", "Interrupted by Ctrl-C; 143 by kill, 129 by a session that ended. What is known of a job is told."),
        ],
        "Errors of different codes in one run give 1. In a pipeline a shell tells the code of the last command only, "
        "unless it is told otherwise:",
        Lines("set -o pipefail"),
    ]


def _pipelines() -> list[Block]:
    return [
        "What PowerShell passes from cmdlet to cmdlet as objects travels as JSON:",
        Lines(
            "New-Video 'Dancing Doggo' | Wait-Video | Get-VideoContent -OutFile doggo.mp4\n"
            "New-Video < prompts.jsonl > jobs.jsonl\n"
            "Get-Video -All | Remove-Video -WhatIf"
        ),
        "Standard input is one object, an array, JSON lines, or plain lines of text (ids, prompts). Properties bind by "
        "name: VideoId, id and video_id for an id. It is read only when a parameter is missing that may come from "
        "there. The output has the form of the input: an array for an array, a line for a line. -Compress prints each "
        "object on one line, whatever the input.",
        "A record that fails is reported, and the rest go on; the exit code tells.",
        [
            ("-ThrottleLimit N", "So many records are under way at once; the output keeps their order."),
            ("-Resume FILE", "Keeps account, so that the same command can go on after a break."),
        ],
        Lines(
            "New-Video -ThrottleLimit 16 -Resume prompts.journal < prompts.jsonl > jobs.jsonl\n"
            "Get-VideoContent -ThrottleLimit 16 -WaitForCompletion -OutFile clips/ < jobs.jsonl"
        ),
    ]


def _keys() -> list[Block]:
    return [
        "A key is looked for in this order: -ApiKey, the environment variable OPENAI_API_KEY, the system's keyring. It "
        "is needed for api.openai.com and for Azure; any other server is called without one if there is none, and the "
        "sandbox asks for none.",
        Lines(
            "Set-OpenAIKey\n"
            "Set-OpenAIKey -ApiBase https://gateway.example/v1 < key.txt\n"
            "Get-OpenAIKey\n"
            "Remove-OpenAIKey"
        ),
        "Each host has a key of its own, and a stored key goes to that host only. Set-OpenAIKey has no parameter for "
        "it, because every process of the machine can read arguments. All output shows it masked.",
        "Where no keyring is, as in a container, use the variable. Backends that write keys into a file as plain text "
        "are named as such before anything is stored.",
    ]


def _providers() -> list[Block]:
    return [
        "-Provider, or PSOPENAI_PROVIDER, names a hosted service, and with it address, key and model. -ApiBase, "
        "-ApiKey and -Model go before. Otherwise the host of -ApiBase tells. A job names its provider, so that a "
        "pipeline needs -Provider once.",
        [(service.name, _key_and_model(service)) for service in SERVICES if service is not OPENAI],
        "The key of a service goes to its own hosts, and to an -ApiBase that stands beside -Provider; to such a proxy, "
        "each command of a pipeline needs -Provider. Models end "
        "within weeks; -Model names another one, and Get-VideoModel lists them where the service has a list. -WhatIf "
        "shows the request that a line becomes.",
        "For all other servers -ApiBase, or OPENAI_API_BASE, names the address that /videos follows.",
        [
            ("the sandbox in the box", "sandbox:"),
            ("the sandbox on a port", "http://127.0.0.1:8000/v1, started by Start-VideoSandbox"),
            ("vLLM-Omni", "http://HOST:8091/v1; -Model is the name that it serves"),
            ("SGLang", "http://HOST:30000/v1"),
            ("LiteLLM", "http://HOST:4000/v1; -AdditionalHeaders for custom-llm-provider"),
            ("Azure", "-ApiType Azure -ApiBase https://NAME.openai.azure.com"),
        ],
        "The hosted Sora service of api.openai.com ended on 24 September 2026. Values are not checked against lists: "
        "other servers have other models, lengths and sizes.",
        "-MaxRetryCount repeats a request after status 429 or 5xx. A request without an answer is never repeated: the "
        "error says whether a job may exist.",
    ]


def _key_and_model(service: Service) -> str:
    model = f"renders with {service.model}" if service.model else "needs -Model"
    return f"{' or '.join(service.key_variables)}; {model}."


def _sandbox() -> list[Block]:
    from ..sandbox.service.faults import FAULTS

    return [
        "-ApiBase sandbox: is a complete video service in the box, without account, key, network or port: jobs that "
        "take their time, real videos of the size and length you ask for, lists, remixes, deletion. Jobs are files, "
        "and expire after a day.",
        Lines(
            "export OPENAI_API_BASE=sandbox:\n"
            "New-Video 'Dancing Doggo' | Get-VideoContent -WaitForCompletion -OutFile doggo.mp4"
        ),
        [
            ("sandbox:/some/folder", "Keeps the jobs there."),
            ("'sandbox:?speed=10'", "Makes them ten times as fast. Quoted, because ? is a pattern."),
            ("'sandbox:?fault=500'", "Lets all requests fail so."),
            ("'sandbox:?provider=xai'", "Speaks the words of XAI, or of openrouter, to try -Provider for nothing."),
            ("Start-VideoSandbox", "The same on a port, for any other client."),
        ],
        "Failures come on demand, by a word in the prompt. [429 x2] strikes twice and then lets the request pass; "
        "[500 get] strikes one kind of request only (create, list, get, delete, content).",
        [(f"[{fault.word}]", fault.meaning) for fault in FAULTS],
    ]


def _common_parameters() -> list[Block]:
    from ..cmdlets.shared_parameters import COMMON

    table = [row for row in COMMON if not _is_inert(row)]
    inert = [row for row in COMMON if _is_inert(row)]
    return [
        "Each cmdlet takes PowerShell's own parameters.",
        list(map(_described, table)),
        "The actions are Continue, SilentlyContinue, Ignore, Stop, Inquire and Break; Inquire and Break do what "
        "Continue does, because nobody may be there to answer.",
        f"{_listed(inert)} are accepted and checked, and do nothing: a program has no PowerShell variables and no "
        "object buffer.",
    ]


def _is_inert(row: Parameter[Any]) -> bool:
    return row.variable_name or row.name == "OutBuffer"


def _described(row: Parameter[Any]) -> tuple[str, str]:
    kind = "" if row.kind is Kind.SWITCH else f" <{row.kind.short_name}>"
    return f"-{row.name}{kind}", f"{row.help} Alias: -{row.aliases[0]}."


def _listed(table: list[Parameter[Any]]) -> str:
    *most, last = (f"-{row.name} (-{row.aliases[0]})" for row in table)
    return f"{', '.join(most)} and {last}"


TOPICS = (
    Topic("environment", "The environment variables that are read.", _environment),
    Topic("exit-codes", "What the exit code of a command tells.", _exit_codes),
    Topic("pipelines", "Records in, records out, and many at once.", _pipelines),
    Topic("keys", "Where the API key comes from, and how it is stored.", _keys),
    Topic("providers", "The servers that can be called, and how to name them.", _providers),
    Topic("sandbox", "The video service in the box, for trying and testing.", _sandbox),
    Topic("common-parameters", "PowerShell's own parameters, such as -Verbose.", _common_parameters),
)


def names() -> Iterator[str]:
    """The names of all topics."""
    return (topic.name for topic in TOPICS)
