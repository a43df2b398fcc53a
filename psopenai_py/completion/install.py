"""Completion scripts where the shells find them: written, renewed and taken away again, and nothing else touched."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import BindingError, OutputError
from ..module import home_folder, module_folders
from .scripts import script

_BEGIN, _END = "# >>> psopenai completion >>>", "# <<< psopenai completion <<<"
_BLOCK = re.compile(rf"\n?{re.escape(_BEGIN)}\n.*?{re.escape(_END)}\n", re.DOTALL)
#: Without compinit, which is slow and which many start themselves, zsh completes nothing.
_LOAD_ZSH = "(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit -i }}\nsource {}"


class ScriptFile(NamedTuple):
    """Where a shell looks: the script's file and, unless the shell finds it there, the file that loads it."""

    script: Path
    profile: Path | None = None
    load: str = ""


def install(shells: Sequence[str], environ: Mapping[str, str]) -> str:
    """Write the scripts for some shells, or for those that are in use. Returns what to tell the user."""
    chosen = shells or list(_in_use(environ))
    if not chosen:
        raise BindingError(
            "No shell was found whose completion could be installed.",
            error_id="ShellNotFound",
            category="ObjectNotFound",
            action="psopenai completion install bash",
        )
    told = []
    for shell in chosen:
        for place in _places(shell, environ):
            _write(place.script, script(shell))
            told.append(f"{shell}: wrote {place.script}")
            if place.profile is not None:
                loaded = f"{_BEGIN}\n{place.load.format(_quoted(place.script, shell))}\n{_END}\n"
                if _change(place.profile, loaded):
                    told.append(f"{shell}: {place.profile} loads it")
    return "\n".join([*told, "New shells complete. To take it back: psopenai completion uninstall"])


def uninstall(shells: Sequence[str], environ: Mapping[str, str]) -> str:
    """Take away what `install` wrote, for some shells or for all. Returns what to tell the user."""
    told = []
    for shell in shells or ["bash", "zsh", "fish", "powershell"]:
        for place in _places(shell, environ):
            if place.script.exists():
                _delete(place.script)
                told.append(f"{shell}: deleted {place.script}")
            if place.profile is not None and _change(place.profile, ""):
                told.append(f"{shell}: {place.profile} no longer loads it")
    return "\n".join(told) or "Nothing was installed."


def _in_use(environ: Mapping[str, str]) -> Iterator[str]:
    """The shell of the user's, and those that have a profile."""
    own = Path(environ.get("SHELL", "")).name
    for shell in ("bash", "zsh", "fish", "powershell"):
        places = _places(shell, environ)
        begun = any((place.profile or place.script.parent.parent).exists() for place in places)
        if begun or own == shell or (shell == "powershell" and own == "pwsh"):
            yield shell


def _places(shell: str, environ: Mapping[str, str]) -> list[ScriptFile]:
    home = home_folder(environ, "HOME", "USERPROFILE")
    config = _folder(environ, "XDG_CONFIG_HOME", home / ".config")
    data = _folder(environ, "XDG_DATA_HOME", home / ".local" / "share") / "psopenai_py"
    if shell == "fish":
        return [ScriptFile(config / "fish" / "conf.d" / "psopenai.fish")]
    if shell == "bash":
        return [ScriptFile(data / "completion.bash", _bash_profile(home), '[ -z "$BASH_VERSION" ] || . {}')]
    if shell == "zsh":
        profile = _folder(environ, "ZDOTDIR", home) / ".zshrc"
        return [ScriptFile(data / "completion.zsh", profile, _LOAD_ZSH)]
    return [
        ScriptFile(data / "completion.ps1", folder / "Microsoft.PowerShell_profile.ps1", ". {}")
        for folder in _powershell_folders(environ, home, config)
    ]


def _bash_profile(home: Path, platform: str = sys.platform) -> Path:
    """What bash reads first. On macOS a new window is a login shell, which reads one of three files."""
    if platform != "darwin":
        return home / ".bashrc"
    known = [home / name for name in (".bash_profile", ".bash_login", ".profile")]
    return next((path for path in known if path.exists()), known[0])


def _powershell_folders(environ: Mapping[str, str], home: Path, config: Path) -> list[Path]:
    if sys.platform != "win32":
        return [config / "powershell"]
    return [folder.parent for folder in module_folders(environ)]


def _folder(environ: Mapping[str, str], variable: str, usual: Path) -> Path:
    given = environ.get(variable, "")
    return Path(given) if Path(given).is_absolute() else usual


def _quoted(path: Path, shell: str) -> str:
    text = str(path)
    return "'" + text.replace("'", "''" if shell == "powershell" else "'\\''") + "'"


def _change(profile: Path, block: str) -> bool:
    """Put our block at the end of a profile, in place of an earlier one; False if it is there as it should be."""
    # Bytes that are no UTF-8, and line ends, stay as they are.
    before = profile.read_bytes().decode("utf-8", "surrogateescape") if profile.exists() else ""
    found = _BLOCK.search(before)
    if found and block and found[0].lstrip("\n") == block:
        return False
    kept = _BLOCK.sub("", before)
    if block:
        gap = "" if not kept else "\n" if kept.endswith("\n") else "\n\n"
        kept += gap + block
    if kept == before:
        return False
    _write(profile, kept)
    return True


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all. A link stays one."""
    target = path.resolve()
    beside = target.with_name(f"{target.name}.psopenai.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(text.encode("utf-8", "surrogateescape"))
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"The file '{path}' could not be written: {error.strerror or error}.") from None


def _delete(path: Path) -> None:
    try:
        path.unlink()
        path.parent.rmdir()  # only if nothing else is in it
    except OSError as error:
        if path.exists():
            raise OutputError(f"The file '{path}' could not be deleted: {error.strerror or error}.") from None
