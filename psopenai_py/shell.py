"""The terminal front: argument lists in, text and exit codes out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from . import program, signals
from .binding.binder import Ask, Binding
from .binding.bound import Bound
from .binding.spec import Cmdlet, Parameter
from .cmdlets import Call, CmdletModule, load
from .commands import COMPLETION_VARIABLE, CmdletCommand
from .errors import BindingError, Interrupted, PSOpenAIError
from .redaction import mask
from .services import KEY_VARIABLES
from .streams import Preferences
from .terminal.streams import TerminalStreams, wants_colour

if TYPE_CHECKING:
    from .pipeline.records import Records


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
    if environ.get(COMPLETION_VARIABLE) and stdout is None:
        return _complete(program.canonical(name) or program.PROGRAM, environ[COMPLETION_VARIABLE])
    name, arguments = _meant(name, list(arguments))
    files = (stdin or _binary(sys.stdin), stdout or _binary(sys.stdout), stderr or _binary(sys.stderr))
    streams = _streams(name, environ, *files)
    work = program.run if name == program.PROGRAM else partial(_cmdlet, name)
    try:
        work(arguments, streams, environ)
    except PSOpenAIError as error:
        streams.error(error)
    except (MemoryError, ImportError) as error:
        if not _lacks_memory(error):
            raise
        streams.error(_no_memory(name))
    except KeyboardInterrupt as interruption:
        note = interruption.note if isinstance(interruption, Interrupted) else ""
        streams.host(f"Interrupted. {note}".rstrip())
        return signals.exit_code()
    finally:
        streams.progress_end()
        _silence(streams)
    return streams.exit_code


def _lacks_memory(error: MemoryError | ImportError) -> bool:
    # What the loader of shared libraries says on Linux when there is no room for one: Python passes it on as it is.
    return isinstance(error, MemoryError) or "failed to map segment from shared object" in str(error)


def _no_memory(name: str) -> PSOpenAIError:
    return PSOpenAIError(
        "There is not enough memory.",
        error_id="System.OutOfMemoryException",
        command=name,
        category="ResourceUnavailable",
        action="A smaller -ThrottleLimit, or shorter lines, need less of it.",
    )


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


def _meant(name: str, arguments: list[str]) -> tuple[str, list[str]]:
    """The cmdlet that is called and its arguments; the program, where it is something that this offers itself."""
    if known := program.canonical(name):
        return known, arguments
    first, second, *_ = [*arguments, "", ""]
    if first.lower() == "help" and (known := program.canonical(second)):
        return known, ["-Help"]
    if known := program.canonical(first):
        return known, arguments[1:]
    return program.PROGRAM, arguments


def _cmdlet(name: str, arguments: Sequence[str], streams: TerminalStreams, environ: Mapping[str, str]) -> None:
    """Bind the arguments, with what is piped where they leave a gap, and do what they ask for."""
    module = load(name)
    binding = _bound(module.CMDLET, arguments, streams, piped=streams.input.has_records)
    records = None
    if binding.awaits:
        from .pipeline.records import Records

        records = Records(streams.input.read, streams.input.is_quiet, streams.input.preview())
        if records.form == "none":
            found = _without_records(module.CMDLET, arguments, streams)
            if found is None:
                streams.use(_preferences(binding))
                streams.verbose(f"The input ended without a record, so {name} has nothing to do.")
                return
            binding = found
    if binding.wants == "help":
        from .help.page import render

        streams.show_page(render(module.CMDLET, streams.page_width))
    elif binding.wants == "version":
        streams.print_text(program.VERSION)
    else:
        streams.use(_preferences(binding))
        _run(module, binding.bound, records if binding.awaits else None, streams, environ)


def _run(
    module: CmdletModule, bound: Bound, records: Records | None, streams: TerminalStreams, environ: Mapping[str, str]
) -> None:
    """Run the cmdlet once, or for each record."""
    from .cmdlets.shared_parameters import COMPRESS, RESUME
    from .http.connections import Connections

    with closing(Connections()) as connections:
        call = Call(bound, streams, environ, connections)
        if records is not None:
            from .pipeline.run import run_each

            run_each(module, call, records, streams)
        elif RESUME in bound:
            raise _nothing_to_resume(module.CMDLET.name)
        else:
            with streams.lines(bound.get(COMPRESS, False)):
                module.run(call)


def _preferences(binding: Binding) -> Preferences:
    from .cmdlets.shared_parameters import preferences

    return preferences(binding.bound)


def _without_records(cmdlet: Cmdlet, arguments: Sequence[str], streams: TerminalStreams) -> Binding | None:
    """What a line means whose pipeline brought nothing: what it means alone, or nothing where that leaves a gap."""
    try:
        return _bound(cmdlet, arguments, streams, piped=False)
    except BindingError as error:
        if error.error_id != "MissingMandatoryParameter":
            raise
        return None


def _bound(cmdlet: Cmdlet, arguments: Sequence[str], streams: TerminalStreams, *, piped: bool) -> Binding:
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
