"""Measures warm calls of the PowerShell module, beside Invoke-RestMethod to the same server in the same process.

And lists and contents, from the server that has them, beside what the least of them takes.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from .measure import server

PEERS = Path(__file__).with_name("peers")
MODULE = Path(__file__).resolve().parents[2] / "compat" / "PSOpenAI.Py" / "PSOpenAI.Py.psd1"


def lines(python: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Lines of text; one that says so where there is no pwsh. Ends the process when a call fails."""
    if not shutil.which("pwsh"):
        yield "the module in PowerShell was not measured: no pwsh on PATH"
        return
    told = dict(environment) | {"PSOPENAI_PYTHON": python}
    with server([python, str(PEERS / "bulk.py")]) as bulk:
        command = ["pwsh", "-NoProfile", "-NonInteractive", "-File", str(PEERS / "module.ps1"), str(MODULE), bulk]
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the module did not do what it should; it wrote:\n{done.stdout}{done.stderr}")
    yield from done.stdout.splitlines()
