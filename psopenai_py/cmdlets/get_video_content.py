"""Get-VideoContent: download the video of a job, or its thumbnail or sprite sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call, Steps, go_through
from .shared_parameters import COMMON, OUT_FILE, PIPELINE, PROVIDER, SERVICE, VIDEO_ID
from .wait_video import POLL_INTERVAL_SEC

if TYPE_CHECKING:
    from ..videos.client import VideoClient
    from ..videos.delivery import Delivery
    from ..videos.saving import Saved

VARIANT = Parameter(
    "Variant",
    Kind.STRING,
    "What to download.",
    default="video",
    lower_case=True,
    completions=("video", "thumbnail", "spritesheet"),
)
WAIT_FOR_COMPLETION = Parameter("WaitForCompletion", Kind.SWITCH, "Waits until the job is over, and downloads then.")
OPEN = Parameter("Open", Kind.SWITCH, "Opens the file with the system's player when it is there.", ours=True)

CMDLET = Cmdlet(
    name="Get-VideoContent",
    synopsis="Downloads the content of a finished video job.",
    description=(
        "Writes the video to -OutFile, or as raw bytes to a pipe; a terminal is refused. The file appears only when it "
        "is complete and looks like what was asked for. A transfer that breaks off is continued."
    ),
    parameters=(
        VIDEO_ID,
        OUT_FILE,
        VARIANT,
        WAIT_FOR_COMPLETION,
        *SERVICE,
        *COMMON,
        PROVIDER,
        OPEN,
        *PIPELINE,
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


def run(call: Call) -> None:
    """Wait if asked to, then download."""
    go_through(steps(call))


def steps(call: Call) -> Steps:
    """The same in steps."""
    from ..videos.delivery import Delivery

    target = call.bound.get(OUT_FILE)
    if target is None:
        _check_output(call)
    else:
        _check_target(call, target)
    client = call.client(CMDLET)
    delivery = Delivery(client, call.bound[VIDEO_ID], call.bound.get(VARIANT), call.record)
    if call.bound.get(WAIT_FOR_COMPLETION):
        interval = call.bound.or_default(POLL_INTERVAL_SEC)
        yield from delivery.wait(call.again(CMDLET, client.settings), interval)
    yield from _deliver(call, client, delivery, target)


def _check_output(call: Call) -> None:
    """Refuse to write a video where nobody wants it."""
    from ..errors import InputError

    if call.bound.get(OPEN):
        raise InputError("-Open needs -OutFile: there is no file to open. Nothing was downloaded.")
    # The id may have come through the pipe, which had the only copy of it.
    instead = "Name a file with -OutFile, or send the bytes to a file or a program with > or |."
    call.streams.refuse_terminal(f"{instead} The job is {call.bound[VIDEO_ID]}.")


def _check_target(call: Call, target: str) -> None:
    """Refuse what cannot be written, before anybody waits or downloads for it."""
    from ..videos import file_names, saving

    if file_names.fields(target):
        saving.check_target(file_names.folder(target))
    else:
        saving.check_target(target)
        _check_overwriting(call, target)


def _deliver(call: Call, client: VideoClient, delivery: Delivery, target: str | None) -> Steps:
    """Write the content; where it is not there yet, again after some pauses."""
    from ..errors import AnswerError, APIRequestError

    for pause in (*delivery.pauses, None):
        try:
            if target is None:
                delivery.copy(call.streams, call.bound[VIDEO_ID])
            else:
                _save(call, client, delivery, target)
            return
        except (APIRequestError, AnswerError) as error:
            if pause is None or not delivery.is_not_there_yet(error):
                raise delivery.explained(error) from None
            call.streams.verbose(f"The content is not there yet and is asked for again: {error.message}")
        yield pause


def _save(call: Call, client: VideoClient, delivery: Delivery, target: str) -> None:
    """Write the file, and say what it is."""
    from ..videos import file_names, saving

    identifier = call.bound[VIDEO_ID]
    fields = file_names.fields(target)
    if fields:
        job = delivery.job or ({} if fields == {"id"} else client.retrieve(identifier))
        target = file_names.filled(target, identifier, job)
    # A name that does not say whose it is may be that of another job.
    keep = bool(fields) and "id" not in fields and not saving.names_folder(target)
    name = Path(target).name
    _tell(call, saving.save(lambda sink: delivery.copy(sink, name), target, identifier, keep=keep))


def _tell(call: Call, saved: Saved) -> None:
    from ..videos.facts import described

    streams, path = call.streams, saved.path
    instead = ", in place of an earlier file" if saved.replaced else ""
    streams.saved(path)
    streams.verbose(f"Saved as {path}{instead}.")
    if streams.is_watched and path.is_file():
        streams.note(f"Saved {path} ({described(path)}){instead}")
    if call.bound.get(OPEN):
        streams.launch(path)


def _check_overwriting(call: Call, target: str) -> None:
    """One file cannot hold the contents of several piped jobs: the last would be all that is left."""
    from ..errors import InputError
    from ..videos import saving

    if call.done and saving.is_replaced(target):
        raise InputError(
            f"The content of {call.bound[VIDEO_ID]} would replace that of an earlier job in '{target}'. "
            "It was not downloaded.",
            command=CMDLET.name,
            action="For several jobs, let -OutFile name a folder, with a slash at its end.",
        )
