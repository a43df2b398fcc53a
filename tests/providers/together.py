"""Together, after its OpenAPI file and the other answers that its documentation shows."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.providers.stub import Answer, Received, Stub


class Together(Stub):
    name = "Together"
    members = frozenset(
        {
            "model",
            "prompt",
            "height",
            "width",
            "resolution",
            "ratio",
            "seconds",
            "fps",
            "steps",
            "seed",
            "media",
            "guidance_scale",
            "output_format",
            "output_quality",
            "negative_prompt",
            "generate_audio",
        }
    )
    no_model: ClassVar[Answer] = {
        "error": {
            "message": "Unable to access model gone.",
            "type": "invalid_request_error",
            "code": "model_not_available",
        }
    }
    arguments = ("-Model", "vendor/model")
    finished: ClassVar[Answer] = {
        "cost": 0.28,
        "size": "1280x720",
        "seconds": "8",
        "completed_at": "2025-10-11T14:51:40+00:00",
    }
    bare_pictures = True
    models = ("/models", [{"id": "a", "type": "video"}, {"id": "b"}])

    @property
    def address(self) -> str:
        return f"{self.script.base}/shrt/abc"

    @staticmethod
    def seconds(value: float) -> object:
        return str(value)

    def respond(self, request: Received, place: str) -> Answer | None:
        if (request.method, place) == ("POST", "videos"):
            body = request.document
            if not isinstance(body.get("seconds", ""), str) or not isinstance(body.get("width", 1), int):
                return self.refused(400, "seconds is a string, width a number")
            found = self.created(request, str(body.get("prompt")))
            return {"json": self._job(found, 0)} if isinstance(found, str) else found
        if place.startswith("shrt/"):
            return {"status": 302, "headers": {"Location": self.video}}
        identifier = place.removeprefix("videos/")
        step = self.step(identifier) if request.method == "GET" else None
        return {"json": self._job(identifier, step[0])} if step else None

    def _job(self, identifier: str, done: int) -> dict[str, Any]:
        job = self.jobs[identifier]
        found: dict[str, Any] = {"id": identifier, "object": "video", "model": job["body"]["model"], "info": {}}
        found |= {"created_at": "2025-10-11T14:51:05.123Z", "claimed_at": "0001-01-01T00:00:00Z"}
        found |= {"completed_at": "0001-01-01T00:00:00Z", "seconds": "8", "size": "1280x720"}
        if done < 2:
            return found | {"status": ("queued", "in_progress")[done]}
        if "[fail]" in job["prompt"]:
            return found | {"status": "failed", "info": {"errors": [{"message": "The model gave up."}]}}
        if "[blocked]" in job["prompt"]:
            return found | {"status": "completed", "outputs": {"cost": 0}}
        if "[cancelled]" in job["prompt"]:
            return found | {"status": "cancelled"}
        outputs = {"cost": 0.28, "video_url": self.address}
        return found | {"status": "completed", "completed_at": 1760194300, "outputs": outputs}
