"""The cmdlets as Python functions: snake-case keywords in, plain dictionaries out, the same error tree.

No click, no text: what a terminal would show as warnings and verbose lines goes to the logger `psopenai_py`.
A keyword that is None was not given. Key, base address and organization are then looked for where the commands
look: in the environment, and in the keyring.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar, overload

from .binding.binder import bind_values
from .binding.bound import Bound
from .cmdlets import Call, load
from .cmdlets.shared_parameters import PROVIDER
from .errors import InputError
from .return_streams import ReturnStreams

# typing has it since 3.11; spelled out here, because every function needs it.
from typing import Unpack  # isort: skip

Job = dict[str, Any]
#: A job, or the id of one.
Video = str | Mapping[str, Any]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class ServiceKeywords(TypedDict, total=False):
    """Keywords of every function.

    timeout_sec: seconds until an answer must begin (for waits: for the whole wait); 0 is without limit.
    max_retry_count: 0 to 100 repetitions after status 429 or 5xx.
    api_type: "OpenAI" or "Azure".
    api_base: address of the service, such as "http://127.0.0.1:8091/v1" or "sandbox:".
    api_version: API version of an Azure service.
    auth_type: how the key is sent to an Azure service: "azure" or "azure_ad".
    api_key: the key; otherwise OPENAI_API_KEY, or the keyring.
    organization: the organization the request counts for; otherwise OPENAI_ORGANIZATION.
    additional_query: query parameters to append.
    additional_headers: headers to add or replace.
    additional_body: fields to add or replace in the body.
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


def _with_keywords(function: _Function) -> _Function:
    """Add the keywords of every function to the documentation of one, where `help()` looks for them."""
    if function.__doc__ and ServiceKeywords.__doc__:
        function.__doc__ = f"{function.__doc__.rstrip()}\n\n    {ServiceKeywords.__doc__.strip()}\n    "
    return function


@_with_keywords
def new_video(
    prompt: str | None = None,
    *,
    input_reference: str | os.PathLike[str] | None = None,
    model: str | None = None,
    seconds: str | int | None = None,
    size: str | None = None,
    **service: Unpack[ServiceKeywords],
) -> Job:
    """Start a job that renders a video, and return it as `New-Video` prints it.

    Args:
        prompt: what the video shows; needed unless `input_reference` or `additional_body` is given.
        input_reference: path of a picture or clip that is sent along.
        model: the model to use; "sora-2" if it is not given.
        seconds: length of the video in seconds.
        size: width and height in pixels, such as "1280x720".

    Returns: the job; times are local ISO 8601 texts with their offset.

    Raises: errors.PSOpenAIError, see the tree in `psopenai_py.errors`; KeyboardInterrupt.
    """
    given = {"prompt": prompt, "input_reference": input_reference, "model": model, "seconds": seconds, "size": size}
    return _one(_call("New-Video", given, service))


@overload
def get_video(video_id: Video, **service: Unpack[ServiceKeywords]) -> Job: ...
@overload
def get_video(
    video_id: None = None,
    *,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
    all: bool | None = None,
    after: str | None = None,
    **service: Unpack[ServiceKeywords],
) -> list[Job]: ...
@_with_keywords
def get_video(
    video_id: Video | None = None,
    *,
    limit: int | None = None,
    order: Literal["asc", "desc"] | None = None,
    all: bool | None = None,
    after: str | None = None,
    **service: Unpack[ServiceKeywords],
) -> Job | list[Job]:
    """Return one job by its id, or a list of jobs: a page, or with `all` every one.

    Args:
        video_id: the id, or the job as it was.
        limit: how many jobs a page has, 20 if it is not given.
        order: "asc" for the oldest first, "desc" for the newest.
        all: every page.
        after: begins behind the job of this id.

    Raises: errors.PSOpenAIError.
    """
    given = {"video_id": video_id, "limit": limit, "order": order, "all": all, "after": after}
    outputs = _call("Get-Video", given, service).outputs
    return outputs if video_id is None else _first(outputs)


@overload
def get_video_content(
    video_id: Video,
    *,
    out_file: None = None,
    variant: str | None = None,
    wait_for_completion: bool | None = None,
    **service: Unpack[ServiceKeywords],
) -> bytes: ...
@overload
def get_video_content(
    video_id: Video,
    *,
    out_file: str | os.PathLike[str],
    variant: str | None = None,
    wait_for_completion: bool | None = None,
    **service: Unpack[ServiceKeywords],
) -> Path: ...
@_with_keywords
def get_video_content(
    video_id: Video,
    *,
    out_file: str | os.PathLike[str] | None = None,
    variant: str | None = None,
    wait_for_completion: bool | None = None,
    **service: Unpack[ServiceKeywords],
) -> bytes | Path:
    """Download a video, or its "thumbnail" or "spritesheet".

    Args:
        video_id: the job, or its id.
        out_file: the file, which appears only when it is complete; a folder gets a file named after the job, and a
            name may hold {id}, {prompt}, {model}, {size} and {seconds}.
        variant: "video", "thumbnail" or "spritesheet".
        wait_for_completion: wait until the job is over, and download then.

    Returns: the bytes, or with `out_file` the path of the file that was written.

    Raises: errors.PSOpenAIError; JobFailedError when the awaited job ended without a video.
    """
    given = {
        "video_id": video_id,
        "out_file": out_file,
        "variant": variant,
        "wait_for_completion": wait_for_completion,
    }
    streams = _call("Get-VideoContent", given, service)
    return bytes(streams.data) if out_file is None else streams.paths[0]


@_with_keywords
def wait_video(
    video_id: Video,
    *,
    poll_interval_sec: float | None = None,
    status_for_wait: str | Sequence[str] | None = None,
    status_for_exit: str | Sequence[str] | None = None,
    **service: Unpack[ServiceKeywords],
) -> Job:
    """Wait until a job is over, and return it. `timeout_sec` limits the whole wait.

    Args:
        video_id: the job, such as `new_video` returns it, or its id.
        poll_interval_sec: seconds between two questions, 3 if it is not given; the first few come sooner.
        status_for_wait: status words to wait on; otherwise every word that is not an end.
        status_for_exit: status words to stop at.

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


@_with_keywords
def new_video_remix(prompt: str, video_id: Video, **service: Unpack[ServiceKeywords]) -> Job:
    """Start a job that renders the video of a finished job again, changed by the prompt, and return the new job.

    Args:
        prompt: what is to be changed.
        video_id: the finished job, or its id.

    Raises: errors.PSOpenAIError.
    """
    return _one(_call("New-VideoRemix", {"prompt": prompt, "video_id": video_id}, service))


@_with_keywords
def remove_video(video_id: Video, **service: Unpack[ServiceKeywords]) -> None:
    """Delete a job and its video.

    Args:
        video_id: the job, or its id.

    Raises: errors.PSOpenAIError.
    """
    _call("Remove-Video", {"video_id": video_id}, service)


def _call(name: str, given: Mapping[str, Any], service: Mapping[str, Any]) -> ReturnStreams:
    """Run a cmdlet with snake-case keywords."""
    for keyword in service.keys() - ServiceKeywords.__annotations__.keys():
        raise TypeError(f"{snake_case(name)}() got an unexpected keyword argument '{keyword}'")
    from .http.connections import Connections

    module, job = load(name), given.get("video_id")
    record = job if isinstance(job, Mapping) else None
    named = {} if record is None else _named_by(record)
    words = (each for one in (given, named, service) for each in one.items())
    bound = {_pascal(keyword): value for keyword, value in words if value is not None}
    streams = ReturnStreams()
    with closing(Connections()) as connections:
        call = Call(Bound(bind_values(module.CMDLET, bound)), streams, os.environ, connections, record=record)
        module.run(call._replace(told=service.get("provider") is None and named.get("provider") is not None))
    return streams


def _named_by(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a job says of itself as keywords: its id, and the hosted service that it comes from."""
    found, provider = job.get("id") or job.get("video_id"), job.get("provider")
    if not isinstance(found, str):
        raise InputError("What was given as a job has no id. Nothing was sent.")
    # Some servers have a property of this name that means something else.
    return {"video_id": found, "provider": provider if provider in PROVIDER.choices else None}


def _one(streams: ReturnStreams) -> Job:
    return _first(streams.outputs)


def _first(outputs: list[Any]) -> Job:
    job: Job = outputs[0]
    return job


def snake_case(cmdlet: str) -> str:
    """The name of the function that does what a cmdlet does."""
    return re.sub(r"\B([A-Z])", r"_\1", cmdlet.replace("-", "")).lower()


def _pascal(keyword: str) -> str:
    return "".join(word.capitalize() for word in keyword.split("_"))


def _joined(words: str | Sequence[str] | None) -> str | None:
    return words if words is None or isinstance(words, str) else ",".join(words)
