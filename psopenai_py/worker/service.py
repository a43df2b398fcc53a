"""The calls, one after another: request in, records out, and connections that stay open in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from .. import __version__
from ..binding.binder import Binding, bind_typed
from ..binding.records import Unreadable
from ..binding.spec import Cmdlet
from ..cmdlets import Call, load
from ..cmdlets.shared_parameters import pipeline_parameters
from ..errors import BindingError, Interrupted, PSOpenAIError
from ..streams import Preferences
from . import world
from .inbox import Inbox
from .interrupts import Interrupts
from .requests import BadRequest, Request
from .streams import RecordStreams

if TYPE_CHECKING:
    from ..http.connections import Connections

#: Counts up when a client of the version before would no longer understand the records.
PROTOCOL = 1


class Service:
    """Makes calls until the inbox closes."""

    def __init__(self, inbox: Inbox, interrupts: Interrupts, out: BinaryIO) -> None:
        self._inbox = inbox
        self._interrupts = interrupts
        self._out = out
        self._connections: Connections | None = None
        self._way: object = None

    def serve(self) -> None:
        """Read requests and answer them. A call that fails or is cancelled does not end it."""
        self._streams(None).record("ready", {"protocol": PROTOCOL, "version": __version__})
        self._inbox.start()
        try:
            while (request := self._inbox.take()) is not None:
                self._answer(request)
        finally:
            self._hang_up()

    def _answer(self, request: Request | BadRequest) -> None:
        streams = self._streams(request.call)
        if isinstance(request, BadRequest):
            streams.error(request)
            if request.call is not None:
                streams.end(None)
            return
        streams.preferences = request.preferences
        note = self._call(request, streams)
        # From here on the number is free: who reads the last record may use it again at once.
        self._inbox.finished(request.call)
        streams.end(note)

    def _call(self, request: Request, streams: RecordStreams) -> str | None:
        """Make a call and report its errors. Returns what a cancelled one leaves behind, else None."""
        try:
            with world.entered(request.location, request.environment) as environ:
                return self._interruptible(request, streams, environ)
        except PSOpenAIError as error:
            streams.error(error)
        except Exception as error:
            # A defect. The next call is none the worse for it.
            streams.error(_defect(error))
        return None

    def _interruptible(self, request: Request, streams: RecordStreams, environ: Mapping[str, str]) -> str | None:
        try:
            with self._interrupts.during(lambda: self._inbox.is_cancelled(request.call)):
                self._run(request, streams, environ)
        except KeyboardInterrupt as interruption:
            # An exchange that was left in the middle must not go on in the next call.
            self._hang_up()
            return interruption.note if isinstance(interruption, Interrupted) else ""
        return None

    def _run(self, request: Request, streams: RecordStreams, environ: Mapping[str, str]) -> None:
        module = load(request.cmdlet)
        binding = bind_typed(module.CMDLET, request.parameters, piped=request.records is not None)
        streams.preferences = Preferences.from_bound(binding.values, request.preferences)
        _check_pace(module.CMDLET, binding)
        connections = self._reach(environ, str(binding.values.get("ApiBase", "")))
        call = Call(binding.values, streams, environ, connections)
        if request.records is None:
            module.run(call)
        else:
            from ..pipeline.run import run_records

            run_records(module, call, _bindable(module.CMDLET, binding, request.records), [])

    def _reach(self, environ: Mapping[str, str], base: str) -> Connections:
        """The connections of earlier calls, as long as hosts are reached the same way."""
        from ..http.connections import Connections

        way = world.way(environ, base)
        if self._connections is None or way != self._way:
            self._hang_up()
            self._connections, self._way = Connections(), way
            self._interrupts.cut = self._connections.cut
        return self._connections

    def _hang_up(self) -> None:
        if self._connections is not None:
            self._connections.close()
            self._connections = None

    def _streams(self, call: int | None) -> RecordStreams:
        return RecordStreams(Preferences(), call, self._send)

    def _send(self, line: bytes) -> None:
        """Write a line, whole or not at all. When nobody reads any more, the process ends."""
        with self._interrupts.held():
            try:
                self._out.write(line + b"\n")
                self._out.flush()
            except OSError:
                raise SystemExit(0) from None


def _bindable(cmdlet: Cmdlet, binding: Binding, records: list[Any]) -> Iterable[Any]:
    """The records; as unusable ones where no parameter is left that could take them."""
    free = any(
        row.takes_pipeline and row.name not in binding.values and (not row.sets or binding.set_name in row.sets)
        for row in cmdlet.parameters
    )
    if binding.awaits or free:
        return records
    return [Unreadable("no parameter is left that takes pipeline input")] * len(records)


def _check_pace(cmdlet: Cmdlet, binding: Binding) -> None:
    """A worker takes one record after another. Who wants more at a time starts more workers."""
    for row in pipeline_parameters():
        if row.name in binding.values:
            raise BindingError(
                f"-{row.name} is for command lines, and not for a worker. Nothing was sent.",
                error_id="ParameterNotSupported",
                command=cmdlet.name,
                parameter=row.name,
                action="Start several workers, or run the command itself.",
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
