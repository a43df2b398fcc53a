"""Runs second opinions about hosted services: `python3 scripts/test.py --providers [arguments for pytest]`.

They are the typed models of the vendors' own clients, and an emulator that others wrote. They come from PyPI and npm.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import _environment
import _servers

EMULATOR = "@copilotkit/aimock@1.43.0"
TESTS = "tests/providers/test_vendors.py tests/providers/test_aimock.py"
_WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def run(arguments: list[str]) -> int:
    """Install what is missing, and run the tests; exit code of pytest. Without the emulator, its tests are skipped."""
    python = _environment.python("dev")
    vendors = subprocess.check_output([_environment.python("providers"), "-I", "-c", _WHERE], text=True).strip()
    folder = Path(_environment.ROOT, ".environments", "providers-parts", "aimock")
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        _servers.add(EMULATOR, folder)
        os.environ["PSOPENAI_AIMOCK"] = str(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{EMULATOR} cannot be installed: {getattr(error, 'stderr', '') or error}", file=sys.stderr)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), vendors]))
    # Options alone choose none of the tests, so that without a path these are meant.
    return _environment.forward([python, "-m", "pytest", "-o", f"testpaths={TESTS}", *arguments], _environment.ROOT)
