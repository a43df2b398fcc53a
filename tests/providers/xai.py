"""xAI, after its OpenAPI file: 202 while a job runs, at first without a body; refusals in three forms."""

from __future__ import annotations

from typing import ClassVar

from tests.providers.stub import Answer, Received, Stub


class XAI(Stub):
    name = "XAI"
    members = frozenset(
        {
            "model",
            "prompt",
            "duration",
            "seconds",
            "aspect_ratio",
            "resolution",
            "image",
            "last_frame",
            "user",
            "keyframes",
            "reference_images",
            "output",
            "storage_options",
        }
    )
    finished: ClassVar[Answer] = {"cost": 0.25, "seconds": "8"}
    remixes = True
    models = ("/video-generation-models", {"models": [{"id": "a", "aliases": []}, {"id": "b"}]})
    no_model: ClassVar[Answer] = {"code": "not-found", "error": "The model gone does not exist."}

    def bad_key(self) -> Answer:
        text = "Incorrect API key provided. You can obtain an API key from the console."
        return {"status": 400, "json": {"code": "Client specified an invalid argument", "error": text}}

    def refused(self, status: int, message: str) -> Answer:
        return {"status": status, "json": {"code": "The caller does not have permission", "error": message}}

    def respond(self, request: Received, place: str) -> Answer | None:
        if (request.method, place) == ("POST", "videos/generations"):
            found = self.created(request, request.document.get("prompt", ""))
            return {"json": {"request_id": found}} if isinstance(found, str) else found
        if (request.method, place) == ("POST", "videos/edits"):
            return self._edit(request)
        return self._poll(place.removeprefix("videos/")) if request.method == "GET" else None

    def _edit(self, request: Received) -> Answer:
        body = request.document
        if body.get("model") != "grok-imagine-video" or body["video"]["url"] != self.video:
            return self.refused(400, "This model cannot edit.")
        found = self.created(request, body["prompt"], frozenset(("model", "prompt", "video")))
        return {"json": {"request_id": found}} if isinstance(found, str) else found

    def _poll(self, identifier: str) -> Answer | None:
        step = self.step(identifier)
        if step is None:
            return {"status": 404, "json": {"code": "not-found", "error": "No such request."}}
        done, prompt = step
        if not done:
            return {"status": 202, "text": ""}
        if done == 1:
            return {"status": 202, "json": {"status": "pending", "progress": 40}}
        if "[fail]" in prompt:
            error = {"code": "internal_error", "message": "The model gave up."}
            return {"json": {"status": "failed", "error": error}}
        if "[blocked]" in prompt:
            return {"json": {"status": "done", "video": {"url": "", "duration": 8, "respect_moderation": False}}}
        if "[cancelled]" in prompt:
            return {"status": 400, "json": {"code": "invalid-argument", "error": "The request was cancelled."}}
        video = {"url": self.video, "duration": 8, "respect_moderation": True}
        usage = {"cost_in_usd_ticks": 2_500_000_000}
        return {"json": {"status": "done", "video": video, "model": "grok-imagine-video-1.5", "usage": usage}}
