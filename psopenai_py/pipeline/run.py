"""A cmdlet run once for each record that the pipeline brings: one after another here, many at a time next door."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from ..cmdlets import Call, CmdletModule, go_through
from ..cmdlets.shared_parameters import COMPRESS, RESUME, TABLE, THROTTLE_LIMIT
from ..errors import Interrupted, PSOpenAIError
from ..terminal.streams import TerminalStreams
from .record import named_job, perform, report
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
    in_lines = call.bound.get(COMPRESS, records.form == "lines" or (many and records.form != "array"))
    as_array = records.form == "array" and not in_lines and module.CMDLET.documents
    as_table = call.bound.get(TABLE, False)
    left: list[str] = []
    failed = False
    try:
        with streams.lines(in_lines), streams.table() if as_table else streams.array() if as_array else nullcontext():
            if many:
                from .concurrent import run_many

                run_many(module, call, records, streams, left)
            else:
                run_records(module, call, records, left)
    except KeyboardInterrupt as interruption:
        from . import remaining

        note = interruption.note if isinstance(interruption, Interrupted) else ""
        parts = (
            note,
            "" if many else remaining.under_way(module, left, note),
            _advice(module, call, left, records, streams),
        )
        raise Interrupted(" ".join(filter(None, parts))) from None
    except PSOpenAIError as error:
        streams.error(error)  # of the run as a whole, so that no record was begun
        failed = True
    if failed or streams.ended:
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
