"""Man pages: roff reads them without a complaint, and shows the help of the cmdlet; the wheel brings them."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from psopenai_py.cmdlets import MODULES, load
from psopenai_py.help import page

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "compat" / "man"


def _words(text: str) -> list[str]:
    """Without headings, which differ, and without their order of lines on a screen."""
    return [word for line in text.splitlines() if not re.fullmatch("[A-Z ]+", line) for word in line.split()]


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
@pytest.mark.parametrize("name", MODULES)
def test_roff_shows_the_help(name: str) -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", str(PAGES / f"{name}.1")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    cmdlet = load(name).CMDLET
    shown = page.render(cmdlet).partition("\nSYNTAX\n")[2]
    body = done.stdout.partition("\nSYNOPSIS\n")[2]
    assert _words(body)[: len(_words(shown))] == _words(shown)
    assert f"{name} - {cmdlet.synopsis}" in " ".join(done.stdout.split())


def test_the_wheel_brings_them_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as archive:
        folder = "share/man/man1/"
        brought = {name.rpartition(folder)[2]: archive.read(name) for name in archive.namelist() if folder in name}
    assert brought == {f"{name}.1": (PAGES / f"{name}.1").read_bytes() for name in MODULES}
