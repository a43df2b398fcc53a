"""A complete `/v1/videos` service without a network, an account or a graphics card.

    open_sandbox        one address in, one WSGI application out; what a client mounts in-process
    address             what a sandbox address says; the default folder
    service/
        application     the WSGI application: routes, key check, request ids, exceptions to responses
        operations      what each route does
        responses       responses and errors as the API writes them
        forms           request bodies
        faults          the table of failures on demand
        jobs, timeline  jobs as files; status and progress as a function of the clock
        content         variants, ranges, entity tags
        reference       reference images: whole or not, and the colour they lend
        origin          which web pages and host names may use a server
        page            the page at / of a server
    media/
        scene           what a clip shows
        clip            a scene as a video, by h264 and mp4
        stills          thumbnail and sprite sheet
    server/
        server          any WSGI application on a port
        connection      one client of it, by transport, body, wsgi and exchange

The package knows nothing of the rest of the project but `loopback`. It imports the standard library only, and h11
in `server`, so that it could be lifted out. Media and server modules load when the first request needs them.
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
    logged warning). A bad address is a ValueError; a folder or a file there that cannot be used is raised by the
    application, as an UnusableFolder or a DamagedJob.
    """
    from .address import default_folder, parse_address
    from .service.application import create_app
    from .service.jobs import JobStore

    wanted = parse_address(address)
    store = JobStore(wanted.folder or default_folder(environ), speed=wanted.speed, report=report)
    return create_app(store, fault=wanted.fault, embedded=True)
