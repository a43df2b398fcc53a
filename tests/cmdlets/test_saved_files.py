"""What a person sees of a download, and names made of what a job is."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.videos.facts import described
from tests.cmdlets.contents import MP4, content, files
from tests.conftest import Run
from tests.http.sockets import listening
from tests.pipeline.desk import LIMIT
from tests.server import JOB, Script
from tests.terminal import Terminal, our

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="the terminal of these tests is a Unix one")


def _without_progress(screen: str) -> str:
    return re.sub(r"\r\x1b\[K([^\r\n]+(?=\r\x1b\[K))?", "", screen)


def _begun(*arguments: str, columns: int = 120) -> Terminal:
    """One of our command lines on a terminal."""
    command = f"stty cols {columns}; {shlex.join(our(*arguments))}"
    return Terminal("/bin/sh", "-c", command, env={**os.environ, "NO_COLOR": "1"})


def _seen(*arguments: str) -> str:
    """What a terminal shows of one of our command lines."""
    terminal = _begun(*arguments)
    terminal.close()
    return terminal.screen


# --- what happened ----------------------------------------------------------------------------------------------


@on_unix
@pytest.mark.parametrize(
    ("variant", "target", "shown"),
    [
        pytest.param("video", "doggo.mp4", r"doggo\.mp4 \(64x48, 4 s, \d+ kB\)", id="video"),
        pytest.param("video", "new/", r"new/video_\w+\.mp4 \(64x48, 4 s, \d+ kB\)", id="folder"),
        pytest.param("thumbnail", "doggo.webp", r"doggo\.webp \(32x24, \d+ B\)", id="picture"),
    ],
)
def test_what_was_saved_is_told_from_the_file(
    run: Run, sandbox: str, place: Path, variant: str, target: str, shown: str
) -> None:
    job = run("New-Video", "Dancing Doggo", "-Size", "64x48", "-Seconds", "4").json["id"]
    screen = _seen("Get-VideoContent", job, "-w", "-OutFile", target, "-Variant", variant)
    assert re.fullmatch(rf"Saved {shown}\n", _without_progress(screen))
    again = _seen("Get-VideoContent", job, "-OutFile", target, "-Variant", variant)
    assert re.fullmatch(rf"Saved {shown}, in place of an earlier file\n", _without_progress(again))


def test_a_program_is_told_nothing_unless_it_asks(run: Run, api: Script, place: Path) -> None:
    api.responses = [content()]
    assert run("Get-VideoContent", "video_123", "-OutFile", "a.mp4").stderr == ""
    result = run("Get-VideoContent", "video_123", "-OutFile", "a.mp4", "-Verbose")
    assert "VERBOSE: Saved as a.mp4, in place of an earlier file.\n" in result.stderr


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _film(width: int, height: int, *, scale: int = 1000, length: int = 8500, version: int = 0) -> bytes:
    """A film as other servers write them: the data first, then what it is."""
    times = struct.pack(">IQQIQ" if version else ">IIIII", version << 24, 0, 0, scale, length)
    track = _box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16))
    sound = _box(b"tkhd", bytes(84))
    moov = _box(b"mvhd", times + bytes(80)) + _box(b"trak", sound) + _box(b"trak", track)
    return _box(b"ftyp", b"isom\0\0\2\0") + _box(b"mdat", bytes(5000)) + _box(b"moov", moov)


FACTS: dict[str, tuple[bytes, str]] = {
    "film": (_film(1280, 720), "1280x720, 8.5 s, 5 kB"),
    "film with long times": (_film(1280, 720, version=1, length=8000), "1280x720, 8 s, 5 kB"),
    "film without scale": (_film(1280, 720, scale=0), "1280x720, 5 kB"),
    "film without end": (_film(1280, 720)[:-60], "8.5 s, 5 kB"),
    "film that is cut in its head": (_film(1280, 720)[:5055], "5 kB"),
    "a box of no length": (MP4[:24] + bytes(400), "424 B"),
    "a box of all lengths": (MP4[:24] + b"\xff" * 400, "424 B"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + bytes(9), "640x480, 33 B"),
    "PNG that is cut": (b"\x89PNG\r\n\x1a\n", "8 B"),
    "WebP, lossy": (
        b"RIFF....WEBPVP8 ........\x9d\x01\x2a".ljust(26, b".")[:26] + struct.pack("<HH", 64, 48),
        "64x48, 30 B",
    ),
    "WebP, lossless": (b"RIFF....WEBPVP8L....\x2f" + (63 | 47 << 14).to_bytes(4, "little"), "64x48, 25 B"),
    "WebP, extended": (b"RIFF....WEBPVP8X" + bytes(8) + b"\x3f\0\0\x2f\0\0", "64x48, 30 B"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(2 * 10**6), "2.0 MB"),
    "nothing": (b"", "0 B"),
}


@pytest.mark.parametrize(("data", "shown"), FACTS.values(), ids=list(FACTS))
def test_facts_of_a_file(tmp_path: Path, data: bytes, shown: str) -> None:
    (tmp_path / "file").write_bytes(data)
    assert described(tmp_path / "file") == shown


def test_facts_of_no_file(tmp_path: Path) -> None:
    assert described(tmp_path / "none") == ""


# --- on the way -------------------------------------------------------------------------------------------------


def _in_two_halves(size: int, more: threading.Event) -> Any:
    """Sends half of a video at once, and the rest when it is wanted."""
    data = MP4 + bytes(size - len(MP4))

    def talk(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: {size}\r\n\r\n"
        connection.sendall(head.encode() + data[: size // 2])
        more.wait(LIMIT)
        connection.sendall(data[size // 2 :])

    return talk


@on_unix
@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (80, r"\r\x1b\[Kdoggo\.mp4 50 % 2\.0 of 4\.0 MB, \d+(\.\d)? [kM]B/s, \d+ (s|min) left\r"),
        (40, r"\r\x1b\[Kdoggo\.mp4 50 % 2\.0 of 4\.0 MB, \d+(\.\d)? [kM]B/s\r"),
        (34, r"\r\x1b\[Kdoggo\.mp4 50 % 2\.0 of 4\.0 MB\r"),
    ],
)
def test_a_download_shows_how_far_it_is(place: Path, columns: int, shown: str) -> None:
    more = threading.Event()
    with listening(_in_two_halves(4 * 10**6, more)) as server:
        arguments = ["Get-VideoContent", "video_123", "-OutFile", "new/doggo.mp4", "-ApiBase", server.base]
        terminal = _begun(*arguments, columns=columns)
        terminal.until(lambda screen: re.search(shown, screen))
        more.set()
        terminal.close()
        screen = terminal.screen
    assert screen.endswith("\r\x1b[KSaved new/doggo.mp4 (4.0 MB)\n")


@on_unix
@pytest.mark.parametrize("action", ["SilentlyContinue", "Ignore"])
def test_progress_of_a_download_can_be_switched_off(place: Path, action: str) -> None:
    more = threading.Event()
    threading.Timer(1.2, more.set).start()  # a line would have been written meanwhile
    with listening(_in_two_halves(20000, more)) as server:
        arguments = ["Get-VideoContent", "v", "-OutFile", "a.mp4", "-ApiBase", server.base, "-ProgressAction", action]
        assert _seen(*arguments) == "Saved a.mp4 (20 kB)\n"


# --- names made of what a job is ----------------------------------------------------------------------------------

PROMPTS: dict[str, str] = {
    "Dancing Doggo": "Dancing_Doggo",
    "../../etc/passwd": "etc_passwd",
    'a\\b:c*d?e"f<g>h|i': "a_b_c_d_e_f_g_h_i",
    "con": "_con",
    "LPT1": "_LPT1",
    "...": "unknown",
    "": "unknown",
    "-rf . ": "rf",
    "v1.5+x=y@z": "v1.5+x=y@z",
    "踊る犬": "踊る犬",
    "e\u0301": "é",
    "\x1b[2J\n\0": "2J",
    "x" * 500: "x" * 60,
    "犬" * 100: "犬" * 40,
}


@pytest.mark.parametrize(("prompt", "name"), PROMPTS.items(), ids=map(str, range(len(PROMPTS))))
def test_a_name_is_one_that_every_system_takes(run: Run, api: Script, place: Path, prompt: str, name: str) -> None:
    api.responses = [{"json": JOB | {"prompt": prompt}}, content()]
    result = run("Get-VideoContent", "video_123", "-OutFile", "clips/{prompt}.mp4")
    assert (result.exit_code, result.stderr) == (0, "")
    assert list(files(place)) == [f"clips/{name}.mp4"]


def test_all_fields(run: Run, api: Script, place: Path) -> None:
    api.responses = [{"json": JOB | {"prompt": "a b", "seconds": 8, "model": None}}, content()]
    run("Get-VideoContent", "a/b", "-OutFile", "{model}/{size}-{seconds}/{prompt}-{id}.mp4")
    (name,) = files(place)
    assert re.fullmatch(r"unknown/720x1280-8/a_b-a_b-\w{8}\.mp4", name)


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        pytest.param(["{id}.mp4"], ["/videos/video_123/content"], id="the id is known"),
        pytest.param(["{prompt}.mp4"], ["/videos/video_123", "/videos/video_123/content"], id="the job is asked for"),
        pytest.param(
            ["{prompt}.mp4", "-w"], ["/videos/video_123", "/videos/video_123/content"], id="it was waited for"
        ),
    ],
)
def test_the_job_is_asked_for_once(run: Run, api: Script, place: Path, arguments: list[str], paths: list[str]) -> None:
    api.responses = [content()] if len(paths) == 1 else [{"json": JOB | {"status": "completed"}}, content()]
    assert run("Get-VideoContent", "video_123", "-OutFile", *arguments).exit_code == 0
    assert [request.path for request in api.requests] == paths


@pytest.mark.parametrize("many", [[], ["-ThrottleLimit", "8"]], ids=["one by one", "at once"])
@pytest.mark.parametrize(("target", "plain"), [("{prompt}.mp4", 1), ("{prompt}-{id}.mp4", 0), ("{id}.mp4", 0)])
def test_never_a_collision(run: Run, sandbox: str, place: Path, many: list[str], target: str, plain: int) -> None:
    """Eight jobs of one prompt are eight files, and a second run loses none of them."""
    jobs = run("New-Video", "-Compress", "-Size", "64x64", "-ThrottleLimit", "8", stdin="Doggo\n" * 8).stdout
    result = run("Get-VideoContent", "-w", "-OutFile", target, *many, stdin=jobs)
    assert (result.exit_code, result.stderr) == (0, "")
    names = sorted(files(place))
    ids = [json.loads(line)["id"] for line in jobs.splitlines()]
    assert len(names) == 8
    assert sum(any(each in name for each in ids) for name in names) == 8 - plain
    before = files(place)
    assert run("Get-VideoContent", "-OutFile", target, *many, stdin=jobs).exit_code == 0
    assert {name: files(place)[name] for name in names} == before
    assert len(files(place)) == 8 + plain


def test_a_folder_named_after_the_prompt(run: Run, api: Script, place: Path) -> None:
    """Its files are named after their jobs, so that a second download takes the place of the first."""
    api.responses = [{"json": JOB | {"prompt": "a b"}}, content(), {"json": JOB | {"prompt": "a b"}}, content()]
    for _ in range(2):
        assert run("Get-VideoContent", "video_123", "-OutFile", "{prompt}/").exit_code == 0
    assert list(files(place)) == ["a_b/video_123.mp4"]


def test_a_misspelt_field(run: Run, api: Script, place: Path) -> None:
    result = run("Get-VideoContent", "video_123", "-w", "-OutFile", "{promt}-{id}.mp4")
    assert (result.exit_code, api.requests, files(place)) == (1, [], {})
    assert "-OutFile has no field {promt}. Nothing was downloaded.\n" in result.stderr
    assert "The fields are {id}, {prompt}, {model}, {size}, {seconds}.\n" in result.stderr


@pytest.mark.parametrize("name", ["{x}.mp4", "a{}b.mp4", "{ id }.mp4", "{{.mp4", "{id.mp4"])
def test_other_braces_are_text(run: Run, api: Script, place: Path, name: str) -> None:
    api.responses = [content()]
    assert run("Get-VideoContent", "video_123", "-OutFile", name).exit_code == 0
    assert list(files(place)) == [name]


def test_a_folder_that_cannot_be_is_refused_before_anything_is_sent(run: Run, api: Script, place: Path) -> None:
    (place / "file").touch()
    result = run("Get-VideoContent", "video_123", "-w", "-OutFile", "file/{id}.mp4")
    assert (result.exit_code, result.error_ids, api.requests) == (1, ["OutputNotWritten"], [])
