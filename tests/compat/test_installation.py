"""`psopenai module`: where the PowerShell module is copied to, under which name, and how it goes away again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from psopenai_py import module
from tests.conftest import Result, Run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "compat" / "PSOpenAI.Py"
#: Files that come with one name only.
ONLY = {"PSOpenAI.Py": {"PSOpenAI.Py.psd1"}, "PSOpenAI": {"PSOpenAI.psd1", "Missing.psm1"}}
#: The start of every manifest of the reference.
REAL = "@{\n    ModuleVersion = '4.49.0'\n    GUID = '7d4a9fbc-6142-49a9-b46f-dae89a60ee2b'\n}\n"


def _module(run: Run, *arguments: str, **env: str) -> Result:
    return run("psopenai", "module", *arguments, env=env)


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def _wanted(name: str) -> dict[str, bytes]:
    """What an installation consists of: the files of the checkout, and the Python that made it."""
    others = set().union(*ONLY.values()) - ONLY[name]
    files = {file: data for file, data in _content(FOLDER).items() if file not in others}
    return files | {"Python.txt": f"{sys.executable}\n".encode()}


#: Windows asks the system for the user's documents, not the environment.
_USUAL = pytest.mark.skipif(sys.platform == "win32", reason="would write into the user's own documents")


@pytest.mark.parametrize(
    "path",
    [pytest.param([], marks=_USUAL), ["--path", "elsewhere"], ["--path=elsewhere"]],
    ids=["usual", "named", "joined"],
)
@pytest.mark.parametrize(
    "named",
    [[], ["-As", "PSOpenAI"], ["--as=psopenai"], ["-as:PSOPENAI"]],
    ids=["own", "as", "as joined", "as colon"],
)
def test_installation(
    path: list[str], named: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "PSOpenAI" if named else "PSOpenAI.Py"
    modules = Path("elsewhere") if path else tmp_path / "home" / ".local" / "share" / "powershell" / "Modules"
    result = _module(run, "install", *named, *path)
    told = f"Installed: {modules / name}\nUse it with: Import-Module {name}\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, told, "")
    assert _content(modules / name) == _wanted(name)


def test_a_second_installation_changes_nothing(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "PSOpenAI.Py"
    _module(run, "install", "--path", str(tmp_path))
    before = {file: file.stat().st_mtime_ns for file in target.iterdir()}
    result = _module(run, "install", "--path", str(tmp_path))
    assert result.stdout.splitlines()[0] == f"Unchanged: {target}"
    assert {file: file.stat().st_mtime_ns for file in target.iterdir()} == before


@pytest.mark.parametrize("broken", ["Python.txt", "Calls.ps1", "PSOpenAI.Py.psd1"])
def test_an_installation_is_mended(broken: str, run: Run, tmp_path: Path) -> None:
    """A Python that has moved, a file of another version or none at all, and one that is no longer part of it."""
    target = tmp_path / "PSOpenAI.Py"
    _module(run, "install", "--path", str(tmp_path))
    (target / broken).write_text("/old/place/python\n")
    (target / "Values.ps1").unlink()
    (target / "Formerly.ps1").write_text("throw 'gone'")
    (target / "mine.txt").write_text("stays")
    result = _module(run, "install", "--path", str(tmp_path))
    assert result.stdout.splitlines()[0] == f"Installed: {target}"
    assert _content(target) == _wanted("PSOpenAI.Py") | {"mine.txt": b"stays"}


@pytest.mark.parametrize("place", ["PSOpenAI", "PSOpenAI/4.49.0"], ids=["bare", "in a folder of its version"])
@pytest.mark.parametrize("where", [pytest.param("usual", marks=_USUAL), "path", "target"])
def test_it_stands_beside_no_reference(place: str, where: str, run: Run, tmp_path: Path) -> None:
    """In the user's folder, anywhere on the module path, or where it would be copied over."""
    usual = tmp_path / "home" / ".local" / "share" / "powershell" / "Modules"
    folder = {"usual": usual, "path": tmp_path / "shared", "target": tmp_path / "target"}[where]
    (folder / place).mkdir(parents=True)
    (folder / place / "PSOpenAI.psd1").write_text(REAL, "utf-8-sig")
    env = {"PSModulePath": os.pathsep.join(["", str(tmp_path / "none"), str(tmp_path / "shared")])}
    result = _module(run, "install", "-As", "PSOpenAI", "--path", str(tmp_path / "target"), **env)
    assert (result.exit_code, result.error_ids) == (1, ["OutputNotWritten"])
    assert f"'{folder / place}'" in result.stderr and "PSOpenAI.Py" in result.stderr
    assert [file.name for file in tmp_path.rglob("*.ps*1")] == ["PSOpenAI.psd1"]
    # Under its own name it does no harm there.
    assert _module(run, "install", "--path", str(tmp_path / "target"), **env).exit_code == 0


def test_its_own_copy_is_no_reference(run: Run, tmp_path: Path) -> None:
    env = {"PSModulePath": str(tmp_path)}
    for word in ("Installed", "Unchanged"):
        result = _module(run, "install", "-As", "PSOpenAI", "--path", str(tmp_path), **env)
        assert result.stdout.startswith(f"{word}: ")


@pytest.mark.parametrize("named", [[], ["-As", "PSOpenAI"]], ids=["both", "one"])
def test_uninstallation(named: list[str], run: Run, tmp_path: Path) -> None:
    for arguments in ([], ["-As", "PSOpenAI"]):
        _module(run, "install", *arguments, "--path", str(tmp_path))
    names = ["PSOpenAI"] if named else ["PSOpenAI.Py", "PSOpenAI"]
    result = _module(run, "uninstall", *named, "--path", str(tmp_path))
    assert result.stdout.splitlines() == [f"Removed: {tmp_path / name}" for name in names]
    left = {path.name for path in tmp_path.iterdir()} - {"home"}
    assert left == {"PSOpenAI.Py", "PSOpenAI"} - set(names)
    again = _module(run, "uninstall", *named, "--path", str(tmp_path))
    assert (again.exit_code, again.stdout) == (0, "The module is not installed; nothing was removed.\n")


def test_uninstallation_takes_nothing_of_others(run: Run, tmp_path: Path) -> None:
    real = tmp_path / "PSOpenAI"
    real.mkdir()
    (real / "PSOpenAI.psd1").write_text(REAL)
    _module(run, "install", "--path", str(tmp_path))
    (tmp_path / "PSOpenAI.Py" / "notes.txt").write_text("mine")
    assert _module(run, "uninstall", "--path", str(tmp_path)).stdout == f"Removed: {tmp_path / 'PSOpenAI.Py'}\n"
    assert _content(tmp_path / "PSOpenAI.Py") == {"notes.txt": b"mine"}
    assert _content(real) == {"PSOpenAI.psd1": REAL.encode()}


NO_REQUEST = {
    "nothing": [],
    "another word": ["remove"],
    "no folder": ["install", "--path"],
    "an empty folder": ["install", "--path="],
    "too much": ["install", "here"],
    "another name": ["install", "-As", "MyModule"],
    "no name": ["uninstall", "-As"],
    "an empty name": ["install", "-As:"],
}


@pytest.mark.parametrize("arguments", NO_REQUEST.values(), ids=NO_REQUEST)
def test_what_is_no_request(arguments: list[str], run: Run) -> None:
    result = _module(run, *arguments)
    usage = "psopenai module install|uninstall [-As PSOpenAI] [--path FOLDER]"
    assert result.exit_code == 2 and usage in result.stderr


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = _module(run, "install", "--path", str(tmp_path / "file"))
    assert result.exit_code == 1 and "--path" in result.stderr


def test_folders_of_modules() -> None:
    linux = module.module_folders({"HOME": "/home/me"}, "linux")
    assert [path.as_posix() for path in linux] == ["/home/me/.local/share/powershell/Modules"]
    moved = module.module_folders({"HOME": "/home/me", "XDG_DATA_HOME": "/data"}, "darwin")
    assert [path.as_posix() for path in moved] == ["/data/powershell/Modules"]
    if sys.platform != "win32":
        windows = module.module_folders({"USERPROFILE": "/Users/me"}, "win32")
        below = "/Users/me/Documents"
        assert [path.as_posix() for path in windows] == [
            f"{below}/PowerShell/Modules",
            f"{below}/WindowsPowerShell/Modules",
        ]


def test_folders_that_are_searched() -> None:
    """The variable under any spelling of its name, the user's folders, those of all users."""
    unix = module.search_folders({"PSModulePath": "/a::/b", "HOME": "/me"}, "linux")
    own = "/me/.local/share/powershell/Modules"
    assert [path.as_posix() for path in unix] == ["/a", "/b", own, "/usr/local/share/powershell/Modules"]
    if sys.platform != "win32":
        env = {"PSMODULEPATH": "/a;/b", "USERPROFILE": "/me", "ProgramFiles": "/programs"}
        assert [path.as_posix() for path in module.search_folders(env, "win32")] == [
            *("/a", "/b", "/me/Documents/PowerShell/Modules", "/me/Documents/WindowsPowerShell/Modules"),
            *("/programs/PowerShell/Modules", "/programs/PowerShell/7/Modules", "/programs/WindowsPowerShell/Modules"),
        ]


def test_manifest_under_the_name_of_the_reference() -> None:
    """The same module but for its version, and the names of what it does not have."""
    own, taken = (FOLDER.joinpath(f"{name}.psd1").read_text("utf-8-sig") for name in ("PSOpenAI.Py", "PSOpenAI"))
    for line in re.findall(r"(?m)^    (?:GUID|RootModule|PowerShellVersion|CompatiblePSEditions) .*$", own):
        assert line in taken
    assert f"GUID                 = '{module.GUID}'" in own
    assert "ModuleVersion        = '4.49.0'" in taken
    exported, named = (re.findall(r"(?m)^        '(\w+-\w+)'$", text) for text in (own, taken))
    assert named[: len(exported)] == exported
    others = named[len(exported) :]
    assert others == sorted(set(others)) and {"Request-ChatCompletion", "Request-ImageGeneration"} < set(others)
    assert not set(exported) & set(others)


def test_the_wheel_brings_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built, unpacked and installed from, as a package from an index would be."""
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / build_wheel(str(tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = "import sys; from psopenai_py.__main__ import main; main()"
    environment = dict(os.environ) | {"PYTHONPATH": str(tmp_path / "site")}
    for name in ONLY:
        command = [sys.executable, "-c", code, "module", "install", "-As", name, "--path", str(tmp_path / "modules")]
        subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)
        assert _content(tmp_path / "modules" / name) == _wanted(name)
