"""Content as a file: where it goes, what it is called, and what is left when it does not come."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.errors import ConnectionFailedError, OutputError
from psopenai_py.videos.download import Sink
from psopenai_py.videos.saving import Copy, check_target, clean_name, is_replaced, names_folder, save

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="devices, links and rights of Unix")


def copying(*pieces: bytes, kind: str = "video/mp4", ends: BaseException | None = None) -> Copy:
    """Write these pieces, and end so."""

    def copy(sink: Sink) -> str:
        for piece in pieces:
            sink.write(piece)
        if ends:
            raise ends
        return kind

    return copy


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# --- where ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "kind", "files"),
    [
        ("a.mp4", "video/mp4", ["a.mp4"]),
        ("a", "video/mp4", ["a"]),
        ("new/deep/a.mp4", "video/mp4", ["new", "new/deep", "new/deep/a.mp4"]),
        ("new/", "video/mp4", ["new", "new/video_1.mp4"]),
        (".", "image/webp", ["video_1.webp"]),
        ("./", "video/webm", ["video_1.webm"]),
        ("new/deep/", "image/jpeg", ["new", "new/deep", "new/deep/video_1.jpg"]),
        ("./", "application/x-thing", ["video_1.bin"]),
        ("犬 🐶[1].mp4", "video/mp4", ["犬 🐶[1].mp4"]),
    ],
)
def test_targets(place: Path, target: str, kind: str, files: list[str]) -> None:
    path, replaced = save(copying(b"AB", b"C", kind=kind), target, "video_1")
    assert tree(place) == files
    assert ((place / files[-1]).read_bytes(), path.resolve(), replaced) == (b"ABC", place / files[-1], False)


def test_home(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("USERPROFILE", str(place))
    save(copying(b"ABC"), "~/a.mp4", "video_1")
    assert tree(place) == ["a.mp4"]


NAMES = {
    "video_123": "video_123",
    "video_gen_0a-b.c+d=@": "video_gen_0a-b.c+d=@",
    "a/b": "a_b-c14cddc0",
    "a\\b": "a_b-c62016d0",
    "a:b": "a_b-6783a31e",
    "..": "video-5ec1f7e7",
    ".hidden": "_.hidden-16924190",
    "-rf": "_-rf-686c39ac",
    "CON": "_CON-a3dbc4b6",
    "nul.txt": "_nul.txt-7f3cbdd5",
    "com1": "_com1-957a49c3",
    "LPT9.x.y": "_LPT9.x.y-0d8b9d8e",
    "trailing.": "trailing-44c12a4e",
    "trailing ": "trailing_-b1635c0a",
    "": "video-e3b0c442",
    "ü": "_-607474ca",
    "a\nb": "a_b-7e18f737",
    "\u202etxt": "_txt-e44b07bc",
    "v" * 101: "v" * 100 + "-fe306d79",
}


@pytest.mark.parametrize(("identifier", "name"), NAMES.items(), ids=[repr(name)[:20] for name in NAMES])
def test_names_made_of_ids(identifier: str, name: str) -> None:
    assert clean_name(identifier) == name


def test_ids_that_begin_alike_do_not_share_a_name() -> None:
    """A gateway's ids are long, and differ only behind the first hundred characters."""
    one, other = (clean_name("video_" + "bGl0ZWxsbTpjdXN0b21f" * 12 + end) for end in ("MQ==", "Mg=="))
    assert one != other


@given(st.text(), st.text())
def test_any_id_gives_a_name_for_any_file_system(one: str, other: str) -> None:
    name = clean_name(one)
    assert name.isascii()
    assert 0 < len(name) < 120
    assert not set(name) & set('<>:"/\\|?*') and name.isprintable() and name[0] not in ".-" and name[-1] not in ". "
    assert (clean_name(other) == name) == (one == other)


@pytest.mark.parametrize(
    ("target", "folder", "replaced"),
    [
        ("new.mp4", False, True),
        ("old.mp4", False, True),
        ("folder", True, False),
        ("folder/", True, False),
        ("new/", True, False),
        (os.devnull, False, False),
    ],
)
def test_what_a_target_is(place: Path, target: str, folder: bool, replaced: bool) -> None:
    (place / "folder").mkdir()
    (place / "old.mp4").touch()
    assert (names_folder(target), is_replaced(target)) == (folder, replaced)


# --- what was there before --------------------------------------------------------------------------------------


def test_an_existing_file_is_replaced_by_a_complete_one(place: Path) -> None:
    (place / "a.mp4").write_bytes(b"old and longer")
    save(copying(b"new"), "a.mp4", "video_1")
    assert ((place / "a.mp4").read_bytes(), tree(place)) == (b"new", ["a.mp4"])


ENDS = [ConnectionFailedError("dropped"), KeyboardInterrupt(), OSError("?"), SystemExit(1)]


@pytest.mark.parametrize("ends", ENDS, ids=lambda end: type(end).__name__)
@pytest.mark.parametrize("pieces", [(), (b"new",)], ids=["at once", "in the middle"])
def test_nothing_is_left_of_a_failure(place: Path, ends: BaseException, pieces: tuple[bytes, ...]) -> None:
    (place / "a.mp4").write_bytes(b"old")
    for target in ("a.mp4", "b.mp4", "new/deep/c.mp4", "folder/"):
        with pytest.raises(type(ends)):
            save(copying(*pieces, ends=ends), target, "video_1")
    assert ((place / "a.mp4").read_bytes(), tree(place)) == (b"old", ["a.mp4"])


def test_starting_again_leaves_nothing_of_the_first_attempt(place: Path) -> None:
    def copy(sink: Sink) -> str:
        sink.write(b"a longer first attempt")
        assert sink.restart()
        sink.write(b"ABC")
        return "video/mp4"

    save(copy, "a.mp4", "video_1")
    assert (place / "a.mp4").read_bytes() == b"ABC"


@on_unix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002], ids=oct)
def test_rights_are_what_the_umask_leaves(place: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        save(copying(b"ABC"), "a.mp4", "video_1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((place / "a.mp4").stat().st_mode) == 0o666 & ~umask


@on_unix
def test_a_link_stays_a_link(place: Path) -> None:
    (place / "real").mkdir()
    (place / "real" / "a.mp4").write_bytes(b"old")
    (place / "link.mp4").symlink_to("real/a.mp4")
    (place / "dangling.mp4").symlink_to("real/b.mp4")
    for target in ("link.mp4", "dangling.mp4"):
        save(copying(b"new"), target, "video_1")
    assert tree(place) == ["dangling.mp4", "link.mp4", "real", "real/a.mp4", "real/b.mp4"]
    assert (place / "link.mp4").is_symlink() and (place / "dangling.mp4").is_symlink()
    assert (place / "real" / "a.mp4").read_bytes() == (place / "real" / "b.mp4").read_bytes() == b"new"


@on_unix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755, 0o200], ids=oct)
@pytest.mark.parametrize("target", ["a.mp4", "./"])
def test_a_replaced_file_keeps_its_mode(place: Path, mode: int, target: str) -> None:
    old = place / ("a.mp4" if target == "a.mp4" else "video_1.mp4")
    old.write_bytes(b"old")
    old.chmod(mode)
    seen: list[int] = []

    def copy(sink: Sink) -> str:
        sink.write(b"new")
        seen.extend(stat.S_IMODE(path.stat().st_mode) for path in place.glob(".*.part"))
        return "video/mp4"

    save(copy, target, "video_1")
    assert stat.S_IMODE(old.stat().st_mode) == mode
    old.chmod(0o600)
    assert (old.read_bytes(), tree(place)) == (b"new", [old.name])
    # While it comes, nobody else may read more of it than of the old one.
    assert seen == [mode] or target == "./"


@on_unix
def test_other_hard_links_keep_the_old_content(place: Path) -> None:
    (place / "a.mp4").write_bytes(b"old")
    (place / "other.mp4").hardlink_to(place / "a.mp4")
    save(copying(b"new"), "a.mp4", "video_1")
    assert ((place / "a.mp4").read_bytes(), (place / "other.mp4").read_bytes()) == (b"new", b"old")


@on_unix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_replaced_file_keeps_its_owner(place: Path) -> None:
    (place / "a.mp4").write_bytes(b"old")
    os.chown(place / "a.mp4", 12345, 54321)
    save(copying(b"new"), "a.mp4", "video_1")
    known = (place / "a.mp4").stat()
    assert (known.st_uid, known.st_gid) == (12345, 54321)


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
