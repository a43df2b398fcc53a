"""The calls of the Videos API: values in, jobs out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import APIRequestError, PSOpenAIError
from ..http.client import HttpClient, Opening
from ..http.connections import Connections
from ..http.rate_limit import RateLimiter
from ..http.request import Extras, Field, Request
from ..http.response import Response
from ..settings import Settings
from ..signals import Deferral
from ..streams import Streams
from . import advice, job, json_body
from .providers import Target, provider_of

if TYPE_CHECKING:
    from .listing import Page


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
        self.http = HttpClient(settings, streams, connections, limiter, advice.for_status(settings))
        self._creates = creates
        self._provider = provider_of(settings)
        self._target = Target(settings, extras)
        self._added: Mapping[str, Any] = {}

    def creation(self, fields: list[Field], body: Mapping[str, Any] | None) -> Request:
        """The request that creates a job; `body` has fields that the user adds or replaces."""
        request = self._provider.create(self._target, fields, body or {})
        self._added = body or {}
        if json_body.is_asked_for(self._target.extras):
            return json_body.of(request, self._added)
        return request

    def remixing(self, video_id: str, document: Mapping[str, Any], body: Mapping[str, Any] | None) -> Request:
        """The request that creates a job from another one. Raises InputError where the service has no remix."""
        return self._provider.remix(self._target, video_id, document, body or {})

    def deletion(self, video_id: str) -> Request:
        """The request that deletes a job."""
        return self._provider.delete(self._target, video_id)

    def create(self, request: Request, deferral: Deferral) -> dict[str, Any]:
        """Send a creation or a remix once, and return the new job. Interruptions wait for its response."""
        if not self._creates:
            raise AssertionError(f"{self.cmdlet} creates a job, and its table does not say so")
        try:
            return job.created_job(self._send_as_taken(request, deferral), self.cmdlet)
        except APIRequestError as error:
            # It exists, and ended at once: whoever pays for it has to learn its id.
            found = job.failed_job(error.text, quoted=False)
            if found is None:
                raise
            return found

    def _send_as_taken(self, request: Request, deferral: Deferral) -> Response:
        """Send what creates a job; where the server takes no multipart, and has said so, the same in JSON."""
        try:
            return self.http.send(request, deferral=deferral)
        except APIRequestError as error:
            if not json_body.is_wanted(request, error):
                raise
            self.streams.verbose(f"The request is sent again in JSON: {error.message}")
            refusal = error
        try:
            return self.http.send(json_body.of(request, self._added), deferral=deferral)
        except APIRequestError as error:
            # Both were refused, and the first is about what was asked for.
            raise refusal if json_body.is_refusal(error) else error from None

    def delete(self, request: Request) -> Response:
        """Send a deletion, and return what the server says to it."""
        return self.http.send(request)

    def retrieve(self, video_id: str) -> dict[str, Any]:
        """The job with an id."""
        found, _ = self._ask(self.http, video_id)
        return job.under_known_id(found, video_id)

    def poll(self, video_id: str, timeout: float) -> tuple[dict[str, Any], Mapping[str, str]]:
        """The job, asked for once within so many seconds (0: without limit), and the headers that came with it."""
        found, headers = self._ask(self.http.limited(timeout), video_id, at_once=True, whole=True)
        return job.under_id(found, video_id), headers

    def _ask(
        self, http: HttpClient, video_id: str, *, at_once: bool = False, whole: bool = False
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        """The job as the server tells it, also where it does so by an error status, and the headers."""
        request = self._provider.retrieve(self._target, video_id)
        try:
            response = http.send(request, at_once=at_once, whole=whole)
        except APIRequestError as error:
            found = job.failed_job(error.text)
            if found is None:
                raise
            return job.under_id(found, video_id), {}
        return job.job(response, self.cmdlet), response.headers

    def list_page(self, limit: int, order: str, after: str) -> Page:
        """One page of jobs; `after` is the id behind which it begins, or empty."""
        from .listing import page

        return page(self.http.send(self._provider.list_page(self._target, limit, order, after)), self.cmdlet)

    def content_id(self, video_id: str) -> str:
        """The id under which the content of a job is kept."""
        find = self._provider.content_id
        return video_id if find is None else find(self.retrieve(video_id))

    def content(self, content_id: str, variant: str | None, start: int, tag: str, address: str = "") -> Opening:
        """The bytes of a video or another variant, from `start` on, of the version with the entity tag if any.

        With an address, they are fetched from there; the key goes along only to the origin of the service.
        """
        request = self._provider.content(self._target, content_id, variant, start, tag)
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
