"""What one service has and another has not: clips, orders, members that a body can do without, hosts of its own."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.http.request import Extras
from psopenai_py.redaction import Secret
from psopenai_py.services import SERVICES
from psopenai_py.settings import Settings
from psopenai_py.videos.providers import Target
from tests.conftest import Run
from tests.providers.conftest import STUBS
from tests.providers.google import Google
from tests.providers.stub import KEY, MP4, SECRET, Stub, content
from tests.providers.test_stories import created
from tests.server import Server

NAMES = [stub.name for stub in STUBS]


@pytest.mark.parametrize("clip", ["https://h.test/a.mp4", "data:video/mp4;base64,AAAA", "clip.mp4"])
def test_xai_begins_with_no_clip(run: Run, place: Path, clip: str) -> None:
    (place / "clip.mp4").write_bytes(MP4)
    result = run("New-Video", "x", "-Provider", "XAI", "-ApiKey", KEY, "-InputReference", clip, "-WhatIf")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "XAI begins with a picture, and not with a clip. Nothing was sent." in result.stderr


MEMBERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("XAI", {"resolution": None}, {"model": "m", "prompt": "x", "duration": 8}),
    ("XAI", {"DURATION": None, "user": {"a": None, "b": 1}}, {"model": "m", "prompt": "x", "resolution": "720p"}
     | {"user": {"b": 1}}),
    ("MiniMax", {"ratio": None, "nothing": None}, {"model": "m", "content": [{"type": "text", "text": "x"}]}
     | {"resolution": "768P", "duration": 8}),
    ("Google", {"response_format": {"delivery": None}}, {"model": "m", "input": "x", "background": True}
     | {"response_format": {"type": "video", "duration": "8s"}}),
    ("OpenRouter", {"list": [None]}, {"model": "m", "prompt": "x", "duration": 8, "list": [None]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "additional", "body"), MEMBERS)
def test_null_takes_a_member_out(run: Run, name: str, additional: dict[str, Any], body: dict[str, Any]) -> None:
    """As it does in a multipart body."""
    arguments = ["-Seconds", "8", "-Model", "m", "-Provider", name, "-ApiKey", KEY, "-WhatIf"]
    assert run("New-Video", "x", *arguments, "-AdditionalBody", json.dumps(additional)).json["body"] == body


@pytest.mark.parametrize("order", [(), ("-Order", "desc")], ids=["no order", "order"])
def test_an_order_that_a_service_does_not_have(run: Run, stub: Stub, order: tuple[str, ...]) -> None:
    if stub.name not in ("Ark", "MiniMax"):
        pytest.skip("it has no list")
    created(run, stub)
    result = run("Get-Video", *order, *stub.call)
    told = [f"{stub.name} lists jobs in an order of its own; -Order changes nothing."]
    assert (result.exit_code, result.warnings) == (0, told if order else [])


def test_a_video_of_google_that_is_elsewhere(run: Run, server: Server, storage: Server, place: Path) -> None:
    """It is none of its files: neither is it asked for first, nor gets its server the key."""
    google = Google(server, storage)
    google.media.responses = [content()]
    video = {"type": "video", "uri": google.video}
    done = {"id": "job-1", "status": "completed", "steps": [{"type": "model_output", "content": [video]}]}
    google.script.responses = [{"json": done}]
    result = run("Get-VideoContent", "job-1", "-OutFile", "x.mp4", "-Verbose", "-Debug", *google.call)
    assert (result.exit_code, (place / "x.mp4").read_bytes()) == (0, MP4)
    assert (len(google.script.requests), KEY in str(google.media.requests[0].headers)) == (1, False)
    assert SECRET not in result.stderr


@pytest.mark.parametrize(
    ("base", "address", "sent"),
    [
        ("https://api.together.xyz/v2", "https://api.together.ai/shrt/a", True),
        ("https://api.together.ai/v2", "https://api.together.xyz:443/shrt/a", True),
        ("https://api.together.ai/v2", "http://api.together.xyz/shrt/a", False),
        ("https://api.together.ai/v2", "https://api.together.xyz:8443/shrt/a", False),
        ("https://api.together.ai/v2", "https://api.together.ai.evil.test/shrt/a", False),
        ("https://api.together.ai/v2", "https://api.x.ai/shrt/a", False),
        ("https://proxy.test/v2", "https://api.together.ai/shrt/a", False),
        ("https://proxy.test/v2", "https://proxy.test/shrt/a", True),
        ("http://api.together.ai/v2", "https://api.together.xyz/shrt/a", False),
    ],
)
def test_the_key_at_another_host_of_the_same_service(base: str, address: str, sent: bool) -> None:
    together = next(service for service in SERVICES if service.name == "Together")
    provider = import_module(f"psopenai_py.videos.providers.{together.module}").PROVIDER
    settings = Settings(base, None, Secret(KEY), "", False, "", True, 0, 0, together.name)
    request = provider.content(Target(settings, Extras()), address, None, 0, "")
    assert (request.url, KEY in str(request.headers)) == (address, sent)
