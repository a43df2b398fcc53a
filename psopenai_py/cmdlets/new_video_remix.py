"""New-VideoRemix: start a job that changes a video by a new prompt."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call
from .shared_parameters import (
    common_parameters,
    compress,
    pipeline_parameters,
    provider,
    service_parameters,
    video_id,
    what_if,
)

CMDLET = Cmdlet(
    name="New-VideoRemix",
    synopsis="Creates a new video from a finished one by a changed prompt.",
    description=(
        "Starts a job that renders the video of a finished job again, changed by the prompt, and prints the new job."
    ),
    parameters=(
        Parameter(
            "Prompt",
            Kind.STRING,
            "What is to be changed.",
            position=0,
            mandatory=True,
            not_empty=True,
        ),
        video_id(position=1),
        *service_parameters(),
        *common_parameters(),
        provider(),
        what_if(),
        compress(),
        *pipeline_parameters(),
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
    look = bool(call.bound.get("WhatIf"))
    planned = client.remixing(call.bound["VideoId"], call.bound["Prompt"], call.additional_body, only_shown=look)
    if look:
        call.streams.output(planned.request.describe())
        return
    call.create(client, planned)
