# What people and scripts see of an error: its type, its place, and nothing of the module.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
    $null = New-Video 'a'

    function Invoke-File([string[]]$Lines) {
        # A script of the user's, in a session of its own; returns what it puts out and the errors that it shows.
        $file = "$TestDrive/user script.ps1"
        Set-Content -LiteralPath $file -Value $Lines -Encoding utf8
        @(Invoke-Apart -Given $file -Script '& $Given 2>&1; $Error.Count')
    }
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Types' {
    It 'have the names of the reference' {
        foreach ($pair in @('429', 'RateLimitExceededException'), @('quota', 'QuotaLimitExceededException'), @('500', 'APIRequestException')) {
            $base = Get-FaultyBase $pair[0]
            $caught = $null
            try { New-Video 'x' -ApiBase $base } catch { $caught = $_ }
            $caught.Exception.GetType().FullName | Should -Be $pair[1]
            $caught.FullyQualifiedErrorId | Should -Be "PSOpenAI.APIRequest.$($pair[1]),Invoke-OpenAIAPIRequest"
        }
    }

    It 'are caught as <Clause>' -ForEach @(
        @{ Clause = 'RateLimitExceededException' }
        @{ Clause = 'QuotaLimitExceededException' }
        @{ Clause = 'APIRequestException' }
        @{ Clause = 'System.Net.Http.HttpRequestException' }
        @{ Clause = 'PSOpenAI.APIRequest.APIRequestException' }
    ) {
        foreach ($more in '', '-ErrorAction Stop') {
            $script = "try { New-Video 'x' -ApiBase `$Given $more } catch [$Clause] { 'typed' } catch { 'bare' }"
            Invoke-Apart -Given (Get-FaultyBase 'quota') -Script $script | Should -Be 'typed'
        }
    }

    It 'are caught by their names where Get-Video writes them' {
        $seen = ''
        try { Get-Video 'video_none' -ErrorAction Stop }
        catch [NotFoundException] { $seen = "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)" }
        $seen | Should -Be 'NotFoundException,Get-Video NotSpecified'
    }
}

Describe 'Variables' {
    It 'hold the error once: <Name>' -ForEach @(
        @{ Name = 'of the service'; Call = 'New-Video x -ApiBase $Given' }
        @{ Name = 'of a list'; Call = 'Get-Video -ApiBase $Given' }
        @{ Name = 'of a file'; Call = 'New-Video x -InputReference none.png' }
        @{ Name = 'of a value that cannot be sent'; Call = 'Get-VideoContent x -OutFile env:x' }
        @{ Name = 'in a pipeline'; Call = '"x" | Remove-Video -ApiBase $Given' }
    ) {
        $script = "$Call -ErrorAction SilentlyContinue -ErrorVariable found; @{ Found = @(`$found); Seen = @(`$Error) }"
        $seen = Invoke-Apart -Given (Get-FaultyBase '500') -Script $script
        @($seen.Found).Count | Should -Be 1
        @($seen.Seen).Count | Should -Be 1
        $seen.Found[0] | Should -BeOfType [System.Management.Automation.ErrorRecord]
    }

    It 'hold nothing but records of it in a try' {
        $found = $null
        try { New-Video x -ApiBase (Get-FaultyBase '500') -ErrorVariable found } catch { $null = $_ }
        @($found).Count | Should -BeGreaterThan 0
        foreach ($one in $found) {
            $one | Should -BeOfType [System.Management.Automation.ErrorRecord]
            $one.FullyQualifiedErrorId | Should -Be $found[0].FullyQualifiedErrorId
        }
    }
}

Describe 'Places' {
    It 'is the command of the user <Name>' -ForEach @(
        @{ Name = 'at top level'; Command = 'Get-Video none'; Lines = '# one', '  Get-Video none'; Line = 2 }
        @{ Name = 'in a function'; Command = 'Get-Video none'; Lines = 'function f {', 'Get-Video none', '}', 'f'; Line = 2 }
        @{ Name = 'in a pipeline'; Command = 'Get-Video'; Lines = '', '"none" | Get-Video | ForEach-Object { $_ }'; Line = 2 }
        @{ Name = 'in a script block'; Command = 'Get-Video none'; Lines = '1 | ForEach-Object {', 'Get-Video none }'; Line = 2 }
        @{ Name = 'of an error that ends the statement'; Command = 'Remove-Video none'; Lines = '', '', 'Remove-Video none'; Line = 3 }
        @{ Name = 'within another command'; Command = 'Get-Video none'; Lines = 'Get-Video | ForEach-Object {', 'Get-Video none }'; Line = 2 }
        @{ Name = 'of a file'; Command = "New-Video x -InputReference none.png"; Lines = , 'New-Video x -InputReference none.png'; Line = 1 }
    ) {
        $record = (Invoke-File -Lines $Lines)[0]
        $record | Should -BeOfType [System.Management.Automation.ErrorRecord]
        $place = $record.InvocationInfo
        Split-Path -Path $place.ScriptName -Leaf | Should -Be 'user script.ps1'
        $place.ScriptLineNumber | Should -Be $Line
        $place.Line.Trim() | Should -Be $Lines[$Line - 1].Trim()
        $place.OffsetInLine | Should -Be ($Lines[$Line - 1].IndexOf($Command) + 1)
        $marked = [regex]::Match($place.PositionMessage, '~+').Length
        $marked | Should -Be $Command.Length
        $shown = ($record | Format-List -Property * -Force | Out-String) + ($record | Out-String) + $record.ScriptStackTrace
        $shown | Should -Match 'user script.ps1'
        $shown | Should -Not -Match 'Errors\.ps1|Calls\.ps1|Cmdlets\.ps1'
    }

    It 'is shown by Get-Error, with what the service said' -Skip:($PSVersionTable.PSVersion -lt '7.0') {
        $shown = Invoke-Apart -Given (Get-FaultyBase '429') -Script @'
            New-Video 'x' -ApiBase $Given -ErrorAction SilentlyContinue
            Get-Error | Out-String -Width 200
'@
        $shown | Should -Match 'StatusCode\s+: TooManyRequests'
        $shown | Should -Match 'Code\s+: rate_limit_exceeded'
        $shown | Should -Match 'RequestId\s+: \w+'
        $shown | Should -Match 'RateLimitExceededException'
        $shown | Should -Not -Match 'Errors\.ps1|Calls\.ps1|Cmdlets\.ps1'
    }

    It 'is written under the name of any command' {
        InModuleScope PSOpenAI.Py {
            foreach ($command in 'Resolve-FileInfo', 'Microsoft.PowerShell.Commands.WriteWarningCommand', 'New-Video') {
                $facts = New-Fault -Id 'Some.Id' -Message 'told' -Action ''
                $facts.command = $command
                $facts.terminating = $false
                $writer, $written = Get-ErrorWriter -Facts $facts -Invocation $MyInvocation
                $record = & $writer @written 2>&1
                $record.FullyQualifiedErrorId | Should -Be "Some.Id,$command"
            }
            (Get-Command -Name 'New-Video').Definition | Should -Match 'Invoke-WorkerCall'
        }
    }
}
