"""`psopenai module`: the PowerShell module, copied to where PowerShell looks for modules, and taken away again."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import BindingError, OutputError

NAME = "PSOpenAI.Py"
#: The module that the cmdlets come from, whose name ours can take.
REFERENCE = "PSOpenAI"
#: The file that tells the module which Python it was installed with.
NOTE = "Python.txt"
#: In every manifest of ours, and in no other.
GUID = "5b0c9d2e-6a1f-4c37-9e84-2f1d7a3b8c60"

#: The files that belong to one of its names only.
_ONLY = {NAME: {f"{NAME}.psd1"}, REFERENCE: {f"{REFERENCE}.psd1", "Missing.psm1"}}
_USAGE = "psopenai module install|uninstall [-As PSOpenAI] [--path FOLDER]"


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """What the command line asks for: the action, under which names, and the folder of modules if it is named."""

    action: str
    names: tuple[str, ...]
    folder: Path | None


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Do what the arguments say, and return what to tell the user.

    Raises BindingError for arguments that mean nothing, OutputError where the module cannot be copied or removed, or
    would stand in the way of the one whose name it takes.
    """
    request = _request(list(arguments))
    folders = [request.folder] if request.folder else module_folders(environ)
    if request.action == "uninstall":
        removed = [folder / name for folder in folders for name in request.names if uninstall(folder / name)]
        return "\n".join(f"Removed: {path}" for path in removed) or "The module is not installed; nothing was removed."
    (name,) = request.names
    if name == REFERENCE:
        _refuse_beside_reference([*folders, *search_folders(environ)])
    told = [f"{'Installed' if install(folder, name) else 'Unchanged'}: {folder / name}" for folder in folders]
    return "\n".join([*told, f"Use it with: Import-Module {name}"])


def install(folder: Path, name: str = NAME) -> bool:
    """Bring a copy of the module up to date under a name, and return whether anything had to change."""
    target = folder / name
    left_out = set().union(*_ONLY.values()) - _ONLY[name]
    wanted = {file.name: file.read_bytes() for file in source().glob("*.ps*1") if file.name not in left_out}
    wanted[NOTE] = f"{sys.executable}\n".encode()
    try:
        target.mkdir(parents=True, exist_ok=True)
        stale = [path for path in target.glob("*.ps*1") if path.name not in wanted]
        changed = {file: data for file, data in wanted.items() if not _holds(target / file, data)}
        for path in stale:
            path.unlink()
        for file, data in changed.items():
            _replace(target / file, data)
    except OSError as error:
        raise _output_error(f"The module could not be copied to '{target}'", error) from None
    return bool(stale or changed)


def uninstall(target: Path) -> bool:
    """Remove a copy of the module, and return whether there was one. What is not of the module stays."""
    if not _is_ours(target / f"{target.name}.psd1"):
        return False
    try:
        for file in [*target.glob("*.ps*1"), target / NOTE]:
            file.unlink(missing_ok=True)
        if not any(target.iterdir()):
            target.rmdir()
    except OSError as error:
        raise _output_error(f"The module could not be removed from '{target}'", error) from None
    return True


def source() -> Path:
    """The module's files: inside the package where it was installed from a wheel, else in the checkout."""
    inside = Path(__file__).with_name(NAME)
    return inside if inside.is_dir() else Path(__file__).resolve().parents[1] / "compat" / NAME


def module_folders(environ: Mapping[str, str], platform: str = sys.platform) -> list[Path]:
    """Where PowerShell looks for the user's modules: of both editions on Windows, of PowerShell 7 elsewhere."""
    if platform == "win32":
        documents = _documents() or home_folder(environ, "USERPROFILE") / "Documents"
        return [documents / edition / "Modules" for edition in ("PowerShell", "WindowsPowerShell")]
    data = environ.get("XDG_DATA_HOME", "")
    shared = Path(data) if data.startswith("/") else home_folder(environ, "HOME") / ".local" / "share"
    return [shared / "powershell" / "Modules"]


def home_folder(environ: Mapping[str, str], *variables: str) -> Path:
    """The home folder that the first of these variables names, or the system. Raises OutputError where none does."""
    named = next(filter(None, map(environ.get, variables)), None)
    try:
        return Path(named) if named else Path.home()
    except RuntimeError:
        raise OutputError("This user has no home folder. Nothing was changed.", action=f"Set {variables[0]}.") from None


def search_folders(environ: Mapping[str, str], platform: str = sys.platform) -> list[Path]:
    """The module path: where PowerShell looks for any module, as far as it can be known from outside of it."""
    named = next((value for name, value in environ.items() if name.upper() == "PSMODULEPATH"), "")
    separator = ";" if platform == "win32" else ":"
    if platform == "win32":
        programs = Path(environ.get("ProgramFiles") or r"C:\Program Files")
        shared = [programs / edition / "Modules" for edition in ("PowerShell", "PowerShell/7", "WindowsPowerShell")]
    else:
        shared = [Path("/usr/local/share/powershell/Modules")]
    return [*(Path(folder) for folder in named.split(separator) if folder), *module_folders(environ, platform), *shared]


def _documents() -> Path | None:
    """The user's documents, which need not be below the profile; None where Windows does not say."""
    if sys.platform != "win32":
        return None
    import ctypes

    text = ctypes.create_unicode_buffer(260)
    personal, current = 5, 0
    if ctypes.windll.shell32.SHGetFolderPathW(None, personal, None, current, text) != 0:
        return None
    return Path(text.value)


def _refuse_beside_reference(folders: Sequence[Path]) -> None:
    """Two modules of one name: which of them a script gets would depend on their versions."""
    for folder in folders:
        for manifest in _manifests(folder / REFERENCE):
            if not _is_ours(manifest):
                raise OutputError(
                    f"{REFERENCE} itself is installed in '{manifest.parent}'. Nothing was installed.",
                    action=f"Use 'psopenai module install' and Import-Module {NAME}, or remove {REFERENCE} first.",
                )


def _manifests(target: Path) -> Iterator[Path]:
    """The manifests of a module, which may stand in a folder for each version."""
    try:
        yield from (path for path in (*target.glob("*.psd1"), *target.glob("*/*.psd1")) if path.stem == target.name)
    except OSError:
        return


def _is_ours(manifest: Path) -> bool:
    try:
        return GUID in manifest.read_text("utf-8", errors="replace")
    except OSError:
        return False


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.read_bytes() == data


def _replace(file: Path, data: bytes) -> None:
    """Write a file beside its place and move it there: a session that loads the module meets whole files."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _output_error(what: str, error: OSError) -> OutputError:
    return OutputError(f"{what}: {error.strerror or error}.", action="Name another folder with --path.")


def _request(arguments: list[str]) -> InstallRequest:
    action, *rest = arguments or [""]
    given = dict(_options(rest))
    name = next((known for known in _ONLY if known.lower() == given.get("as", NAME).lower()), None)
    if action.lower() not in ("install", "uninstall") or name is None or "" in given.values():
        raise _usage_error()
    both = action.lower() == "uninstall" and "as" not in given
    try:
        folder = Path(given["path"]).expanduser() if "path" in given else None
    except RuntimeError as error:  # an unknown user's home
        raise OutputError(f"The folder '{given['path']}' cannot be used: {error}", action="Write it out.") from None
    return InstallRequest(action.lower(), tuple(_ONLY) if both else (name,), folder)


def _options(arguments: list[str]) -> Iterator[tuple[str, str]]:
    """Names and values, written as PowerShell does (`-As X`, `-As:X`) or as other command lines do (`--as=X`)."""
    left = iter(arguments)
    for text in left:
        option = re.fullmatch(r"--?(as|path)(?:[:=](.*))?", text, re.IGNORECASE | re.DOTALL)
        if not option:
            raise _usage_error()
        yield option[1].lower(), next(left, "") if option[2] is None else option[2]


def _usage_error() -> BindingError:
    return BindingError(
        f"The PowerShell module can be installed and uninstalled, under its own name or as {REFERENCE}.",
        error_id="ParameterArgumentValidationError",
        category="InvalidData",
        reason="ParameterBindingValidationException",
        action=_USAGE,
    )
