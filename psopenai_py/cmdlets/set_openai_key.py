"""Set-OpenAIKey: store the key for a host in the system's keyring. An addition of this project."""

from __future__ import annotations

from .. import keys
from ..binding.spec import Cmdlet, Example
from ..destination import variable
from ..errors import InputError
from ..redaction import Secret, mask
from ..settings import key_destination
from . import Call
from .shared_parameters import COMMON, HOST, service_options

CMDLET = Cmdlet(
    name="Set-OpenAIKey",
    synopsis="Stores the API key for a host in the system's keyring.",
    description=(
        "Asks for the key without showing it, or reads it from standard input. There is no parameter for the key: "
        "arguments can be read by every process of the machine. Each host has a key of its own."
    ),
    parameters=(*HOST, *COMMON),
    examples=(
        Example("Set-OpenAIKey", "Asks for the key of api.openai.com."),
        Example("Set-OpenAIKey -ApiBase https://gateway.example/v1 < key.txt", "Stores the key in key.txt."),
    ),
    outputs="None",
    documents=False,
    ours=True,
)


def run(call: Call) -> None:
    """Read the key and store it, unless the same one is stored already."""
    place = key_destination(service_options(call.bound), call.environ, call.streams)
    host = place.host
    # Before anybody types a key: a keyring that is not there, or is locked, says so now.
    store, known = keys.store(), keys.get(host)
    if store.plain_file:
        call.streams.warning(f"This system's keyring keeps keys as plain text, in {store.plain_file}.")
    key = Secret(_checked(call.streams.ask_secret(f"API key for {host}: ").strip()))
    shown = f"The key {mask(key.reveal())} for {host} "
    if known == key:
        # Storing an unchanged key anew would reset what some keyrings were told to allow.
        call.streams.note(f"{shown}was in {store.name} already.")
    else:
        keys.set(host, key)
        call.streams.note(f"{shown}is now in {store.name}.")
    call.streams.verbose(f"The key for {host} is in the keyring.")
    for name in place.key_variables:
        if variable(call.environ, name):
            call.streams.warning(f"The environment variable {name} is set and goes before the stored key.")


def _checked(text: str) -> str:
    """The key, if it is one that a request can carry. It is not repeated in an error."""
    if not text:
        raise InputError("No key was given. Nothing was stored.", command=CMDLET.name)
    if not text.isascii() or not text.isprintable():
        why = "The key holds a character that no key has, such as a line end."
        raise InputError(f"{why} Nothing was stored.", command=CMDLET.name)
    return text
