"""A cmdlet run once for each record that the pipeline brings."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from ..binding.pipeline import bind_record, lost_properties
from ..binding.records import Records
from ..cmdlets import Call, CmdletModule
from ..errors import BindingError, PSOpenAIError
from ..terminal import TerminalStreams


def run_each(module: CmdletModule, call: Call, records: Records, streams: TerminalStreams) -> None:
    """Run the cmdlet for all records. One that fails is reported, and the rest go on.

    The output has the form of the input: an array for an array, a line for a line. An error that would hit
    every record alike ends the run, and so does any error under -ErrorAction Stop.
    """
    streams.lines = records.form == "lines"
    as_array = records.form == "array" and module.CMDLET.documents
    with streams.array() if as_array else nullcontext():
        if call.bound.get("ThrottleLimit", 1) > 1 or "Resume" in call.bound:
            from .concurrent import run_many

            run_many(module, call, records, streams)
        else:
            run_records(module, call, records)


def run_records(module: CmdletModule, call: Call, records: Iterable[Any]) -> None:
    """The same, whatever becomes of the output."""
    streams = call.streams
    for record in records:
        try:
            bound = bind_record(module.CMDLET, call.bound, record)
            for text in lost_properties(module.CMDLET, record):
                streams.warn_once(text)
            module.run(call._replace(bound=bound))
            call = call._replace(done=call.done + 1)
        except BindingError as error:
            # It concerns this record only, so -ErrorAction governs it.
            error.terminating = False
            streams.error(error)
        except PSOpenAIError as error:
            streams.error(error)
            if error.terminating:
                return
        if streams.exit_code and streams.preferences.error == "Stop":
            return
