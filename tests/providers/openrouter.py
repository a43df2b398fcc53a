"""OpenRouter, after its OpenAPI file."""

from __future__ import annotations

from typing import ClassVar

from tests.providers.stub import MP4, Answer, Received, Stub, content


class OpenRouter(Stub):
    name = "OpenRouter"
    members = frozenset(
        {
            "model",
            "prompt",
            "duration",
            "resolution",
            "aspect_ratio",
            "size",
            "seed",
            "generate_audio",
            "provider",
            "frame_images",
            "input_references",
            "previous_job_id",
            "callback_url",
        }
    )
    finished: ClassVar[Answer] = {
        "cost": 0.25,
        "expires_at": "2025-10-11T15:51:05+00:00",
        "created_at": "2025-10-11T14:51:05+00:00",
    }
    remixes = True
    keeps_videos = True
    models = ("/videos/models", {"data": [{"id": "a", "supported_durations": [4]}, {"id": "b"}]})
    no_model: ClassVar[Answer] = {"error": {"code": 404, "message": "No endpoints found for gone."}}

    def respond(self, request: Received, place: str) -> Answer | None:
        if (request.method, place) == ("POST", "videos"):
            return self._create(request)
        _, _, rest = place.partition("videos/")
        identifier, _, content_of = rest.partition("/")
        if content_of == "content":
            return self._content(identifier)
        return self._poll(identifier)

    def _create(self, request: Received) -> Answer:
        body = request.document
        if not isinstance(body.get("duration", 1), int):
            return self.refused(400, "duration: Expected number")
        found = self.created(request, str(body.get("prompt")))
        if not isinstance(found, str):
            return found
        identifier = f"gen-vid-1760194265-{found}"
        self.jobs[identifier] = self.jobs.pop(found)
        job = {"id": identifier, "polling_url": f"/api/v1/videos/{identifier}", "status": "pending"}
        return {"status": 202, "json": job}

    def _content(self, identifier: str) -> Answer | None:
        if identifier not in self.jobs:
            return None
        unfinished = self.steps.get(identifier, 0) < 3 or "[" in self.jobs[identifier]["prompt"]
        return self.refused(400, "The job is not completed.") if unfinished else content(MP4)

    def _poll(self, identifier: str) -> Answer | None:
        step = self.step(identifier)
        if step is None:
            return None
        done, prompt = step
        job = {"id": identifier, "polling_url": f"/api/v1/videos/{identifier}", "status": "in_progress"}
        if not done:
            return {"json": job | {"status": "pending"}}
        if done > 1 and "[fail]" in prompt:
            return {"json": job | {"status": "failed", "error": "The model gave up."}}
        if done > 1 and "[blocked]" in prompt:
            return {"json": job | {"status": "completed", "unsigned_urls": []}}
        if done > 1 and "[cancelled]" in prompt:
            return {"json": job | {"status": "cancelled"}}
        if done > 1:
            finished = {"status": "completed", "generation_id": "gen-1", "usage": {"cost": 0.25, "is_byok": False}}
            own = f"{self.script.base}/videos/{identifier}/content?index=0"
            return {"json": job | finished | {"unsigned_urls": [own], "urls": [self.video], "expires_at": 1760197865}}
        return {"json": job}
