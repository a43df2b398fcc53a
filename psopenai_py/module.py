"""`psopenai module install`: the PowerShell module, copied to where PowerShell looks for modules."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import BindingError, OutputError

NAME = "PSOpenAI.Py"
#: The file that tells the module which Python it was installed with.
NOTE = "Python.txt"


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Install the module, and return what to tell the user.

    Raises BindingError for other arguments than `install [--path FOLDER]`, OutputError when it cannot be copied.
    """
    given = _path(list(arguments))
    folders = [Path(given).expanduser()] if given else module_folders(environ)
    return "\n".join([*(f"Installed: {install(folder)}" for folder in folders), f"Use it with: Import-Module {NAME}"])


def install(folder: Path) -> Path:
    """Copy the module into a folder of modules, over an earlier copy, and return where it is then."""
    target = folder / NAME
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in sorted(source().iterdir()):
            if file.is_file() and file.name != NOTE:
                shutil.copyfile(file, target / file.name)
        (target / NOTE).write_text(f"{sys.executable}\n", "utf-8")
    except OSError as error:
        why = error.strerror or error
        raise OutputError(
            f"The module could not be copied to '{target}': {why}.", action="Name another folder with --path."
        ) from None
    return target


def source() -> Path:
    """The module's files: inside the package where it was installed from a wheel, else in the checkout."""
    inside = Path(__file__).with_name(NAME)
    return inside if inside.is_dir() else Path(__file__).resolve().parents[1] / "compat" / NAME


def module_folders(environ: Mapping[str, str], platform: str = sys.platform) -> list[Path]:
    """Where PowerShell looks for the user's modules: of both editions on Windows, of PowerShell 7 elsewhere."""
    if platform == "win32":
        documents = _documents() or Path(environ.get("USERPROFILE") or Path.home()) / "Documents"
        return [documents / edition / "Modules" for edition in ("PowerShell", "WindowsPowerShell")]
    data = environ.get("XDG_DATA_HOME", "")
    home = Path(environ.get("HOME") or Path.home())
    return [(Path(data) if data.startswith("/") else home / ".local" / "share") / "powershell" / "Modules"]


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


def _path(arguments: list[str]) -> str | None:
    action, *rest = arguments or [""]
    if action.lower() == "install" and not rest:
        return None
    if action.lower() == "install" and rest[0] == "--path" and len(rest) == 2 and rest[1]:
        return rest[1]
    if action.lower() == "install" and rest[0].startswith("--path=") and len(rest) == 1 and rest[0] != "--path=":
        return rest[0].removeprefix("--path=")
    raise BindingError(
        "The PowerShell module can be installed, and nothing else.",
        error_id="ParameterArgumentValidationError",
        category="InvalidData",
        reason="ParameterBindingValidationException",
        action="psopenai module install [--path FOLDER]",
    )
