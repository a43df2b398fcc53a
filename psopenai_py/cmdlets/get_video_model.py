"""Get-VideoModel: list the models that a service renders with. An addition of this project."""

from __future__ import annotations

from ..binding.spec import Cmdlet, Example
from . import Call
from .shared_parameters import COMMON, COMPRESS, PROVIDER, SERVICE

CMDLET = Cmdlet(
    name="Get-VideoModel",
    synopsis="Lists the models of a service.",
    description=(
        "Prints what the service says of its models, each with its id first. Models end within weeks, so this is where "
        "to look after an error about one. Some services have no list; the error then says where to look."
    ),
    parameters=(*SERVICE, *COMMON, PROVIDER, COMPRESS),
    examples=(
        Example("Get-VideoModel -Provider OpenRouter", "Lists the models of OpenRouter."),
        Example("Get-VideoModel -Provider XAI | jq -r '.[].id'", "Prints their names."),
    ),
    ours=True,
)


def run(call: Call) -> None:
    """Print the list."""
    models = call.client(CMDLET).models()
    with call.streams.array():
        for model in models:
            call.streams.output(model)
