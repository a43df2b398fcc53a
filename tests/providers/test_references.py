"""A picture or a clip that a new video starts from, in the words of each service."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import KEY, Run

PICTURES = ["https://h.test/a.png", "https://h.test/a.mp4.png", "https://h.test/mp4", "data:image/png;base64,AAAA"]
CLIPS = [
    "https://h.test/a.mp4", "https://h.test/a.MOV", "https://h.test/a.webm?x=1", "https://h.test/a.m4v#t=1",
    "data:video/mp4;base64,AAAA",
]  # fmt: skip


def _tasks(kind: str, role: str, address: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": "x"}, {"type": kind, kind: {"url": address}, "role": role}]}


def _of_picture(name: str, address: str) -> dict[str, Any]:
    frame = {"type": "image_url", "image_url": {"url": address}, "frame_type": "first_frame"}
    return {
        "Ark": _tasks("image_url", "first_frame", address),
        "MiniMax": _tasks("image_url", "first_frame", address),
        "XAI": {"image": {"url": address}},
        "OpenRouter": {"frame_images": [frame]},
        "Together": {"media": {"frame_images": [{"input_image": address, "frame": "first"}]}},
    }[name]


def _of_clip(name: str, address: str) -> dict[str, Any]:
    return {
        "Ark": _tasks("video_url", "reference_video", address),
        "MiniMax": _tasks("video_url", "reference_video", address),
        "OpenRouter": {"input_references": [{"type": "video_url", "video_url": {"url": address}}]},
        "Together": {"media": {"reference_videos": [{"video": address}]}},
    }[name]


def _body(run: Run, name: str, address: str) -> dict[str, Any]:
    arguments = ("-Provider", name, "-Model", "m", "-InputReference", address, "-WhatIf")
    result = run("New-Video", "x", *arguments, "-ApiKey", KEY)
    assert (result.exit_code, result.stderr) == (0, "")
    body: dict[str, Any] = result.json["body"]
    return {key: value for key, value in body.items() if key not in ("model", "prompt", "resolution")}


@pytest.mark.parametrize("name", ["Ark", "MiniMax", "XAI", "OpenRouter", "Together"])
@pytest.mark.parametrize("address", PICTURES)
def test_a_picture(name: str, address: str, run: Run) -> None:
    assert _body(run, name, address) == _of_picture(name, address)


@pytest.mark.parametrize("name", ["Ark", "MiniMax", "OpenRouter", "Together"])
@pytest.mark.parametrize("address", CLIPS)
def test_a_clip(name: str, address: str, run: Run) -> None:
    assert _body(run, name, address) == _of_clip(name, address)


@pytest.mark.parametrize(("length", "shown"), [(60, ""), (61, "... (61 characters)"), (1000, "... (1000 characters)")])
def test_a_file_in_a_text_is_shown_by_its_beginning(length: int, shown: str, run: Run) -> None:
    address = "data:image/png;base64,".ljust(length, "A")
    document = {"picture": address, "text": address[5:]}
    arguments = ("-Provider", "XAI", "-ApiKey", KEY, "-AdditionalBody", json.dumps(document), "-WhatIf")
    body = run("New-Video", "x", *arguments).json["body"]
    assert (body["picture"], body["text"]) == (address[:60] + shown, address[5:])
