"""New-Video: start a job that renders a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import services
from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call
from .shared_parameters import COMMON, COMPRESS, PIPELINE, PROVIDER, SERVICE, WHAT_IF

if TYPE_CHECKING:
    from ..http.files import FilePart
    from ..settings import Settings
    from ..videos.client import VideoClient
    from ..videos.providers import Creation

PROMPT = Parameter(
    "Prompt",
    Kind.STRING,
    "What the video shows. Needed unless -InputReference or -AdditionalBody is given.",
    position=0,
    mandatory=True,
    optional_with=("InputReference", "AdditionalBody"),
    not_empty=True,
    piped=True,
)
INPUT_REFERENCE = Parameter(
    "InputReference",
    Kind.STRING,
    "Path of a picture or clip to start from; it is sent along. Hosted services take an address, too.",
    aliases=("input_reference",),
    not_empty=True,
    path=True,
    piped=True,
)
MODEL = Parameter(
    "Model",
    Kind.STRING,
    "The model to use; servers other than OpenAI's have names of their own. '' sends none, so that the server "
    "takes its own. Otherwise PSOPENAI_VIDEO_MODEL.",
    by_property_name=True,
    default=services.OPENAI.model,
    completions=("sora-2", "sora-2-pro"),
)
SECONDS = Parameter(
    "Seconds",
    Kind.STRING,
    "Length of the video in seconds.",
    default="4",
    completions=("4", "8", "12"),
    piped=True,
)
SIZE = Parameter(
    "Size",
    Kind.STRING,
    "Width and height of the video.",
    default="720x1280",
    lower_case=True,
    completions=("720x1280", "1280x720", "1024x1792", "1792x1024"),
    piped=True,
)

CMDLET = Cmdlet(
    name="New-Video",
    synopsis="Creates a new video generation job.",
    description=(
        "Starts an asynchronous job that renders a video from a prompt, and prints the job's metadata as JSON. "
        "The job goes on by itself; its id is what later calls need to ask for its status or its content."
    ),
    parameters=(
        PROMPT,
        INPUT_REFERENCE,
        MODEL,
        SECONDS,
        SIZE,
        *SERVICE,
        *COMMON,
        PROVIDER,
        WHAT_IF,
        COMPRESS,
        *PIPELINE,
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

    client = call.client(CMDLET)
    model = _model(call, client)
    planned = client.creation(_creation(call, client, model))
    if call.bound.get(WHAT_IF):
        call.streams.output(planned.request.describe())
        return
    _warn_if_retired(client.settings, call, model)
    try:
        call.create(client, planned)
    except APIRequestError as error:
        if MODEL in call.bound or error.action:
            raise
        raise error.with_facts(action=client.about_usual_model(error, model)) from None


def _model(call: Call, client: VideoClient) -> str:
    """The model to use; empty for the server's own. That of the environment is not for a provider on the line."""
    usual = client.usual_model if PROVIDER in call.bound else call.environ.get(MODEL_VARIABLE) or client.usual_model
    return str(call.bound.get(MODEL, usual))


def _creation(call: Call, client: VideoClient, model: str) -> Creation:
    """What was bound, and nothing that was not, but for the model."""
    from ..videos.providers import Creation

    bound, reference = call.bound, call.bound.get(INPUT_REFERENCE)
    return Creation(
        model=model,
        prompt=bound.get(PROMPT),
        seconds=_trimmed(bound.get(SECONDS)),
        size=_trimmed(bound.get(SIZE)),
        reference=None if reference is None else _sent(reference, client),
        body=call.additional_body or {},
    )


def _sent(reference: str, client: VideoClient) -> str | FilePart:
    """A picture as it is sent: by its address where the service takes one, else as a file."""
    from ..http.upload import file_part, is_address

    return reference if client.takes_addresses and is_address(reference) else file_part(reference)


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()


def _warn_if_retired(settings: Settings, call: Call, model: str) -> None:
    from ..destination import RETIRED_HOST

    if settings.host == RETIRED_HOST and model.lower() in ("sora-2", "sora-2-pro"):
        text = f"{RETIRED_HOST} discontinued the model {model} on 2026-09-24; -ApiBase names another server."
        call.streams.warning(text, may_stop=False)
