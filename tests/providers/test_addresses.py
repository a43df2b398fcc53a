"""Where hosted services say that a video is: from their root, inside of the answer, elsewhere, or nowhere."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.cmdlets.contents import MP4, content, files
from tests.conftest import Run
from tests.providers.stub import KEY
from tests.server import Received, Server

#: A finished job of each service that has an address for its video.
FINISHED = {
    "XAI": lambda address: {"status": "done", "video": {"url": address}},
    "Ark": lambda address: {"id": "job-1", "status": "succeeded", "content": {"video_url": address}},
    "Together": lambda address: {"id": "job-1", "status": "completed", "outputs": {"video_url": address}},
}


def _download(run: Run, server: Server, provider: str, address: str) -> tuple[Any, list[Received]]:
    def answer(request: Received) -> dict[str, Any]:
        return content() if "clip.mp4" in request.path else {"json": FINISHED[provider](address)}

    api = server.script("service", answer)
    where = ("-Provider", provider, "-ApiBase", api.base, "-ApiKey", KEY, "-OutFile", "a.mp4")
    return run("Get-VideoContent", "job-1", *where), api.requests


@pytest.mark.parametrize("provider", FINISHED)
def test_an_address_from_the_root_of_the_service(run: Run, server: Server, place: Path, provider: str) -> None:
    result, requests = _download(run, server, provider, "/service/files/clip.mp4?sig=abc")
    assert (result.exit_code, result.stderr, files(place)) == (0, "", {"a.mp4": MP4})
    assert requests[-1].path == "/files/clip.mp4?sig=abc"
    assert requests[-1].headers["authorization"] == f"Bearer {KEY}"


INSIDE = {
    "plain": base64.b64encode(MP4).decode(),
    "of addresses": base64.urlsafe_b64encode(MP4).decode(),
    "without padding": base64.b64encode(MP4).decode().rstrip("="),
}


@pytest.mark.parametrize("provider", FINISHED)
@pytest.mark.parametrize("name", INSIDE)
def test_a_video_inside_of_the_answer(run: Run, server: Server, place: Path, provider: str, name: str) -> None:
    result, requests = _download(run, server, provider, f"data:video/mp4;base64,{INSIDE[name]}")
    assert (result.exit_code, result.stderr, files(place), len(requests)) == (0, "", {"a.mp4": MP4}, 1)


@pytest.mark.parametrize("provider", FINISHED)
@pytest.mark.parametrize(
    "address",
    ["", " ", "clip.mp4", "//h.test/clip.mp4", "ftp://h.test/clip.mp4", "file:///etc/passwd", "javascript:alert(1)",
     "data:text/html;base64,AAAA", "data:video/mp4,AAAA", "https:///clip.mp4", "https://h.test/a b/clip.mp4", None, 7],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_address(run: Run, server: Server, place: Path, provider: str, address: Any) -> None:
    result, requests = _download(run, server, provider, address)
    assert (result.exit_code, files(place), len(requests)) == (1, {}, 1)
    assert result.stderr.splitlines()[0].startswith("Get-VideoContent: The job job-1 ")


@pytest.mark.parametrize("word", ["moderated", "rejected", "Timed Out", "aborted", "content-filtered", "blocked"])
def test_words_for_a_job_that_ended_without_a_video(run: Run, server: Server, word: str) -> None:
    for provider in ("OpenRouter", "Ark", "Together"):
        api = server.script("words", [{"json": {"id": "job-1", "status": word}}])
        result = run("Wait-Video", "job-1", "-Provider", provider, "-ApiBase", api.base, "-ApiKey", KEY)
        assert (result.json["status"], result.json["error"]["code"], len(api.requests)) == ("failed", word, 1)
        assert result.exit_code == 1 and f'Error: "The job is {word}." ({word})' in result.stderr


def test_an_edit_of_a_video_without_an_address(run: Run, server: Server) -> None:
    api = server.script("edit", [{"json": FINISHED["XAI"](f"data:video/mp4;base64,{INSIDE['plain']}")}])
    result = run(
        "New-VideoRemix", "-VideoId", "job-1", "-Prompt", "x", "-Provider", "XAI", "-ApiBase", api.base, "-ApiKey", KEY
    )
    assert (result.exit_code, result.stdout, len(api.requests)) == (1, "", 1)
    assert "The video of job-1 has no address of its own, so it cannot be edited. Nothing was sent." in result.stderr
