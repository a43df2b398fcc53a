"""Ark and MiniMax: one protocol in two envelopes."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.providers.stub import Answer, Received, Stub

CREATED = 1760194265


class Ark(Stub):
    name = "Ark"
    members = frozenset(
        {
            "model",
            "content",
            "ratio",
            "resolution",
            "duration",
            "seed",
            "camera_fixed",
            "watermark",
            "generate_audio",
            "service_tier",
            "return_last_frame",
            "callback_url",
        }
    )
    no_model: ClassVar[Answer] = {
        "error": {"code": "InvalidEndpointOrModel.NotFound", "message": "The model does not exist."}
    }
    finished: ClassVar[Answer] = {
        "size": "1280x720",
        "seconds": "8",
        "expires_at": "2025-10-12T14:51:07+00:00",
    }
    lists = True
    deletes = True
    folder = "contents/generations/tasks"
    asking = folder

    def bad_key(self) -> Answer:
        error = {"code": "AuthenticationError", "message": "The API key doesn't exist.", "type": "Unauthorized"}
        return {"status": 401, "json": {"error": error}}

    def refused(self, status: int, message: str) -> Answer:
        code = "InputTextSensitiveContentDetected" if "moderation" in message else "InvalidParameter"
        return {"status": status, "json": {"error": {"code": code, "message": message, "type": "BadRequest"}}}

    def respond(self, request: Received, place: str) -> Answer | None:
        if (request.method, place) == ("POST", self.folder):
            return self._create(request)
        if request.method == "GET" and place == self.asking:
            return self._list(request)
        if request.method == "GET":
            return self._poll(place.removeprefix(f"{self.asking}/"))
        identifier = place.removeprefix(f"{self.folder}/")
        return self.deleted(identifier) if self.jobs.pop(identifier, None) else None

    def deleted(self, identifier: str) -> Answer:
        return {"json": {}}

    def numbered(self, identifier: str) -> Answer:
        return {"json": {"id": identifier}}

    def enveloped(self, task: dict[str, Any]) -> Answer:
        return {"json": task}

    def where(self) -> dict[str, Any]:
        return {"video_url": self.video}

    def _create(self, request: Received) -> Answer:
        contents = request.document.get("content", [])
        texts = [each["text"] for each in contents if each["type"] == "text"]
        if not isinstance(request.document.get("duration", 5), int):
            return self.refused(400, "duration must be an integer")
        found = self.created(request, " ".join(texts))
        return self.numbered(found) if isinstance(found, str) else found

    def _list(self, request: Received) -> Answer:
        query = parse_qs(urlsplit(request.path).query)
        number, size = int(query["page_num"][0]), int(query["page_size"][0])
        if query.keys() - {"page_num", "page_size"}:
            return self.refused(400, "unknown query parameter")
        everything = [self._task(identifier, 9) for identifier in self.jobs]
        return {"json": {"items": everything[(number - 1) * size : number * size], "total": len(everything)}}

    def _poll(self, identifier: str) -> Answer | None:
        step = self.step(identifier)
        return self.enveloped(self._task(identifier, step[0])) if step else None

    def _task(self, identifier: str, done: int) -> dict[str, Any]:
        job, body = self.jobs[identifier], self.jobs[identifier]["body"]
        task = {"id": identifier, "model": body["model"], "created_at": CREATED, "updated_at": CREATED + done}
        task |= {name: body[name] for name in ("ratio", "resolution", "duration") if name in body}
        if done < 2:
            return task | {"status": ("queued", "running")[done]}
        if "[fail]" in job["prompt"]:
            return task | {"status": "failed", "error": {"code": "InternalError", "message": "The model gave up."}}
        if "[blocked]" in job["prompt"]:
            return task | {"status": "succeeded", "content": {}}
        if "[cancelled]" in job["prompt"]:
            return task | {"status": "cancelled"}
        return task | {"status": "succeeded", "content": self.where(), "usage": {"total_tokens": 108900}}


class MiniMax(Ark):
    name = "MiniMax"
    members = frozenset(
        {
            "model",
            "content",
            "ratio",
            "resolution",
            "duration",
            "callback_url",
            "aigc_watermark",
        }
    )
    no_model: ClassVar[Answer] = {
        "type": "error",
        "error": {"type": "invalid_request", "message": "unknown model gone (2013)", "http_code": "404"},
    }
    finished: ClassVar[Answer] = {"seconds": "8", "completed_at": "2025-10-11T14:51:07+00:00"}
    folder = "video_generation"
    asking = "query/video_generation"

    def bad_key(self) -> Answer:
        return {"status": 401, "json": {"base_resp": {"status_code": 1004, "status_msg": "login fail"}}}

    def refused(self, status: int, message: str) -> Answer:
        error = {"type": "invalid_request", "message": f"{message} (1026)", "http_code": str(status)}
        return {"status": status, "json": {"type": "error", "error": error, "request_id": "r1"}}

    def respond(self, request: Received, place: str) -> Answer | None:
        if request.method == "POST":
            body = request.document
            texts = [each for each in body.get("content", []) if each["type"] == "text"]
            if len(texts) != 1 or (len(body["content"]) == 1 and body.get("ratio") in (None, "adaptive")):
                return self.refused(400, "exactly one text, and a ratio for it")
            if body.get("resolution") not in ("768P", "2K"):
                return self.refused(400, "resolution")
        return super().respond(request, place)

    def deleted(self, identifier: str) -> Answer:
        return {"json": {"task_id": identifier, "status": "deleted"}}

    def numbered(self, identifier: str) -> Answer:
        return {"json": {"task_id": identifier}}

    def enveloped(self, task: dict[str, Any]) -> Answer:
        return {"json": {"task": task}}

    def where(self) -> dict[str, Any]:
        return {"url": self.video}
