"""The calls of a video service: values in, jobs out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import services
from ..errors import APIRequestError, InputError, JobFailedError, UnauthorizedError
from ..http.client import HttpClient
from ..http.connections import Connections
from ..http.rate_limit import RateLimiter
from ..http.request import Extras, Request
from ..http.response import Response, error_body
from ..settings import Settings
from ..signals import Deferral
from ..streams import Streams
from . import advice, hosted, job, status
from .download import Incoming
from .inline import InlineContent
from .providers import Change, Creation, Inline, Job, Known, Source, Target, provider_of

#: What `VideoClient.content` returns.
Opening = contextlib.AbstractContextManager[Incoming]
#: Seconds between two looks at a video that is being stored, and how often to look.
_PAUSE, _LOOKS = 2.0, 300


class Planned(NamedTuple):
    """A request that creates a job, and what is known of the job beforehand."""

    request: Request
    known: Known = Known()


class VideoClient:
    """One service, as one cmdlet uses it.

    Args:
        extras: what the user adds to each request.
        cmdlet: the name in which errors are reported.
        creates: the cmdlet is declared to create jobs. Nothing else may send what must not be sent twice: on that
            declaration depends whether a record of the pipeline is sent again.
    """

    def __init__(
        self,
        settings: Settings,
        extras: Extras,
        streams: Streams,
        connections: Connections,
        limiter: RateLimiter,
        *,
        cmdlet: str,
        creates: bool,
    ) -> None:
        self.settings = settings
        self.streams = streams
        self.cmdlet = cmdlet
        self._creates = creates
        self._provider = provider_of(settings)
        self._target = Target(settings, extras)
        own = self._provider.read is None
        advise = advice.for_status(settings) if own else hosted.advice(settings, self._provider)
        self.http = HttpClient(settings, streams, connections, limiter, advise, self._provider.classify)

    @property
    def usual_model(self) -> str:
        """The model that is used when none is given; empty where one has to be."""
        return (services.find(self.settings.provider) or services.OPENAI).model

    @property
    def takes_addresses(self) -> bool:
        """True if a picture may be named by its address."""
        return self._provider.takes_addresses

    def creation(self, creation: Creation) -> Planned:
        """The request that creates a job. Raises InputError for what cannot be said in the service's words."""
        if not (creation.model or self.usual_model or "model" in map(str.lower, creation.body)):
            name = self.settings.service
            raise InputError(f"{name} has no usual model: give -Model. Nothing was sent.", action=self._provider.models)
        request, warnings, remarks = self._provider.create(self._target, creation)
        for remark in remarks:
            self.streams.verbose(remark)
        for warning in warnings:
            self.streams.warning(warning)
        model = (request.document or {}).get("model", creation.model)
        return Planned(request, Known(model=str(model), seconds=creation.seconds, size=creation.size))

    def remixing(
        self, video_id: str, prompt: str, body: Mapping[str, Any] | None, *, only_shown: bool = False
    ) -> Planned:
        """The request that creates a job from another one. Raises InputError where the service has no remix."""
        change = Change(video_id, prompt, self.usual_model, body or {})
        if self._provider.edits_source:
            shown = f"<the address of the video of {video_id}>"
            change = change._replace(source=shown if only_shown else str(self.content_source(video_id)))
        request = self._provider.remix(self._target, change)
        model = (request.document or {}).get("model")
        return Planned(request, Known(model=model if isinstance(model, str) else None))

    def deletion(self, video_id: str) -> Request:
        """The request that deletes a job. Raises InputError where the service deletes none."""
        return self._provider.delete(self._target, video_id)

    def create(self, planned: Planned, deferral: Deferral) -> Job:
        """Send a creation or a remix once, and return the new job. Interruptions wait for its response."""
        if not self._creates:
            raise AssertionError(f"{self.cmdlet} creates a job, and its table does not say so")
        response = self.http.send(planned.request, deferral=deferral)
        if self._provider.read is None:
            return job.created_job(response, self.cmdlet)
        found = job.identified(job.document(response, self.cmdlet), response, self.cmdlet)
        known = planned.known._replace(identifier=str(found["id"]), created_at=int(time.time()))
        return self._provider.read(found, known)

    def delete(self, request: Request) -> Response:
        """Send a deletion, and return what the server says to it."""
        return self.http.send(request)

    def retrieve(self, video_id: str) -> Job:
        """The job with an id."""
        return self._question(self.http, video_id, polled=False)[0]

    def poll(self, video_id: str, timeout: float) -> tuple[Job, Mapping[str, str]]:
        """The job, asked for once within so many seconds (0: without limit), and the headers that came with it."""
        return self._question(self.http.limited(timeout), video_id, polled=True)

    def list_page(self, limit: int, order: str, after: str) -> job.Page:
        """One page of jobs; `after` is what the page before named as its end, or empty."""
        response = self.http.send(self._provider.list_page(self._target, limit, order, after))
        read, read_page = self._provider.read, self._provider.read_page
        if read is None or read_page is None:
            return job.page(response, self.cmdlet)
        page = read_page(job.document(response, self.cmdlet), limit, after)
        return page._replace(jobs=[read(one, Known()) for one in page.jobs])

    def content_source(self, video_id: str, variant: str | None = None) -> Source:
        """Where the content of a job is. Raises InputError for a job without, and for a variant that there is not."""
        if variant not in (None, "video") and not self._provider.has_variants:
            raise InputError(
                f"{self.settings.service} has the video alone, and no {variant}. Nothing was sent.",
                command=self.cmdlet,
                category="NotImplemented",
            )
        if self._provider.source is None:
            return video_id
        response = self.http.send(self._provider.retrieve(self._target, video_id))
        document = self._document(response)
        if self._provider.read is not None:
            self._check_finished(self._provider.read(document, Known(video_id)))
        source = self._provider.source(document)
        if source is None:
            raise InputError(f"The job {video_id} has no content yet.", command=self.cmdlet)
        return source

    def content(self, source: Source, variant: str | None, start: int, tag: str) -> Opening:
        """The bytes of a video or another variant, from `start` on, of the version with the entity tag if any."""
        if isinstance(source, Inline):
            return contextlib.nullcontext(InlineContent(*source))
        if self._provider.content_ready is not None and not start:
            self._await(source, *self._provider.content_ready)
        return self.http.receive(self._provider.content(self._target, source, variant, start, tag))

    def _question(self, http: HttpClient, video_id: str, *, polled: bool) -> tuple[Job, Mapping[str, str]]:
        """The job, and the headers that came with it. A refused question may be the answer that the job failed."""
        known = Known(video_id)
        try:
            response = http.send(self._provider.retrieve(self._target, video_id), at_once=polled, whole=polled)
        except APIRequestError as error:
            told = error_body(Response(error.status, "", error.headers, error.text.encode(), 0.0))
            ended = None if isinstance(error, UnauthorizedError) else self._provider.ended(error.status, told)
            if ended is None or self._provider.read is None:
                raise
            return self._provider.read(ended, known), {}
        return self._read(response, known), response.headers

    def _read(self, response: Response, known: Known) -> Job:
        if self._provider.read is None:
            return job.job(response, self.cmdlet)
        found = self._provider.read(self._document(response), known)
        if self._provider.lifetime and status.has_succeeded(status.word(found)) and "expires_at" not in found:
            self.streams.verbose(f"{self.settings.service} keeps a finished video for {self._provider.lifetime}.")
        return found

    def _document(self, response: Response) -> dict[str, Any]:
        """What a service says of a job. Accepted and nothing more means that the job is not over yet."""
        waits = response.status == 202 and not response.body.strip()
        return {} if waits else job.document(response, self.cmdlet)

    def _check_finished(self, found: Job) -> None:
        word = status.word(found)
        if status.has_succeeded(word):
            return
        text = f"The job {found['id']} has no content yet; its status is '{found['status']}'."
        if not status.is_over(word):
            raise InputError(text, command=self.cmdlet)
        why = (found.get("error") or {}).get("message") or "it names no reason"
        raise JobFailedError(f"The job {found['id']} failed: {why}", job=found, command=self.cmdlet)

    def _await(self, source: str, ask: Any, is_ready: Any) -> None:
        """Look until a video is stored."""
        for _ in range(_LOOKS):
            request = ask(self._target, source)
            if request is None or is_ready(job.document(self.http.send(request), self.cmdlet)):
                return
            time.sleep(_PAUSE)
        raise InputError(f"The video {source} is still being stored; call again.", command=self.cmdlet)
