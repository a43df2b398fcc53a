"""Get-OpenAIKey: show which key a call would use, and where it comes from. An addition of this project."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example
from ..redaction import mask
from ..settings import find_key, key_place
from . import Call
from .shared_parameters import common_parameters, compress, host_parameters

CMDLET = Cmdlet(
    name="Get-OpenAIKey",
    synopsis="Shows where the API key for a host comes from, and a masked form of it.",
    description=(
        "Prints host, source and masked key as JSON. The sources are the environment variable OPENAI_API_KEY and "
        "the system's keyring, in this order. Without a key the exit code is 4."
    ),
    parameters=(*host_parameters(), *common_parameters(), compress()),
    examples=(Example("Get-OpenAIKey", "Shows the key for api.openai.com."),),
)


def run(call: Call) -> None:
    """Look the key up as a call would, and print what may be shown of it."""
    place = key_place(call.bound, call.environ, call.streams)
    key, source = find_key(call.bound, call.environ, call.streams, place, needed=True)
    call.streams.output({"host": place.host, "source": source, "key": mask(key.reveal()) if key else None})
