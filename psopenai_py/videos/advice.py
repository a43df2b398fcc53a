"""What a user can do about an error status, where it is known."""

from __future__ import annotations

import re

from ..destination import RETIRED_HOST
from ..errors import APIRequestError
from ..http.client import Advise
from ..http.request import Request
from ..http.response import Response, error_body
from ..redaction import shown_url
from ..settings import Settings

#: Codes and words by which a prompt or picture is refused, also where a gateway quotes them.
_REFUSED = re.compile(r"moderation_blocked|content[ _-]?policy|content[ _-]?filter|safety system", re.IGNORECASE)
_QUOTA = re.compile(r"quota|billing|credit", re.IGNORECASE)
#: What is said where more has to be paid for first.
USED_UP = "What the account may use is used up, so repeating does not help."
#: What web servers say of an address that nothing is behind, rather than of a job that is not there.
_NOTHING_THERE = re.compile(r"(?:404:? )?(?:page )?not found|method not allowed|invalid url.*", re.IGNORECASE)
#: Characters of a response that are looked at.
_SEARCHED = 4096
#: What LiteLLM adds to every refusal, whatever it is about.
_GROUP = re.compile(r"LiteLLM: model group .*")
#: What may be the name of a model in a message: in quotation marks, or the first one that a server says it has.
_NAME = r"[\w.-][\w./:@-]{0,150}"
_QUOTED_NAME = re.compile(rf"""['"`]({_NAME})['"`]""")
_OFFERED = "(?:available|supported|allowed|valid|served|loaded)"
_LISTED_NAME = re.compile(
    rf"\b(?:{_OFFERED} models?|models? {_OFFERED})\b[^.:;\n]{{0,20}}?(?::| is| are)[ \[]+({_NAME}\w)", re.IGNORECASE
)
#: Members of an error in JSON that name no model, and the names of all others.
_NO_MODEL = re.compile(r"""\\?"(?:type|code|param|loc|input)\\?"\s*:\s*(?:\\?"[^"]*"|\[[^\]]*\])|\\?"\w+\\?"\s*:""")
#: How LiteLLM says that it does not know whose jobs are meant. Named one in a header, it asks that one's public host.
_NO_UPSTREAM = re.compile(r"LLM Provider NOT provided")
_TLS_EXPECTED = re.compile(r"HTTP request (?:was sent )?to (?:an )?HTTPS", re.IGNORECASE)


def for_status(settings: Settings) -> Advise:
    """The advice for a service with these settings."""

    def advise(request: Request, response: Response) -> str:
        status = response.status
        if status in (401, 403):
            return "Get-OpenAIKey shows which key is used and where it comes from."
        if status in (404, 410) and settings.host == RETIRED_HOST:
            return (
                f"{RETIRED_HOST} ended its video service on 24 September 2026. Point -ApiBase or OPENAI_API_BASE "
                "at a server that offers /v1/videos (vLLM-Omni, SGLang, LiteLLM), or try -ApiBase sandbox:"
            )
        if status in (404, 405):
            return _about_address(settings, request, response)
        if _REFUSED.search(response.start(_SEARCHED)):
            return "The service's moderation refused the prompt or the picture; the same request is refused again."
        if _TLS_EXPECTED.search(response.start(_SEARCHED)):
            return f"The server speaks TLS: try -ApiBase {shown_url(settings.base).replace('http:', 'https:', 1)}"
        if _NO_UPSTREAM.search(response.start(_SEARCHED)):
            return "LiteLLM keeps no list of jobs: ask the server behind it, or keep what New-Video prints."
        return about_repeating(settings, request, response)

    return advise


def about_usual_model(error: APIRequestError, model: str) -> str:
    """What to do about a refusal of the model that nobody had asked for; empty for one of something else."""
    text = _GROUP.sub("", error.message[:_SEARCHED])
    about = error.status in (400, 404, 422) and model and model in text
    if not (about and "model" in text.replace(model, "").lower()):
        return ""
    other = _model_named(_NO_MODEL.sub("", text), model)
    return (
        f"The model {model} is what is sent when none is named. -Model {other} or PSOPENAI_VIDEO_MODEL names another; "
        "-Model '' leaves the choice to the server."
    )


def _model_named(text: str, refused: str) -> str:
    """The first name in a message that may be that of another model."""
    named = (name for name in (*_QUOTED_NAME.findall(text), *_LISTED_NAME.findall(text)) if name != refused)
    return next(named, "NAME")


def about_repeating(settings: Settings, request: Request, response: Response) -> str:
    """What -MaxRetryCount could do about a refusal for now; empty where it could do nothing."""
    if response.status != 429 and response.status < 500:
        return ""
    if response.status == 429 and _QUOTA.search(f"{error_body(response).get('code')} {_message(response)}"):
        return USED_UP
    if settings.max_retries:
        return ""
    return "-MaxRetryCount repeats such a request" + (
        "; it can leave two jobs." if request.loss and not request.once else "."
    )


def _about_address(settings: Settings, request: Request, response: Response) -> str:
    """Where nothing is at an address: which one it was, and what may be wrong with it."""
    if not _is_nothing_there(response):
        return ""
    path = request.url.partition("?")[0]
    if path.endswith("/remix"):
        return "This server offers no remix."
    base = shown_url(settings.base).partition("?")[0].rstrip("/")
    asked = f"{request.method} {shown_url(request.url)[:300]} was asked."
    if base.endswith("/videos"):
        return f"{asked} Leave /videos out: -ApiBase {base.removesuffix('/videos')}"
    if settings.azure and not base.endswith("/openai/v1"):
        return f"{asked} That is the older route; for the newer one: -ApiBase {base}/openai/v1"
    if not settings.azure and not re.search(r"/v[0-9]", base):
        return f"{asked} Most servers want /v1 behind the host: -ApiBase {base}/v1"
    if path.endswith("/videos") and request.method == "GET":
        return f"{asked} This server may offer no list of jobs; Get-Video with an id asks for one."
    return asked


def _is_nothing_there(response: Response) -> bool:
    message = _message(response).strip().rstrip(".")
    return response.media_type == "text/html" or not message or bool(_NOTHING_THERE.fullmatch(message))


def _message(response: Response) -> str:
    """The server's own words, or its text where that has no form."""
    body = error_body(response)
    message = body.get("message")
    return message if isinstance(message, str) else "" if body else response.start(_SEARCHED)
