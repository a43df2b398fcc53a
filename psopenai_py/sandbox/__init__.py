"""A complete `/v1/videos` service without a network, an account or a graphics card.

    open_sandbox        one address in, one WSGI application out; what a client mounts in-process
    address             what a sandbox address says; the default folder
    app                 the application: routes, key check, request ids, exceptions to answers
    operations          what each route does
    answers, forms      answers and errors as the API writes them; request bodies
    faults              the table of failures on demand
    jobs, timeline      jobs as files; status and progress as a function of the clock
    content             variants, ranges, entity tags
    scene               what a clip shows; drawn by clip (h264, mp4) and stills (webp, jpeg)
    reference           reference images: sound or not, and the colour they lend
    server              the application on a port; connection, http_input: one client of it

The package knows nothing of the rest of the project and imports the standard library only, so that it
could be lifted out. Picture and server modules load when the first request needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from wsgiref.types import WSGIApplication

__all__ = ["open_sandbox"]


def open_sandbox(
    address: str, environ: Mapping[str, str], *, report: Callable[[str], None] | None = None
) -> WSGIApplication:
    """Return the application behind an address such as `sandbox:`, `sandbox:/folder` or `sandbox:?speed=10`.

    `environ` locates the user's state folder when the address names none; nothing is written before the
    first job. `report` is called with one sentence for each damaged job file that was skipped (default: a
    logged warning). A bad address is a ValueError.
    """
    from .address import default_folder, parse_address
    from .app import create_app
    from .jobs import JobStore

    wanted = parse_address(address)
    store = JobStore(wanted.folder or default_folder(environ), speed=wanted.speed, report=report)
    return create_app(store, fault=wanted.fault)
