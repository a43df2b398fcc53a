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
            "The model to use; servers other than OpenAI's have names of their own. '' sends none, so that the server "
            "takes its own. Otherwise PSOPENAI_VIDEO_MODEL.",
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

#: Names the model that is used when none is given.
MODEL_VARIABLE = "PSOPENAI_VIDEO_MODEL"


def run(call: Call) -> None:
    """Send the job and print it."""
    from ..errors import APIRequestError
    from ..videos import advice

    client = call.client(CMDLET)
    model = _model(call)
    request = client.creation(_fields(call.bound, model), call.additional_body)
    if call.bound.get("WhatIf"):
        call.streams.output(request.describe())
        return
    _warn_if_retired(client.settings, call, model)
    try:
        call.create(client, request)
    except APIRequestError as error:
        if "Model" not in call.bound:
            error.action = error.action or advice.about_usual_model(error, model)
        raise


def _model(call: Call) -> str:
    """The model to use; empty for the server's own."""
    usual: str = call.environ.get(MODEL_VARIABLE) or "sora-2"
    return str(call.bound.get("Model", usual))


def _fields(bound: Mapping[str, Any], model: str) -> list[Field]:
    """The body in the reference's order. Model is sent unless it is empty; the rest only when it was bound."""
    from ..http.upload import file_part

    fields: list[Field] = []
    if "Prompt" in bound:
        fields.append(("prompt", bound["Prompt"]))
    if model:
        fields.append(("model", model))
    for name in ("Seconds", "Size"):
        if name in bound:
            fields.append((name.lower(), bound[name].strip()))
    if "InputReference" in bound:
        fields.append(("input_reference", file_part(bound["InputReference"])))
    return fields


def _warn_if_retired(settings: Settings, call: Call, model: str) -> None:
    from ..settings import RETIRED_HOST

    if settings.host == RETIRED_HOST and model.lower() in ("sora-2", "sora-2-pro"):
        text = f"{RETIRED_HOST} discontinued the model {model} on 2026-09-24; -ApiBase names another server."
        call.streams.warning(text, may_stop=False)
