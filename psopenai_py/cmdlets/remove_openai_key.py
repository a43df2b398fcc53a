"""Remove-OpenAIKey: delete the stored key for a host. An addition of this project."""

from __future__ import annotations

from .. import keys
from ..binding.spec import Cmdlet, Example
from ..errors import KeyStoreError
from ..settings import key_destination
from . import Call
from .shared_parameters import COMMON, HOST, service_options

CMDLET = Cmdlet(
    name="Remove-OpenAIKey",
    synopsis="Deletes the API key for a host from the system's keyring.",
    description="Deletes what Set-OpenAIKey stored for the host. The environment variable is not touched.",
    parameters=(*HOST, *COMMON),
    examples=(Example("Remove-OpenAIKey", "Deletes the stored key for api.openai.com."),),
    outputs="None",
    documents=False,
    ours=True,
)


def run(call: Call) -> None:
    """Delete the key; a key that is not there is an error."""
    host = key_destination(service_options(call.bound), call.environ, call.streams).host
    if not keys.remove(host):
        raise KeyStoreError(
            f"The keyring holds no key for {host}.",
            error_id="KeyNotFound",
            command=CMDLET.name,
            category="ObjectNotFound",
            target=host,
        )
    call.streams.note(f"The key for {host} is no longer in {keys.store().name}.")
    call.streams.verbose(f"The key for {host} is deleted.")
