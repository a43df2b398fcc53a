"""Hosted services: the same calls, where jobs come in words of the service's own."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ..errors import AnswerError, APIRequestError, InputError, JobFailedError, UnauthorizedError
from ..http.client import Advise
from ..http.refusals import status_error
from ..http.request import Request
from ..http.response import Response, error_body
from ..settings import Settings
from . import advice, job, status
from .client import VideoClient
from .inline import InlineContent, in_address
from .providers import Inline, Job, Known, Provider, Read, Source
from .providers.common import is_home
from .providers.jobs import known_of

if TYPE_CHECKING:
    from .client import Opening
    from .listing import Page

#: Seconds between two looks at a video that is being stored, and how often to look.
_PAUSE, _LOOKS = 2.0, 300


class HostedClient(VideoClient):
    """A service whose answers its provider puts into PSOpenAI's words."""

    def content_source(self, video_id: str, variant: str | None = None) -> Source:
        if variant not in (None, "", "video"):
            raise InputError(
                f"{self.settings.service} has the video alone, and no {variant}. Nothing was sent.",
                command=self.cmdlet,
                category="NotImplemented",
            )
        if self._provider.source is None:
            return video_id
        document = self._finished(video_id)
        source = self._provider.source(document)
        if source is None:
            raise InputError(f"The job {video_id} has no content yet.", command=self.cmdlet)
        if isinstance(source, str) and (inline := in_address(source)):
            return Inline(*inline)
        if isinstance(source, str) and source.startswith("/"):
            return urljoin(self.settings.base, source)
        return source

    def content(self, source: Source, variant: str | None, start: int, tag: str, address: str = "") -> Opening:
        if isinstance(source, Inline):
            return contextlib.nullcontext(InlineContent(*source))
        if not start:
            self._await(source)
        return super().content(source, variant, start, tag)

    def other_address(self, video_id: str, refusal: APIRequestError, known: Mapping[str, Any] | None) -> str:
        """None: where the video is has been read from the job already."""
        return ""

    def about_usual_model(self, error: APIRequestError, model: str) -> str:
        """Nothing more: where its models are is said of every model."""
        return ""

    @property
    def _in_order(self) -> Read:
        read = self._provider.read
        if read is None:
            raise AssertionError(f"{self.settings.service} has PSOpenAI's own words")
        return read

    def _advise(self) -> Advise:
        return _advice(self.settings, self._provider)

    def _classify(self, request: Request, response: Response) -> type[APIRequestError] | None:
        if _is_elsewhere(self.settings, request):
            # No key was sent, so none was refused.
            return APIRequestError
        return self._provider.classify(response)

    def _known(self, video_id: str) -> Known:
        """What a piped job of this service says of itself: most services repeat less of it."""
        is_it = self._piped.get("provider") == self.settings.provider and self._piped.get("id") == video_id
        return known_of(self._piped, video_id) if is_it else Known(video_id)

    def _created(self, response: Response, known: Known) -> Job:
        document = self._document(response)
        identifier = job.identifier(document, response, self.cmdlet)
        found = self._in_order(document, known._replace(identifier=identifier, created_at=int(time.time())))
        return found if found["status"] else found | {"status": "queued", "progress": 0}

    def _read(self, response: Response, video_id: str) -> Job:
        found = self._in_order(self._document(response), self._known(video_id))
        if not found["status"]:
            if response.status != 202:
                raise job.not_a_job(response, self.cmdlet, "it names no status")
            found["status"] = "in_progress"
        if self._provider.lifetime and status.has_succeeded(status.word(found)) and "expires_at" not in found:
            self.streams.verbose(f"{self.settings.service} keeps a finished video for {self._provider.lifetime}.")
        return found

    def _ended(self, error: APIRequestError, video_id: str) -> Job | None:
        """A refused question may be the answer that the job was refused."""
        told = error_body(Response(error.status, "", error.headers, error.text.encode(), 0.0))
        ended = None if isinstance(error, UnauthorizedError) else self._provider.ended(error.status, told)
        return None if ended is None else self._in_order(ended, self._known(video_id))

    def _page(self, response: Response, limit: int, after: str) -> Page:
        from .listing import Page

        if self._provider.read_page is None:
            raise AssertionError(f"{self.settings.service} lists no jobs")
        listed = self._provider.read_page(self._document(response), limit, after)
        return Page([self._in_order(one, Known()) for one in listed.jobs], listed.has_more, listed.end)

    def _document(self, response: Response) -> dict[str, Any]:
        """What a service says of a job. Accepted and nothing more means that the job is not over yet."""
        if response.status == 202 and not response.body.strip():
            return {}
        try:
            return job.answered(response, self.cmdlet)
        except AnswerError as error:
            meant = self._provider.classify(response._replace(status=400)) if error.refused else None
            if meant is None:
                raise
            action = _about_key(self.settings) if meant is UnauthorizedError else ""
            raise status_error(response, self.settings.service, action, meant) from None

    def _finished(self, video_id: str) -> dict[str, Any]:
        """What the service says of a job that has succeeded. Raises what says that it has not, or not yet."""
        document: dict[str, Any] = {}
        try:
            document = self._document(self.http.send(self._provider.retrieve(self._target, video_id)))
            found = self._in_order(document, self._known(video_id))
        except APIRequestError as error:
            ended = self._ended(error, video_id)
            if ended is None:
                raise
            found = ended
        self._check_finished(found)
        return document

    def _check_finished(self, found: Job) -> None:
        word = status.word(found)
        if status.has_succeeded(word):
            return
        text = f"The job {found['id']} has no content yet; its status is '{status.shown(found)}'."
        if not status.is_over(word):
            raise InputError(text, command=self.cmdlet)
        why = (found.get("error") or {}).get("message") or "it names no reason"
        raise JobFailedError(f"The job {found['id']} failed: {why}", job=found, command=self.cmdlet)

    def _await(self, source: str) -> None:
        """Look until a video is stored, where the service stores it only after the job is over."""
        storing = self._provider.storing
        if storing is None or "://" in source:
            return
        for _ in range(_LOOKS):
            # What is told of a file is no job: an error in it says why there will be none.
            found = job.read_json(self.http.send(storing.ask(self._target, source)), self.cmdlet)
            if storing.is_done(found if isinstance(found, dict) else {}):
                return
            time.sleep(_PAUSE)
        raise InputError(f"The video {source} is still being stored; call again.", command=self.cmdlet)


def _advice(settings: Settings, provider: Provider) -> Advise:
    """What a user can do about an error status."""

    def advise(request: Request, response: Response) -> str:
        if _is_elsewhere(settings, request):
            kept = f"{settings.provider} keeps a video for {provider.lifetime}. " if provider.lifetime else ""
            return f"The address may have expired. {kept}Get-Video asks for the job once more."
        meant = provider.classify(response)
        if response.status == 401 or meant is UnauthorizedError:
            return _about_key(settings)
        if meant is None and response.status in (400, 403, 404, 422) and request.once and _is_about_model(response):
            return provider.models
        if response.status >= 500 and request.once:
            return request.loss
        return advice.USED_UP if response.status == 402 else advice.about_repeating(settings, request, response)

    return advise


def _about_key(settings: Settings) -> str:
    return f"Get-OpenAIKey -Provider {settings.provider} shows which key is used and where it comes from."


def _is_elsewhere(settings: Settings, request: Request) -> bool:
    """True for the address of a video on a host that is not the service's own."""
    return request.method == "GET" and not is_home(settings, request.url)


def _is_about_model(response: Response) -> bool:
    body = error_body(response)
    return re.search(r"model|endpoint", f"{body.get('code')} {body.get('message')}", re.IGNORECASE) is not None
