"""The environment of programs whose coverage other tests measure: whole stories, and PowerShell's workers.

And of those that are killed or may not write: of a file that was cut off while it was written, no coverage is read.
"""

from __future__ import annotations

import os


def environment() -> dict[str, str]:
    """The variables of this process, without those that make every further one measure its coverage."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
