"""Makes the environments of `_environment` with what comes with Python: venv and pip.

A set-up may be killed at any moment, and several may start at once. A lock file for each environment lets
one process work while the others wait. The lock is the operating system's and ends with its holder, so it is
never stale.
"""

import contextlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator

import _layout
from _layout import ROOT

NETWORK_ADVICE = (
    "Packages come from PyPI: check the network, name a proxy with HTTPS_PROXY or another index with"
    " PIP_INDEX_URL, then run the same command again."
)


class SetupError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def make(name: str, folder: str, stamp: str) -> None:
    """Make the environment `name` in `folder`. Ends the process when that fails or is interrupted."""
    try:
        require_venv()
        require_parent(folder)
        with locked(folder + ".lock"):
            if not _layout.is_ready(folder, stamp):  # another process may have made it while we waited
                fill(name, folder)
                write_stamp(folder, stamp)
    except KeyboardInterrupt:
        say("interrupted; the next run starts the set-up again")
        sys.exit(130)
    except (SetupError, OSError) as error:
        say(f"set-up failed: {error}")
        sys.exit(1)


def require_venv() -> None:
    """Debian and Ubuntu ship these modules apart from Python; venv itself would notice in the middle."""
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        package = "python{}.{}-venv".format(*sys.version_info)
        raise SetupError(
            f"{sys.executable} has no module venv or ensurepip; on Debian and Ubuntu: apt install {package}"
        )


def require_parent(folder: str) -> None:
    """Make the folder of all environments, which git is not to see."""
    parent = os.path.dirname(folder)
    os.makedirs(parent, exist_ok=True)
    with open(os.path.join(parent, ".gitignore"), "w", encoding="utf-8") as file:
        file.write("*\n")


@contextlib.contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the lock file at `path`. The file stays: removing it would let two in."""
    with open(path, "a", encoding="utf-8") as file:
        if not try_lock(file.fileno()):
            say("waiting for another process that sets up the same environment")
            while not try_lock(file.fileno()):
                time.sleep(0.2)
        yield


def try_lock(descriptor: int) -> bool:
    """Whether we got the lock."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def fill(name: str, folder: str) -> None:
    """Make the environment from nothing: the remains of another one are not worth a second thought."""
    remove(folder)
    say(f"setting up {folder} (once, for Python {sys.version.split()[0]})")
    run_step([sys.executable, "-I", "-m", "venv", folder])
    packages = requirements(name)
    say("installing the package" + (f" and the dependency group {name}" if packages else ""))
    # -I: packages that PYTHONPATH holds must not count as installed. -e: edits of the source count at once.
    pip = [_layout.interpreter(folder), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    try:
        run_step([*pip, "install", "--no-input", "-e", ".", *packages])
    except SetupError as error:
        raise SetupError(f"{error}\n{NETWORK_ADVICE}") from None


def remove(folder: str) -> None:
    """Remove the environment, its stamp first: one that is half removed must not look finished."""
    for delete, path in ((os.unlink, _layout.stamp_path(folder)), (shutil.rmtree, folder)):
        with contextlib.suppress(FileNotFoundError):
            delete(path)


def run_step(command: list[str]) -> None:
    """Run one step of the set-up. Our stdin is not for it.

    What it prints (a traceback on Ctrl-C, warnings about the user's pip.conf) is of use only when it fails.
    """
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PIP_USER": "0"},  # "user = true" in a pip.conf is an error in an environment
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if result.returncode:
        output = result.stdout.decode(errors="replace").strip()
        raise SetupError(f"{shlex.join(command)} gave exit code {result.returncode}\n{output}")


def requirements(group: str) -> list[str]:
    """The requirements of a dependency group and of those it includes. pip reads groups only since 25.1."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        groups = tomllib.load(file)["dependency-groups"]

    def expand(name: str) -> Iterator[str]:
        for entry in groups.get(name, ()):
            if isinstance(entry, dict):
                yield from expand(entry["include-group"])
            else:
                yield entry

    return list(expand(group))


def write_stamp(folder: str, stamp: str) -> None:
    """Declare the environment finished, in one step that cannot be half done."""
    path = _layout.stamp_path(folder)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(stamp)
    os.replace(path + ".new", path)


def say(message: str) -> None:
    """Tell the user about the set-up. On stderr: stdout belongs to the program that is run."""
    print("psopenai_py:", message, file=sys.stderr, flush=True)
