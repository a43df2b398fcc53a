"""Get-Video: show one job, or list jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from . import Call
from .shared_parameters import common_parameters, pipeline_parameters, provider, service_parameters, video_id

if TYPE_CHECKING:
    from ..videos.client import VideoClient

CMDLET = Cmdlet(
    name="Get-Video",
    synopsis="Shows a video job, or lists jobs.",
    description=(
        "With an id, prints the job as it is now. Without one, prints a list, always as an array: the first page, "
        "or with -All every page as it comes."
    ),
    parameters=(
        video_id(sets=("Get",)),
        Parameter(
            "Limit",
            Kind.INT,
            "How many jobs a page has.",
            sets=("List",),
            default="20",
            limits=(0, 100),
        ),
        Parameter(
            "Order",
            Kind.STRING,
            "Oldest first (asc) or newest first (desc).",
            sets=("List",),
            default="asc",
            lower_case=True,
            choices=("asc", "desc"),
            completions=("asc", "desc"),
        ),
        Parameter("All", Kind.SWITCH, "Lists every job, page after page.", sets=("List",)),
        Parameter("After", Kind.STRING, "Lists what comes behind this id.", sets=("List",), hidden=True),
        *service_parameters(),
        *common_parameters(),
        provider(),
        *pipeline_parameters(),
    ),
    examples=(
        Example("Get-Video video_123", "Shows one job."),
        Example("Get-Video -All | jq -r '.[].id'", "Prints the ids of all jobs."),
        Example("New-Video 'Dancing Doggo' | Get-Video", "Shows the job that was just started."),
    ),
    default_set="List",
    link="https://github.com/mkht/PSOpenAI/blob/main/Docs/Get-Video.md",
)


def run(call: Call) -> None:
    """Print one job or the list."""
    from ..errors import APIRequestError
    from ..videos.job import write_job

    client = call.client(CMDLET)
    try:
        if "VideoId" in call.bound:
            write_job(call.streams, client.retrieve(call.bound["VideoId"]))
        else:
            _list(call, client)
    except APIRequestError as error:
        # The reference's Get-Video gives it another id than all other cmdlets.
        error.error_id, error.command, error.category = error.reason, CMDLET.name, "NotSpecified"
        raise


def _list(call: Call, client: VideoClient) -> None:
    """Print the list as it comes; the end when nobody reads any further, as in `Get-Video | head`."""
    from itertools import chain, islice

    from ..errors import OutputError
    from ..videos.job import write_job

    jobs = _listed(call, client)
    # Before the array begins: where the list is refused, nothing is printed, not even an empty one.
    first = list(islice(jobs, 1))
    try:
        with call.streams.array():
            for job in chain(first, jobs):
                write_job(call.streams, job)
    except OutputError as error:
        if not error.reader_left:
            raise


def _listed(call: Call, client: VideoClient) -> Iterator[dict[str, Any]]:
    """The jobs of the first page, or of all pages. Stops when a page does not lead on to a new one."""
    everything = bool(call.bound.get("All"))
    limit = 100 if everything else call.bound.get("Limit", 20)
    cursor = call.bound.get("After") or ""
    visited = {""}
    while True:
        visited.add(cursor)
        page = client.list_page(limit, call.bound.get("Order", "asc"), cursor)
        yield from page.jobs
        cursor = page.last_id
        if not (everything and page.has_more and page.jobs) or cursor in visited:
            break
    if page.has_more and "Limit" not in call.bound:
        call.streams.warning("There is more data that has not been retrieved.")
