# The module by PowerShell's own parser, and under its strictest mode.

BeforeDiscovery {
    $folder = "$PSScriptRoot/../../../compat/PSOpenAI.Py"
    $script:Files = @(
        Get-ChildItem -Path "$folder/*.ps1", "$folder/*.psm1", "$folder/*.psd1", "$PSScriptRoot/*.ps1" |
            ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
    )
}

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Parser' {
    It 'reads <Name>' -ForEach $Files {
        $tokens = $errors = $null
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref]$tokens, [ref]$errors)
        $errors | Should -BeNullOrEmpty
        $tree.EndBlock.Statements.Count | Should -BeGreaterThan 0
        # Windows PowerShell takes a file without a mark for one in the code page of the country.
        [System.IO.File]::ReadAllBytes($Path)[0..2] | Should -Be @(0xEF, 0xBB, 0xBF)
    }
}

Describe 'Strict mode' {
    BeforeAll {
        # Set in a profile or at the prompt, the mode holds in modules too.
        function Invoke-Strictly([string]$Script) {
            Invoke-Apart -Given "$TestDrive/strict" -Script "Set-StrictMode -Version Latest; $Script; `$Error.Count"
        }
    }

    It 'lets pass <Name>' -ForEach @(
        @{ Name = 'a job'; Expected = 'x', 0; Script = '(New-Video x).prompt' }
        @{ Name = 'a pipeline'; Expected = 'x', 0; Script = '(New-Video x | Wait-Video -PollIntervalSec 0.1 | Get-Video).prompt' }
        @{ Name = 'an empty list'; Expected = @(0); Script = 'Get-Video -ApiBase "sandbox:$Given/none"' }
        @{ Name = 'a body of any kind'; Expected = 'b', 0; Script = '(New-Video x -AdditionalBody @{ prompt = "b"; n = 1, @{ a = $null } }).prompt' }
        @{ Name = 'texts of all streams'; Expected = $true, 0; Script = '@(New-Video x -Verbose -Debug *>&1).Count -gt 2' }
        @{ Name = 'a file'; Expected = $true, 0; Script = 'New-Video x -Size 64x64 | Get-VideoContent -WaitForCompletion -OutFile "$Given.mp4"; Test-Path "$Given.mp4"' }
        @{ Name = 'bytes'; Expected = $true, 0; Script = '(New-Video x -Size 64x64 | Get-VideoContent -WaitForCompletion).Count -gt 1000' }
        @{ Name = 'a context'; Expected = 7, 0; Script = 'Set-OpenAIContext -TimeoutSec 7; $null = New-Video x; (Get-OpenAIContext).TimeoutSec; Clear-OpenAIContext' }
        @{ Name = 'an error of a list'; Expected = 'NotFoundException,Get-Video', 1; Script = '(Get-Video none 2>&1).FullyQualifiedErrorId' }
        @{ Name = 'an error of the service'; Expected = 404, 1; Script = 'try { Remove-Video none } catch { [int]$_.Exception.StatusCode }' }
        @{ Name = 'a missing file'; Expected = 'ObjectNotFound', 1; Script = 'try { New-Video x -InputReference none.png -ErrorAction Stop } catch { "$($_.CategoryInfo.Category)" }' }
        @{ Name = 'a value that cannot be sent'; Expected = 'OperationStopped', 1; Script = '"$((Get-VideoContent x -OutFile env:x 2>&1).CategoryInfo.Category)"' }
        @{ Name = 'an early end'; Expected = 'x', 0; Script = '(New-Video x | Select-Object -First 1).prompt' }
        @{ Name = 'a worker that died'; Expected = 'x', 0; Script = '$null = New-Video a; & (Get-Module PSOpenAI.Py) { $script:Worker.Process.Kill(); $script:Worker.Process.WaitForExit() }; (New-Video x).prompt' }
    ) {
        @(Invoke-Strictly -Script $Script) | Should -Be $Expected
    }
}
