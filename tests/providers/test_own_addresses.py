"""All services at once, each at its own address with TLS and its own key, as a user has them."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import trustme

from psopenai_py import services
from psopenai_py.services import OPENAI, SERVICES
from tests.conftest import Run
from tests.providers.conftest import STUBS
from tests.providers.stub import MP4, Answer, Stub, content
from tests.providers.test_keys import KEYS, carried
from tests.server import Received, Script, Server

PLACES = sorted({urlsplit(service.base).path.split("/")[1] for service in SERVICES} | {"shrt"})
QUICK = ["-PollIntervalSec", "0", "-ProgressAction", "SilentlyContinue"]
JOBS = ["-ThrottleLimit", "4", "-Compress"]


class At:
    """In place of a server: a stub's base is that of its service."""

    def __init__(self, name: str) -> None:
        self._base = next(service.base for service in SERVICES if service.name == name)

    def script(self, name: str, answer: Any) -> Script:
        return Script(self._base, answer)


class OpenAI(Stub):
    """Just enough of it."""

    name = OPENAI.name

    def respond(self, request: Received, place: str) -> Answer:
        if request.method == "GET" and place.endswith("/content"):
            return content(MP4)
        return {"json": {"id": "video_1", "object": "video", "status": "completed" if "/" in place else "queued"}}


class World:
    """Every host of every service. `seen` has what each service received, and the keys that came along."""

    def __init__(self, media: Server) -> None:
        self.headers: dict[str, str] = {}
        self.seen: dict[str, list[set[str]]] = {}
        kinds: tuple[type[Stub], ...] = (OpenAI, *STUBS)
        self._stubs = {kind.name: kind(cast(Server, At(kind.name)), media) for kind in kinds}

    def answer(self, place: str, request: Received) -> dict[str, Any]:
        service = services.at(request.headers["host"])
        assert service is not None
        self.seen.setdefault(service.name, []).append(carried(request))
        path = f"/{place}{request.path}".removeprefix(urlsplit(service.base).path)
        stub = self._stubs[service.name]
        assert stub.key(request) == KEYS[service.key_variables[0]]
        told = stub.respond(replace(request, path=path), path.partition("?")[0].strip("/")) or {"status": 404}
        return told if told.get("status", 200) < 400 else told | {"headers": self.headers}


@pytest.fixture
def world(storage: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """They are all here, with certificates, and all keys are in the environment."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(host for service in SERVICES for host in service.hosts)).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    found = World(storage)
    with closing(Server(context)) as server:
        for place in PLACES:
            server.script(place, partial(found.answer, place))
        find, port = socket.getaddrinfo, int(server.host.partition(":")[2])

        def here(host: Any, number: Any, *rest: Any, **more: Any) -> Any:
            return find("127.0.0.1", port if number == 443 else number, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", here)
        yield found


def test_prompts_of_all_services_in_one_file(run: Run, world: World, place: Path) -> None:
    """Made, waited for and downloaded in one pipeline; each key goes to its service alone, and none to the videos."""
    lines = [{"prompt": f"At {one.name}", "provider": one.name, "size": "1280x720"} for one in SERVICES] * 2
    jobs = run("New-Video", *JOBS, stdin=_records(line | {"model": "some/model"} for line in lines))
    assert (jobs.exit_code, jobs.stderr) == (0, "")
    told = [json.loads(line) for line in jobs.stdout.splitlines()]
    assert [job.get("provider", "OpenAI") for job in told] == [line["provider"] for line in lines]
    over = run("Wait-Video", *QUICK, *JOBS, stdin=jobs.stdout)
    assert (over.exit_code, over.stderr) == (0, "")
    assert [json.loads(line)["status"] for line in over.stdout.splitlines()] == ["completed"] * len(lines)
    saved = run("Get-VideoContent", "-ThrottleLimit", "4", "-OutFile", "clips/{prompt}-{id}.mp4", stdin=over.stdout)
    assert (saved.exit_code, saved.stderr) == (0, "")
    names = {f"{job.get('prompt', 'unknown').replace(' ', '_')}-{job['id']}" for job in told}
    assert {path.stem: path.read_bytes() for path in (place / "clips").iterdir()} == dict.fromkeys(names, MP4)
    for service in SERVICES:
        keys = world.seen[service.name]
        assert keys == [{service.name}] * len(keys)


def test_a_service_that_refuses_for_now_does_not_hold_up_the_others(run: Run, world: World) -> None:
    """What one of them says of its limits is not said of another."""
    world.headers = {"Retry-After": "300"}
    lines = [{"prompt": "[status 429]", "provider": "XAI"}, *[{"prompt": "Doggo", "provider": "OpenRouter"}] * 9]
    began = time.monotonic()
    result = run("New-Video", *JOBS, stdin=_records(lines))
    assert time.monotonic() - began < 200
    assert [json.loads(line)["provider"] for line in result.stdout.splitlines()] == ["OpenRouter"] * 9
    assert (result.exit_code, result.stderr.count(" 429 (")) == (1, 1)


def _records(lines: Iterable[dict[str, str]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)
