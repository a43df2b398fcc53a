"""What a user can do about an error status, where it is known."""

from __future__ import annotations

from ..destination import RETIRED_HOST
from ..http.client import Advise
from ..http.request import Request
from ..http.response import Response
from ..settings import Settings


def for_status(settings: Settings) -> Advise:
    """The advice for a service with these settings."""

    def advise(request: Request, response: Response) -> str:
        if response.status in (401, 403):
            return "Get-OpenAIKey shows which key is used and where it comes from."
        if response.status in (404, 410) and settings.host == RETIRED_HOST:
            return (
                f"{RETIRED_HOST} ended its video service on 24 September 2026. Point -ApiBase or OPENAI_API_BASE "
                "at a server that offers /v1/videos (vLLM-Omni, SGLang, LiteLLM), or try -ApiBase sandbox:"
            )
        if response.status == 429 or response.status >= 500:
            return "" if settings.max_retries else "-MaxRetryCount repeats such a request; it can leave two jobs."
        return ""

    return advise
