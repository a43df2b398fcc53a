"""Ctrl-C, `kill` and the end of a session: each ends a call as KeyboardInterrupt, but none loses a job's id.

Between the moment a request that creates something leaves and the moment its result is printed, an interruption
waits. The connection is cut meanwhile, so that nobody has to wait for a slow server.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any

#: Seconds after which an interruption that was lost comes again.
_AGAIN = 0.02
#: What ends a call: Ctrl-C, `kill`, a terminal or session that closes, and Windows' own.
NUMBERS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))

_Handler = Callable[[int, FrameType | None], Any]


class _State:
    """The signal that came last, and the deferral that the main thread is in."""

    number: int = signal.SIGINT
    came: bool = False
    deferral: Deferral | None = None


def install() -> None:
    """From now on, all of them raise KeyboardInterrupt. What is ignored stays so, as under nohup."""
    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    sys.unraisablehook = _unraisable


def _unraisable(problem: sys.UnraisableHookArgs) -> None:
    """Where nothing can be raised, as in a callback while modules load, an interruption would be lost: repeat it."""
    if problem.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(problem)
        return
    again = threading.Timer(_AGAIN, _thread.interrupt_main, [_State.number])
    again.daemon = True
    again.start()


def ignore() -> None:
    """The work is done: nothing is left to be broken off."""
    for number in NUMBERS:
        signal.signal(number, signal.SIG_IGN)


def interrupt(number: int, frame: FrameType | None = None) -> None:
    """Take note of a signal, and raise KeyboardInterrupt."""
    note(number)
    raise KeyboardInterrupt


def note(number: int) -> None:
    """Take note of a signal, for the exit code."""
    _State.number, _State.came = number, True


def came() -> bool:
    """True if there was one."""
    return _State.came


def exit_code() -> int:
    """What a process ends with that was ended by a signal: 130 after Ctrl-C."""
    return 128 + _State.number


@contextmanager
def replaced(handler: _Handler) -> Iterator[None]:
    """Inside, signals that would raise go to this handler instead. Signals are the main thread's business only."""
    usual = {}
    if threading.current_thread() is threading.main_thread():
        present = {number: signal.getsignal(number) for number in NUMBERS}
        usual = {number: own for number, own in present.items() if own in (interrupt, signal.default_int_handler)}
    for number in usual:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, own in usual.items():
            signal.signal(number, own)


class Deferral:
    """Interruptions while something is created: at once before it is sent, and from then on at the end of the block.

    A second one does not wait any longer.
    """

    def __init__(self) -> None:
        self.pending = 0
        self._cut: Callable[[], None] | None = None

    def hold(self, cut: Callable[[], None]) -> None:
        """The request leaves now. `cut` ends the connection under whoever waits for the response."""
        self._cut = cut

    def release(self) -> None:
        """The request is answered, and nothing came of it."""
        self._cut = None
        self.raise_pending()

    def raise_pending(self) -> None:
        """Raise KeyboardInterrupt if an interruption has waited."""
        if self.pending:
            raise KeyboardInterrupt

    def postpone(self, number: int) -> bool:
        """Let an interruption wait; False for one that is not to wait."""
        if self._cut is None or self.pending:
            return False
        self.pending = number
        self._cut()
        return True

    def handle(self, number: int, frame: FrameType | None = None) -> None:
        """The handler of the signals."""
        note(number)
        if not self.postpone(number):
            raise KeyboardInterrupt


@contextmanager
def deferred() -> Iterator[Deferral]:
    """Inside, interruptions are deferred as soon as something is sent that must not be lost."""
    deferral = Deferral()
    with _current(deferral), replaced(deferral.handle):
        yield deferral
        deferral.raise_pending()


def postponed(number: int) -> bool:
    """For handlers of one's own: True if an interruption waits for the end of the deferral that is under way."""
    return _State.deferral is not None and _State.deferral.postpone(number)


def suspended() -> AbstractContextManager[None]:
    """Inside, something else is done in the middle of a deferral, which does not hold for that."""
    return _current(None)


@contextmanager
def _current(deferral: Deferral | None) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    outer, _State.deferral = _State.deferral, deferral
    try:
        yield
    finally:
        _State.deferral = outer
