"""The cmdlets as Python functions: snake-case keywords in, plain dictionaries out, the same error tree.

No click, no text: what a terminal would show as warnings and verbose lines goes to the logger `psopenai_py`.
A keyword that is None was not given. Key, base address and organization are then looked for where the commands
look: in the environment, and in the keyring.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Literal, TypedDict, overload

from .binding.binder import bind_values
from .cmdlets import Call, load
from .errors import PSOpenAIError
from .streams import Data, Preferences, Streams

# typing has it since 3.11; spelled out here, because every function needs it.
from typing import Unpack  # isort: skip

Job = dict[str, Any]


class Service(TypedDict, total=False):
    """Keywords of every function.

    timeout_sec: seconds until an answer must begin (for waits: for the whole wait); 0 is without limit.
    max_retry_count: 0 to 100 repetitions after status 429 or 5xx.
    api_type: "OpenAI" or "Azure"; api_version and auth_type matter for Azure only.
    api_base: address of the service, such as "http://127.0.0.1:8091/v1" or "sandbox:".
    additional_query, additional_headers, additional_body: what is added to a request.
    provider: a hosted service, such as "OpenRouter".
    """

    timeout_sec: int | None
    max_retry_count: int | None
    api_type: str | None
    api_base: str | None
    api_version: str | None
    auth_type: str | None
    api_key: str | None
    organization: str | None
    additional_query: Mapping[str, Any] | None
    additional_headers: Mapping[str, Any] | None
    additional_body: Mapping[str, Any] | None
    provider: str | None


def new_video(
    prompt: str | None = None,
    *,
    input_reference: str | os.PathLike[str] | None = None,
    model: str | None = None,
    seconds: str | int | None = None,
    size: str | None = None,
    **service: Unpack[Service],
) -> Job:
    """Start a job that renders a video, and return it as `New-Video` prints it.

    Args:
        prompt: what the video shows; needed unless `input_reference` or `additional_body` is given.
        input_reference: path of a picture or clip that is sent along.
        seconds: length of the video in seconds.
        size: width and height in pixels, such as "1280x720".

    Returns: the job; times are local ISO 8601 texts with their offset.

    Raises: errors.PSOpenAIError, see the tree in `psopenai_py.errors`; KeyboardInterrupt.
    """
    given = {"prompt": prompt, "input_reference": input_reference, "model": model, "seconds": seconds, "size": size}
    return _one(_call("New-Video", given, service))


@overload
def get_video(video_id: str, **service: Unpack[Service]) -> Job: ...
@overload
def get_video(
    video_id: None = None,
    *,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
    all: bool | None = None,
    after: str | None = None,
    **service: Unpack[Service],
) -> list[Job]: ...
def get_video(
    video_id: str | None = None,
    *,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
    all: bool | None = None,
    after: str | None = None,
    **service: Unpack[Service],
) -> Job | list[Job]:
    """Return one job by its id, or a list of jobs: a page, or with `all` every one.

    Raises: errors.PSOpenAIError.
    """
    given = {"video_id": video_id, "limit": limit, "order": order, "all": all, "after": after}
    outputs = _call("Get-Video", given, service).outputs
    return outputs if video_id is None else _first(outputs)


def get_video_content(
    video_id: str,
    *,
    out_file: str | os.PathLike[str] | None = None,
    variant: str | None = None,
    wait_for_completion: bool | None = None,
    **service: Unpack[Service],
) -> bytes | None:
    """Download a video, or its "thumbnail" or "spritesheet".

    Returns: the bytes, or None with `out_file`, which then appears only when it is complete.

    Raises: errors.PSOpenAIError; JobFailedError when the awaited job ended without a video.
    """
    given = {
        "video_id": video_id,
        "out_file": out_file,
        "variant": variant,
        "wait_for_completion": wait_for_completion,
    }
    streams = _call("Get-VideoContent", given, service)
    return bytes(streams.data) if out_file is None else None


def wait_video(
    video_id: str,
    *,
    poll_interval_sec: float | None = None,
    status_for_wait: str | Sequence[str] | None = None,
    status_for_exit: str | Sequence[str] | None = None,
    **service: Unpack[Service],
) -> Job:
    """Wait until a job is over, and return it. `timeout_sec` limits the whole wait.

    Raises: errors.PendingError when time runs out, JobFailedError when the job ended without a video, and other
    errors.PSOpenAIError.
    """
    given = {
        "video_id": video_id,
        "poll_interval_sec": poll_interval_sec,
        "status_for_wait": _joined(status_for_wait),
        "status_for_exit": _joined(status_for_exit),
    }
    return _one(_call("Wait-Video", given, service))


def new_video_remix(prompt: str, video_id: str, **service: Unpack[Service]) -> Job:
    """Start a job that renders the video of a finished job again, changed by the prompt, and return the new job.

    Raises: errors.PSOpenAIError.
    """
    return _one(_call("New-VideoRemix", {"prompt": prompt, "video_id": video_id}, service))


def remove_video(video_id: str, **service: Unpack[Service]) -> None:
    """Delete a job and its video. Raises: errors.PSOpenAIError."""
    _call("Remove-Video", {"video_id": video_id}, service)


class _ReturnStreams(Streams):
    """Keeps the output for the caller; the rest is logged."""

    def __init__(self) -> None:
        verbose, debug = _log.isEnabledFor(logging.INFO), _log.isEnabledFor(logging.DEBUG)
        super().__init__(Preferences(verbose=verbose, debug=debug))
        self.outputs: list[Any] = []
        self.data = bytearray()

    def ask_secret(self, question: str) -> str:
        raise NotImplementedError("a function never asks")

    def refuse_terminal(self, action: str) -> None:
        """Bytes go to the caller."""

    def write(self, data: Data) -> None:
        self.data += data

    def restart(self) -> bool:
        self.data.clear()
        return True

    def _write_output(self, value: Any) -> None:
        self.outputs.append(value)

    def _write_error(self, error: PSOpenAIError) -> None:
        raise error

    def _write(self, label: str, text: str) -> None:
        _log.log(_LEVELS[label], "%s", self.clean(text))


_log = logging.getLogger("psopenai_py")
_LEVELS = {"": logging.INFO, "WARNING": logging.WARNING, "VERBOSE": logging.INFO, "DEBUG": logging.DEBUG}


def _call(name: str, given: Mapping[str, Any], service: Mapping[str, Any]) -> _ReturnStreams:
    """Run a cmdlet with snake-case keywords."""
    for keyword in service.keys() - Service.__annotations__.keys():
        raise TypeError(f"{_snake(name)}() got an unexpected keyword argument '{keyword}'")
    from .http.connections import Connections

    module = load(name)
    bound = {_pascal(keyword): value for keyword, value in {**given, **service}.items() if value is not None}
    streams = _ReturnStreams()
    with closing(Connections()) as connections:
        module.run(Call(bind_values(module.CMDLET, bound), streams, os.environ, connections))
    return streams


def _one(streams: _ReturnStreams) -> Job:
    return _first(streams.outputs)


def _first(outputs: list[Any]) -> Job:
    job: Job = outputs[0]
    return job


def _snake(cmdlet: str) -> str:
    return re.sub(r"\B([A-Z])", r"_\1", cmdlet.replace("-", "")).lower()


def _pascal(keyword: str) -> str:
    return "".join(word.capitalize() for word in keyword.split("_"))


def _joined(words: str | Sequence[str] | None) -> str | None:
    return words if words is None or isinstance(words, str) else ",".join(words)
