"""PowerShell for the tests: whether there is one, and a script run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests import unmeasured

PWSH = shutil.which("pwsh")
#: Set where its absence is a failure, so that nobody believes in tests that never run.
REQUIRED = bool(os.environ.get("PSOPENAI_TEST_POWERSHELL"))
WITHOUT = "no pwsh on PATH: the module and the programs were not run in PowerShell"
needed = pytest.mark.skipif(not PWSH and not REQUIRED, reason=WITHOUT)


def skip() -> NoReturn:
    """Skip a test because there is no PowerShell, or fail where there has to be one."""
    if REQUIRED:
        pytest.fail(WITHOUT)
    pytest.skip(WITHOUT)


def run(arguments: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run pwsh without profile or questions in a folder."""
    if not PWSH:
        skip()
    return subprocess.run(
        ["pwsh", "-NoProfile", "-NonInteractive", *arguments],
        cwd=folder,
        env=unmeasured.environment() | {"NO_COLOR": "1"} | dict(env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def facts(script: str, folder: Path, env: Mapping[str, str]) -> Any:
    """Run a script that prints one JSON document, and nothing else; return the document."""
    path = folder / "script.ps1"
    path.write_text(script, "utf-8-sig")
    done = run(["-File", str(path)], folder, env)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return json.loads(done.stdout)
