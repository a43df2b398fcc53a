"""The calls: request in, records out, and connections that stay open in between.

One call runs at a time. While a paced call rests, others are made, from within it: the calls of a session stand in
each other, as the commands of a pipeline do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from .. import __version__, signals
from ..binding.binder import Binding, bind_typed
from ..binding.bound import Bound
from ..binding.pipeline import Unreadable
from ..binding.spec import Cmdlet
from ..cmdlets import Call, load
from ..cmdlets.shared_parameters import API_BASE, PIPELINE, preferences
from ..errors import BindingError, Interrupted, PSOpenAIError
from ..streams import Preferences
from . import loading
from .call_environment import CallEnvironment
from .inbox import Inbox, Stir
from .interrupts import CallInterrupts
from .requests import BadRequest, CallRequest
from .streams import RecordStreams

if TYPE_CHECKING:
    from ..http.connections import Connections
    from .connections import Pool

#: Counts up when a client of the version before would no longer understand the records.
PROTOCOL = 1
_USUAL = Preferences()


class CallService:
    """Makes calls until the inbox closes."""

    def __init__(self, inbox: Inbox, interrupts: CallInterrupts, out: BinaryIO) -> None:
        self._inbox = inbox
        self._interrupts = interrupts
        self._out = out
        #: A shell makes a call for each record of its pipeline; what need not be said again is said to all of them.
        self._warned: dict[str, object] = {}
        self._environment = CallEnvironment()
        self._pool: Pool | None = None

    def serve(self) -> None:
        """Read requests and answer them. A call that fails or is cancelled does not end it."""
        self._streams(None).record("ready", {"protocol": PROTOCOL, "version": __version__})
        try:
            self._inbox.start()
        except RuntimeError:
            self._streams(None).error(_no_thread())
            raise SystemExit(1) from None
        loading.load()
        try:
            while self._next():
                pass
        finally:
            self._inbox.leave()
            if self._pool is not None:
                self._pool.close()

    def _next(self) -> bool:
        """Wait for a request and answer it; False when no more will come."""
        item = self._inbox.take()
        if item is not None and not isinstance(item, Stir):
            self._answer(item)
        return item is not None

    def _rest(self, call: int) -> None:
        """Make other calls until the client wants more of this one."""
        with self._interrupts.suspended(), signals.suspended():
            while not (self._inbox.may_go_on(call) or self._inbox.is_cancelled(call)):
                if not self._next():
                    break  # nobody is left who could want more, so nobody sets the pace

    def _answer(self, request: CallRequest | BadRequest) -> None:
        if isinstance(request, BadRequest):
            self._refuse(request)
            return
        call = request.call
        streams = self._streams(call, request.preferences, wait=partial(self._rest, call) if request.paced else None)
        note = self._call(request, streams)
        # From here on the number is free: who reads the last record may use it again at once.
        self._inbox.finished(request.call)
        streams.end(note)

    def _refuse(self, request: BadRequest) -> None:
        streams = self._streams(request.call)
        streams.error(request)
        if request.call is not None:
            streams.end(None)

    def _call(self, request: CallRequest, streams: RecordStreams) -> str | None:
        """Make a call and report its errors. Returns what a cancelled one leaves behind, else None."""
        try:
            with self._environment.applied(request.location, request.environment) as environ:
                return self._interruptible(request, streams, environ)
        except PSOpenAIError as error:
            streams.error(error)
        except Exception as error:
            # A defect. The next call is none the worse for it.
            streams.error(_defect(error))
        return None

    def _interruptible(self, request: CallRequest, streams: RecordStreams, environ: Mapping[str, str]) -> str | None:
        try:
            with self._interrupts.during(lambda: self._inbox.is_cancelled(request.call)):
                self._run(request, streams, environ)
        except KeyboardInterrupt as interruption:
            return interruption.note if isinstance(interruption, Interrupted) else ""
        return None

    def _run(self, request: CallRequest, streams: RecordStreams, environ: Mapping[str, str]) -> None:
        module = load(request.cmdlet)
        binding = bind_typed(module.CMDLET, request.parameters, piped=request.records is not None)
        bound = binding.bound
        streams.use(preferences(bound, request.preferences))
        _check_pace(module.CMDLET, bound)
        with self._reached(environ, bound.get(API_BASE, "")) as connections:
            call = Call(bound, streams, environ, connections, record=request.job, told=request.job is not None)
            if request.paced:
                from .pacing import RestingLimiter

                call = call._replace(limiter=RestingLimiter(streams.rest))
            if request.records is None:
                module.run(call)
            else:
                from ..pipeline.run import SequentialExecutor, run_records

                run_records(SequentialExecutor(module, call, []), _bindable(module.CMDLET, binding, request.records))

    @contextmanager
    def _reached(self, environ: Mapping[str, str], base: str) -> Iterator[Connections]:
        """Connections for a call. An exchange that was left in the middle must not go on in the next one."""
        from .connections import Pool

        self._pool = self._pool or Pool()
        key = self._environment.connection_key(environ, base)
        connections = self._pool.take(key)
        in_order = False
        try:
            with self._interrupts.cutting(connections.cut):
                yield connections
            in_order = True
        except Exception:
            in_order = True
            raise
        finally:
            if in_order:
                self._pool.give_back(connections, key)
            else:
                connections.close()

    def _streams(
        self, call: int | None, preferences: Preferences = _USUAL, wait: Callable[[], None] | None = None
    ) -> RecordStreams:
        return RecordStreams(preferences, call, self._send, self._warned, wait)

    def _send(self, line: bytes, now: bool) -> None:
        """Write a line, whole or not at all. When nobody reads any more, the process ends."""
        with self._interrupts.held():
            try:
                self._out.write(line + b"\n")
                if now:
                    self._out.flush()
            except OSError:
                raise SystemExit(0) from None


def _bindable(cmdlet: Cmdlet, binding: Binding, records: list[Any]) -> Iterable[Any]:
    """The records; as unusable ones where no parameter is left that could take them."""
    bound = binding.bound
    free = any(
        row.takes_pipeline and row not in bound and (not row.sets or binding.set_name in row.sets)
        for row in cmdlet.parameters
        if not row.ours  # to say who renders is not to say what
    )
    if binding.awaits or free:
        return records
    return [Unreadable("no parameter is left that takes pipeline input")] * len(records)


def _check_pace(cmdlet: Cmdlet, bound: Bound) -> None:
    """A worker takes one record after another. Who wants more at a time starts more workers."""
    for row in PIPELINE:
        if row in bound:
            raise BindingError(
                f"-{row.name} is for command lines, and not for a worker. Nothing was sent.",
                error_id="ParameterNotSupported",
                command=cmdlet.name,
                parameter=row.name,
                action="Start several workers, or run the command itself.",
            )


def _no_thread() -> PSOpenAIError:
    return PSOpenAIError(
        "The system gives no thread to read requests with.",
        category="ResourceUnavailable",
        action="Allow more processes: ulimit -u, or the limit of the container.",
    )


def _defect(error: Exception) -> PSOpenAIError:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" ({place.tb_frame.f_code.co_filename}:{place.tb_lineno})" if place else ""
    return PSOpenAIError(
        f"An unexpected {type(error).__name__}{where}. This is a defect of psopenai_py.",
        error_id="System.InvalidOperationException",
        action="Report it; the next call works.",
    )
