"""Where the private environments of a checkout are, and which of them can be used.

A command of `scripts/` has to start at once when its environment is there, so nothing is loaded here that a bare
interpreter has not loaded by itself.

An environment can be used when its stamp holds what the stamp of a new one would. The stamp is written last,
so a set-up that was interrupted leaves none.

Every script imports this module first, directly or by `_environment`, and all of them must parse on Python 3.6: only
then does an old interpreter get as far as the message below.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("psopenai_py needs Python 3.11 or later; {} is {}.{}".format(sys.executable, *sys.version_info))

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def folder(name: str) -> str:
    """The folder of the environment `name`.

    The full version is part of its name: two interpreters must not take turns in replacing each other's.
    """
    leaf = "-".join([name, sys.platform, ".".join(map(str, sys.version_info[:3]))])
    return os.path.join(ROOT, ".environments", leaf)


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
