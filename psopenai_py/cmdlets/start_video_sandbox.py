"""Start-VideoSandbox: the sandbox as a server for any client. An addition of this project."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ..binding.spec import Cmdlet, Example, Kind, Parameter
from ..loopback import LOOPBACK
from ..sandbox.service.faults import FAULTS
from . import Call
from .shared_parameters import COMMON, COMPRESS

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

PORT = Parameter(
    "Port",
    Kind.INT,
    "Port to listen on; 0 chooses a free one.",
    position=0,
    default=8000,
    limits=(0, 65535),
)
PATH = Parameter(
    "Path",
    Kind.STRING,
    "Folder for the jobs, otherwise the one of -ApiBase sandbox:.",
    not_empty=True,
    path=True,
)
SPEED = Parameter("Speed", Kind.STRING, "How many times faster than usual jobs are done.", default="1")
FAULT = Parameter("Fault", Kind.STRING, "A failure for all requests, such as 500 or '429 x2'.")
API_KEY = Parameter("ApiKey", Kind.SECRET, "Key that clients must send; otherwise none is asked for.")
LISTEN_ADDRESS = Parameter("ListenAddress", Kind.STRING, "Address to listen on.", default=LOOPBACK, not_empty=True)
OPEN = Parameter("Open", Kind.SWITCH, "Opens the sandbox's page in the browser.")

CMDLET = Cmdlet(
    name="Start-VideoSandbox",
    synopsis="Serves the video sandbox on a port of this machine.",
    description=(
        "Answers /v1/videos as a video service does, with jobs that take their time and real videos, until Ctrl-C, and "
        "shows them on a page for browsers. It listens on the loopback address, unless -ListenAddress names another. "
        "Failures come on demand, by words in a prompt such as [fail], [429 x2] (twice, then it succeeds) or [500 get] "
        "(create, list, get, delete, content), or for all requests by -Fault. "
        + " ".join(f"[{row.word}]: {row.meaning}" for row in FAULTS)
    ),
    parameters=(
        PORT,
        PATH,
        SPEED,
        FAULT,
        API_KEY,
        LISTEN_ADDRESS,
        OPEN,
        *COMMON,
        COMPRESS,
    ),
    examples=(
        Example("Start-VideoSandbox", "Serves http://127.0.0.1:8000/v1."),
        Example("Start-VideoSandbox -Open", "Shows the page with the jobs, and a form that creates one."),
        Example("Start-VideoSandbox -Port 0 -Speed 10 -Verbose", "Chooses a port and shows each request."),
        Example("Start-VideoSandbox -Fault '429 x2'", "Refuses each two of three requests."),
    ),
    outputs="PSCustomObject",
    ours=True,
)


def run(call: Call) -> None:
    """Serve until Ctrl-C. The address is printed as soon as the server listens."""
    from ..errors import SettingsError
    from ..sandbox.server.server import PortUnavailable, SandboxServer

    try:
        folder, app = _application(call)
        server = SandboxServer(
            app,
            host=call.bound.or_default(LISTEN_ADDRESS),
            port=call.bound.or_default(PORT),
            log=call.streams.verbose,
        )
    except (ValueError, PortUnavailable) as error:
        raise SettingsError(str(error), command=CMDLET.name) from None
    try:
        call.streams.output({"url": server.url, "folder": str(folder)})
        call.streams.host(f"Try it: New-Video 'Dancing Doggo' -ApiBase {server.url}")
        call.streams.host(f"In a browser: {server.page}")
        call.streams.host("Ctrl-C stops the sandbox.")
        if call.bound.get(OPEN):
            _open_beside(server.page, call)
        server.serve_forever()
    except KeyboardInterrupt:
        call.streams.host("Stopped.")
    finally:
        server.close()


def _open_beside(address: str, call: Call) -> None:
    """A browser of the terminal runs until it is left; the server must not wait for it."""
    try:
        threading.Thread(target=_open, args=(address, call), name="browser", daemon=True).start()
    except RuntimeError:  # the system gives no thread
        _not_opened(address, call)


def _open(address: str, call: Call) -> None:
    import webbrowser

    if not webbrowser.open(address):
        _not_opened(address, call)


def _not_opened(address: str, call: Call) -> None:
    call.streams.warning(f"No browser could be opened. The page is at {address}")


def _application(call: Call) -> tuple[Path, WSGIApplication]:
    """The folder of the jobs, and the application over it. Raises ValueError for a bad speed or fault."""
    from ..errors import SettingsError
    from ..sandbox.address import absolute_folder, default_folder, parse_speed
    from ..sandbox.service.application import create_app
    from ..sandbox.service.jobs import JobStore, UnusableFolder

    given = call.bound.get(PATH)
    folder = absolute_folder(given, "-Path") if given else default_folder(call.environ, otherwise="-Path")
    store = JobStore(folder, speed=parse_speed(call.bound.or_default(SPEED)), report=call.streams.warning)
    key = call.bound.get(API_KEY)
    secret = key.reveal() if key else None
    app = create_app(store, api_key=secret, fault=call.bound.get(FAULT), local=True)
    try:
        store.prepare()
    except UnusableFolder as error:
        raise SettingsError(str(error), command=CMDLET.name, action="Name another folder: -Path") from None
    return folder, app
