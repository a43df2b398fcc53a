"""New-VideoRemix: start a job that changes a video by a new prompt."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call
from .shared_parameters import COMMON, COMPRESS, PIPELINE, PROVIDER, SERVICE, VIDEO_ID, WHAT_IF

PROMPT = Parameter(
    "Prompt",
    Kind.STRING,
    "What is to be changed.",
    position=0,
    mandatory=True,
    not_empty=True,
)

CMDLET = Cmdlet(
    name="New-VideoRemix",
    synopsis="Creates a new video from a finished one by a changed prompt.",
    description=(
        "Starts a job that renders the video of a finished job again, changed by the prompt, and prints the new job."
    ),
    parameters=(
        PROMPT,
        VIDEO_ID._replace(position=1),
        *SERVICE,
        *COMMON,
        PROVIDER,
        WHAT_IF,
        COMPRESS,
        *PIPELINE,
    ),
    examples=(
        Example("New-VideoRemix 'Make the doggo blue' video_123", "Starts a remix."),
        Example("Get-Video video_123 | New-VideoRemix 'Make the doggo blue'", "Takes the id from the pipeline."),
    ),
    link="https://github.com/mkht/PSOpenAI/blob/main/Docs/New-VideoRemix.md",
    creates=True,
)


def run(call: Call) -> None:
    """Send the remix and print the new job."""
    client = call.client(CMDLET)
    look = call.bound.get(WHAT_IF, False)
    planned = client.changing("remix", call.bound[VIDEO_ID], call.bound[PROMPT], call.additional_body, only_shown=look)
    if look:
        call.streams.output(planned.request.describe())
        return
    call.create(client, planned)
