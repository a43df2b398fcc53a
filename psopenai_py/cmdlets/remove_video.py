"""Remove-Video: delete a job and its video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..binding.spec import Cmdlet, Example
from . import Call
from .shared_parameters import COMMON, PIPELINE, PROVIDER, SERVICE, VIDEO_ID, WHAT_IF

if TYPE_CHECKING:
    from ..http.response import Response


CMDLET = Cmdlet(
    name="Remove-Video",
    synopsis="Deletes a video job and its video.",
    description="Deletes the job on the server and prints nothing. On some servers this ends a job that still runs.",
    parameters=(VIDEO_ID, *SERVICE, *COMMON, PROVIDER, WHAT_IF, *PIPELINE),
    examples=(
        Example("Remove-Video video_123", "Deletes one job."),
        Example("Get-Video -All | Remove-Video", "Deletes every job."),
    ),
    outputs="None",
    documents=False,
    link="https://github.com/mkht/PSOpenAI/blob/main/Docs/Remove-Video.md",
)


def run(call: Call) -> None:
    """Delete the job. Nothing is printed, as in the reference."""
    from ..errors import APIRequestError

    client = call.client(CMDLET)
    request = client.deletion(call.bound[VIDEO_ID])
    if call.bound.get(WHAT_IF):
        call.streams.output(request.describe())
        return
    try:
        response = client.delete(request)
    except APIRequestError as error:
        if error.status == 405:
            raise error.with_facts(action="This server offers no deletion of jobs.") from None
        raise
    _understand(call, response)


def _understand(call: Call, response: Response) -> None:
    """Nothing, a confirmation or the whole job as it was: all of them mean that it is gone."""
    from ..errors import AnswerError
    from ..videos import job

    identifier = call.bound[VIDEO_ID]
    if response.body.strip() or response.status >= 300:
        try:
            value = job.job(response, CMDLET.name)
        except AnswerError as error:
            action = "The job may still be there. Check that -ApiBase is the address of the API itself."
            raise error.with_facts(action=action) from None
        if value.get("deleted") is False:
            raise AnswerError(
                f"The server answered that the job {identifier} is not deleted.",
                command=CMDLET.name,
                status=response.status,
                request_id=response.request_id,
                body=response.text,
            )
    call.streams.verbose(f"The video {identifier} is deleted.")
