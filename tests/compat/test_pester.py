"""The Pester tests, wherever there is a PowerShell with Pester 5."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import powershell, unmeasured

TESTS = Path(__file__).with_name("pester")
_HAS_PESTER = "if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge ([version]'5.0'))) { exit 3 }"


def _shells() -> list[str]:
    """PowerShell 7, and Windows PowerShell where it is."""
    return [shell for shell in ("pwsh", "powershell") if shutil.which(shell)]


@pytest.mark.parametrize("tests", sorted(TESTS.glob("*.Tests.ps1")), ids=lambda path: path.name.partition(".")[0])
def test_the_module_in_powershell(tests: Path, tmp_path: Path) -> None:
    ready = [shell for shell in _shells() if _command(shell, _HAS_PESTER, tmp_path).returncode == 0]
    if not _shells():
        powershell.skip()
    assert ready, "PowerShell has no Pester 5: Install-Module Pester -MinimumVersion 5.0 -Scope CurrentUser"
    script = f"Import-Module Pester -MinimumVersion 5.0; Invoke-Pester -Path '{tests}' -Output Detailed -CI"
    for shell in ready:
        done = _command(shell, script, tmp_path)
        assert done.returncode == 0, f"{shell}:\n{done.stdout}\n{done.stderr}"


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
