"""Jobs whose ids came through the pipe and that a run leaves undone: a pipe may hold the only copy of an id."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from itertools import islice
from threading import Event
from typing import Any

from ..cmdlets import Call, CmdletModule
from ..cmdlets.shared_parameters import THROTTLE_LIMIT, VIDEO_ID
from ..errors import PSOpenAIError
from ..terminal.streams import TerminalStreams
from .record import identifier, is_told
from .records import Records

#: Records that are still read when a run ends early.
_MOST = 10_000


def advice(module: CmdletModule, call: Call, left: list[str], records: Records, streams: TerminalStreams) -> str:
    """What to type to go on with the jobs that are left, and with those that the pipe still brings at once."""
    takes_ids = any(row.name == VIDEO_ID.name for row in module.CMDLET.parameters)
    if not takes_ids or VIDEO_ID in call.bound:
        return ""
    ids = [*left, *(found for record in _waiting(records, streams) if (found := identifier(module, call, record)))]
    if not ids:
        return ""
    return f"To go on: {_printed(ids)} | {_command(module, call)}"


def under_way(module: CmdletModule, left: list[str], note: str) -> str:
    """Takes out of what is left the job that a creation is from, where the note says that this may have been done.

    Returns a sentence that names it: the creation is not to be sent again unseen, and the pipe had the id.
    """
    if not (module.CMDLET.creates and note and left):
        return ""
    ids = " ".join(each for each in left if not is_told(each, note))
    left.clear()
    return f"It was from {ids}." if ids else ""


def _waiting(records: Records, streams: TerminalStreams) -> Iterator[Any]:
    """The records that are there without waiting for them."""
    enough = Event()
    enough.set()
    with streams.input.reading_until(enough):
        yield from islice(records.rest(), _MOST)


def _command(module: CmdletModule, call: Call) -> str:
    try:
        command = call.again(module.CMDLET, call.resolve_settings())
    except PSOpenAIError:  # they are what ended the run
        command = module.CMDLET.name
    limit = call.bound.or_default(THROTTLE_LIMIT)
    return f"{command} -ThrottleLimit {limit}" if limit > 1 else command


def _printed(ids: list[str]) -> str:
    """Ids, one a line, for a POSIX shell, or for PowerShell on Windows."""
    if os.name == "nt":
        return ", ".join("'" + each.replace("'", "''") + "'" for each in ids)
    return shlex.join(["printf", r"%s\n", *ids])
