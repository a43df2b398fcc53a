"""A cmdlet run once for each record that the pipeline brings: the loop, and the executor for one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from ..binding.bound import Bound
from ..cmdlets import Call, CmdletModule, go_through
from ..cmdlets.shared_parameters import COMPRESS, RESUME, TABLE, THROTTLE_LIMIT
from ..errors import Interrupted, PSOpenAIError
from ..terminal.streams import TerminalStreams
from .record import named_job, perform, report
from .records import Records


class Executor(Protocol):
    """Carries out records. One that fails is reported, and does not keep the others from being carried out."""

    def wanted(self, records: Iterable[Any]) -> Iterator[Any]:
        """The records, for as long as more are to be carried out."""

    def add(self, number: int, record: Any) -> None:
        """Carry out a record, or see to it that it will be; the first one has the number 1."""


def run_records(executor: Executor, records: Iterable[Any]) -> None:
    """Have all records carried out. This is the one loop over them, however many are under way at a time."""
    for number, record in enumerate(executor.wanted(records), 1):
        executor.add(number, record)


class SequentialExecutor:
    """One record after another, each heard as it goes.

    Args:
        left: has the id of the job that is under way, when the run is broken off.
    """

    def __init__(self, module: CmdletModule, call: Call, left: list[str]) -> None:
        self._module = module
        self._call = call
        self._left = left

    def wanted(self, records: Iterable[Any]) -> Iterator[Any]:
        """The records, until an error ends the run."""
        for record in records:
            yield record
            if self._call.streams.ended:
                return

    def add(self, number: int, record: Any) -> None:
        """Carry out a record. What is not reported in its name, such as Ctrl-C, ends the run."""
        self._left.clear()
        try:
            go_through(perform(self._module, self._call, record, self._begins))
            self._call = self._call._replace(done=self._call.done + 1)
        except PSOpenAIError as error:
            report(self._call.streams, error, "".join(self._left))
        self._left.clear()

    def _begins(self, bound: Bound) -> None:
        self._left.extend(filter(None, [named_job(bound)]))


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
        with (
            streams.lines(in_lines),
            streams.table() if as_table else streams.array() if as_array else nullcontext(),
            _executor(module, call, streams, left, many=many) as executor,
        ):
            run_records(executor, records)
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


def _executor(
    module: CmdletModule, call: Call, streams: TerminalStreams, left: list[str], *, many: bool
) -> AbstractContextManager[Executor]:
    """What carries out the records. One record at a time needs neither threads nor a journal, and loads none."""
    if not many:
        return nullcontext(SequentialExecutor(module, call, left))
    from .concurrent import concurrent_executor

    return concurrent_executor(module, call, streams, left)


def _advice(module: CmdletModule, call: Call, left: list[str], records: Records, streams: TerminalStreams) -> str:
    from . import remaining

    return remaining.advice(module, call, left, records, streams)
