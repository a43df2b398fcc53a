"""Get-VideoContent: download the video of a job, or its thumbnail or sprite sheet."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call, Steps, go_through
from .shared_parameters import common_parameters, pipeline_parameters, provider, service_parameters, video_id

if TYPE_CHECKING:
    from ..errors import APIRequestError, PSOpenAIError
    from ..videos.client import Opening, VideoClient
    from ..videos.download import Fetch, Sink
    from ..videos.saving import Saved

CMDLET = Cmdlet(
    name="Get-VideoContent",
    synopsis="Downloads the content of a finished video job.",
    description=(
        "Writes the video to -OutFile, or as raw bytes to a pipe; a terminal is refused. The file appears only when it "
        "is complete and looks like what was asked for. A transfer that breaks off is continued."
    ),
    parameters=(
        video_id(),
        Parameter(
            "OutFile",
            Kind.STRING,
            "File to write; missing folders are made. A folder gets a file named after the job; a name may hold {id}, "
            "{prompt}, {model}, {size} and {seconds}. A file that is there already is replaced as a whole: it keeps "
            "its mode, and other hard links keep the old content.",
            not_empty=True,
            path=True,
        ),
        Parameter(
            "Variant",
            Kind.STRING,
            "What to download.",
            default="video",
            lower_case=True,
            completions=("video", "thumbnail", "spritesheet"),
        ),
        Parameter("WaitForCompletion", Kind.SWITCH, "Waits until the job is over, and downloads then."),
        *service_parameters(),
        *common_parameters(),
        provider(),
        Parameter("Open", Kind.SWITCH, "Opens the file with the system's player when it is there.", ours=True),
        *pipeline_parameters(),
    ),
    examples=(
        Example("Get-VideoContent video_123 -OutFile doggo.mp4", "Downloads a video."),
        Example(
            "New-Video 'Dancing Doggo' | Get-VideoContent -WaitForCompletion -OutFile doggo.mp4",
            "Starts a job, waits for it, and downloads its video.",
        ),
        Example(
            "Get-Video -All | Get-VideoContent -OutFile 'clips/{prompt}-{id}.mp4'",
            "Downloads all videos, each under a name that says what it shows.",
        ),
        Example("Get-VideoContent video_123 -Variant thumbnail -OutFile doggo.webp", "Downloads a picture of it."),
    ),
    outputs="Bytes, or nothing with -OutFile",
    documents=False,
    link="https://github.com/mkht/PSOpenAI/blob/main/Docs/Get-VideoContent.md",
)

#: Statuses by which servers say that the content of a job is not there yet, right after they called it completed, too.
_NOT_YET = (400, 404, 409, 425, 502, 503)
#: Seconds between the questions for the content of a completed job.
_UNTIL_THERE = (0.5, 1.0, 2.0, 4.0)


def run(call: Call) -> None:
    """Wait if asked to, then download."""
    go_through(steps(call))


def steps(call: Call) -> Steps:
    """The same in steps."""
    target = call.bound.get("OutFile")
    if target is None:
        _check_output(call)
    else:
        _check_target(call, target)
    client = call.client(CMDLET)
    job: dict[str, Any] | None = None
    pauses: tuple[float, ...] = ()
    if call.bound.get("WaitForCompletion"):
        job, pauses = (yield from _wait(call, client)), _UNTIL_THERE
    yield from _deliver(call, client, target, job, pauses)


def _check_output(call: Call) -> None:
    """Refuse to write a video where nobody wants it."""
    from ..errors import InputError

    if call.bound.get("Open"):
        raise InputError("-Open needs -OutFile: there is no file to open. Nothing was downloaded.")
    # The id may have come through the pipe, which had the only copy of it.
    instead = "Name a file with -OutFile, or send the bytes to a file or a program with > or |."
    call.streams.refuse_terminal(f"{instead} The job is {call.bound['VideoId']}.")


def _check_target(call: Call, target: str) -> None:
    """Refuse what cannot be written, before anybody waits or downloads for it."""
    from ..videos import file_names, saving

    if file_names.fields(target):
        saving.check_target(file_names.folder(target))
    else:
        saving.check_target(target)
        _check_overwriting(call, target)


def _deliver(
    call: Call, client: VideoClient, target: str | None, job: Mapping[str, Any] | None, pauses: tuple[float, ...]
) -> Steps:
    """Download to a file or to the output; where the content is not there yet, again after each of these pauses."""
    from ..errors import APIRequestError
    from ..videos.download import STILL_THERE

    for pause in (*pauses, None):
        try:
            if target is None:
                _copy(call, client, call.streams, call.bound["VideoId"])
            else:
                _save(call, client, target, job)
            return
        except APIRequestError as error:
            if error.status not in _NOT_YET or error.action == STILL_THERE:
                raise
            if pause is None:
                _hint_at_waiting(call, error)
                raise
            call.streams.verbose(f"The content is not there yet and is asked for again: {error.message}")
        yield pause


def _hint_at_waiting(call: Call, error: APIRequestError) -> None:
    if not call.bound.get("WaitForCompletion"):
        error.action = f"{error.action} If the job is not over yet, -WaitForCompletion waits for it.".strip()


def _save(call: Call, client: VideoClient, target: str, job: Mapping[str, Any] | None) -> None:
    """Write the file, and say what it is."""
    from ..videos import file_names, saving

    identifier = call.bound["VideoId"]
    fields = file_names.fields(target)
    if fields:
        if job is None and fields != {"id"}:
            job = client.retrieve(identifier)
        target = file_names.filled(target, identifier, job or {})
    # A name that does not say whose it is may be that of another job.
    keep = bool(fields) and "id" not in fields
    saved = saving.save(lambda sink: _copy(call, client, sink, Path(target).name), target, identifier, keep=keep)
    _tell(call, saved)


def _tell(call: Call, saved: Saved) -> None:
    from ..videos.facts import described

    streams, path = call.streams, saved.path
    instead = ", in place of an earlier file" if saved.replaced else ""
    streams.saved(path)
    streams.verbose(f"Saved as {path}{instead}.")
    if streams.is_watched and path.is_file():
        streams.note(f"Saved {path} ({described(path)}){instead}")
    if call.bound.get("Open"):
        streams.launch(path)


def _check_overwriting(call: Call, target: str) -> None:
    """One file cannot hold the contents of several piped jobs: the last would be all that is left."""
    from ..errors import InputError
    from ..videos import saving

    if call.done and saving.is_replaced(target):
        raise InputError(
            f"The content of {call.bound['VideoId']} would replace that of an earlier job in '{target}'. "
            "It was not downloaded.",
            command=CMDLET.name,
            action="For several jobs, let -OutFile name a folder, with a slash at its end.",
        )


def _wait(call: Call, client: VideoClient) -> Generator[float, None, dict[str, Any]]:
    """Wait until there is a video, and return its job."""
    from ..videos import status
    from ..videos.job import warn_of_failure
    from ..videos.polling import Watch

    identifier = call.bound["VideoId"]
    job = yield from Watch(client, identifier, call.again(CMDLET, client.settings)).until_over()
    if not status.has_succeeded(status.word(job)):
        raise _without_video(call, job)
    warn_of_failure(call.streams, job)
    return job


def _without_video(call: Call, job: dict[str, Any]) -> PSOpenAIError:
    """The error for a job that has no video, after the warning that says why."""
    from ..errors import JobFailedError
    from ..videos.job import warn_of_failure

    warn_of_failure(call.streams, job)
    text = f"The job {call.bound['VideoId']} is not completed; its status is '{job.get('status')}'."
    return JobFailedError(text, job=job, command=CMDLET.name)


def _copy(call: Call, client: VideoClient, sink: Sink, name: str) -> str:
    from ..errors import APIRequestError
    from ..videos import download
    from ..videos.download_progress import DownloadProgress
    from ..videos.job import failed_job, under_id

    progress = DownloadProgress(name)
    call.streams.show_progress(progress.pieces)
    try:
        return download.copy(
            _fetch(call, client),
            sink,
            variant=call.bound.get("Variant", ""),
            broke=call.streams.verbose,
            progress=progress.reached,
        )
    except APIRequestError as error:
        job = failed_job(error.text)
        if job is None:
            raise
        raise _without_video(call, under_id(job, call.bound["VideoId"])) from None
    finally:
        call.streams.progress_end()


def _fetch(call: Call, client: VideoClient) -> Fetch:
    """How to ask for the content from some byte on."""
    variant = call.bound.get("Variant")
    source = client.content_source(call.bound["VideoId"], variant)

    def fetch(start: int, tag: str) -> Opening:
        return client.content(source, variant, start, tag)

    return fetch
