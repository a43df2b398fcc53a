"""The private environments of a checkout: where they are, which can be used, how to run a program in one.

A command of `scripts/` has to start at once when its environment is there. So this module loads nothing at
the top that a bare interpreter has not loaded by itself; making an environment is slow anyway, and lives in
`_setup`.

An environment can be used when its stamp holds what the stamp of a new one would. The stamp is written last,
so a set-up that was interrupted leaves none.

Every script imports this module first, and all of them must parse on Python 3.6: only then does an old
interpreter get as far as the message below.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("psopenai_py needs Python 3.11 or later; {} is {}.{}".format(sys.executable, *sys.version_info))

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def python(name: str) -> str:
    """Path of the interpreter of the environment `name`, which is made first when it is missing or outdated.

    `run` holds the package; any other name is a dependency group of `pyproject.toml` and holds that as well.
    Ends the process with one line on stderr when the environment cannot be made.
    """
    stamp = current_stamp()
    folders = candidates(name)
    for folder in folders:
        if is_ready(folder, stamp):
            return interpreter(folder)
    import _setup

    return interpreter(_setup.make(name, folders, stamp))


def candidates(name: str) -> list[str]:
    """Where the environment may be: in the checkout or, when that is read-only, in the user's cache.

    The full version is part of the name: two interpreters must not take turns in replacing each other's.
    """
    leaf = "-".join([name, sys.platform, ".".join(map(str, sys.version_info[:3]))])
    checkout = "".join(letter if letter.isalnum() else "-" for letter in ROOT)[-100:]
    return [
        os.path.join(ROOT, ".environments", leaf),
        os.path.join(user_cache(), "psopenai_py", "environments", checkout, leaf),
    ]


def user_cache() -> str:
    """The folder for things that can be made again."""
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    return os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")


def current_stamp() -> str:
    """All that an environment depends on, as text: to compare it costs less than to load a hash function.

    The place of the checkout counts: an environment holds absolute paths, so a copy of it runs the original.
    """
    with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        declared = file.read().partition("\n[tool.")[0]
    return repr((sys.version, sys.base_prefix, ROOT)) + "\n" + declared


def is_ready(folder: str, stamp: str) -> bool:
    """Whether the environment in `folder` was finished for this stamp and its interpreter still exists."""
    try:
        with open(stamp_path(folder), encoding="utf-8") as file:
            return file.read() == stamp and os.path.exists(interpreter(folder))
    except OSError:
        return False


def stamp_path(folder: str) -> str:
    """The file that says what the environment in `folder` was made for."""
    return os.path.join(folder, "stamp.txt")


def interpreter(folder: str) -> str:
    """The interpreter of the environment in `folder`."""
    if sys.platform == "win32":
        return os.path.join(folder, "Scripts", "python.exe")
    return os.path.join(folder, "bin", "python")


def become(command: list[str]) -> int:
    """Go on as `command`: same process, terminal and signals. Windows cannot, so there it is a child."""
    if sys.platform == "win32":
        return forward(command)
    os.execv(command[0], command)


def forward(command: list[str], folder: "str | None" = None) -> int:
    """Exit code of `command`, run in `folder`.

    The command gets a Ctrl-C too, and what to do about it is its business; when it has ended, so do we.
    """
    import signal
    import subprocess

    interrupts: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    code = subprocess.call(command, cwd=folder)
    if interrupts:
        sys.exit(code or 130)
    return code if code >= 0 else 128 - code  # ended by a signal: the number that a shell would give


def say(message: str) -> None:
    """Tell the user about the set-up. On stderr: stdout belongs to the program that is run."""
    print("psopenai_py:", message, file=sys.stderr, flush=True)
