"""The content of a job on its way to a sink: from its usual place, or from the address that the job names."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from ..errors import AnswerError, APIRequestError, JobFailedError, PSOpenAIError
from ..http import retry
from ..redaction import shown_url
from . import download, status
from .client import Opening, VideoClient
from .download import Sink
from .download_progress import DownloadProgress
from .job import failed_job, under_id, warn_of_failure
from .polling import Watch

#: Seconds between the questions for the content of a completed job.
_UNTIL_THERE = (0.5, 1.0, 2.0, 4.0)


class Delivery:
    """The delivery of one job's content.

    Args:
        variant: what to deliver, as it was asked for; None where it was not.
        piped: the job as the pipe brought it, which may name the address of its video.
    """

    def __init__(
        self, client: VideoClient, identifier: str, variant: str | None, piped: Mapping[str, Any] | None = None
    ) -> None:
        #: The job, once it is known to be completed.
        self.job: dict[str, Any] | None = None
        self._piped = piped
        self._client = client
        self._identifier = identifier
        self._variant = variant

    def wait(self, again: str, interval: float) -> Generator[float, None, None]:
        """Wait until there is a video; yields seconds to sleep.

        Args:
            again: the command that does the same once more.
            interval: seconds between two questions.

        Raises JobFailedError for a job that ended without one.
        """
        job = yield from Watch(self._client, self._identifier, again).until_over(interval=interval)
        if not status.has_succeeded(status.word(job)):
            raise self._without_video(job)
        warn_of_failure(self._client.streams, job)
        self.job = job

    @property
    def pauses(self) -> tuple[float, ...]:
        """The seconds between questions for content that is not there yet; none while the job may not be over."""
        return _UNTIL_THERE if self.job else ()

    def is_not_there_yet(self, error: APIRequestError | AnswerError) -> bool:
        """True for an error by which a server may say that the content is not there yet."""
        return retry.may_come_later(error) and error.action != download.STILL_THERE

    def explained(self, error: APIRequestError | AnswerError) -> PSOpenAIError:
        """An error with a hint where the content may not be there yet, and nobody waited for the job."""
        is_advised = isinstance(error, AnswerError) and error.action
        if self.job is not None or is_advised or not self.is_not_there_yet(error):
            return error
        hint = "If the job is not over yet, -WaitForCompletion waits for it."
        return error.with_facts(action=f"{error.action} {hint}".strip())

    def copy(self, sink: Sink, name: str) -> str:
        """Copy the content and return its media type; `name` is shown while it comes.

        Raises what `download.copy` raises, and JobFailedError where the server answers with a job that failed.
        """
        try:
            return self._copy_from("", sink, name)
        except APIRequestError as error:
            job = failed_job(error.text)
            if job is not None:
                raise self._without_video(under_id(job, self._identifier)) from None
            address = self._other_address(error)
            if not address:
                raise
        return self._copy_from(address, sink, name)

    def _copy_from(self, address: str, sink: Sink, name: str) -> str:
        streams, progress = self._client.streams, DownloadProgress(name)
        source = self._client.content_source(self._identifier, self._variant)

        def fetch(start: int, tag: str) -> Opening:
            return self._client.content(source, self._variant, start, tag, address)

        def reached(size: int, total: int | None) -> None:
            progress.reached(size, total)
            streams.transferred(name, size, total)

        streams.show_progress(progress.pieces)
        try:
            return download.copy(fetch, sink, variant=self._variant or "", broke=streams.verbose, progress=reached)
        finally:
            streams.progress_end()

    def _other_address(self, error: APIRequestError) -> str:
        """Where else the video is; empty where nobody knows, where it had begun to come, and for a picture of it."""
        if error.action == download.STILL_THERE or self._variant not in (None, "", "video"):
            return ""
        address = self._client.other_address(self._identifier, error, self.job or self._piped_with_address())
        if address:
            where = shown_url(address)
            self._client.streams.verbose(f"The video is fetched from the address that the job names: {where}")
        return address

    def _piped_with_address(self) -> Mapping[str, Any] | None:
        """The job as the pipe brought it, if it names an address: then it is completed, whatever the refusal says."""
        from . import elsewhere

        return self._piped if self._piped and elsewhere.address_of(self._piped) else None

    def _without_video(self, job: dict[str, Any]) -> JobFailedError:
        """The error for a job that has no video, after the warning that says why."""
        warn_of_failure(self._client.streams, job)
        text = f"The job {self._identifier} is not completed; its status is '{status.shown(job)}'."
        return JobFailedError(text, job=job, command=self._client.cmdlet)
