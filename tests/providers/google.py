"""Google's Interactions: the video comes inside of the answer, or as a file that is stored for a while first."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, ClassVar

from tests.providers.stub import MP4, Answer, Received, Stub, content

BIG = MP4 + bytes(range(256)) * 4096 * 12  # some 12 MB


class Google(Stub):
    name = "Google"
    members = frozenset(
        {
            "model",
            "input",
            "background",
            "store",
            "previous_interaction_id",
            "response_format",
            "generation_config",
            "webhook_config",
            "labels",
        }
    )
    finished: ClassVar[Answer] = {
        "expires_at": "2025-10-13T14:51:35+00:00",
        "created_at": "2025-10-11T14:51:05+00:00",
    }
    deletes = True
    remixes = True
    keeps_videos = True
    takes_addresses = False
    bare_pictures = True
    models = ("/models?pageSize=1000", {"models": [{"name": "models/a"}, {"name": "models/b"}]})
    no_model: ClassVar[Answer] = {"error": {"message": "models/gone is not found.", "code": "not_found"}}
    #: Answers to the question whether the file is stored.
    looks = 0

    @staticmethod
    def seconds(value: float) -> object:
        return f"{value}s"

    def key(self, request: Received) -> str:
        assert "authorization" not in request.headers
        return request.headers.get("x-goog-api-key", "")

    def bad_key(self) -> Answer:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        error = {"code": 400, "message": "Please pass a valid one.", "status": "INVALID_ARGUMENT", "details": details}
        return {"status": 400, "json": {"error": error}}

    def respond(self, request: Received, place: str) -> Answer | None:
        if request.headers.get("api-revision") != "2026-05-20" and not place.startswith("files/"):
            return self.refused(400, "The form of the answer is not pinned.")
        if place.startswith("files/"):
            return self._file(place)
        if (request.method, place) == ("POST", "interactions"):
            return self._create(request)
        identifier = place.removeprefix("interactions/")
        if request.method == "DELETE":
            return {"json": {}} if self.jobs.pop(identifier, None) else None
        if "include_input=false" not in request.path:
            return self.refused(400, "That would be 20 MB of input.")
        return self._poll(identifier)

    def _create(self, request: Received) -> Answer:
        body = request.document
        given = body["input"]
        parts = given[0]["content"] if isinstance(given, list) else [{"type": "text", "text": given}]
        duration = body["response_format"].get("duration", "8s")
        if not body.get("background") or not duration.endswith("s"):
            return self.refused(400, "duration and background")
        found = self.created(request, " ".join(part.get("text", "") for part in parts))
        return {"json": self._interaction(found, 0)} if isinstance(found, str) else found

    def _poll(self, identifier: str) -> Answer | None:
        step = self.step(identifier)
        return {"json": self._interaction(identifier, step[0] + 1)} if step else None

    def _interaction(self, identifier: str, done: int) -> dict[str, Any]:
        job = self.jobs[identifier]
        found: dict[str, Any] = {"id": identifier, "object": "interaction", "model": job["body"]["model"]}
        found |= {"created": "2025-10-11T14:51:05Z", "updated": "2025-10-11T14:51:35Z"}
        if done < 3:
            return found | {"status": ("queued", "in_progress", "in_progress")[done]}
        prompt = job["prompt"]
        if "[fail]" in prompt:
            return found | {"status": "failed", "errors": [{"code": "internal", "message": "The model gave up."}]}
        if "[blocked]" in prompt:
            return found | {"status": "completed", "steps": [], "usage": {"total_output_tokens": 0}}
        if "[cancelled]" in prompt:
            return found | {"status": "cancelled"}
        video: dict[str, Any] = {"type": "video", "mime_type": "video/mp4"}
        if "[file]" in prompt:
            video["uri"] = f"{self.script.base}/files/abc123:download?alt=media"
        else:
            video["data"] = b64encode(BIG if "[big]" in prompt else MP4).decode()
        steps = [{"type": "thought"}, {"type": "model_output", "content": [{"type": "text", "text": "Here."}, video]}]
        return found | {"status": "completed", "steps": steps, "usage": {"total_output_tokens": 57920}}

    def _file(self, place: str) -> Answer:
        if place.endswith(":download"):
            return content(MP4) if self.looks > 1 else self.refused(400, "The file is not ACTIVE.")
        self.looks += 1
        return {"json": {"name": "files/abc123", "state": "ACTIVE" if self.looks > 1 else "PROCESSING"}}
