"""Addresses that are secrets, wherever an answer names them: in all streams they are hidden, and in no output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cmdlets.contents import MP4, content
from tests.conftest import Result, Run
from tests.providers.stub import KEY
from tests.server import Received, Script, Server

#: Whoever knows these can fetch the video.
FIRST, SECOND, THIRD = "first-0123456789", "second-0123456789", "third-0123456789"
LOUD = ["-Verbose", "-Debug"]


def _call(provider: str, api: Script) -> list[str]:
    return [*LOUD, "-Provider", provider, "-ApiBase", api.base, "-ApiKey", KEY]


def _hidden(result: Result) -> bool:
    return not any(secret in result.stderr for secret in (FIRST, SECOND, THIRD))


def _redirecting(storage: Server) -> str:
    """The address of a video behind two redirects, the first of which names a place on the same host."""

    def answer(request: Received) -> dict[str, Any]:
        if FIRST in request.path:
            return {"status": 302, "headers": {"Location": f"/chain/{SECOND}"}}
        if SECOND in request.path:
            return {"status": 307, "headers": {"Location": f"{chain.base}/{THIRD}.mp4?X-Signature={THIRD}"}}
        return content(MP4)

    chain = storage.script("chain", answer)
    return f"{chain.base}/{FIRST}.mp4"


@pytest.mark.parametrize("provider", ["XAI", "Together"])
def test_every_redirect(run: Run, server: Server, storage: Server, place: Path, provider: str) -> None:
    address = _redirecting(storage)
    jobs = {
        "XAI": {"status": "done", "video": {"url": address}},
        "Together": {"id": "job-1", "status": "completed", "outputs": {"video_url": address}},
    }
    api = server.script("service", [{"json": jobs[provider]}])
    result = run("Get-VideoContent", "job-1", "-OutFile", "x.mp4", *_call(provider, api))
    assert (result.exit_code, (place / "x.mp4").read_bytes()) == (0, MP4)
    assert _hidden(result)
    assert result.stderr.count("/<hidden>") > 5


OUTSIDE = ["{home}/short/" + FIRST, "/short/" + FIRST, "{home}/short?sig=" + FIRST, "\\/short\\/" + FIRST]


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_short_link_of_the_service_itself(run: Run, server: Server, place: Path, address: str) -> None:
    """It lies beside the API, and needs no key."""
    home = server.script("short", lambda request: content(MP4)).base.removesuffix("/short")
    told = address.replace("{home}", home)
    text = '{"id": "job-1", "status": "completed", "outputs": {"video_url": "' + told + '"}}'
    api = server.script("together", [{"text": text}])
    result = run("Get-VideoContent", "job-1", "-OutFile", "x.mp4", *_call("Together", api))
    assert (result.exit_code, (place / "x.mp4").read_bytes()) == (0, MP4)
    assert _hidden(result)
    shown = run("Get-Video", "job-1", *_call("Together", api))
    assert (_hidden(shown), FIRST in shown.json["outputs"]["video_url"]) == (True, True)


def test_a_signed_copy_on_the_host_of_the_service(run: Run, server: Server) -> None:
    """What takes the key is shown, so that one can see what was asked for."""
    api = server.script("openrouter")
    plain, signed = f"{api.base}/videos/job-1/content?index=0", f"{api.base}/videos/job-1/content?x={FIRST}"
    job = {"id": "job-1", "status": "completed", "unsigned_urls": [plain], "urls": [signed]}
    api.responses = [{"json": job}]
    result = run("Get-Video", "job-1", *_call("OpenRouter", api))
    assert (_hidden(result), result.json["urls"]) == (True, [signed])
    assert plain in result.stderr


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("See https://docs.example/models.", "See https://docs.example/models."),
        ("Your console: https://console.example.", "Your console: https://console.example."),
        ("See https://console.example/", "See https://console.example/"),
        (f"No picture at https://h.example/a?sig={FIRST}, sorry", "No picture at https://h.example/<hidden>, sorry"),
    ],
)
def test_an_error_that_names_a_page(run: Run, server: Server, said: str, shown: str) -> None:
    """It helps, where nothing signs its address."""
    api = server.script("refusing", [{"status": 404, "json": {"error": {"message": said}}}])
    for words in (["New-Video", "x"], ["Get-Video", "x"]):
        result = run(*words, *_call("Ark", api))
        [line] = [line for line in result.stderr.splitlines() if line.startswith(words[0])]
        assert line == f"{words[0]}: Ark API returned an 404 (Not Found) Error: {shown}"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://h.example/a", "https://h.example/<hidden>"),
        ("https://h.example/aX", "https://h.example/<hidden>"),
        ("https://h.example/a/b/c?d=e", "https://h.example/<hidden>"),
        ("https://h.example?sig=0123456789", "https://h.example/<hidden>"),
        ("https://h.example", "https://h.example"),
        ("https://h.example/", "https://h.example/"),
        ("https://[h.example/a-0123456789", "https://[h.example/<hidden>"),
        ("{base}/videos/a", "{base}/videos/a"),
        ("{base}/a?q=0123456789abc", "{base}/a?q=0123456789abc"),
        ("{base}/a?q=0123456789abcd", "{home}/<hidden>"),
        ("{base}s/a", "{home}/<hidden>"),
        ("{base}X/a", "{home}/<hidden>"),
    ],
)
def test_what_is_a_secret(run: Run, server: Server, address: str, shown: str) -> None:
    """All but a host, and what takes the key: that lies below the address of the service."""
    api = server.script("secrets")
    places = {"base": api.base, "home": f"http://{server.host}"}
    told = address.format(**places) if "{" in address else address
    api.responses = [{"json": {"id": "job-1", "status": "queued", "note": told}}]
    result = run("Get-Video", "job-1", *_call("Ark", api))
    assert (result.exit_code, result.json["note"]) == (0, told)
    assert f'"note": "{shown.format(**places) if "{" in shown else shown}"' in result.stderr


def test_an_address_that_json_escapes(run: Run, server: Server, storage: Server, place: Path) -> None:
    """It is hidden as it is fetched, too."""
    media = storage.script("escaped", [content(MP4)])
    address = f"{media.base}/{FIRST}.mp4?a=1&b={SECOND}"
    written = address.replace("/", "\\/").replace("&", "\\u0026")
    api = server.script("service", [{"text": '{"status": "done", "video": {"url": "' + written + '"}}'}])
    result = run("Get-VideoContent", "job-1", "-OutFile", "x.mp4", *_call("XAI", api))
    assert (result.exit_code, media.requests[0].path) == (0, f"/{FIRST}.mp4?a=1&b={SECOND}")
    assert _hidden(result)
    assert f"GET http://{storage.host}/<hidden>" in result.stderr


@pytest.mark.parametrize("end", ["", "\\x", "\x01", '"', '"]'], ids=ascii)
def test_an_address_in_what_is_no_json(end: str, run: Run, server: Server) -> None:
    """The error says where it goes wrong, and repeats no part of an address."""
    api = server.script("broken", [{"text": f'{{"id": "job-1", "a": "https://h.example/{end}{FIRST}.mp4'}])
    result = run("Get-Video", "job-1", *_call("XAI", api)[2:])
    assert (result.exit_code, FIRST[:5] in result.stderr.partition(" It begins:")[0]) == (1, False)
    assert "The text is not JSON: line 1, column " in result.stderr


def test_a_deletion_that_is_answered_with_the_job(run: Run, server: Server) -> None:
    job = {"id": "job-1", "status": "succeeded", "content": {"video_url": f"https://h.example/{FIRST}.mp4"}}
    api = server.script("deleting", [{"json": job}])
    result = run("Remove-Video", "job-1", *_call("Ark", api))
    assert (result.exit_code, _hidden(result)) == (0, True)


def test_a_picture_in_an_answer_is_no_address(run: Run, server: Server) -> None:
    """Base64 may begin with a slash."""
    picture = "/9j/" + "A" * 5000
    api = server.script("inline", [{"json": {"id": "job-1", "status": "queued", "preview": picture}}])
    result = run("Get-Video", "job-1", *_call("Ark", api))
    assert (result.exit_code, picture in result.stderr) == (0, True)
