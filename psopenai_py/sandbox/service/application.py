"""The WSGI application: routes, key check, request ids; exceptions become answers here and nowhere else.

Mounted in-process by a client, or served on loopback by `server`. A ConnectionError or TimeoutError that
leaves the application is a failure on demand: the host breaks the connection or keeps it waiting.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .faults import apply_fault, parse_fault
from .jobs import DamagedJob, JobStore, UnusableFolder
from .operations import Operations, Request
from .responses import ApiError, Response

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["UPLOAD_LIMIT", "create_app"]

UPLOAD_LIMIT = 32 * 1024 * 1024  # bytes of a request body

Handler = Callable[[Request], Response]
Route = tuple[re.Pattern[str], dict[str, tuple[str, Handler]]]


def create_app(
    store: JobStore,
    *,
    api_key: str | None = None,
    fault: str | None = None,
    upload_limit: int = UPLOAD_LIMIT,
    local: bool = False,
    embedded: bool = False,
) -> WSGIApplication:
    """Return the application over `store`.

    api_key: what clients must send; None accepts all. fault: a failure for every request, written as in
    `faults`; a ValueError when it is none. upload_limit: bytes of a request body. local: show a page at `/`, and
    refuse foreign web pages and host names, as a server has to; in-process there are none. embedded: raise
    DamagedJob and UnusableFolder, since the client is in this process and can tell its user what is wrong here.
    """
    operations = Operations(store, fault=parse_fault(fault) if fault else None, upload_limit=upload_limit)
    routes = _routes(operations)

    def respond(environ: WSGIEnvironment) -> Response:
        if local:
            from .origin import check_origin  # in-process nobody needs it

            check_origin(environ)
            if environ["PATH_INFO"] == "/" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
                from .page import page

                return page()
        if api_key is not None:
            _check_key(environ, api_key)
        with _storage_errors(store):
            return _dispatch(operations, routes, environ)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = respond(environ)
        except ApiError as error:
            response = error.response()
        except (DamagedJob, UnusableFolder) as error:
            if embedded:
                raise
            code = "damaged_job" if isinstance(error, DamagedJob) else "sandbox_folder"
            response = ApiError(500, str(error), type="server_error", code=code).response()
        return _send(response, environ, start_response)

    return app


def _routes(operations: Operations) -> tuple[Route, ...]:
    one = "/v1/videos/(?P<id>[^/]+)"
    missing: dict[str, tuple[str, Handler]] = dict.fromkeys(("GET", "POST", "DELETE"), ("", operations.not_offered))
    return (
        (re.compile("/v1/models"), {"GET": ("models", operations.list_models)}),
        (re.compile("/v1/models/(?P<id>.+)"), {"GET": ("models", operations.retrieve_model)}),
        (re.compile("/v1/videos"), {"GET": ("list", operations.list), "POST": ("create", operations.create)}),
        (re.compile("/v1/videos/(?P<id>edits|extensions|characters)(/[^/]+)?"), missing),
        (re.compile(one), {"GET": ("get", operations.retrieve), "DELETE": ("delete", operations.delete)}),
        (re.compile(f"{one}/content"), {"GET": ("content", operations.content)}),
        (re.compile(f"{one}/remix"), {"POST": ("create", operations.remix)}),
    )


def _dispatch(operations: Operations, routes: tuple[Route, ...], environ: WSGIEnvironment) -> Response:
    handler, request = _match(routes, environ)
    fault = operations.option_fault(request)
    if fault is None:
        return handler(request)
    if fault.word == "drop" and request.stage == "content":
        return handler(request).cut_short()
    return apply_fault(fault)


def _match(routes: tuple[Route, ...], environ: WSGIEnvironment) -> tuple[Handler, Request]:
    method = environ["REQUEST_METHOD"]
    path = str(environ.get("PATH_INFO") or "/").removesuffix("/")
    for pattern, methods in routes:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        found = methods.get("GET" if method == "HEAD" else method)
        if found is None:
            allowed = ", ".join([*methods, "HEAD"] if "GET" in methods else methods)
            message = f"This address takes {allowed}, not {method[:20]}."
            raise ApiError(405, message, code="method_not_allowed", headers={"allow": allowed})
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        return found[1], Request(found[0], environ, query, match.groupdict().get("id", ""))
    message = f"The sandbox has nothing at '{path[:80] or '/'}'; its base address ends in /v1, as in /v1/videos."
    raise ApiError(404, message, code="unknown_url")


def _check_key(environ: WSGIEnvironment, api_key: str) -> None:
    import hmac

    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION") or "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else str(environ.get("HTTP_API_KEY") or "")
    if not given:
        raise ApiError(401, "This sandbox needs a key: 'Authorization: Bearer <key>'.", code="missing_api_key")
    if not hmac.compare_digest(given.encode(), api_key.encode()):
        raise ApiError(401, "The key is not the one this sandbox was started with.", code="invalid_api_key")


@contextmanager
def _storage_errors(store: JobStore) -> Iterator[None]:
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise  # failures on demand; both are OSErrors
    except OSError as error:
        raise UnusableFolder(store.folder, error) from None


def _send(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers: dict[str, Any] = {**response.headers, "x-request-id": f"req_{os.urandom(16).hex()}"}
    headless = response.status in (204, 304)
    if not headless:
        headers["content-length"] = str(response.length)
    start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items()))
    return () if headless or environ["REQUEST_METHOD"] == "HEAD" else response.body
