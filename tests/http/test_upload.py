"""Files that are sent along: streamed, named, and looked at before anything is sent."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from psopenai_py import errors, new_video
from tests.conftest import Result, Run
from tests.http.sockets import listening
from tests.server import Server

posix = pytest.mark.skipif(os.name != "posix", reason="needs files as Unix has them")
MISSING = "System.Management.Automation.ItemNotFoundException,Resolve-FileInfo"

PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0....", b"GIF89a...."
WEBP, WEBM = b"RIFF\0\0\0\0WEBPVP8 ", b"\x1a\x45\xdf\xa3...."
MP4, MOV = b"\0\0\0\x20ftypisom....", b"\0\0\0\x14ftypqt  ...."
AVIF, HEIC = b"\0\0\0\x20ftypavif....", b"\0\0\0\x20ftypheic...."


def _sent(run: Run, server: Server, path: str) -> list[str | None]:
    script = server.script("media")
    result = run("New-Video", "x", "-ApiBase", script.base, "-InputReference", path)
    assert (result.exit_code, result.stderr) == (0, "")
    return script.requests[0].fields[-1]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"", "image/png"), ("a.PNG", b"x", "image/png"), ("a.jpg", b"x", "image/jpeg"),
        ("a.JPEG", b"x", "image/jpeg"), ("a.gif", b"x", "image/gif"), ("a.webp", b"x", "image/webp"),
        ("a.bmp", b"x", "image/bmp"), ("a.avif", b"x", "image/avif"), ("a.heic", b"x", "image/heic"),
        ("a.mp4", b"x", "video/mp4"), ("a.m4v", b"x", "video/mp4"), ("a.mov", b"x", "video/quicktime"),
        ("a.webm", b"x", "video/webm"), ("a.mp3", b"x", "audio/mpeg"), ("a.txt", b"x", "text/plain"),
        ("a.json", b"{}", "application/json"), ("a.jpg", PNG, "image/jpeg"),
        ("a", PNG, "image/png"), ("a.tmp", JPEG, "image/jpeg"), ("a.", GIF, "image/gif"), ("a b", WEBP, "image/webp"),
        ("a1", WEBM, "video/webm"), ("a2", MP4, "video/mp4"), ("a3", MOV, "video/quicktime"),
        ("a4", AVIF, "image/avif"), ("a5", HEIC, "image/heic"),
        (".png", PNG, "image/png"), ("a6", b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
        ("a7", b"", "application/octet-stream"), ("a8", b"hello", "application/octet-stream"),
    ],
)  # fmt: skip
def test_media_types(name: str, content: bytes, kind: str, run: Run, server: Server, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    assert _sent(run, server, str(path)) == ["input_reference", name, kind, digest]


@pytest.mark.parametrize(
    "name", ["it's.png", "p(1)!*~@&;=%20.png", "絵 1.png", "😀.png", 'say "x";\r\n.png', "-Model.png", "[1].png"]
)
@posix
def test_names(name: str, run: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(PNG)
    assert _sent(run, server, str(tmp_path / name))[1] == name


@posix
def test_a_name_that_is_no_utf_8(run: Run, server: Server, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    try:
        Path(os.fsdecode(path)).write_bytes(PNG)
    except OSError:
        pytest.skip("this file system has no such names")
    assert _sent(run, server, os.fsdecode(path))[1] == "\ufffd\ufffd.png"


def test_the_home_folder_and_the_current_one(
    run: Run, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "h.png").write_bytes(PNG)
    (tmp_path / "c.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    assert _sent(run, server, "~/h.png")[1] == "h.png"
    assert _sent(run, server, "c.png")[1] == "c.png"


@pytest.fixture
def refused(run: Run, server: Server) -> Callable[[str], Result]:
    """What New-Video says about a file that cannot be sent."""

    def refused(path: str) -> Result:
        script = server.script("media")
        result = run("New-Video", "x", "-ApiBase", script.base, "-InputReference", path)
        assert (result.exit_code, result.stdout, script.requests) == (1, "", [])
        return result

    return refused


@pytest.mark.parametrize(
    ("path", "why"),
    [("none.png", "No such file or directory"), ("*.png", "No such file or directory"), ("folder", "it is a folder"),
     ("folder/", "it is a folder"), ("there.png/", "Not a directory"), ("there.png/x", "Not a directory")],
)  # fmt: skip
@posix
def test_a_file_that_is_missing(path: str, why: str, refused: Callable[[str], Result], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "there.png").write_bytes(PNG)
    full = f"{tmp_path}/{path}"
    assert refused(full).stderr.splitlines() == [
        f"New-Video: The file '{full}' cannot be read: {why}. Nothing was sent.",
        f"    + CategoryInfo          : ObjectNotFound: ({full}:String) [Resolve-FileInfo], ItemNotFoundException",
        f"    + FullyQualifiedErrorId : {MISSING}",
    ]


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(refused: Callable[[str], Result], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    path.chmod(0)
    assert refused(str(path)).error_ids == ["System.UnauthorizedAccessException,Resolve-FileInfo"]


@posix
def test_a_name_too_long_is_unreadable(refused: Callable[[str], Result]) -> None:
    assert refused("x" * 300).error_ids == ["System.UnauthorizedAccessException,Resolve-FileInfo"]


def test_a_path_with_a_null_character(server: Server) -> None:
    script = server.script("media")
    with pytest.raises(errors.InputError, match="cannot be read") as caught:
        new_video("x", api_base=script.base, input_reference="a\0b")
    assert (caught.value.fully_qualified_error_id, script.requests) == (MISSING, [])


@posix
def test_a_pipe_is_read_once_and_can_be_repeated(run: Run, server: Server, tmp_path: Path) -> None:
    """What a shell makes of `<(...)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = PNG * 50_000  # more than a pipe holds
    threading.Thread(target=pipe.write_bytes, args=[content], daemon=True).start()
    script = server.script("pipe", [{"status": 503, "headers": {"retry-after-ms": "1"}}, {"json": {"id": "a"}}])
    arguments = ["-ApiBase", script.base, "-InputReference", str(pipe), "-MaxRetryCount", "1"]
    assert run("New-Video", "x", *arguments).exit_code == 0
    sent = ["input_reference", "pipe", "image/png", "sha256:" + hashlib.sha256(content).hexdigest()]
    assert [request.fields[-1] for request in script.requests] == [sent, sent]


def test_a_file_that_vanishes_before_a_repetition(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)

    def talk(connection: socket.socket) -> None:
        path.unlink()
        connection.sendall(b"HTTP/1.1 503 Busy\r\nretry-after-ms: 1\r\nContent-Length: 0\r\n\r\n")
        connection.recv(1)

    with listening(talk) as server:
        arguments = ["-InputReference", str(path), "-MaxRetryCount", "1", "-WarningAction", "Ignore"]
        result = run("New-Video", "x", "-ApiBase", server.base, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "New-Video: A file could not be read while it was to be sent: No such file or directory. Nothing was sent.",
        f"    + CategoryInfo          : ReadError: ({path}:String) [Invoke-OpenAIAPIRequest], IOException",
        "    + FullyQualifiedErrorId : System.IO.IOException,Invoke-OpenAIAPIRequest",
    ]


@pytest.mark.parametrize("megabytes", [pytest.param(1, id="shrinks"), pytest.param(40, id="grows")])
def test_a_file_that_changes_while_it_is_sent(megabytes: int, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with path.open("wb") as file:
        file.truncate(30 * 2**20)  # more than the buffers of a connection hold

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        os.truncate(path, megabytes * 2**20)
        while connection.recv(2**20):
            pass

    with listening(talk, read=False) as server:
        result = run("New-Video", "x", "-ApiBase", server.base, "-InputReference", str(path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"New-Video: 127.0.0.1:{server.port} broke off without a full answer: the request could not be sent whole. Did "
        "the file change meanwhile? The request had been sent, so a job may have been created; look for it before you "
        "send it again.",
        "    + CategoryInfo          : InvalidOperation: (:) [Invoke-OpenAIAPIRequest], HttpRequestException",
        "    + FullyQualifiedErrorId : PSOpenAI.APIRequest.HttpRequestException,Invoke-OpenAIAPIRequest",
    ]


_MEASURED = """
import resource, sys
from psopenai_py.shell import run
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
code = run("New-Video", ["x", "-WarningAction", "Ignore", *sys.argv[1:]])
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of the measure differs")
def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with clip.open("wb") as file:
        file.truncate(200 * 2**20)
    received = 0

    def swallow(connection: socket.socket) -> None:
        nonlocal received
        buffer = bytearray(2**20)
        while received < 200 * 2**20:
            count = connection.recv_into(buffer)
            received += count
            if not count:
                break
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"id": "a"}')
        connection.recv_into(buffer)

    with listening(swallow, read=False) as server:
        command = [sys.executable, "-c", _MEASURED, "-ApiBase", server.base, "-InputReference", str(clip)]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    code, kilobytes = map(int, done.stdout.splitlines()[-1].split())
    assert (code, done.stderr) == (0, "")
    assert kilobytes < 40_000
