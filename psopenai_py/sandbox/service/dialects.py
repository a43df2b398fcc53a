"""The sandbox in the words of hosted services: OpenRouter's and xAI's requests become its own, and its answers theirs.

A layer around the application. Unknown members are refused, as the services do; pictures are not looked at.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from .responses import ApiError, Response, json_response

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["DIALECTS", "speaking"]

Document = dict[str, Any]
_SHORT = {"480p": 480, "720p": 720, "1080p": 1080}


class Dialect(NamedTuple):
    """One service: path and body of a request in our words; a new job, a job, and an error in the service's; where it
    lists its models, and under which name.
    """

    own: Callable[[str, Document], tuple[str, Document]]
    created: Callable[[Document], tuple[int, Document]]
    job: Callable[[Document, str], tuple[int, Document]]
    error: Callable[[int, Document], Document]
    models: str
    listed: str


def speaking(app: WSGIApplication, name: str) -> WSGIApplication:
    """The application in the words of a service."""
    dialect = DIALECTS[name]

    def translated(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if str(environ.get("PATH_INFO")).endswith("/content"):
            return app(environ, start_response)
        try:
            response = _respond(app, dialect, environ)
        except ApiError as error:
            told = dialect.error(error.status, {"message": error.message, "code": error.code})
            response = json_response(told, status=error.status)
        headers = {**response.headers, "content-length": str(response.length)}
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(headers.items()))
        return response.body

    return translated


def _respond(app: WSGIApplication, dialect: Dialect, environ: WSGIEnvironment) -> Response:
    method, path, body = environ["REQUEST_METHOD"], str(environ.get("PATH_INFO")), b""
    if (method, path) == ("GET", dialect.models):
        known = json.loads(_ask(app, environ, "/v1/models", b"")[2])["data"]
        return json_response({dialect.listed: [{"id": model["id"]} for model in known]})
    if method == "POST":
        path, document = dialect.own(path, _body(environ))
        body = json.dumps(document).encode()
    elif method != "GET" or path == "/v1/videos":
        raise _nothing()
    status, headers, text = _ask(app, environ, path, body)
    try:
        value = json.loads(text)
    except ValueError:  # a failure on demand may be a page
        return Response(status, headers, (text,), len(text))
    if status >= 400:
        return json_response(dialect.error(status, value.get("error", {})), status=status, headers=headers)
    if value.get("object") != "video":
        raise _nothing()  # a list of jobs or models, under whatever address
    base = f"http://{environ.get('HTTP_HOST', 'sandbox')}/v1"
    status, told = dialect.created(value) if method == "POST" else dialect.job(value, base)
    return json_response(told, status=status)


def _nothing() -> ApiError:
    return ApiError(404, "This service offers nothing of the kind.", code="not_found")


def _ask(app: WSGIApplication, environ: WSGIEnvironment, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the application's answer to another path and body."""
    found: list[tuple[int, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
        found.append((int(status[:3]), {name: text for name, text in headers if name != "content-length"}))
        return lambda data: None

    own = {"PATH_INFO": path, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    text = b"".join(app({**environ, **own, "CONTENT_TYPE": "application/json"}, start))
    return *found[0], text


def _body(environ: WSGIEnvironment) -> Document:
    try:
        value = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ApiError(400, "This service takes a JSON object.", code="invalid_json")
    return value


def _create(body: Document, known: str) -> Document:
    """A creation in our words."""
    if unknown := body.keys() - set(known.split()):
        raise ApiError(400, f"Unknown member: {min(unknown)}", code="invalid_request")
    size = body.get("size") or _size(body.get("aspect_ratio"), body.get("resolution"))
    document = {"prompt": body.get("prompt"), "model": body.get("model"), "seconds": body.get("duration"), "size": size}
    return {name: str(value) for name, value in document.items() if value is not None}


def _size(ratio: object, resolution: object) -> str | None:
    sides = re.fullmatch(r"([1-9][0-9]?):([1-9][0-9]?)", str(ratio or "16:9"))
    if sides is None or str(resolution) not in _SHORT:
        return None
    width, height = int(sides[1]), int(sides[2])
    scale = _SHORT[str(resolution)] / min(width, height) / 2
    return f"{round(width * scale) * 2}x{round(height * scale) * 2}"


def _openrouter(path: str, body: Document) -> tuple[str, Document]:
    earlier = body.pop("previous_job_id", None)
    known = (
        "model prompt duration size aspect_ratio resolution seed generate_audio frame_images input_references provider"
    )
    document = _create(body, known)
    return (f"{path}/{earlier}/remix", {"prompt": document.get("prompt", "")}) if earlier else (path, document)


def _openrouter_job(video: Document, base: str) -> tuple[int, Document]:
    place = f"{base}/videos/{video['id']}"
    word = {"queued": "pending"}.get(video["status"], video["status"])
    job: Document = {"id": video["id"], "polling_url": place, "status": word}
    if word == "completed":
        job |= {"unsigned_urls": [f"{place}/content?index=0"], "usage": {"cost": 0.0, "is_byok": False}}
    return 200, job | ({"error": video["error"]["message"]} if video["error"] else {})


def _xai(path: str, body: Document) -> tuple[str, Document]:
    if path == "/v1/videos/edits":
        video = body.get("video")
        found = re.search(r"/videos/([^/]+)/content", str(video.get("url") if isinstance(video, dict) else ""))
        if body.get("model") != "grok-imagine-video" or found is None:
            raise ApiError(400, "This model cannot edit that.", code="invalid-argument")
        return f"/v1/videos/{found[1]}/remix", {"prompt": body.get("prompt", "")}
    if path != "/v1/videos/generations":
        raise ApiError(404, "There is nothing at this address.", code="not-found")
    return "/v1/videos", _create(body, "model prompt duration aspect_ratio resolution image user")


def _xai_job(video: Document, base: str) -> tuple[int, Document]:
    if video["status"] in ("queued", "in_progress"):
        return 202, {"status": "pending", "progress": video["progress"]}
    if (video["error"] or {}).get("code") == "moderation_blocked":
        return 200, {"status": "done", "video": {"url": "", "respect_moderation": False}}
    if video["error"]:
        return 200, {"status": "failed", "error": {"code": "internal_error", "message": video["error"]["message"]}}
    place = f"{base}/videos/{video['id']}/content"
    clip = {"url": place, "duration": int(video["seconds"]), "respect_moderation": True}
    return 200, {"status": "done", "model": video["model"], "video": clip, "usage": {"cost_in_usd_ticks": 0}}


DIALECTS = {
    "openrouter": Dialect(
        _openrouter,
        lambda video: (202, {"id": video["id"], "polling_url": f"/v1/videos/{video['id']}", "status": "pending"}),
        _openrouter_job,
        lambda status, error: {"error": {"code": status, "message": error.get("message", "")}},
        "/v1/videos/models",
        "data",
    ),
    "xai": Dialect(
        _xai,
        lambda video: (200, {"request_id": video["id"]}),
        _xai_job,
        lambda status, error: {"code": error.get("code") or "error", "error": error.get("message", "")},
        "/v1/video-generation-models",
        "models",
    ),
}
