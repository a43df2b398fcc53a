"""Get-OpenAIKey: show which key a call would use, and where it comes from. An addition of this project."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example
from ..redaction import mask
from ..settings import find_key, key_destination
from . import Call
from .shared_parameters import COMMON, COMPRESS, HOST, service_options

CMDLET = Cmdlet(
    name="Get-OpenAIKey",
    synopsis="Shows where the API key for a host comes from, and a masked form of it.",
    description=(
        "Prints host, source and masked key as JSON. The sources are the environment variable OPENAI_API_KEY and "
        "the system's keyring, in this order. Without a key the exit code is 4."
    ),
    parameters=(*HOST, *COMMON, COMPRESS),
    examples=(Example("Get-OpenAIKey", "Shows the key for api.openai.com."),),
    ours=True,
)


def run(call: Call) -> None:
    """Look the key up as a call would, and print what may be shown of it."""
    options = service_options(call.bound)
    place = key_destination(options, call.environ, call.streams)
    key, source = find_key(options, call.environ, call.streams, place, needed=True)
    call.streams.output({"host": place.host, "source": source, "key": mask(key.reveal()) if key else None})
