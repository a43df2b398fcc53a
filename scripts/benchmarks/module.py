"""Measures warm calls of the PowerShell module, beside Invoke-RestMethod to the same server in the same process."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

SCRIPT = Path(__file__).with_name("peers") / "module.ps1"
MODULE = Path(__file__).resolve().parents[2] / "compat" / "PSOpenAI.Py" / "PSOpenAI.Py.psd1"


def lines(python: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Lines of text; one that says so where there is no pwsh. Ends the process when a call fails."""
    if not shutil.which("pwsh"):
        yield "the module in PowerShell was not measured: no pwsh on PATH"
        return
    command = ["pwsh", "-NoProfile", "-NonInteractive", "-File", str(SCRIPT), str(MODULE)]
    told = dict(environment) | {"PSOPENAI_PYTHON": python}
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the module did not do what it should; it wrote:\n{done.stdout}{done.stderr}")
    yield from done.stdout.splitlines()
