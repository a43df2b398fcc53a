"""The cmdlets: where each one lives, and what a call gets."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from ..binding.bound import Bound
from ..binding.spec import Cmdlet, Kind
from ..errors import Interrupted, KeyMissingError
from ..streams import Streams

if TYPE_CHECKING:
    from ..destination import ServiceOptions
    from ..http.connections import Connections
    from ..http.rate_limit import RateLimiter
    from ..settings import Settings
    from ..videos.client import Planned, VideoClient

#: A call in steps: yields the seconds until it wants to go on, and needs no thread meanwhile.
Steps = Generator[float, None, None]

#: Public name to module. A call imports the one it needs.
MODULES: dict[str, str] = {
    "New-Video": "new_video",
    "Get-Video": "get_video",
    "Get-VideoContent": "get_video_content",
    "Wait-Video": "wait_video",
    "New-VideoRemix": "new_video_remix",
    "Remove-Video": "remove_video",
    "Get-VideoModel": "get_video_model",
    "Start-VideoSandbox": "start_video_sandbox",
    "Set-OpenAIKey": "set_openai_key",
    "Get-OpenAIKey": "get_openai_key",
    "Remove-OpenAIKey": "remove_openai_key",
}


class Call(NamedTuple):
    """One call of a cmdlet: what was bound, and the world it runs in.

    Attributes:
        bound: what was bound.
        streams: where everything goes that the call has to say.
        environ: environment variables as they are for this call.
        connections: connections to servers, kept open between the calls of one run.
        done: how many records of the same run were handled before, without error.
        resolved: settings that were found in this run, by what was bound.
        limiter: says when requests may go out; None for a call by itself.
        record: the piped record that this call is for, if it is an object.
        told: the provider that is bound is the one that the record names.
    """

    bound: Bound
    streams: Streams
    environ: Mapping[str, str]
    connections: Connections
    done: int = 0
    resolved: dict[ServiceOptions, Settings] | None = None
    limiter: RateLimiter | None = None
    record: Mapping[str, Any] | None = None
    told: bool = False

    def resolve_settings(self) -> Settings:
        """Find where the call goes, and with which key, in parameters, environment and keyring; once a run.

        Raises SettingsError or KeyMissingError.
        """
        from ..services import OPENAI
        from ..settings import resolve
        from .shared_parameters import service_options

        known = {} if self.resolved is None else self.resolved
        options = service_options(self.bound)._replace(told=self.told)
        if options not in known:
            try:
                known[options] = resolve(options, self.environ, self.streams)
            except KeyMissingError as error:
                if self.resolved is not None and options.base is None and options.provider in ("", OPENAI.name):
                    hint = "Each command of a pipeline needs -ApiBase, or OPENAI_API_BASE."
                    raise error.with_facts(action=f"{hint} {error.action}") from None
                raise
        return known[options]

    def client(self, cmdlet: Cmdlet) -> VideoClient:
        """The service, as this cmdlet uses it. Raises SettingsError or KeyMissingError."""
        from ..http.rate_limit import RateLimiter
        from ..http.request import Extras
        from ..videos.clients import client_class
        from .shared_parameters import ADDITIONAL_HEADERS, ADDITIONAL_QUERY

        settings = self.resolve_settings()
        query, headers = self.bound.get(ADDITIONAL_QUERY), self.bound.get(ADDITIONAL_HEADERS)
        return client_class(settings)(
            settings,
            Extras(query, headers, self.streams.preferences.debug),
            self.streams,
            self.connections,
            (self.limiter or RateLimiter()).at(settings.host),
            cmdlet=cmdlet.name,
            creates=cmdlet.creates,
            piped=self.record,
        )

    @property
    def additional_body(self) -> Mapping[str, Any] | None:
        """What the user adds to the body. Text is read only now, because it binds as it is."""
        from ..http.request import additional_body
        from .shared_parameters import ADDITIONAL_BODY

        return additional_body(self.bound.get(ADDITIONAL_BODY))

    def create(self, client: VideoClient, planned: Planned) -> None:
        """Send what creates a job and print it: whatever comes in between, its id is told."""
        from ..signals import deferred
        from ..videos.job import write_job

        with deferred() as deferral:
            job = client.create(planned, deferral)
            try:
                write_job(self.streams, job)
            except KeyboardInterrupt:
                raise Interrupted(f"The job {job['id']} was created.") from None

    def again(self, cmdlet: Cmdlet, settings: Settings) -> str:
        """The command line that makes this call once more. What authenticates is left out."""
        from ..binding.quoting import command_line
        from ..redaction import is_secret

        found = {**self.bound.by_name, **settings.arguments}
        arguments: dict[str, Any] = {}
        for row in cmdlet.parameters:
            needless = row.common or (row.ours and row.name != "Provider") or row.kind in (Kind.SECRET, Kind.OBJECT)
            if row.name in found and not needless:
                value = found[row.name]
                if row.kind is Kind.DICTIONARY:
                    value = {name: text for name, text in value.items() if not is_secret(name)}
                arguments[row.name] = value
        return command_line(cmdlet.name, arguments)


class CmdletModule(Protocol):
    """What a module in this folder offers. One that waits also has `steps(call) -> Steps`, the same as `run`."""

    CMDLET: Cmdlet

    def run(self, call: Call) -> None:
        """Do the work of one call; output goes to its streams."""


def go_through(steps: Steps) -> None:
    """Make all steps of a call, and sleep in between. Ctrl-C reaches the call also while it sleeps."""
    try:
        for seconds in steps:
            time.sleep(seconds)
    except KeyboardInterrupt as interruption:
        steps.throw(interruption)


def steps_of(module: CmdletModule, call: Call) -> Steps:
    """A call in steps. Most have no pauses, and are done in one."""
    if hasattr(module, "steps"):
        yield from module.steps(call)
    else:
        module.run(call)


def load(name: str) -> CmdletModule:
    """Import the module of a cmdlet. Its name is matched without regard to case; unknown is a KeyError."""
    module = MODULES.get(name) or {known.lower(): module for known, module in MODULES.items()}[name.lower()]
    return cast(CmdletModule, import_module(f".{module}", __name__))
