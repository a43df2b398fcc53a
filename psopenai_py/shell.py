"""The terminal front: argument lists in, text and exit codes out. The only importer of click, and the only exit."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from . import __version__, signals
from .binding.binder import Ask, Binding, bind
from .binding.spec import Cmdlet, Parameter
from .cmdlets import MODULES, Call, load
from .errors import BindingError, Interrupted, PSOpenAIError
from .streams import Preferences
from .terminal import TerminalStreams

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PROGRAM = "psopenai"
#: Set by the completion scripts; its value says which shell asks for what.
COMPLETION_VARIABLE = "_PSOPENAI_COMPLETE"
#: Names people use for the shells whose completion click knows.
_SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "powershell", "pwsh": "powershell"}


class CmdletCommand(click.Command):
    """A cmdlet as click sees it: PowerShell's binder takes the place of click's parser.

    click's parser is not used at all: handing it the bound values as a canonical list would convert everything a
    second time, and could only lose what the binder found out.
    """

    def __init__(self, cmdlet: Cmdlet, ask: Ask | None = None, *, piped: bool = False) -> None:
        super().__init__(cmdlet.name, help=cmdlet.synopsis, add_help_option=False)
        self.cmdlet = cmdlet
        self.ask = ask
        self.piped = piped

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Bind the arguments; the result is the context's object. For completion, only keep the words."""
        ctx.obj = list(args) if ctx.resilient_parsing else bind(self.cmdlet, args, ask=self.ask, piped=self.piped)
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer parameter names and values."""
        from click.shell_completion import CompletionItem

        from . import completion

        found = completion.candidates(self.cmdlet, ctx.obj, incomplete)
        return [CompletionItem(c.value, type="file" if c.file else "plain", help=c.help or None) for c in found]


class _Programs(click.Group):
    """All cmdlets by name, for completion behind `psopenai`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*MODULES, "completion", "module"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "completion":
            return click.Command(cmd_name, params=[click.Argument(["shell"], type=click.Choice(list(_SHELLS)))])
        if cmd_name == "module":
            return click.Command(cmd_name, params=[click.Argument(["action"], type=click.Choice(["install"]))])
        return CmdletCommand(load(cmd_name).CMDLET) if _canonical(cmd_name) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the cmdlets, in any case. The program itself has no options worth a TAB."""
        from click.shell_completion import CompletionItem

        near = [name for name in self.list_commands(ctx) if name.lower().startswith(incomplete.lower())]
        return [CompletionItem(name, help=load(name).CMDLET.synopsis if name in MODULES else None) for name in near]


def run(
    name: str,
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: BinaryIO | None = None,
) -> int:
    """Run one cmdlet and return the exit code.

    Args:
        name: the cmdlet's name, or that of the program for the list of all.
        environ, stdin, stdout, stderr: in place of the process's own; the files are binary.
    """
    environ = os.environ if environ is None else environ
    if environ.get(COMPLETION_VARIABLE) and stdout is None:
        return _complete(name, environ[COMPLETION_VARIABLE])
    files = (stdin or _binary(sys.stdin), stdout or _binary(sys.stdout), stderr or _binary(sys.stderr))
    streams = _streams(name, environ, *files)
    work = _program if name == PROGRAM else partial(_cmdlet, name)
    try:
        work(list(arguments), streams, environ)
    except PSOpenAIError as error:
        streams.error(error)
    except KeyboardInterrupt as interruption:
        note = interruption.note if isinstance(interruption, Interrupted) else ""
        streams.host(f"Interrupted. {note}".rstrip())
        return signals.exit_code()
    finally:
        _silence(streams)
    return streams.exit_code


def _streams(
    name: str, environ: Mapping[str, str], stdin: BinaryIO | None, stdout: BinaryIO | None, stderr: BinaryIO | None
) -> TerminalStreams:
    return TerminalStreams(
        Preferences(),
        who=name,
        stdin=stdin,
        out=stdout,
        err=stderr,
        colour=_wants_colour(environ, stderr),
        error_view=environ.get("PSOPENAI_ERROR_VIEW", ""),
    )


def _program(arguments: list[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    """`psopenai ...`: a cmdlet, the list of cmdlets, the version, or a completion script."""
    if len(arguments) > 1 and arguments[0].lower() == "help":
        arguments = [arguments[1], "-Help"]
    first = arguments[0] if arguments else "--help"
    name = _canonical(first)
    if name:
        streams.who = name
        _cmdlet(name, arguments[1:], streams, environ)
    elif first.lower() in ("-?", "-h", "-help", "--help", "help"):
        streams.print_text(_overview())
    elif first.lower() in ("--version", "-version", "-v", "version"):
        streams.print_text(f"{PROGRAM} {__version__}")
    elif first == "completion":
        streams.print_text(_completion_script(arguments[1:]))
    elif first == "module":
        from . import module

        streams.print_text(module.run(arguments[1:], environ))
    else:
        raise _unknown(first)


def _cmdlet(name: str, arguments: list[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    module = load(name)
    binding = _bound(module.CMDLET, arguments, streams, piped=streams.has_input)
    records = None
    if binding.awaits:
        from .binding.records import Records

        records = Records(streams.read, streams.is_quiet)
        if records.form == "none":
            # Nothing came: the line means what it means without a pipeline.
            binding = _bound(module.CMDLET, arguments, streams, piped=False)
    if binding.wants == "help":
        from . import help

        streams.print_text(help.render(module.CMDLET))
    elif binding.wants == "version":
        streams.print_text(f"{PROGRAM} {__version__}")
    else:
        from .http.connections import Connections

        streams.preferences = Preferences.from_bound(binding.values)
        with closing(Connections()) as connections:
            call = Call(binding.values, streams, environ, connections)
            if binding.awaits and records is not None:
                from .pipeline.run import run_each

                run_each(module, call, records, streams)
            elif "Resume" in call.bound:
                raise _nothing_to_resume(name)
            else:
                module.run(call)


def _bound(cmdlet: Cmdlet, arguments: list[str], streams: TerminalStreams, *, piped: bool) -> Binding:
    command = CmdletCommand(cmdlet, _question(streams), piped=piped)
    with command.make_context(cmdlet.name, list(arguments)) as context:
        binding: Binding = context.obj
    return binding


def _question(streams: TerminalStreams) -> Ask | None:
    """How to ask for a mandatory parameter: only where a person can see the question and answer it."""
    if not streams.interactive:
        return None

    def ask(parameter: Parameter) -> str:
        return streams.ask(f"{parameter.name}: ")

    return ask


def _nothing_to_resume(name: str) -> BindingError:
    return BindingError(
        "-Resume keeps account of piped records, and nothing is piped. Nothing was sent.",
        error_id="ParameterWithoutInput",
        command=name,
        parameter="Resume",
    )


def _unknown(name: str) -> BindingError:
    from difflib import get_close_matches

    known = {cmdlet.lower(): cmdlet for cmdlet in [*MODULES, "completion", "module"]}
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return BindingError(
        f"There is no cmdlet named '{name}'." + (f" Did you mean {known[near[0]]}?" if near else ""),
        error_id="CommandNotFoundException",
        category="ObjectNotFound",
        reason="CommandNotFoundException",
        target=name,
        action=f"{PROGRAM} --help lists the cmdlets.",
    )


def _canonical(name: str) -> str:
    """The cmdlet's name in its own spelling; empty if there is none."""
    return next((known for known in MODULES if known.lower() == name.lower()), "")


def _overview() -> str:
    width = max(map(len, MODULES)) + 2
    rows = [f"    {name:<{width}}{load(name).CMDLET.synopsis}" for name in MODULES]
    return "\n".join(
        [
            "PSOpenAI's video cmdlets for any shell.",
            "",
            f"    {PROGRAM} CMDLET [PARAMETERS]      run a cmdlet; CMDLET -Help shows its help",
            f"    {PROGRAM} completion SHELL         print the completion script for bash, zsh, fish or powershell",
            f"    {PROGRAM} module install           install the module for PowerShell; --path FOLDER names where",
            f"    {PROGRAM} --version",
            "",
            *rows,
            "",
            f"Try it without an account: {PROGRAM} New-Video 'Dancing Doggo' -ApiBase sandbox:",
        ]
    )


def _completion_script(arguments: list[str]) -> str:
    """The script that makes a shell complete all our programs."""
    from click.shell_completion import get_completion_class

    shell = _SHELLS.get(arguments[0].lower()) if len(arguments) == 1 else None
    found = get_completion_class(shell) if shell else None
    if found is None:
        raise BindingError(
            f"The completion script is made for one of: {', '.join(_SHELLS)}.",
            error_id="ParameterArgumentValidationError",
            category="InvalidData",
            reason="ParameterBindingValidationException",
            action=f"{PROGRAM} completion bash",
        )
    scripts = [found(_Programs(name), {}, name, COMPLETION_VARIABLE) for name in (PROGRAM, *MODULES)]
    return "\n".join(script.source_template % script.source_vars() for script in scripts)


def _complete(name: str, instruction: str) -> int:
    """Answer a completion script."""
    from click.shell_completion import shell_complete

    command = _Programs(PROGRAM) if name == PROGRAM else CmdletCommand(load(name).CMDLET)
    return shell_complete(command, {}, name, COMPLETION_VARIABLE, instruction)


def _binary(stream: Any) -> BinaryIO | None:
    """The bytes behind a text stream; None for one that is closed."""
    return getattr(stream, "buffer", None)


def _wants_colour(environ: Mapping[str, str], err: BinaryIO | None) -> bool:
    """As https://no-color.org and https://force-color.org say: an empty variable counts for nothing."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return err is not None and err.isatty() and environ.get("TERM") not in ("dumb", "xterm-mono")


def _silence(streams: TerminalStreams) -> None:
    """After a failed write, keep the interpreter from trying again when it ends."""
    for own in (sys.stdout, sys.stderr):
        if own is not None and _binary(own) in streams.broken:
            os.dup2(os.open(os.devnull, os.O_WRONLY), own.fileno())
