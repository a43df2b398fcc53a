"""Which client a service needs."""

from __future__ import annotations

from ..settings import Settings
from .client import VideoClient
from .providers import provider_of


def client_class(settings: Settings) -> type[VideoClient]:
    """The class of clients for a service."""
    if provider_of(settings).read is None:
        return VideoClient
    from .hosted import HostedClient  # for a server that speaks OpenAI's words, nothing of it is needed

    return HostedClient
