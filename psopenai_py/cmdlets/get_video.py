"""Get-Video: show one job, or list jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from typing import TYPE_CHECKING

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from ..streams import QUIET
from . import Call
from .shared_parameters import COMMON, COMPRESS, PIPELINE, PROVIDER, SERVICE, TABLE, VIDEO_ID

if TYPE_CHECKING:
    from ..videos.client import VideoClient
    from ..videos.listing import Page

LIMIT = Parameter(
    "Limit",
    Kind.INT,
    "How many jobs a page has.",
    sets=("List",),
    default=20,
    limits=(0, 100),
)
ORDER = Parameter(
    "Order",
    Kind.STRING,
    "Oldest first (asc) or newest first (desc).",
    sets=("List",),
    default="asc",
    lower_case=True,
    choices=("asc", "desc"),
    completions=("asc", "desc"),
)
ALL = Parameter("All", Kind.SWITCH, "Lists every job, page after page.", sets=("List",))
AFTER = Parameter("After", Kind.STRING, "Lists what comes behind this id.", sets=("List",), hidden=True)

CMDLET = Cmdlet(
    name="Get-Video",
    synopsis="Shows a video job, or lists jobs.",
    description=(
        "With an id, prints the job as it is now. Without one, prints a list, always as an array: the first page, "
        "or with -All every page as it comes."
    ),
    parameters=(
        VIDEO_ID._replace(sets=("Get",)),
        LIMIT,
        ORDER,
        ALL,
        AFTER,
        *SERVICE,
        *COMMON,
        TABLE,
        PROVIDER,
        COMPRESS,
        *PIPELINE,
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
        if VIDEO_ID in call.bound:
            with call.streams.table() if call.bound.get(TABLE) else nullcontext():
                write_job(call.streams, client.retrieve(call.bound[VIDEO_ID]))
        else:
            _list(call, client)
    except APIRequestError as error:
        # The reference's Get-Video gives it another id than all other cmdlets.
        raise error.with_facts(error_id=error.reason, command=CMDLET.name, category="NotSpecified") from None


def _list(call: Call, client: VideoClient) -> None:
    """Print the list as it comes; the end when nobody reads any further, as in `Get-Video | head`."""
    from ..errors import OutputError
    from ..videos.job import write_job

    streams = call.streams
    as_table = call.bound.get(TABLE, streams.shows_tables and COMPRESS not in call.bound)
    order = call.bound.get(ORDER, "desc" if as_table else "asc")
    if ORDER in call.bound and not client.sorts:
        streams.warning(f"{client.settings.service} lists jobs in an order of its own; -Order changes nothing.")
    pages = _pages(call, client, order)
    # Before the array begins: where the list is refused, nothing is printed, not even an empty one.
    last = next(pages)
    try:
        with streams.table() if as_table else streams.array():
            for page in chain([last], pages):
                last = page
                for job in page.jobs:
                    write_job(streams, job)
    except OutputError as error:
        if not error.reader_left:
            raise
        return
    _tell_of_rest(call, last, order if client.sorts else "")


def _pages(call: Call, client: VideoClient, order: str) -> Iterator[Page]:
    """The first page, or with -All every one. Stops when a page adds nothing, or does not lead on."""
    from ..videos.listing import Listing

    everything = call.bound.get(ALL, False)
    limit = 100 if everything else call.bound.or_default(LIMIT)
    cursor = call.bound.get(AFTER) or ""
    listing = Listing()
    listing.leads_on(cursor)
    while True:
        page = client.list_page(limit, order, cursor)
        page = page._replace(jobs=listing.added(page, cursor))
        yield page
        cursor = page.last_id
        if not (everything and page.has_more and page.jobs and listing.leads_on(cursor)):
            return


def _tell_of_rest(call: Call, last: Page, order: str) -> None:
    """The reference's warning, behind the list, and to a person how to see the rest."""
    if last.has_more and LIMIT not in call.bound:
        call.streams.warning("There is more data that has not been retrieved.")
        if not call.bound.get(ALL) and call.streams.preferences.warning not in QUIET:
            other = {"asc": "; -Order desc begins with the newest", "desc": "; -Order asc begins with the oldest"}
            call.streams.note(f"-All lists every job{other.get(order, '')}.")
