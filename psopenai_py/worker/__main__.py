"""`python -m psopenai_py.worker`: standard input brings requests, standard output takes records."""

from __future__ import annotations

import contextlib
import os
import stat
import sys

from .. import signals
from .inbox import Inbox
from .interrupts import CallInterrupts
from .service import CallService


def main() -> None:
    """Serve until standard input ends, or a signal ends the process."""
    # Whatever else writes to standard output must not end up between the records.
    records = os.dup(1)
    os.dup2(2, 1)
    interrupts = CallInterrupts()
    inbox = Inbox(lambda most: os.read(0, most), interrupts.wake, stored=_is_file(0))
    interrupts.install(inbox.close)
    out = open(records, "wb")  # noqa: PTH123, SIM115 - a descriptor is no path, and it is closed below
    try:
        CallService(inbox, interrupts, out).serve()
    finally:
        with contextlib.suppress(OSError):  # of what nobody reads any more, nothing is tried again
            out.close()
    if signals.came():
        sys.exit(signals.exit_code())


def _is_file(handle: int) -> bool:
    try:
        return stat.S_ISREG(os.fstat(handle).st_mode)
    except OSError:  # it was closed
        return False


if __name__ == "__main__":
    main()
