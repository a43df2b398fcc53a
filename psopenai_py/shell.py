"""The terminal front: argument lists in, text and exit codes out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, BinaryIO

from . import program, signals
from .binding.binder import Ask, Binding
from .binding.bound import Bound
from .binding.spec import Cmdlet, Parameter
from .cmdlets import Call, load
from .commands import COMPLETION_VARIABLE, CmdletCommand
from .errors import BindingError, Interrupted, PSOpenAIError
from .redaction import mask
from .services import KEY_VARIABLES
from .streams import Preferences
from .terminal.streams import TerminalStreams, wants_colour


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
        name: the cmdlet's name; any other is that of the program, whose first argument says what to do.
        environ, stdin, stdout, stderr: in place of the process's own; the files are binary.
    """
    environ = os.environ if environ is None else environ
    name = program.canonical(name) or program.PROGRAM
    if environ.get(COMPLETION_VARIABLE) and stdout is None:
        return _complete(name, environ[COMPLETION_VARIABLE])
    files = (stdin or _binary(sys.stdin), stdout or _binary(sys.stdout), stderr or _binary(sys.stderr))
    streams = _streams(name, environ, *files)
    work = _program if name == program.PROGRAM else partial(_cmdlet, name)
    try:
        work(list(arguments), streams, environ)
    except PSOpenAIError as error:
        streams.error(error)
    except KeyboardInterrupt as interruption:
        note = interruption.note if isinstance(interruption, Interrupted) else ""
        streams.host(f"Interrupted. {note}".rstrip())
        return signals.exit_code()
    finally:
        streams.progress_end()
        _silence(streams)
    return streams.exit_code


def _streams(
    name: str, environ: Mapping[str, str], stdin: BinaryIO | None, stdout: BinaryIO | None, stderr: BinaryIO | None
) -> TerminalStreams:
    streams = TerminalStreams(
        Preferences(),
        who=name,
        stdin=stdin,
        out=stdout,
        err=stderr,
        colour=wants_colour(environ, stderr),
        error_view=environ.get("PSOPENAI_ERROR_VIEW", ""),
    )
    # It may stand in an argument by mistake, and then in an error about that.
    for name in KEY_VARIABLES:
        key = environ.get(name, "").strip()
        streams.hide(key, mask(key))
    return streams


def _program(arguments: list[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    """`psopenai ...`: a cmdlet, or something that the program offers itself."""
    if len(arguments) > 1 and arguments[0].lower() == "help" and program.canonical(arguments[1]):
        arguments = [arguments[1], "-Help"]
    name = program.canonical(arguments[0]) if arguments else ""
    if name:
        streams.who = name
        _cmdlet(name, arguments[1:], streams, environ)
    else:
        program.run(arguments, streams, environ)


def _cmdlet(name: str, arguments: list[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    from .cmdlets.shared_parameters import COMPRESS, RESUME, preferences

    module = load(name)
    binding = _bound(module.CMDLET, arguments, streams, piped=streams.input.has_records)
    records = None
    if binding.awaits:
        from .pipeline.records import Records

        records = Records(streams.input.read, streams.input.is_quiet, streams.input.preview())
        if records.form == "none":
            found = _without_records(module.CMDLET, arguments, streams)
            if found is None:
                streams.preferences = preferences(Bound(binding.values))
                streams.verbose(f"The input ended without a record, so {name} has nothing to do.")
                return
            binding = found
    if binding.wants == "help":
        from .help.page import render

        streams.show_page(render(module.CMDLET, streams.page_width))
    elif binding.wants == "version":
        streams.print_text(program.VERSION)
    else:
        from .http.connections import Connections

        bound = Bound(binding.values)
        streams.preferences, streams.lines = preferences(bound), bound.get(COMPRESS, False)
        with closing(Connections()) as connections:
            call = Call(bound, streams, environ, connections)
            if binding.awaits and records is not None:
                from .pipeline.run import run_each

                run_each(module, call, records, streams)
            elif RESUME in bound:
                raise _nothing_to_resume(name)
            else:
                module.run(call)


def _without_records(cmdlet: Cmdlet, arguments: list[str], streams: TerminalStreams) -> Binding | None:
    """What a line means whose pipeline brought nothing: what it means alone, or nothing where that leaves a gap."""
    try:
        return _bound(cmdlet, arguments, streams, piped=False)
    except BindingError as error:
        if error.error_id != "MissingMandatoryParameter":
            raise
        return None


def _bound(cmdlet: Cmdlet, arguments: list[str], streams: TerminalStreams, *, piped: bool) -> Binding:
    command = CmdletCommand(cmdlet, _question(streams), piped=piped)
    with command.make_context(cmdlet.name, list(arguments)) as context:
        binding: Binding = context.obj
    return binding


def _question(streams: TerminalStreams) -> Ask | None:
    """How to ask for a mandatory parameter: only where a person can see the question and answer it."""
    if not streams.interactive:
        return None

    def ask(parameter: Parameter[Any]) -> str:
        return streams.ask(f"{parameter.name}: ")

    return ask


def _nothing_to_resume(name: str) -> BindingError:
    return BindingError(
        "-Resume keeps account of piped records, and nothing is piped. Nothing was sent.",
        error_id="ParameterWithoutInput",
        command=name,
        parameter="Resume",
    )


def _complete(name: str, instruction: str) -> int:
    """Answer a completion script."""
    from .completion import scripts

    return scripts.answer(name, instruction)


def _binary(stream: Any) -> BinaryIO | None:
    """The bytes behind a text stream; None for one that is closed."""
    return getattr(stream, "buffer", None)


def _silence(streams: TerminalStreams) -> None:
    """After a failed write, keep the interpreter from trying again when it ends."""
    for own in (sys.stdout, sys.stderr):
        if own is not None and _binary(own) in streams.broken:
            os.dup2(os.open(os.devnull, os.O_WRONLY), own.fileno())
