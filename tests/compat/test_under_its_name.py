"""The module under the name PSOpenAI, in a PowerShell of its own: for scripts that nobody changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests import powershell
from tests.conftest import Run

pytestmark = powershell.needed

#: Puts out facts as JSON, one for each line of the table below.
_HEAD = """
Set-StrictMode -Version Latest
function Show-Error([scriptblock]$Script) {
    try { & $Script } catch { return "$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)|$_" }
    'nothing was thrown'
}
"""


def _facts(modules: Path, script: str, folder: Path) -> Any:
    base = f"sandbox:{folder.as_posix()}/jobs?speed=1000"
    return powershell.facts(script, folder, {"PSModulePath": str(modules), "OPENAI_API_BASE": base})


@pytest.fixture
def modules(run: Run, tmp_path: Path) -> Path:
    assert run("psopenai", "module", "install", "-As", "PSOpenAI", "--path", str(tmp_path / "modules")).exit_code == 0
    return tmp_path / "modules"


def _missing(name: str) -> str:
    text = f"'{name}' is a cmdlet of the module PSOpenAI that psopenai_py does not have. What is installed here under"
    return f"CommandNotFoundException,{name}|ObjectNotFound|{text} the name PSOpenAI brings the video cmdlets only."


def test_scripts_find_the_module(modules: Path, tmp_path: Path) -> None:
    script = f"""#Requires -Modules PSOpenAI, @{{ ModuleName = 'PSOpenAI'; ModuleVersion = '4.0' }}
{_HEAD}
$module = Import-Module PSOpenAI -PassThru
@{{
    version   = "$($module.Version)"
    exported  = @($module.ExportedCommands.Keys | Sort-Object)
    status    = (PSOpenAI\\New-Video 'Dancing Doggo' | PSOpenAI\\Wait-Video).status
    source    = (Get-Command New-Video).Source
    python    = [IO.File]::ReadAllText("$($module.ModuleBase)/Python.txt").Trim()
}} | ConvertTo-Json"""
    names = "Clear-OpenAIContext Get-OpenAIContext Get-Video Get-VideoContent New-Video New-VideoRemix"
    assert _facts(modules, script, tmp_path) == {
        "version": "4.49.0",
        "exported": [*names.split(), "Remove-Video", "Set-OpenAIContext", "Wait-Video"],
        "status": "completed",
        "source": "PSOpenAI",
        "python": sys.executable,
    }


def test_what_is_missing_says_so(modules: Path, tmp_path: Path) -> None:
    """However it is called; and who only asks whether there is such a cmdlet is told the truth."""
    script = f"""{_HEAD}
$facts = [ordered]@{{ unloaded = Show-Error {{ Request-Moderation 'x' }} }}
Import-Module PSOpenAI
$facts += @{{
    plain      = Show-Error {{ Request-ChatCompletion -Message 'hello' -Model gpt-5 }}
    piped      = Show-Error {{ 'a', 'b' | Request-ImageGeneration | Out-Null }}
    qualified  = Show-Error {{ PSOpenAI\\Get-OpenAIModels }}
    alias      = Show-Error {{ Request-ChatGPT 'x' }}
    quiet      = Show-Error {{ Request-Embeddings 'x' -ErrorAction SilentlyContinue }}
    unasked    = $(
        $WhatIfPreference = $true; $ConfirmPreference = 'Low'
        Show-Error {{ Get-Thread 'x' }}
        $WhatIfPreference = $false; $ConfirmPreference = 'High'
    )
    caught     = $(
        try {{ Get-Batch }} catch [Management.Automation.CommandNotFoundException] {{ $_.Exception.CommandName }}
    )
    action     = $(try {{ Get-Batch }} catch {{ $_.ErrorDetails.RecommendedAction }})
    parallel   = @(1..2 | ForEach-Object -Parallel {{ try {{ Start-Batch }} catch {{ $_.FullyQualifiedErrorId }} }})
    found      = @(Get-Command Request-ChatCompletion -ErrorAction Ignore).Count
    completed  = [Management.Automation.CommandCompletion]::CompleteInput('Request-C', 9, $null).CompletionMatches.Count
    otherwise  = Show-Error {{ No-SuchCommand }}
    foreign    = Show-Error {{ Other\\Request-ChatCompletion }}
}}
Remove-Module PSOpenAI
$facts.afterwards = $null -eq $ExecutionContext.InvokeCommand.CommandNotFoundAction
$facts | ConvertTo-Json"""
    facts = _facts(modules, script, tmp_path)
    assert facts.pop("otherwise").startswith("CommandNotFoundException|ObjectNotFound|The term 'No-SuchCommand'")
    assert facts.pop("foreign").startswith("CouldNotAutoLoadModule|ObjectNotFound|The module 'Other'")
    assert facts == {
        "unloaded": _missing("Request-Moderation"),
        "plain": _missing("Request-ChatCompletion"),
        "piped": _missing("Request-ImageGeneration"),
        "qualified": _missing("Get-OpenAIModels"),
        "alias": _missing("Request-ChatGPT"),
        "quiet": _missing("Request-Embeddings"),
        "unasked": _missing("Get-Thread"),
        "caught": "Get-Batch",
        "action": "Run 'psopenai module uninstall -As PSOpenAI', then 'Install-Module PSOpenAI'.",
        "parallel": ["CommandNotFoundException,Start-Batch"] * 2,
        "found": 0,
        "completed": 0,
        "afterwards": True,
    }


def test_an_answer_of_others_stays(modules: Path, tmp_path: Path) -> None:
    script = f"""{_HEAD}
$ExecutionContext.InvokeCommand.CommandNotFoundAction = {{
    param ($sender, $lookup)
    if ($lookup.CommandName -eq 'Get-Batch') {{ $lookup.CommandScriptBlock = {{ 'theirs' }} }}
}}
Import-Module PSOpenAI
$facts = @{{ theirs = Get-Batch; ours = Show-Error {{ Stop-Batch }} }}
Import-Module PSOpenAI -Force
Remove-Module PSOpenAI
$facts.afterwards = Get-Batch
$facts | ConvertTo-Json"""
    facts = {"theirs": "theirs", "ours": _missing("Stop-Batch"), "afterwards": "theirs"}
    assert _facts(modules, script, tmp_path) == facts
