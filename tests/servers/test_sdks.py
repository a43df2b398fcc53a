"""The vendor's own client for Node against the sandbox; the one for Python is part of the usual suite."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.servers.counterparts import HERE, Counterpart, part


def test_node(sandbox: Counterpart, tmp_path: Path) -> None:
    folder, node = part("node_sdk"), shutil.which("node")
    assert node is not None
    program = folder / "story.mjs"
    shutil.copy(HERE / "story.mjs", program)
    command = [node, str(program), sandbox.base, str(tmp_path / "x.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts == {
        "statuses": ["queued", "completed", "failed"],
        "listed": True,
        "remixed": True,
        "deleted": True,
        "refused": 400,
        "notReady": 404,
    }
    assert (tmp_path / "x.mp4").read_bytes()[4:8] == b"ftyp"
