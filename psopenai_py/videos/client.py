"""The calls of a video service: values in, jobs out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .. import services
from ..errors import AnswerError, APIRequestError, InputError, PSOpenAIError
from ..http.client import Advise, HttpClient
from ..http.connections import Connections
from ..http.rate_limit import RateLimiter
from ..http.request import Extras, Request
from ..http.response import Response
from ..settings import Settings
from ..signals import Deferral
from ..streams import Streams
from . import advice, job, json_body
from .providers import Change, Creation, Job, Known, Provider, Source, Target, provider_of

if TYPE_CHECKING:
    from .download import IncomingContent
    from .listing import Page

#: What `VideoClient.content` returns.
Opening: TypeAlias = "contextlib.AbstractContextManager[IncomingContent]"


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
        piped: the job as the pipe brought it, which may say more of itself than the service does later.
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
        piped: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = settings
        self.streams = streams
        self.cmdlet = cmdlet
        self._creates = creates
        self._piped = piped or {}
        self._provider: Provider = provider_of(settings)
        self._target = Target(settings, extras)
        self._added: Mapping[str, Any] = {}
        self.http = HttpClient(settings, streams, connections, limiter, self._advise(), self._classify)

    @property
    def usual_model(self) -> str:
        """The model that is used when none is given; empty where one has to be."""
        return (services.find(self.settings.provider) or services.OPENAI).model

    @property
    def sorts(self) -> bool:
        """True if a list can be asked for in an order."""
        return self._provider.sorts

    @property
    def takes_addresses(self) -> bool:
        """True if a picture may be named by its address."""
        return self._provider.takes_addresses

    def creation(self, creation: Creation) -> Planned:
        """The request that creates a job. Raises InputError for what cannot be said in the service's words."""
        if not (creation.model or self.usual_model or "model" in map(str.lower, creation.body)):
            text = f"{self.settings.service} has no usual model: give -Model. Nothing was sent."
            raise InputError(text, command=self.cmdlet, action=self._provider.models)
        request, warnings, remarks = self._provider.create(self._target, creation)
        for remark in remarks:
            self.streams.verbose(remark)
        for warning in warnings:
            self.streams.warning(warning)
        self._added = creation.body
        if request.fields is not None and json_body.is_asked_for(self._target.extras):
            request = json_body.of(request, self._added)
        known = Known(model=_model(request), seconds=creation.seconds, size=creation.size, prompt=creation.prompt)
        return Planned(request, known)

    def changing(
        self, what: str, video_id: str, prompt: str, body: Mapping[str, Any] | None, *, only_shown: bool = False
    ) -> Planned:
        """The request that creates a job from another one. Raises InputError where the service has no such change.

        Args:
            what: the kind of change, such as "remix".
        """
        request_for = self._provider.changes.get(what)
        if request_for is None:
            text = f"{self.settings.service} offers no {what}. Nothing was sent."
            raise InputError(text, command=self.cmdlet, category="NotImplemented")
        change = Change(video_id, prompt, self._known(video_id).model or self.usual_model, body or {})
        if self._provider.edits_source:
            shown = f"<the address of the video of {video_id}>"
            source = shown if only_shown else self.content_source(video_id)
            if not isinstance(source, str):
                text = f"The video of {video_id} has no address of its own, so it cannot be edited. Nothing was sent."
                raise InputError(text, command=self.cmdlet)
            change = change._replace(source=source)
        request = self._asked_for(request_for, change)
        return Planned(request, Known(model=_model(request), prompt=prompt))

    def deletion(self, video_id: str) -> Request:
        """The request that deletes a job. Raises InputError where the service deletes none."""
        return self._asked_for(self._provider.delete, video_id)

    def create(self, planned: Planned, deferral: Deferral) -> Job:
        """Send a creation or a remix once, and return the new job. Interruptions wait for its response."""
        if not self._creates:
            raise AssertionError(f"{self.cmdlet} creates a job, and its table does not say so")
        try:
            return self._created(self._send_as_taken(planned.request, deferral), planned.known)
        except APIRequestError as error:
            # It exists, and ended at once: whoever pays for it has to learn its id.
            found = job.failed_job(error.text, quoted=False)
            if found is None:
                raise
            return found
        except AnswerError as error:
            raise error.with_facts(action=error.action and job.RECEIVED) from None

    def _send_as_taken(self, request: Request, deferral: Deferral) -> Response:
        """Send what creates a job; where the server takes no multipart, and has said so, the same in JSON."""
        try:
            return self.http.send(request, deferral=deferral)
        except APIRequestError as error:
            if not json_body.is_wanted(request, error):
                raise
            self.streams.verbose(f"The request is sent again in JSON: {error.message}")
            refusal = error
        deferral.release()  # nothing came of it, so an interruption need not wait any longer
        try:
            return self.http.send(json_body.of(request, self._added), deferral=deferral)
        except APIRequestError as error:
            # Both were refused, and the first is about what was asked for.
            raise refusal if json_body.is_refusal(error) else error from None

    def delete(self, request: Request) -> Response:
        """Send a deletion, and return what the server says to it."""
        return self.http.send(request)

    def retrieve(self, video_id: str) -> Job:
        """The job with an id."""
        found, _ = self._ask(self.http, video_id)
        return job.under_known_id(found, video_id)

    def poll(self, video_id: str, timeout: float) -> tuple[Job, Mapping[str, str]]:
        """The job, asked for once within so many seconds (0: without limit), and the headers that came with it."""
        found, headers = self._ask(self.http.limited(timeout), video_id, at_once=True, whole=True)
        return job.under_id(found, video_id), headers

    def list_page(self, limit: int, order: str, after: str) -> Page:
        """One page of jobs; `after` is what the page before named as its end, or empty."""
        request = self._asked_for(self._provider.list_page, limit, order, after)
        return self._page(self.http.send(request), limit, after)

    def content_source(self, video_id: str, variant: str | None = None) -> Source:
        """Where the content of a job is. Raises InputError for a job without, and for a variant that there is not."""
        find = self._provider.source
        source = video_id if find is None else find(self.retrieve(video_id))
        if source is None:
            raise InputError(f"The job {video_id} has no content yet.", command=self.cmdlet)
        return source

    def content(self, source: Source, variant: str | None, start: int, tag: str, address: str = "") -> Opening:
        """The bytes of a video or another variant, from `start` on, of the version with the entity tag if any.

        With an address, they are fetched from there; the key goes along only to the origin of the service.
        """
        request = self._provider.content(self._target, str(source), variant, start, tag)
        if address:
            request = request.moved(302, address) or request
        return self.http.receive(request._replace(is_final=job.is_failed_job))

    def other_address(self, video_id: str, refusal: APIRequestError, known: Mapping[str, Any] | None) -> str:
        """The address that a job names for its video, where a refusal of the content makes that likely; or empty.

        Args:
            known: the job, if it is known to be completed.
        """
        from . import elsewhere

        told = "" if refusal.text.lstrip()[:1] in ("", "<") else refusal.message.partition(" Error: ")[2]
        if not elsewhere.is_likely(refusal, told, completed=known is not None):
            return ""
        try:
            return elsewhere.address_of(self.retrieve(video_id) if known is None else known)
        except PSOpenAIError as error:
            self.streams.verbose(f"Whether the job names another address is not known: {error.message}")
            return ""

    def about_usual_model(self, error: APIRequestError, model: str) -> str:
        """What to do about a refusal of the model that nobody had asked for; empty for another refusal."""
        return advice.about_usual_model(error, model)

    def models(self) -> list[dict[str, Any]]:
        """The models that the service names, each with its id first. Raises InputError where it has no list."""
        ask = self._provider.list_models
        if ask is None:
            text = f"{self.settings.service} has no list of models that can be asked for. Nothing was sent."
            raise InputError(text, command=self.cmdlet, category="NotImplemented", action=self._provider.models)
        from . import models

        return models.read(self.http.send(ask(self._target)), self.cmdlet)

    def _asked_for(self, ask: Callable[..., Request], *about: Any) -> Request:
        """A request of the provider. What says that there is none is an error of this cmdlet."""
        try:
            return ask(self._target, *about)
        except InputError as error:
            raise error if error.command else error.with_facts(command=self.cmdlet) from None

    def _advise(self) -> Advise:
        return advice.for_status(self.settings)

    def _classify(self, request: Request, response: Response) -> type[APIRequestError] | None:
        return None

    def _known(self, video_id: str) -> Known:
        """What is known of a job before the service is asked."""
        return Known(video_id)

    def _created(self, response: Response, known: Known) -> Job:
        return job.created_job(response, self.cmdlet)

    def _ask(
        self, http: HttpClient, video_id: str, *, at_once: bool = False, whole: bool = False
    ) -> tuple[Job, Mapping[str, str]]:
        """The job as the server tells it, also where it does so by an error status, and the headers."""
        request = self._provider.retrieve(self._target, video_id)
        try:
            response = http.send(request, at_once=at_once, whole=whole)
        except APIRequestError as error:
            found = self._ended(error, video_id)
            if found is None:
                raise
            return job.under_id(found, video_id), {}
        return self._read(response, video_id), response.headers

    def _read(self, response: Response, video_id: str) -> Job:
        return job.job(response, self.cmdlet)

    def _ended(self, error: APIRequestError, video_id: str) -> Job | None:
        """The job that an error status tells of."""
        return job.failed_job(error.text)

    def _page(self, response: Response, limit: int, after: str) -> Page:
        from .listing import page

        return page(response, self.cmdlet)


def _model(request: Request) -> str | None:
    model = (request.document or {}).get("model")
    return model if isinstance(model, str) else None
