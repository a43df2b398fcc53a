"""What `psopenai` offers beside the cmdlets: the list of them, help by topic, its version, completion, the module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import __version__
from .cmdlets import MODULES, load
from .errors import BindingError
from .terminal.streams import TerminalStreams

PROGRAM = "psopenai"
VERSION = f"{PROGRAM} {__version__}"
#: What it offers by a word of its own.
WORDS = ("help", "version", "completion", "module")


def run(arguments: Sequence[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    """Do what the first word asks for. Raises BindingError for one that is neither ours nor a cmdlet's."""
    first, *rest = arguments or ["help"]
    word = first.lower()
    if word == "help" and rest:
        streams.show_page(_topic(rest[0], streams.page_width))
    elif word in ("-?", "-h", "-help", "--help", "help"):
        streams.show_page(overview(streams.page_width))
    elif word in ("--version", "-version", "-v", "version"):
        streams.print_text(VERSION)
    elif word == "completion":
        from .completion import command

        streams.print_text(command.run(rest, environ))
    elif word == "module":
        from . import module

        streams.print_text(module.run(rest, environ))
    else:
        raise _unknown(first, [*MODULES, *WORDS], f"There is no cmdlet named '{first}'.")


def canonical(name: str) -> str:
    """A cmdlet's name in its own spelling; empty if there is none."""
    return next((known for known in MODULES if known.lower() == name.lower()), "")


def overview(width: int) -> str:
    """The list of all cmdlets and topics."""
    from .help import topics
    from .help.layout import rows, wrapped

    commands = [
        (f"{PROGRAM} CMDLET [PARAMETERS]", "run a cmdlet; CMDLET -Help shows its help"),
        (f"{PROGRAM} help TOPIC", "what concerns all of them, by topic"),
        (f"{PROGRAM} completion install", "let TAB complete; uninstall takes it back"),
        (f"{PROGRAM} module install", "install the module for PowerShell; uninstall removes it"),
        (f"{PROGRAM} version", "print the version"),
    ]
    return "\n\n".join(
        [
            wrapped("PSOpenAI's video cmdlets for any shell.", width, depth=0),
            rows(commands, width),
            "CMDLETS\n" + rows([(name, load(name).CMDLET.synopsis) for name in MODULES], width),
            "TOPICS\n" + rows([(topic.name, topic.synopsis) for topic in topics.TOPICS], width),
            f"Try it without an account:\n    {PROGRAM} New-Video 'Dancing Doggo' -ApiBase sandbox:",
        ]
    )


def _topic(name: str, width: int) -> str:
    from .help import topics

    topic = topics.find(name)
    if topic is None:
        raise _unknown(name, [*MODULES, *topics.names()], f"There is no cmdlet and no topic named '{name}'.")
    return topics.render(topic, width)


def _unknown(name: str, known: Sequence[str], text: str) -> BindingError:
    from difflib import get_close_matches

    words = {word.lower(): word for word in known}
    near = get_close_matches(name.lower(), words, n=1, cutoff=0.5)
    return BindingError(
        text + (f" Did you mean {words[near[0]]}?" if near else ""),
        error_id="CommandNotFoundException",
        category="ObjectNotFound",
        reason="CommandNotFoundException",
        target=name,
        action=f"{PROGRAM} help lists them.",
    )
