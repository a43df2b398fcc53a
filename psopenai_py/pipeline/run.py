"""A cmdlet run once for each record that the pipeline brings: one after another here, many at a time next door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from ..binding.bound import Bound
from ..binding.pipeline import bind_record, lost_properties
from ..cmdlets import Call, CmdletModule, Steps, go_through, steps_of
from ..cmdlets.shared_parameters import COMPRESS, RESUME, TABLE, THROTTLE_LIMIT, VIDEO_ID
from ..errors import BindingError, Interrupted, PSOpenAIError
from ..streams import Streams
from ..terminal.streams import TerminalStreams
from .records import Records


def run_each(module: CmdletModule, call: Call, records: Records, streams: TerminalStreams) -> None:
    """Run the cmdlet for all records. One that fails is reported, and the rest go on.

    The output has the form of the input: an array for an array, a line for a line; of several at a time, a line for
    each record, unless they are an array. -Compress goes before all of that. An error that would hit
    every record alike ends the run, and so does any error under -ErrorAction Stop.
    """
    call = call._replace(resolved={})
    many = call.bound.or_default(THROTTLE_LIMIT) > 1 or RESUME in call.bound
    # What is split into parts and put together again must not depend on how many records a part has.
    streams.lines = call.bound.get(COMPRESS, records.form == "lines" or (many and records.form != "array"))
    as_array = records.form == "array" and not streams.lines and module.CMDLET.documents
    as_table = call.bound.get(TABLE, False)
    left: list[str] = []
    try:
        with streams.table() if as_table else streams.array() if as_array else nullcontext():
            if many:
                from .concurrent import run_many

                run_many(module, call, records, streams, left)
            else:
                run_records(module, call, records, left)
    except KeyboardInterrupt as interruption:
        note = interruption.note if isinstance(interruption, Interrupted) else ""
        raise Interrupted(f"{note} {_advice(module, call, left, records, streams)}".strip()) from None
    if streams.ended:
        advice = _advice(module, call, left, records, streams)
        if advice:
            streams.host(advice)


def _advice(module: CmdletModule, call: Call, left: list[str], records: Records, streams: TerminalStreams) -> str:
    from . import remaining

    return remaining.advice(module, call, left, records, streams)


def run_records(module: CmdletModule, call: Call, records: Iterable[Any], left: list[str]) -> None:
    """One after another, whatever becomes of the output.

    Args:
        left: has the id of the job that is under way, when the run is broken off.
    """
    for record in records:
        left.clear()
        try:
            go_through(perform(module, call, record, lambda bound: left.extend(filter(None, [named_job(bound)]))))
            call = call._replace(done=call.done + 1)
        except PSOpenAIError as error:
            report(call.streams, error, "".join(left))
        left.clear()
        if call.streams.ended:
            return


def named_job(bound: Bound) -> str:
    """The id of the job that bound parameters name; empty if they name none."""
    return bound.get(VIDEO_ID) or ""


def perform(
    module: CmdletModule, call: Call, record: Any, begins: Callable[[Bound], None] = lambda bound: None
) -> Steps:
    """Carry out one record in steps. Raises what binding it and the cmdlet raise.

    Args:
        begins: is told what was bound, before anything else happens.
    """
    bound = Bound(bind_record(module.CMDLET, call.bound.by_name, record))
    for text in lost_properties(module.CMDLET, record):
        call.streams.warn_once(text)
    begins(bound)
    yield from steps_of(module, call._replace(bound=bound))


def report(streams: Streams, error: PSOpenAIError, identifier: str) -> None:
    """Report what became of a record. That it does not bind concerns this one only, so -ErrorAction governs it.

    The job that a record names is named with its error: the pipe may have had the only copy of the id.
    """
    if identifier not in f"{error.message} {error.action}":
        error.target = error.target or identifier
    if isinstance(error, BindingError):
        error.terminating = False
    streams.error(error)
