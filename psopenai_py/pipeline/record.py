"""One record of the pipeline: bound, carried out and reported, whoever makes the round over all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..binding.bound import Bound
from ..binding.pipeline import bind_record, lost_properties
from ..cmdlets import Call, CmdletModule, Steps, steps_of
from ..cmdlets.shared_parameters import PROVIDER, VIDEO_ID
from ..errors import BindingError, PSOpenAIError
from ..streams import Streams


def named_job(bound: Bound) -> str:
    """The id of the job that bound parameters name; empty if they name none."""
    return bound.get(VIDEO_ID) or ""


def perform(
    module: CmdletModule, call: Call, record: Any, begins: Callable[[Bound], None] = lambda bound: None
) -> Steps:
    """Carry out one record in steps. Raises what binding it and the cmdlet raise.

    Args:
        begins: is told what was bound, before anything else happens.
    """
    bound = _bound(module, call, record)
    for text in lost_properties(module.CMDLET, record):
        call.streams.warn_once(text)
    begins(bound)
    told = PROVIDER in bound and PROVIDER not in call.bound
    piped = record if isinstance(record, dict) else None
    yield from steps_of(module, call._replace(bound=bound, record=piped, told=told))


def report(streams: Streams, error: PSOpenAIError, identifier: str, place: str = "") -> None:
    """Report what became of a record. That it does not bind concerns this one only, so -ErrorAction governs it.

    The job that a record names is named with its error: the pipe may have had the only copy of the id.
    """
    named = "" if is_told(identifier, f"{error.message} {error.action}") else identifier
    terminating = error.terminating and not isinstance(error, BindingError)
    streams.error(error.with_facts(target=error.target or named or place, terminating=terminating))


def is_told(identifier: str, text: str) -> bool:
    """True if a text names an id, and not only has its letters."""
    return re.search(rf"(?<![\w-]){re.escape(identifier)}(?![\w-])", text) is not None


def identifier(module: CmdletModule, call: Call, record: Any) -> str:
    """The id of the job that a record names; empty if it names none."""
    try:
        return named_job(_bound(module, call, record))
    except PSOpenAIError:
        return ""


def _bound(module: CmdletModule, call: Call, record: Any) -> Bound:
    return Bound(bind_record(module.CMDLET, call.bound.by_name, record))
