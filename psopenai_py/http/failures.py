"""What to say when no whole answer came. Knows the HTTP library's errors by their names only."""

from __future__ import annotations

import re

from ..addresses import host_of
from ..errors import AnswerError, ConnectionFailedError, InputError, PSOpenAIError, RequestTimeoutError, SettingsError
from ..errors.remote import INVOKE
from ..redaction import shown_url
from ..settings import Settings
from . import network
from .attempt import CONNECT_LIMIT, STALL, Attempt
from .request import Request
from .response import EXCERPT, excerpt

#: How the TLS library says that what came is no TLS.
_NO_TLS = re.compile("WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|UNEXPECTED_MESSAGE|PACKET_LENGTH_TOO_LONG", re.I)


def no_answer(error: Exception, settings: Settings, request: Request, attempt: Attempt) -> ConnectionFailedError:
    """The error for a request without a whole answer: too late, no connection, or broken off."""
    host, what = host_of(request.url), lost(request, attempt)
    # The sandbox does not wait for the limit, it only says that it would have passed.
    if attempt.late or (settings.timeout and isinstance(error, TimeoutError)):
        message = f"{host} did not answer within {max(round(settings.timeout, 2), 0.01):g} s. {what}"
        return RequestTimeoutError(message.rstrip(), sent=attempt.sent)
    if not attempt.sent:
        return _unreachable(error, request.url, what)
    why = f"{_text(error)}."
    if is_wrong_length(error):
        # Its text may show a header.
        why = "the request could not be sent whole. Did the file change meanwhile?"
    message = f"{host} broke off without a full answer: {why} {what}"
    return ConnectionFailedError(message.rstrip(), sent=True)


def is_wrong_length(error: Exception) -> bool:
    """True when the body could not be sent with the length that its header had promised."""
    return type(error).__name__ == "LocalProtocolError"


def unusable_address(error: Exception, request: Request) -> PSOpenAIError:
    """The error for an address that no request can be sent to; whose fault that is, depends on who named it."""
    shown = shown_url(request.url)[:EXCERPT]
    if request.redirected:
        message = f"The server redirects to '{shown}', which cannot be used: {_text(error)}."
        return AnswerError(message, status=request.redirected, command=INVOKE)
    return SettingsError(f"The address '{shown}' cannot be used: {_text(error)}.", command=INVOKE)


def lost(request: Request, attempt: Attempt) -> str:
    """What may have happened to a request that got no answer."""
    if not attempt.sent:
        return "Nothing was sent."
    return request.loss


def file_gone(error: OSError, request: Request, attempt: Attempt) -> InputError:
    """The error for a file that could be read before, and no longer when it was to be sent."""
    message = f"A file could not be read while it was to be sent: {error.strerror or error}."
    return InputError(
        f"{message} {lost(request, attempt)}".rstrip(),
        error_id="System.IO.IOException",
        command=INVOKE,
        category="ReadError",
        reason="IOException",
        target=str(error.filename or ""),
    )


def _unreachable(error: Exception, url: str, what: str) -> ConnectionFailedError:
    proxy = network.proxy_for(url)
    through = f" through the proxy {host_of(proxy)}" if proxy else ""
    why = _text(error)
    action = "Check -ApiBase and that the server runs. To try without one: -ApiBase sandbox:"
    if type(error).__name__ == "ConnectTimeout":
        why = f"it was not accepted within {CONNECT_LIMIT:g} s"
    if "CERTIFICATE_VERIFY_FAILED" in why:
        action = "If the authority is your own, name the file of its certificate in SSL_CERT_FILE."
    elif _NO_TLS.search(why):
        why = "the server does not speak TLS"
        action = f"Try -ApiBase http://{url.partition('://')[2].partition('/')[0]}, with the rest of the path."
    elif proxy:
        action = "Check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or name the host in NO_PROXY."
    return ConnectionFailedError(f"No connection to {host_of(url)}{through}: {why}. {what}", action=action)


def _text(error: Exception) -> str:
    if type(error).__name__ == "ReadTimeout":
        return f"no byte came for {STALL:g} s"
    if isinstance(error, UnicodeError) and "idna" in str(error):
        return network.NO_SUCH_HOST
    # Libraries quote what they could not read, all of it, and as Python writes it; of much, the end is cut off here.
    text = re.sub(r"bytearray\(b(['\"])(.*?)(?:\1\)|$)", r"'\2'", excerpt(str(error)))
    return text.rstrip(".") or type(error).__name__
