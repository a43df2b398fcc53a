"""Wait-Video: wait until a job is over."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call, Steps, go_through
from .shared_parameters import COMMON, COMPRESS, PIPELINE, PROVIDER, SERVICE, VIDEO_ID

_WORDS = (
    *("queued", "in_progress", "completed", "failed", "preprocessing"),
    *("running", "processing", "cancelled", "succeeded"),
)

POLL_INTERVAL_SEC = Parameter(
    "PollIntervalSec",
    Kind.SINGLE,
    "Seconds between two questions; the first few come sooner.",
    default=3.0,
    limits=(0, 1000),
)
STATUS_FOR_WAIT = Parameter(
    "StatusForWait",
    Kind.STRINGS,
    "Status words to wait on, with commas between. Otherwise every word that is not an end.",
    not_empty=True,
    completions=_WORDS,
)
STATUS_FOR_EXIT = Parameter(
    "StatusForExit",
    Kind.STRINGS,
    "Status words to stop at, with commas between.",
    not_empty=True,
    completions=_WORDS,
)

CMDLET = Cmdlet(
    name="Wait-Video",
    synopsis="Waits until a video job is over.",
    description=(
        "Asks for the job again and again until it is completed, failed, cancelled or expired, and prints it then. "
        "A status word that is not known counts as not finished. -TimeoutSec limits the whole wait; when time runs "
        "out, the job is printed as it is and the exit code is 8. Ctrl-C leaves the job running."
    ),
    parameters=(
        VIDEO_ID._replace(aliases=(*VIDEO_ID.aliases, "VideohId")),
        POLL_INTERVAL_SEC,
        STATUS_FOR_WAIT,
        STATUS_FOR_EXIT,
        *SERVICE,
        *COMMON,
        PROVIDER,
        COMPRESS,
        *PIPELINE,
    ),
    examples=(
        Example("New-Video 'Dancing Doggo' | Wait-Video", "Waits for a new job."),
        Example("Wait-Video video_123 -TimeoutSec 600", "Gives up after ten minutes, with exit code 8."),
    ),
)


def run(call: Call) -> None:
    """Wait, print the job, and report one that ended without a video."""
    go_through(steps(call))


def steps(call: Call) -> Steps:
    """The same in steps."""
    from ..errors import JobFailedError, PendingError
    from ..videos import status, waiting
    from ..videos.job import write_job
    from ..videos.polling import Watch

    client, identifier = call.client(CMDLET), call.bound[VIDEO_ID]
    exit_for = waiting.words(call.bound.get(STATUS_FOR_EXIT))
    watch = Watch(client, identifier, call.again(CMDLET, client.settings))
    try:
        job = yield from watch.until_over(
            interval=call.bound.or_default(POLL_INTERVAL_SEC),
            wait_for=waiting.words(call.bound.get(STATUS_FOR_WAIT)),
            exit_for=exit_for,
        )
    except PendingError as error:
        if error.job is not None:
            call.streams.output(error.job)
        raise
    write_job(call.streams, job)
    word = status.word(job)
    if status.is_over(word) and not status.has_succeeded(word) and word not in exit_for:
        text = f"The job {identifier} ended as '{word}', without a video."
        raise JobFailedError(text, job=job, command=CMDLET.name)
