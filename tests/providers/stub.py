"""A hosted service on loopback: what all of them have in common. Each has a file of its own with the rest.

It refuses what the service refuses: a wrong key, anything but JSON, unknown members. A word in the prompt says how a
job ends; each question moves it one step on. The finished video lies on another server, which must never see a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

from psopenai_py import services
from psopenai_py.videos.providers import Provider
from tests.cmdlets.contents import MP4, content
from tests.server import Received, Script, Server

KEY = "key-0123456789abcdef-of-the-service"
Answer = dict[str, Any]
#: Where a video lies: whoever knows this path can fetch it.
SECRET = "signed-by-nobody-0123456789abcdef"


class Stub:
    """One service. `script` has the address and what came; `media` is the server with the videos."""

    #: The name of -Provider, and the folder in which its paths lie.
    name: ClassVar[str]
    #: Members that a creation may have, and those of an edit.
    members: ClassVar[frozenset[str]]
    #: What its model says when there is no such model.
    no_model: ClassVar[Answer] = {"error": {"message": "The model does not exist.", "code": "not_found"}}
    #: -Model, where the service has no default.
    arguments: ClassVar[tuple[str, ...]] = ()
    #: Some of what is printed of a finished job.
    finished: ClassVar[Mapping[str, object]]
    #: What it can do besides creating, telling and keeping a video.
    lists: ClassVar[bool] = False
    deletes: ClassVar[bool] = False
    remixes: ClassVar[bool] = False
    #: The key is needed for the video, too: it lies with the service itself.
    keeps_videos: ClassVar[bool] = False
    #: Pictures: by their address, too, and as base64 without the head of a data URL.
    takes_addresses: ClassVar[bool] = True
    bare_pictures: ClassVar[bool] = False
    #: Where its models `a` and `b` are listed, and how; None where they are not.
    models: ClassVar[tuple[str, Any] | None] = None

    def __init__(self, api: Server, media: Server) -> None:
        self.jobs: dict[str, Mapping[str, Any]] = {}
        self.steps: dict[str, int] = {}
        self.bodies: list[dict[str, Any]] = []
        self.script: Script = api.script(f"{self.name.lower()}-api", self.answer)
        self.media: Script = media.script("media", [content()])
        self.video = f"{self.media.base}/{SECRET}.mp4?X-Signature={SECRET}"

    @property
    def provider(self) -> Provider:
        """What is tested with it."""
        service = services.find(self.name)
        assert service is not None
        found: Provider = import_module(f"psopenai_py.videos.providers.{service.module}").PROVIDER
        return found

    @property
    def address(self) -> str:
        """Where the job says that its video is."""
        return self.video

    @staticmethod
    def seconds(value: float) -> object:
        """A length as a request has it."""
        return value

    @property
    def call(self) -> list[str]:
        """The arguments that lead here."""
        return ["-Provider", self.name, "-ApiBase", self.script.base, "-ApiKey", KEY]

    def answer(self, request: Received) -> Answer:
        if self.key(request) != KEY:
            return self.bad_key()
        place = request.path.partition("?")[0].strip("/")
        return self.respond(request, place) or {"status": 404, "json": {"error": {"message": f"No {place}."}}}

    def key(self, request: Received) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def bad_key(self) -> Answer:
        return {"status": 401, "json": {"error": {"message": "No cookie auth credentials found", "code": 401}}}

    def respond(self, request: Received, place: str) -> Answer | None:
        """The answer to one request with the right key."""
        raise NotImplementedError

    def created(self, request: Received, prompt: str, known: frozenset[str] | None = None) -> str | Answer:
        """The id of a new job, or a refusal."""
        if request.headers.get("content-type") != "application/json":
            return {"status": 415, "json": {"error": {"message": "JSON only."}}}
        body = request.document
        self.bodies.append(body)
        unknown = body.keys() - (known or self.members)
        if unknown:
            return self.refused(400, f"unknown field {sorted(unknown)}")
        if body.get("model") == "gone":
            return {"status": 404, "json": self.no_model}
        match = re.search(r"\[status (\d+)\]", prompt)
        if match:
            return self.refused(int(match[1]), "Asked for.")
        if "[moderation]" in prompt:
            return self.refused(403, "The prompt was flagged by moderation.")
        identifier = f"job-{len(self.jobs) + 1}"
        self.jobs[identifier] = {"prompt": prompt, "body": body}
        return identifier

    def refused(self, status: int, message: str) -> Answer:
        return {"status": status, "json": {"error": {"message": message, "code": status}}}

    def step(self, identifier: str) -> tuple[int, str] | None:
        """How often the job was asked for before, and its prompt; None for no job."""
        if identifier not in self.jobs:
            return None
        done = self.steps.get(identifier, 0)
        self.steps[identifier] = done + 1
        return done, str(self.jobs[identifier]["prompt"])


__all__ = ["KEY", "MP4", "SECRET", "Answer", "Received", "Stub", "content"]
