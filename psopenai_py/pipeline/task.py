"""What becomes of one record: bound, carried out in steps, noted in the journal, and heard in its turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..binding.bound import Bound
from ..cmdlets import Call, CmdletModule, Steps
from ..errors import InputError, Interrupted, PSOpenAIError
from ..http import retry
from .journal import Entry, Journal
from .ordered_output import BufferedStreams
from .record import identifier, named_job, perform, report


class Task:
    """One record of a run, as a task of the scheduler.

    Args:
        call: the call that all records share; `streams` are those of the run.
        earlier: what the journal knows of the record.
        ended: is told once: that the record is done (True), or was dropped before its end.
    """

    def __init__(
        self,
        number: int,
        value: Any,
        module: CmdletModule,
        call: Call,
        journal: Journal | None,
        earlier: Entry | None,
        ended: Callable[[Task, bool], None],
    ) -> None:
        self.number = number
        self.streams = BufferedStreams(call.streams)
        self.begun = False
        #: The id of the job that the record names, if it names one.
        self.identifier = ""
        self._value = value
        self._module = module
        self._call = call._replace(streams=self.streams, done=number - 1)
        self._journal = journal
        self._ended = ended
        self._steps = self._repeated(earlier) if earlier and earlier.state != "failed" else self._carried_out()

    def step(self) -> float | None:
        """Go on until the next pause and return its seconds; None at the end."""
        try:
            pause = next(self._steps, None)
        except PSOpenAIError as error:
            report(self.streams, error, self.identifier, f"record {self.number}")
            pause = None
        except Interrupted:
            self.drop()
            return None
        if pause is None:
            self._note()
            self._ended(self, True)
        return pause

    def drop(self) -> None:
        """Give up before anything was sent, or between two questions."""
        self._steps.close()
        self.identifier = self.identifier or identifier(self._module, self._call, self._value)
        if self._journal is not None and self.begun:
            self._write(self._journal.failed)
        self._ended(self, False)

    def _carried_out(self) -> Steps:
        yield from perform(self._module, self._call, self._value, self._begin)

    def _begin(self, bound: Bound) -> None:
        self.identifier = named_job(bound)
        if self._journal is not None:
            self._journal.begun(self.number, self._value)
        self.begun = True

    def _repeated(self, earlier: Entry) -> Steps:
        """What an earlier run found out is said again, and nothing is sent."""
        if earlier.state == "done":
            for output in earlier.outputs:
                self.streams.output(output)
        elif self._module.CMDLET.creates:
            raise _unknown(self.number, self._module.CMDLET.name)
        else:
            yield from self._carried_out()

    def _note(self) -> None:
        """Write into the journal what became of it."""
        if self._journal is None or not self.begun:
            return
        creates, errors = self._module.CMDLET.creates, self.streams.errors
        if not errors or (creates and self.streams.outputs):
            self._write(partial(self._journal.done, outputs=self.streams.outputs))
        elif creates and not all(map(retry.was_not_carried_out, errors)):
            self._write(self._journal.unknown)
        else:
            self._write(self._journal.failed)

    def _write(self, note: Callable[[int, Any], None]) -> None:
        try:
            note(self.number, self._value)
        except PSOpenAIError as error:
            self.streams.error(error)


def _unknown(number: int, cmdlet: str) -> PSOpenAIError:
    return InputError(
        f"Record {number} was sent by an earlier run, and nobody knows whether a job was created. "
        "It is not sent again.",
        error_id="OutcomeUnknown",
        command=cmdlet,
        category="ResourceUnavailable",
        reason="InvalidOperationException",
        action=f"Look for the job with Get-Video. To send it again, delete its lines ('\"record\":{number},') from the "
        "journal.",
    )
