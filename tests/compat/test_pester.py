"""The Pester tests, wherever there is a PowerShell with Pester 5."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import powershell, unmeasured

TESTS = Path(__file__).with_name("pester")
_HAS_PESTER = "if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge ([version]'5.0'))) { exit 3 }"
#: Pester takes seconds to start, and a third of all tests at once keep each core busy.
_PARTS = [sorted(TESTS.glob("*.Tests.ps1"))[start::3] for start in range(3)]


def _name(part: list[Path]) -> str:
    return "-".join(path.name.partition(".")[0] for path in part)


@pytest.mark.parametrize("part", _PARTS, ids=_name)
def test_the_module_in_powershell(part: list[Path], tmp_path: Path) -> None:
    if not _shells():
        powershell.skip()
    ready = _shells_with_pester()
    assert ready, "PowerShell has no Pester 5: Install-Module Pester -MinimumVersion 5.0 -Scope CurrentUser"
    paths = ", ".join(f"'{path}'" for path in part)
    script = f"Import-Module Pester -MinimumVersion 5.0; Invoke-Pester -Path {paths} -Output Detailed -CI"
    for shell in ready:
        done = _command(shell, script, tmp_path)
        assert done.returncode == 0, f"{shell}:\n{done.stdout}\n{done.stderr}"


def _shells() -> list[str]:
    """PowerShell 7, and Windows PowerShell where it is."""
    return [shell for shell in ("pwsh", "powershell") if shutil.which(shell)]


@functools.cache
def _shells_with_pester() -> list[str]:
    return [shell for shell in _shells() if _command(shell, _HAS_PESTER, TESTS).returncode == 0]


def _command(shell: str, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [shell, "-NoProfile", "-NonInteractive", "-Command", script]
    environment = unmeasured.environment() | {"PSOPENAI_PYTHON": sys.executable}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=folder, timeout=600
    )


def test_pester_tests_are_powershell() -> None:
    import tree_sitter
    import tree_sitter_pwsh

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    scripts = list(TESTS.glob("*.ps1"))
    assert scripts
    for script in scripts:
        assert not parser.parse(script.read_bytes().removeprefix(b"\xef\xbb\xbf")).root_node.has_error


@pytest.mark.parametrize("required", ["", "1"], ids=["optional", "required"])
def test_a_run_without_powershell_says_so(required: str, tmp_path: Path) -> None:
    """In one line, whatever else was skipped. It fails where there has to be one."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "every_case or fam"]
    done = subprocess.run(
        [*command, str(TESTS.with_name("test_module_cases.py"))],
        capture_output=True,
        text=True,
        check=False,
        env=unmeasured.environment() | {"PATH": str(tmp_path), "PSOPENAI_TEST_POWERSHELL": required},
        cwd=TESTS.parents[2],
        timeout=120,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("not tested")]
    assert (done.returncode, lines) == (1 if required else 0, [f"not tested: {powershell.WITHOUT}"])
