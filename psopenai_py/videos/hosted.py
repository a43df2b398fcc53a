"""What a user can do about an error status of a hosted service."""

from __future__ import annotations

import re

from ..errors import UnauthorizedError
from ..http.client import Advise
from ..http.request import Request
from ..http.response import Response, error_body
from ..settings import Settings
from .providers import Provider


def advice(settings: Settings, provider: Provider) -> Advise:
    """The advice for one service."""

    def advise(request: Request, response: Response) -> str:
        if response.status == 401 or provider.classify(response) is UnauthorizedError:
            return f"Get-OpenAIKey -Provider {settings.provider} shows which key is used and where it comes from."
        if response.status in (400, 404, 422) and request.once and _is_about_model(response):
            return provider.models
        if response.status >= 500 and request.once:
            return request.loss
        return "-MaxRetryCount repeats such a request." if response.status == 429 and not settings.max_retries else ""

    return advise


def _is_about_model(response: Response) -> bool:
    body = error_body(response)
    return re.search(r"model|endpoint", f"{body.get('code')} {body.get('message')}", re.IGNORECASE) is not None
