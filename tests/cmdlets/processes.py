"""Cmdlets in processes of their own: measured, interrupted, limited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: True where the most memory that a process ever had can be read. Elsewhere it counts what its parent had.
measures_memory = Path("/proc/self/status").exists()

_MEASURED = """
import sys
from psopenai_py.shell import run
code = run(sys.argv[1], sys.argv[2:])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""


def measured(*arguments: str) -> tuple[subprocess.CompletedProcess[bytes], int]:
    """Run a cmdlet that says nothing on stderr; the result, and the most memory that it had, in KiB."""
    done = subprocess.run([sys.executable, "-c", _MEASURED, *arguments], capture_output=True, check=False)
    return done, int(done.stderr.split()[-1])
