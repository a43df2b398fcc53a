"""The environment variables that are looked at: the one table, for help, documents, the worker and the tests."""

from __future__ import annotations

from typing import NamedTuple

from .destination import BASE_VARIABLES, PROVIDER_VARIABLE
from .redaction import KEY_VARIABLE
from .services import KEY_VARIABLES
from .settings import ORGANIZATION_VARIABLES


class Variable(NamedTuple):
    """A variable, or several of one meaning.

    Attributes:
        names: the first goes before the others.
        meaning: a sentence.
        of_call: it says what a call does, and where it goes. A request to the worker that brings variables of its
            own brings these, and the worker's are not taken.
    """

    names: tuple[str, ...]
    meaning: str
    of_call: bool = True


VARIABLES = (
    Variable((KEY_VARIABLE,), "The key."),
    Variable(BASE_VARIABLES, "Base address of the service; for hosted services only sandbox: counts."),
    Variable((PROVIDER_VARIABLE,), "The hosted service to use, such as OpenRouter."),
    Variable(
        tuple(name for name in KEY_VARIABLES if name != KEY_VARIABLE),
        "The key of a hosted service; psopenai help providers tells whose.",
    ),
    Variable(ORGANIZATION_VARIABLES, "The organization."),
    Variable(("PSOPENAI_VIDEO_MODEL",), "The model of New-Video, in place of the usual one."),
    Variable(
        ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
        "Proxies, and the hosts without one; loopback needs none. In small letters, too.",
    ),
    Variable(("SSL_CERT_FILE", "SSL_CERT_DIR"), "Certificates to trust: a file, or a folder of them."),
    Variable(("XDG_STATE_HOME",), "The folder below which the sandbox keeps its jobs.", of_call=False),
    Variable(("PSOPENAI_ERROR_VIEW",), "json: each error as one JSON object on a line of its own.", of_call=False),
    Variable(("NO_COLOR", "FORCE_COLOR"), "No colours, or colours also where no terminal is.", of_call=False),
    Variable(("PAGER",), "What shows help that is longer than the screen; cat for none.", of_call=False),
    Variable(("PYTHON_KEYRING_BACKEND",), "The keyring backend to use.", of_call=False),
)


def names(*, of_call: bool = False) -> list[str]:
    """All names, or those that say what a call does."""
    return [name for variable in VARIABLES if variable.of_call or not of_call for name in variable.names]
