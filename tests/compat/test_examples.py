"""The scripts of compat/examples: each does on PowerShell with the module what its port does without."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_pwsh

from tests import powershell, unmeasured

EXAMPLES = Path(__file__).resolve().parents[2] / "compat" / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.ps1"))
#: What a run leaves: exit code, output, and the files with their content as far as it can be compared.
Outcome = tuple[int, str, dict[str, str]]


def _port(script: Path) -> Path:
    found = [path for path in script.parent.glob(f"{script.stem}.*") if path != script]
    assert len(found) == 1
    return found[0]


def _run(command: list[str], folder: Path) -> Outcome:
    """Run a script in a folder of its own, beside the files that some of them read."""
    folder.mkdir()
    for data in (*EXAMPLES.glob("*.csv"), *EXAMPLES.glob("*.json")):
        shutil.copy(data, folder)
    environment = unmeasured.environment() | {
        "OPENAI_API_BASE": f"sandbox:{folder.as_posix()}.jobs?speed=10",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PSModulePath": str(EXAMPLES.parent),
        "PSOPENAI_PYTHON": sys.executable,
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )
    # A program that waits writes a line for each change of a job; PowerShell shows it another way.
    assert re.sub(r"(?m)^Video video_\w+: .*\n", "", done.stderr) == ""
    files = {path.relative_to(folder).as_posix(): _content(path) for path in folder.rglob("*") if path.is_file()}
    return done.returncode, done.stdout.replace("\r\n", "\n"), files


def _content(path: Path) -> str:
    """Text as it is; of a video, that it is one; of a log nothing, because shells write different ones."""
    if path.suffix == ".log":
        return ""
    data = path.read_bytes()
    if path.suffix == ".mp4":
        return f"{data[4:8].decode()}, {len(data) > 1000}"
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def _scripts() -> list[Any]:
    """On Windows, only those with a port to Python: what is called bash there may be another system's."""
    unix = sys.platform != "win32" and shutil.which("bash") and shutil.which("jq")
    no_shell = pytest.mark.skipif(not unix, reason="the port needs bash and jq")
    return [pytest.param(path, marks=no_shell if _port(path).suffix == ".sh" else ()) for path in SCRIPTS]


@powershell.needed
@pytest.mark.parametrize("script", _scripts(), ids=[path.stem for path in SCRIPTS])
def test_a_script_and_its_port_do_the_same(script: Path, tmp_path: Path) -> None:
    port = _port(script)
    interpreter = sys.executable if port.suffix == ".py" else "bash"
    ours = _run(["pwsh", "-NoProfile", "-NonInteractive", "-File", str(script)], tmp_path / "powershell")
    theirs = _run([interpreter, str(port)], tmp_path / "port")
    assert ours == theirs
    assert ours[1]


def test_each_is_powershell_and_says_what_it_is() -> None:
    """By a grammar, for where no PowerShell reads them."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    assert len(SCRIPTS) >= 15
    for script in SCRIPTS:
        assert not parser.parse(script.read_bytes()).root_node.has_error, script.name
        for path in (script, _port(script)):
            assert re.match("# [A-Z].*", path.read_text("utf-8")), path.name
