"""Sizes, lengths and pictures in the words of each service, as -WhatIf shows them and as they arrive."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Run
from tests.providers.conftest import STUBS
from tests.providers.google import Google
from tests.providers.stub import KEY, Stub
from tests.server import Server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
Show = Callable[..., Result]


@pytest.fixture
def show(run: Run) -> Show:
    """What New-Video would send to a provider."""

    def show(name: str, *arguments: str) -> Result:
        return run(
            "New-Video", "x", "-Provider", name, "-ApiKey", KEY, "-Model", "m", *arguments, "-WhatIf", "-Verbose"
        )

    return show


RATIO = ["XAI", "Ark", "MiniMax", "Google"]
SHAPES = [
    # size, XAI, Ark, MiniMax, Google: ratio and step; None is refused
    ("1280x720", ("16:9", "720p"), ("16:9", "720p"), ("16:9", "768P"), ("16:9", "720p")),
    ("720x1280", ("9:16", "720p"), ("9:16", "720p"), ("9:16", "768P"), ("9:16", "720p")),
    ("1024x1792", ("9:16", "1080p"), ("9:16", "1080p"), ("9:16", "768P"), ("9:16", "1080p")),
    ("1366X768", ("16:9", "720p"), ("16:9", "720p"), ("16:9", "768P"), ("16:9", "720p")),
    ("3840x2160", ("16:9", "1080p"), ("16:9", "4k"), ("16:9", "2K"), ("16:9", "4k")),
    ("640x480", ("4:3", "480p"), ("4:3", "480p"), ("4:3", "768P"), None),
    ("1080x1080", ("1:1", "1080p"), ("1:1", "1080p"), ("1:1", "2K"), None),
    ("2560x1080", None, ("21:9", "1080p"), ("21:9", "2K"), None),
    ("100x1000", None, None, None, None),
    ("9:16", ("9:16", "720p"), ("9:16", None), ("9:16", "768P"), ("9:16", None)),
    ("1080p", (None, "1080p"), (None, "1080p"), ("9:16", "2K"), (None, "1080p")),
    ("4K", (None, "1080p"), (None, "4k"), ("9:16", "2K"), (None, "4k")),
]


@pytest.mark.parametrize("place", range(4), ids=RATIO)
@pytest.mark.parametrize("row", SHAPES, ids=lambda row: row[0])
def test_a_size_becomes_a_ratio_and_a_step(show: Show, row: tuple[Any, ...], place: int) -> None:
    result = show(RATIO[place], "-Size", row[0])
    expected = row[1 + place]
    if expected is None:
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"-Size '{row[0]}' cannot be sent to {RATIO[place]}: the nearest ratio" in result.stderr
        assert "Nothing was sent." in result.stderr
        return
    body = result.json["body"]
    body |= body.pop("response_format", {})
    assert (body.get("aspect_ratio", body.get("ratio")), body.get("resolution")) == expected
    assert f"VERBOSE: -Size {row[0].lower()} is sent as " in result.stderr


#: Short sides on both sides of the middle, by their ratio, between two steps of a service.
EDGES = [
    *(("XAI", 587, "480p"), ("XAI", 588, "720p"), ("XAI", 881, "720p"), ("XAI", 882, "1080p")),
    *(("Ark", 587, "480p"), ("Ark", 588, "720p"), ("Ark", 881, "720p"), ("Ark", 882, "1080p")),
    *(("Ark", 1527, "1080p"), ("Ark", 1528, "4k"), ("Google", 1527, "1080p"), ("Google", 1528, "4k")),
    *(("Google", 509, "360p"), ("Google", 510, "720p"), ("Google", 881, "720p"), ("Google", 882, "1080p")),
]


@pytest.mark.parametrize(("service", "short", "step"), EDGES)
def test_the_nearest_step(show: Show, service: str, short: int, step: str) -> None:
    body = show(service, "-Size", f"{round(short * 16 / 9)}x{short}").json["body"]
    assert (body.get("response_format") or body)["resolution"] == step


@pytest.mark.parametrize(("size", "off"), [("1024x1792", "1.6%"), ("1366x768", "0.0%"), ("1000x540", "4.2%")])
def test_a_ratio_that_is_not_exact_is_a_warning(show: Show, size: str, off: str) -> None:
    [warning] = show("Ark", "-Size", size).warnings
    assert warning.startswith("Ark has no ratio ")
    assert warning.endswith(f"is used, which is off by {off}.")


def test_a_ratio_at_the_edge(show: Show) -> None:
    """5 % is near enough, and a little more is not."""
    assert show("Google", "-Size", "1680x900").exit_code == 0
    assert show("Google", "-Size", "1681x900").exit_code == 1


@pytest.mark.parametrize("name", [stub.name for stub in STUBS])
@pytest.mark.parametrize("size", ["large", "x", "0x720", "720x", "12:0", "1280x720x3", "\uff11\uff12x\uff17"])
def test_what_is_no_size(show: Show, name: str, size: str) -> None:
    result = show(name, "-Size", size)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"-Size '{size}' cannot be sent to {name}" in result.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OpenRouter", {"size": "1792x1024"}),
        ("Together", {"width": 1792, "height": 1024}),
    ],
)
def test_services_that_take_pixels(show: Show, name: str, expected: dict[str, Any]) -> None:
    assert expected.items() <= show(name, "-Size", "1792x1024").json["body"].items()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("OpenRouter", [{"aspect_ratio": "16:9"}, {"resolution": "720p"}, {"resolution": "4K"}]),
        ("Together", [{"ratio": "16:9"}, {"resolution": "720p"}, {"resolution": "4k"}]),
    ],
)
def test_ratios_and_steps_alone(show: Show, name: str, words: list[dict[str, str]]) -> None:
    for size, expected in zip(("16:9", "720p", "4K"), words, strict=True):
        assert expected.items() <= show(name, "-Size", size).json["body"].items()


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.name)
@pytest.mark.parametrize(("text", "value"), [("8", 8), (" 8 ", 8), ("999", 999), ("-1", -1), ("2.5", 2.5), ("8.0", 8)])
def test_seconds(show: Show, stub: type[Stub], text: str, value: float) -> None:
    """A number is sent, in range or not: that is the service's business."""
    body = show(stub.name, "-Seconds", text).json["body"]
    assert body.get("response_format", body).get("duration", body.get("seconds")) == stub.seconds(value)


@pytest.mark.parametrize("name", [stub.name for stub in STUBS])
@pytest.mark.parametrize("text", ["eight", "8s", "nan", "inf", "1e3", "0x10"])
def test_what_is_no_number_is_not_sent(show: Show, name: str, text: str) -> None:
    refused = show(name, "-Seconds", text)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert f"-Seconds '{text}' cannot be sent to {name}: it is no number. Nothing was sent." in refused.stderr


def pictures(body: dict[str, Any]) -> list[str]:
    """Every text of a body that may be a picture."""
    if isinstance(body, dict):
        return [found for value in body.values() for found in pictures(value)]
    if isinstance(body, list):
        return [found for value in body for found in pictures(value)]
    encoded = base64.b64encode(PNG).decode()
    return [body] if isinstance(body, str) and (encoded in body or body.startswith("https://pictures.")) else []


def test_a_picture_from_a_file(run: Run, stub: Stub, tmp_path: Path) -> None:
    """It is shown by name, type and size, and sent in base64."""
    path = tmp_path / "doggo.png"
    path.write_bytes(PNG)
    arguments = ["New-Video", "Doggo", *stub.arguments, *stub.call, "-InputReference", str(path)]
    shown = run(*arguments, "-WhatIf")
    assert "<264 bytes of doggo.png>" in shown.stdout
    assert base64.b64encode(PNG).decode() not in shown.stdout
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    [sent] = pictures(stub.bodies[-1])
    head = "" if stub.bare_pictures else "data:image/png;base64,"
    assert sent == head + base64.b64encode(PNG).decode()


def test_a_picture_by_its_address(run: Run, stub: Stub) -> None:
    address = "https://pictures.example/doggo.png"
    result = run("New-Video", "Doggo", *stub.arguments, *stub.call, "-InputReference", address)
    if not stub.takes_addresses:
        assert (result.exit_code, stub.bodies) == (1, [])
        assert "Nothing was sent." in result.stderr
    else:
        assert (result.exit_code, pictures(stub.bodies[-1])) == (0, [address])


def test_a_file_that_google_has(run: Run, server: Server, storage: Server) -> None:
    google = Google(server, storage)
    uri = f"{google.script.base}/files/abc"
    assert run("New-Video", "Doggo", *google.call, "-InputReference", uri).exit_code == 0
    assert {"type": "image", "uri": uri} in google.bodies[-1]["input"][0]["content"]


def test_a_picture_that_is_not_there(run: Run, stub: Stub) -> None:
    result = run("New-Video", "Doggo", *stub.arguments, *stub.call, "-InputReference", "missing.png")
    assert (result.exit_code, stub.bodies) == (1, [])


def test_a_picture_alone(run: Run, stub: Stub, tmp_path: Path) -> None:
    """Without a prompt; MiniMax, for one, refuses that itself."""
    path = tmp_path / "doggo.png"
    path.write_bytes(PNG)
    result = run("New-Video", *stub.arguments, *stub.call, "-InputReference", str(path), "-WhatIf")
    assert result.exit_code == 0
    assert "null" not in result.stdout


def test_an_additional_body_is_merged_deep(show: Show) -> None:
    more = json.dumps({"Response_Format": {"resolution": "1080p", "extra": {"a": 1}}, "labels": {"b": 2}})
    body = show("Google", "-Size", "1280x720", "-AdditionalBody", more).json["body"]
    assert body["response_format"]["aspect_ratio"] == "16:9"
    assert body["response_format"]["resolution"] == "1080p"
    assert body["response_format"]["extra"] == {"a": 1}
    assert body["labels"] == {"b": 2}


def test_together_needs_a_model(run: Run) -> None:
    arguments = ["New-Video", "x", "-Provider", "Together", "-ApiKey", KEY, "-WhatIf"]
    result = run(*arguments)
    assert result.exit_code == 1
    assert "Together has no usual model: give -Model. Nothing was sent." in result.stderr
    assert run(*arguments, "-AdditionalBody", '{"model": "m"}').json["body"]["model"] == "m"


def test_a_remix_on_xai_names_a_model_that_can_edit(run: Run) -> None:
    """What would be sent is shown without asking for the old video."""
    result = run("New-VideoRemix", "Make it blue", "job-1", "-Provider", "XAI", "-ApiKey", KEY, "-WhatIf")
    shown = "<the address of the video of job-1>"
    assert result.json["body"] == {"model": "grok-imagine-video", "prompt": "Make it blue", "video": {"url": shown}}
    assert result.json["url"] == "https://api.x.ai/v1/videos/edits"


def test_a_remix_of_google_is_a_turn_of_the_conversation(run: Run) -> None:
    arguments = ["New-VideoRemix", "Blue", "int_1", "-Provider", "Google", "-ApiKey", KEY, "-WhatIf"]
    body = run(*arguments).json["body"]
    assert body.pop("model")
    assert body == {
        "input": "Blue",
        "previous_interaction_id": "int_1",
        "background": True,
        "response_format": {"type": "video", "delivery": "uri"},
    }
