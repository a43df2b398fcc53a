"""Content as a file: where it goes, what it is called, and what is left when it does not come."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psopenai_py.errors import ConnectionFailedError
from psopenai_py.videos.download import Sink
from psopenai_py.videos.saving import clean_name, is_replaced, names_folder, save
from tests.videos.folders import copying, tree

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="devices, links and rights of Unix")


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
