"""New-Video: start a job that renders a video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call
from .shared_parameters import common_parameters, compress, pipeline_parameters, service_parameters, what_if

if TYPE_CHECKING:
    from ..http.request import Field
    from ..settings import Settings

CMDLET = Cmdlet(
    name="New-Video",
    synopsis="Creates a new video generation job.",
    description=(
        "Starts an asynchronous job that renders a video from a prompt, and prints the job's metadata as JSON. "
        "The job goes on by itself; its id is what later calls need to ask for its status or its content."
    ),
    parameters=(
        Parameter(
            "Prompt",
            Kind.STRING,
            "What the video shows. Needed unless -InputReference or -AdditionalBody is given.",
            position=0,
            mandatory=True,
            optional_with=("InputReference", "AdditionalBody"),
            not_empty=True,
            piped=True,
        ),
        Parameter(
            "InputReference",
            Kind.STRING,
            "Path of a picture or clip to start from; it is sent along.",
            aliases=("input_reference",),
            not_empty=True,
            path=True,
            piped=True,
        ),
        Parameter(
            "Model",
            Kind.STRING,
            "The model to use; servers other than OpenAI's have names of their own.",
            by_property_name=True,
            default="sora-2",
            completions=("sora-2", "sora-2-pro"),
        ),
        Parameter(
            "Seconds",
            Kind.STRING,
            "Length of the video in seconds.",
            default="4",
            completions=("4", "8", "12"),
            piped=True,
        ),
        Parameter(
            "Size",
            Kind.STRING,
            "Width and height of the video.",
            default="720x1280",
            lower_case=True,
            completions=("720x1280", "1280x720", "1024x1792", "1792x1024"),
            piped=True,
        ),
        *service_parameters(),
        *common_parameters(),
        what_if(),
        compress(),
        *pipeline_parameters(),
    ),
    examples=(
        Example("New-Video -Prompt 'Dancing Doggo'", "Starts a job with the default model, length and size."),
        Example(
            "New-Video -Prompt 'Dancing Donuts' -Model sora-2-pro -Seconds 12 -Size 1280x720",
            "Starts a job for twelve seconds in landscape.",
        ),
        Example(
            "New-Video 'Dancing Doggo' -InputReference doggo.png -ApiBase http://127.0.0.1:8091/v1",
            "Sends a picture along, to a server of your own.",
        ),
        Example("New-Video 'Dancing Doggo' -ApiBase sandbox:", "Tries it without account or network."),
    ),
    link="https://github.com/mkht/PSOpenAI/blob/main/Docs/New-Video.md",
    creates=True,
)


def run(call: Call) -> None:
    """Send the job and print it."""
    client = call.client(CMDLET)
    request = client.creation(_fields(call.bound), call.additional_body)
    if call.bound.get("WhatIf"):
        call.streams.output(request.describe())
        return
    _warn_if_retired(client.settings, call)
    call.create(client, request)


def _fields(bound: Mapping[str, Any]) -> list[Field]:
    """The body in the reference's order. Model is always sent; the rest only when it was bound."""
    from ..http.upload import file_part

    fields: list[Field] = []
    if "Prompt" in bound:
        fields.append(("prompt", bound["Prompt"]))
    fields.append(("model", bound.get("Model", "sora-2")))
    for name in ("Seconds", "Size"):
        if name in bound:
            fields.append((name.lower(), bound[name].strip()))
    if "InputReference" in bound:
        fields.append(("input_reference", file_part(bound["InputReference"])))
    return fields


def _warn_if_retired(settings: Settings, call: Call) -> None:
    from ..settings import RETIRED_HOST

    model = call.bound.get("Model", "sora-2")
    if settings.host == RETIRED_HOST and model.lower() in ("sora-2", "sora-2-pro"):
        text = f"{RETIRED_HOST} discontinued the model {model} on 2026-09-24; -ApiBase names another server."
        call.streams.warning(text, may_stop=False)
