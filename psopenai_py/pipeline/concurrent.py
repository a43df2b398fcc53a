"""The executor for several records at a time, from the first one to the last, or to Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from typing import Any

from ..binding.spec import Kind
from ..cmdlets import Call, CmdletModule
from ..cmdlets.shared_parameters import OUT_FILE, PROVIDER, RESUME, THROTTLE_LIMIT, WHAT_IF
from ..errors import APIRequestError, InputError, Interrupted, KeyMissingError, PSOpenAIError
from ..http import retry
from ..http.client import load_library
from ..http.rate_limit import SharedRateLimiter
from ..terminal.streams import TerminalStreams
from .interrupts import Interrupts
from .journal import Journal, digest
from .ordered_output import OrderedOutput
from .progress import RunProgress
from .scheduler import Scheduler
from .task import Task

#: Records that may be under way or unheard at the same time, however long the input is. So many jobs are waited for
#: at once, and so far may the rest be ahead of a record that takes long.
WINDOW = 1024
#: Seconds after which whoever waits looks up: on Windows, nothing else lets Ctrl-C through.
_LOOK_UP = 0.1
#: Seconds that are left to requests whose connection was cut.
_LAST_WORDS = 2.0
#: Parameters that say how to reach a server rather than what to ask of it: they may change from run to run.
_MEANS = ("TimeoutSec", "MaxRetryCount", "ApiBase", "Organization", "PollIntervalSec")


@contextmanager
def concurrent_executor(
    module: CmdletModule, call: Call, streams: TerminalStreams, left: list[str]
) -> Iterator[ConcurrentExecutor]:
    """Carries out -ThrottleLimit records at a time, with -Resume by a journal. At its end, all are done.

    Output comes in the order of the records. Raises Interrupted after Ctrl-C, when everything that was under way is
    done; and what the journal or the settings raise.

    Args:
        left: gets the ids of the jobs that were taken from the pipe and left undone.
    """
    if OUT_FILE in module.CMDLET.parameters and OUT_FILE not in call.bound:
        text = "Bytes of several videos cannot go to one output at the same time."
        action = "Let -OutFile name a folder, with a slash at its end."
        raise InputError(text, command=module.CMDLET.name, action=action)
    path = None if call.bound.get(WHAT_IF) else call.bound.get(RESUME)
    with closing(Journal(path, _owner(module, call))) if path else nullcontext() as journal:
        # What is wrong with them is one error, and not one of each record. But a record may name its own provider.
        with suppress(KeyMissingError) if PROVIDER not in call.bound else nullcontext():
            call.resolve_settings()
        if not call.bound.get(WHAT_IF):
            load_library()
        executor = ConcurrentExecutor(module, call, streams, journal, left)
        with executor.running():
            yield executor


def _owner(module: CmdletModule, call: Call) -> dict[str, str]:
    """What makes a journal that of this command."""
    rows = (row for row in module.CMDLET.parameters if row in call.bound)
    kept = (row for row in rows if not (row.common or row.ours or row.kind is Kind.SECRET or row.name in _MEANS))
    return {"cmdlet": module.CMDLET.name} | {row.name: digest(call.bound[row]) for row in kept}


class ConcurrentExecutor:
    """Records are read in the main thread, and carried out and heard in those of the scheduler."""

    def __init__(
        self,
        module: CmdletModule,
        call: Call,
        streams: TerminalStreams,
        journal: Journal | None,
        left: list[str],
    ) -> None:
        careful = journal is not None and module.CMDLET.creates
        self._interrupts = Interrupts()
        self._limiter = SharedRateLimiter(
            retry.was_not_carried_out if careful else _always, lambda: self._interrupts.count > 0
        )
        self._module = module
        self._call = call._replace(limiter=self._limiter)
        self._streams = streams
        self._journal = journal
        self._left = left
        self._dropped: dict[int, str] = {}
        self._misses_key = False
        self._scheduler = Scheduler(call.bound.or_default(THROTTLE_LIMIT))
        self._output = OrderedOutput(self._spoke)
        self._window = threading.Semaphore(WINDOW)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._progress = RunProgress()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Inside, records are added. At the end, wait for the end of all that was begun."""
        with self._interrupts.counted(), self._streams.input.reading_until(self._stopping):
            self._streams.show_progress(self._progress.pieces)
            try:
                yield
                self._progress.took_all()
            except PSOpenAIError as error:
                self._streams.error(error)
                self._stop()
            self._finish()
        self._streams.progress_end()
        if self._interrupts.count:
            raise Interrupted(self._account())

    def wanted(self, records: Iterable[Any]) -> Iterator[Any]:
        """The records, until the end, Ctrl-C, or an error that ends the run."""
        source = iter(records)
        while self._has_room():
            try:
                with self._interrupts.waiting():
                    value = next(source, self)
            except KeyboardInterrupt:
                return
            if value is self or self._stopping.is_set():
                return
            yield value

    def _has_room(self) -> bool:
        """Wait until another record may be under way; False when none is to be."""
        while not self._window.acquire(timeout=_LOOK_UP):
            self._scheduler.ended(0)
            if self._interrupts.count or self._stopping.is_set():
                return False
        return True

    def add(self, number: int, record: Any) -> None:
        """Have a record carried out when a thread is free."""
        earlier = self._journal.find(number, record) if self._journal else None
        task = Task(number, record, self._module, self._call, self._journal, earlier, self._ended)
        self._progress.took(task)
        self._scheduler.add(task)

    def _finish(self) -> None:
        """Wait for what is under way. The first Ctrl-C drops what has not begun, the second one breaks off the rest."""
        self._scheduler.close()
        try:
            self._await_end()
        finally:
            # Also when a step failed in a way that nobody foresaw: what others have done is told.
            self._output.rest()
            self._left.extend(self._dropped[number] for number in sorted(self._dropped))

    def _await_end(self) -> None:
        patience, pause = float("inf"), 0.0
        while not self._scheduler.ended(pause) and patience > 0:
            pause = _LOOK_UP
            if self._interrupts.count and not self._stopping.is_set():
                self._stop()
                if not self._scheduler.ended(_LOOK_UP):
                    self._streams.host("Finishing what is under way; Ctrl-C again breaks it off.")
            if self._interrupts.count > 1:
                patience = min(patience, _LAST_WORDS) - _LOOK_UP
                self._call.connections.cut()

    def _stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()
        self._limiter.stop()
        self._scheduler.drop()

    def _ended(self, task: Task, complete: bool) -> None:
        """Hear a record that is done. Called in the threads of the scheduler."""
        with self._lock:
            complete = complete and not self._is_repeated(task)
            self._progress.ended(task, complete)
        if complete:
            if task.streams.ended:
                self._stop()
            self._output.done(task.number, task.streams)
        else:
            if task.identifier:
                self._dropped[task.number] = task.identifier
            self._window.release()

    def _is_repeated(self, task: Task) -> bool:
        """True for the missing key that a record beside it has reported: it is one error, and ends the run."""
        missing = any(isinstance(error, KeyMissingError) for error in task.streams.errors)
        known, self._misses_key = self._misses_key, self._misses_key or missing
        return missing and known

    def _spoke(self, complete: bool) -> None:
        self._window.release()
        if not complete:
            self._stop()  # nobody reads any more, or nothing can be written

    def _account(self) -> str:
        """What was done by the time of Ctrl-C."""
        count, failures = self._progress.done, self._progress.failed
        failed = f", {failures} of them with errors" if failures else ""
        done = "1 record is done" if count == 1 else f"{count} records are done"
        return f"{done}{failed}. {self._advice()}".rstrip()

    def _advice(self) -> str:
        if self._journal is not None:
            return "The same command goes on from there."
        if self._module.CMDLET.creates:
            return "The others were not sent; with -Resume FILE the same command could go on from there."
        return ""


def _always(error: APIRequestError) -> bool:
    return True
