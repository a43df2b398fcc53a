"""The programs called from PowerShell, as native commands: what arrives of what is typed, exit codes, completion."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from tests import powershell

pytestmark = powershell.needed

#: What is typed, and the fields of the request that it makes.
TYPED: dict[str, dict[str, str]] = {
    "New-Video 'Dancing Doggo' -Seconds 8": {"prompt": "Dancing Doggo", "seconds": "8"},
    "New-Video -Prompt:x -Verbose:$false -sec:4": {"prompt": "x", "seconds": "4"},
    "New-Video -Prompt: 'x y'": {"prompt": "x y"},
    "$given = @{ Prompt = 'splat'; Seconds = 4 }; New-Video @given": {"prompt": "splat", "seconds": "4"},
    "$given = '-Prompt', 'a b', '-Seconds', 4; New-Video @given": {"prompt": "a b", "seconds": "4"},
    "New-Video 'x' -Seconds 2.50": {"prompt": "x", "seconds": "2.50"},
    "New-Video 'x' -Size 1280X720": {"prompt": "x", "size": "1280x720"},
    "New-Video 'Zürich 絵 \"quotes\" $x it''s'": {"prompt": 'Zürich 絵 "quotes" $x it\'s'},
    "$name = 'doggo'; New-Video \"a $name\"": {"prompt": "a doggo"},
    'New-Video x -AdditionalBody \'{"seed": 7, "o": {"k": "a b"}}\'': {"prompt": "x", "seed": "7", "o": '{"k":"a b"}'},
    "New-Video x -AdditionalBody '@{seed = 7}'": {"prompt": "x", "seed": "7"},
    "@{ prompt = 'piped' } | ConvertTo-Json | New-Video": {"prompt": "piped"},
    "'a line' | New-Video": {"prompt": "a line"},
}
#: What is typed, and what comes of it: exit code and error ids.
ENDS: dict[str, tuple[int, list[str]]] = {
    "New-Video 'x'": (0, []),
    "New-Video ''": (2, ["ParameterArgumentValidationError,New-Video"]),
    "New-Video 'x' -Model $null -Seconds 8": (2, ["MissingArgument,New-Video"]),
    "New-Video 'x' -Foo 1": (2, ["NamedParameterNotFound,New-Video"]),
    "New-Video 'x' -AdditionalBody @{seed=1}": (
        1,
        ["System.InvalidOperationException,Initialize-OpenAIAPIRequestParam"],
    ),
    "Get-Video nope": (1, ["NotFoundException,Get-Video"]),
    "New-Video 'x [401]'": (4, ["PSOpenAI.APIRequest.UnauthorizedException,Invoke-OpenAIAPIRequest"]),
    "New-Video 'x [429]' -ErrorAction SilentlyContinue": (1, []),
}


def _facts(script: str, folder: Path) -> Any:
    env = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        # No module of the name is found, so that the programs are called.
        "PSModulePath": str(folder / "none"),
        "OPENAI_API_BASE": f"sandbox:{folder.as_posix()}/jobs?speed=100",
    }
    return powershell.facts("[Console]::OutputEncoding = [Text.UTF8Encoding]::new()\n" + script, folder, env)


def _quoted(texts: Any) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def test_what_arrives(tmp_path: Path) -> None:
    script = f"""
$facts = foreach ($line in {_quoted(TYPED)}) {{
    $request = & ([scriptblock]::Create("$line -WhatIf")) | ConvertFrom-Json
    , @($request.fields | ForEach-Object {{ , @($_.name, $_.value) }})
}}
ConvertTo-Json -InputObject @($facts) -Depth 5"""
    seen = [dict(fields) for fields in _facts(script, tmp_path)]
    assert dict(zip(TYPED, seen, strict=True)) == {line: {"model": "sora-2"} | want for line, want in TYPED.items()}


def test_how_it_ends(tmp_path: Path) -> None:
    """The exit code, `$?`, and errors that can be caught if the session wants so."""
    script = f"""
function Get-End([string]$Line) {{
    $said = & ([scriptblock]::Create("$Line 2>&1; `$script:fine = `$?"))
    $shown = @($said | Where-Object {{ $_ -is [Management.Automation.ErrorRecord] }})
    $ids = @($shown | ForEach-Object {{ if ("$_" -match 'FullyQualifiedErrorId : (.+)') {{ $Matches[1].Trim() }} }})
    @{{ code = $LASTEXITCODE; fine = $fine; ids = $ids }}
}}
$facts = @(foreach ($line in {_quoted(ENDS)}) {{ Get-End $line }})
$PSNativeCommandUseErrorActionPreference = $true
$ErrorActionPreference = 'Stop'
$facts += try {{ Get-Video nope 2>$null }} catch {{
    @{{ id = $_.FullyQualifiedErrorId; code = $_.Exception.ExitCode }}
}}
ConvertTo-Json -InputObject $facts -Depth 5"""
    *seen, caught = _facts(script, tmp_path)
    assert dict(zip(ENDS, seen, strict=True)) == {
        line: {"code": code, "fine": code == 0, "ids": ids} for line, (code, ids) in ENDS.items()
    }
    assert caught == {"id": "ProgramExitedWithNonZeroCode", "code": 1}


def test_pipelines_and_bytes(tmp_path: Path) -> None:
    """JSON from program to program, and bytes that PowerShell does not touch."""
    script = """
New-Video 'Dancing Doggo' -Seconds 4 | Wait-Video 2>$null > job.json
$job = Get-Content job.json -Raw | ConvertFrom-Json
Get-VideoContent $job.id -OutFile whole.mp4 2>$null
Get-VideoContent $job.id > piped.mp4
$job.id | Remove-Video
@{
    status = $job.status
    same   = (Get-FileHash whole.mp4).Hash -eq (Get-FileHash piped.mp4).Hash
    left   = @(Get-Video -All | ConvertFrom-Json).Count
} | ConvertTo-Json"""
    assert _facts(script, tmp_path) == {"status": "completed", "same": True, "left": 0}


def test_completion(tmp_path: Path) -> None:
    script = """
psopenai completion powershell | Out-String | Invoke-Expression
function Get-Offer([string]$Line) {
    $found = [Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)
    , @($found.CompletionMatches.CompletionText)
}
@{
    parameter = Get-Offer 'New-Video -Prom'
    value     = Get-Offer 'New-Video -Size 1280'
    cmdlet    = Get-Offer 'psopenai New-VideoR'
    within    = Get-Offer 'psopenai Get-VideoContent -Vari'
    word      = Get-Offer 'psopenai module un'
} | ConvertTo-Json"""
    assert _facts(script, tmp_path) == {
        "parameter": ["-Prompt"],
        "value": ["1280x720"],
        "cmdlet": ["New-VideoRemix"],
        "within": ["-Variant"],
        "word": ["uninstall"],
    }
