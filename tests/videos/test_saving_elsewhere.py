"""What is no file, and what cannot be written."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from psopenai_py.errors import OutputError
from psopenai_py.videos.saving import check_target, is_replaced, save
from tests.videos.folders import copying, tree

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="devices, links and rights of Unix")


# --- what is no file --------------------------------------------------------------------------------------------


@on_unix
def test_the_null_device_stays_what_it_is(place: Path) -> None:
    save(copying(b"ABC"), "/dev/null", "video_1")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_device() -> None:
    with pytest.raises(OutputError) as caught:
        save(copying(b"ABC"), "/dev/full", "video_1")
    assert str(caught.value) == (
        "The file '/dev/full' could not be written: No space left on device. Nothing is left of it."
    )
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@on_unix
def test_a_named_pipe(place: Path) -> None:
    os.mkfifo(place / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((place / "pipe").read_bytes()))
    reader.start()
    save(copying(b"A" * 100_000, b"BC"), "pipe", "video_1")
    reader.join(60)
    assert (read, tree(place)) == ([b"A" * 100_000 + b"BC"], ["pipe"])


@on_unix
def test_what_is_open_already(place: Path) -> None:
    """A pipe to a program, and a file that has something in it already."""
    reading, writing = os.pipe()
    with (place / "log").open("wb") as log:
        log.write(b"before ")
        log.flush()
        for descriptor in (writing, log.fileno()):
            for target in (f"/dev/fd/{descriptor}", f"/proc/self/fd/{descriptor}"):
                if Path(target).exists():
                    check_target(target)
                    assert not is_replaced(target)
                    save(copying(b"A", b"B"), target, "video_1")
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123
        came = pipe.read()
    assert (came, tree(place)) == (b"AB" * (len(came) // 2), ["log"]) and came
    assert (place / "log").read_bytes() == b"before " + came


@on_unix
@pytest.mark.parametrize("target", ["/dev/fd/987", "/dev/fd/987654321"])
def test_what_is_not_open(target: str) -> None:
    with pytest.raises(OutputError, match=f"The file '{target}' could not be written: Bad file descriptor."):
        check_target(target)


# --- what cannot be written -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "why"),
    [("file/a.mp4", "'file' is no folder"), ("file/deep/", "'file' is no folder"), ("file/", "'file' is no folder")],
)
def test_impossible_targets_are_refused_before_anything_is_sent(place: Path, target: str, why: str) -> None:
    (place / "file").touch()
    with pytest.raises(OutputError, match=f"The file '{target}' could not be written: {why}."):
        check_target(target)


@on_unix
@pytest.mark.parametrize("target", ["a.mp4", "new/a.mp4", "./"])
def test_a_current_folder_that_was_deleted(place: Path, target: str) -> None:
    """A whole path does not need it."""
    place.rmdir()
    check_target(f"{place.parent}/a.mp4")
    with pytest.raises(OutputError) as caught:
        check_target(target)
    assert str(caught.value) == (
        f"The file '{target}' could not be written: the current folder was deleted. Nothing was downloaded."
    )


@on_unix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(place: Path) -> None:
    place.chmod(0o555)
    for target in ("a.mp4", "new/a.mp4"):
        with pytest.raises(OutputError, match="is not writable"):
            check_target(target)
    place.chmod(0o755)


@pytest.mark.parametrize("target", ["a.mp4", "link.mp4", "./"])
def test_a_read_only_file_is_not_replaced(place: Path, target: str) -> None:
    """Also by those who may write anything, and into a folder that may be written to."""
    old = place / ("video_1.mp4" if target == "./" else "a.mp4")
    old.write_bytes(b"old")
    old.chmod(0o444)
    if target == "link.mp4":
        (place / target).symlink_to("a.mp4")
    before = tree(place)
    if target != "./":  # there the name depends on what comes
        with pytest.raises(OutputError, match=f"The file '{target}' could not be written: it is read-only."):
            check_target(target)
    with pytest.raises(OutputError, match="it is read-only"):
        save(copying(b"new"), target, "video_1")
    assert (old.read_bytes(), tree(place)) == (b"old", before)
    old.chmod(0o644)


@pytest.mark.parametrize("target", ["a.mp4", "new/deep/a.mp4", "folder/", "folder", os.devnull])
def test_possible_targets(place: Path, target: str) -> None:
    (place / "folder").mkdir()
    (place / "a.mp4").touch()
    check_target(target)
    assert tree(place) == ["a.mp4", "folder"]


@on_unix
@pytest.mark.parametrize(
    ("target", "why"),
    [("n" * 256, "File name too long"), ("a\0b", "null"), ("~nobody-of-this-name/a", "home"), ("circle/a", "")],
    ids=["long", "null byte", "no such user", "circle"],
)
def test_names_that_no_file_can_have(place: Path, target: str, why: str) -> None:
    (place / "circle").symlink_to("circle")
    with pytest.raises(OutputError, match=f"could not be written: .*{why}"):
        check_target(target)  # circles show only when a folder is to be made
        save(copying(b"ABC"), target, "video_1")
    assert tree(place) == ["circle"]
