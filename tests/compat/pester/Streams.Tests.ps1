# Verbose lines, warnings, progress, errors.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Streams' {
    It 'writes verbose lines' {
        $lines = New-Video 'a' -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$lines" | Should -Match 'POST'
    }

    It 'writes debug lines' -Skip:($PSVersionTable.PSEdition -eq 'Desktop') {
        # Windows PowerShell would ask at each of them.
        $lines = New-Video 'a' -Debug 5>&1 | Where-Object { $_ -is [System.Management.Automation.DebugRecord] }
        "$lines" | Should -Not -BeNullOrEmpty
    }

    It 'writes nothing that was not asked for' {
        $all = @(New-Video 'a' *>&1)
        $all.Count | Should -Be 1
        $all[0].prompt | Should -Be 'a'
    }

    It 'follows the preferences of the session' {
        $global:VerbosePreference = 'Continue'
        $lines = New-Video 'a' 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $quiet = @(New-Video 'a' -Verbose:$false 4>&1)
        $global:VerbosePreference = 'SilentlyContinue'
        "$lines" | Should -Match 'POST'
        $quiet.Count | Should -Be 1
    }

    It 'writes information' {
        InModuleScope PSOpenAI.Py {
            $texts = Write-CallText -Kind 'information' -Json '"told"' 6>&1
            "$texts" | Should -Be 'told'
        }
    }

    It 'shows progress' {
        # Of a job that stays where it is, so that it does not matter when it is asked for.
        $shell = [powershell]::Create()
        $base = "sandbox:$TestDrive/progress?speed=4"
        $script = "Import-Module '$Manifest'; New-Video '[stall] a' -ApiBase '$base' | " +
            "Wait-Video -ApiBase '$base' -PollIntervalSec 0.3"
        $running = $shell.AddScript($script).BeginInvoke()
        $until = [datetime]::Now.AddSeconds(60)
        while (@($shell.Streams.Progress | Where-Object { $_.PercentComplete -gt 0 -and $_.SecondsRemaining -ge 0 }).Count -eq 0 -and [datetime]::Now -lt $until) {
            Start-Sleep -Milliseconds 50
        }
        $running.IsCompleted | Should -BeFalse
        $shell.Stop()
        $shown = @($shell.Streams.Progress | Where-Object { $_.Activity -eq 'Wait-Video' })
        $shown[0].StatusDescription | Should -Match '^(queued|in_progress)( \d+ %)?$'
        $shown[0].CurrentOperation | Should -Match '^(Video )?video_\w+\.\.\.\w{5}$'
        $shown.PercentComplete | Where-Object { $_ -gt 0 } | Should -Not -BeNullOrEmpty
        $shown.SecondsRemaining | Where-Object { $_ -ge 0 } | Should -Not -BeNullOrEmpty
        $shown[-1].RecordType | Should -Be 'Completed'
        $shell.Dispose()
    }

    It 'reckons what is left from what was seen' {
        InModuleScope PSOpenAI.Py {
            $worker = @{ Bars = @{} }
            # Of a job that was at 80 % when the wait began.
            $shown = foreach ($at in @(80, 2), @(80, 4), @(90, 12), @(95, 17)) {
                $facts = @{ activity = 'Video x'; status = 'in_progress'; percent = $at[0]; seconds = $at[1]; completed = $false }
                Mock Write-Progress { $SecondsRemaining }
                Write-CallText -Worker $worker -Call 4 -Name 'Wait-Video' -Kind 'progress' -Json (ConvertTo-Json $facts)
            }
            $shown | Should -Be 0, 1, 10, 5
        }
    }

    It 'takes the bar away <Name>' -ForEach @(
        @{ Name = 'when the call is stopped'; Ends = 'stop'; Prompt = 'a'; Speed = '0.001' }
        @{ Name = 'after an error'; Ends = 'error'; Prompt = '[fail] a'; Speed = '4' }
        @{ Name = 'when the worker dies'; Ends = 'death'; Prompt = 'a'; Speed = '0.001' }
    ) {
        $shell = [powershell]::Create()
        $base = "sandbox:$TestDrive/$Ends`?speed=$Speed"
        $script = "Import-Module '$Manifest'; & (Get-Module -Name PSOpenAI.Py) { (Get-Worker).Process.Id }; " +
            "New-Video '$Prompt' -ApiBase '$base' | Wait-Video -ApiBase '$base' -PollIntervalSec 0.2"
        $none = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.AddScript($script).BeginInvoke($none, $output)
        $until = [datetime]::Now.AddSeconds(60)
        while (@($shell.Streams.Progress | Where-Object { $_.Activity -eq 'Wait-Video' }).Count -eq 0 -and -not $running.IsCompleted -and [datetime]::Now -lt $until) {
            Start-Sleep -Milliseconds 50
        }
        if ($Ends -eq 'stop') {
            $shell.Stop()
        }
        elseif ($Ends -eq 'death') {
            Stop-Process -Id $output[0] -Force
        }
        $running.AsyncWaitHandle.WaitOne(60000) | Should -BeTrue
        $shown = @($shell.Streams.Progress | Where-Object { $_.Activity -eq 'Wait-Video' })
        $shown.Count | Should -BeGreaterThan 1
        $shown[-1].RecordType | Should -Be 'Completed'
        $shell.Dispose()
    }

    It 'shows no progress <Name>' -ForEach @(
        @{ Name = 'by preference'; Before = '$ProgressPreference = "SilentlyContinue"'; More = '' }
        @{ Name = 'by parameter'; Before = ''; More = '-ProgressAction SilentlyContinue' }
    ) -Skip:($PSVersionTable.PSVersion -lt '7.4') {
        $base = "sandbox:$TestDrive/noprogress?speed=4"
        $shell = [powershell]::Create()
        $script = "Import-Module '$Manifest'; $Before; New-Video a -ApiBase '$base' | Wait-Video -ApiBase '$base' $More"
        $shell.AddScript($script).Invoke()[0].status | Should -Be 'completed'
        @($shell.Streams.Progress | Where-Object { $_.Activity -eq 'Wait-Video' }).Count | Should -Be 0
        $shell.Dispose()
    }

    It 'writes warnings' {
        $null = New-Video '[fail] a' | Wait-Video -ErrorAction SilentlyContinue -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'video_'
    }

    It 'hides warnings' {
        $all = New-Video '[fail] a' | Wait-Video -WarningAction Ignore -ErrorAction SilentlyContinue 3>&1
        @($all | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }).Count | Should -Be 0
    }

    It 'stops at a warning' {
        { New-Video '[fail] a' | Wait-Video -WarningAction Stop } | Should -Throw
        (New-Video 'after').prompt | Should -Be 'after'
    }
}

Describe 'Errors' {
    It 'has the id, type and category of the reference' {
        $caught = $null
        try {
            New-Video 'x' -ApiBase (Get-FaultyBase '429')
        }
        catch [PSOpenAI.APIRequest.RateLimitExceededException] {
            $caught = $_
        }
        $caught | Should -Not -BeNullOrEmpty
        $caught.FullyQualifiedErrorId | Should -Be 'PSOpenAI.APIRequest.RateLimitExceededException,Invoke-OpenAIAPIRequest'
        $caught.CategoryInfo.Category | Should -Be 'InvalidOperation'
        [int]$caught.Exception.StatusCode | Should -Be 429
        $caught.Exception.Code | Should -Be 'rate_limit_exceeded'
        $caught.Exception.Content.error.code | Should -Be 'rate_limit_exceeded'
        $caught.Exception.Response.StatusCode.value__ | Should -Be 429
        "$caught" | Should -Match '429'
    }

    It 'has its types from the beginning' {
        # A catch clause with a type looks for the type when any other error arrives.
        $caught = ''
        try { $null = New-Video 'x'; throw 'other' }
        catch [PSOpenAI.APIRequest.RateLimitExceededException] { $caught = 'type' }
        catch { $caught = "$_" }
        $caught | Should -Be 'other'
    }

    It 'is caught by the names that PSOpenAI gives its types' {
        $caught = $false
        try { New-Video 'x' -ApiBase (Get-FaultyBase '429') }
        catch [RateLimitExceededException] { $caught = $true }
        $caught | Should -BeTrue
    }

    It 'ends the statement, and goes on' {
        $seen = Invoke-Apart -Given (Get-FaultyBase '500') -Script @'
            $job = New-Video 'x' -ApiBase $Given -ErrorAction SilentlyContinue -ErrorVariable found
            $worked = $?
            @{ Job = $job; Worked = $worked; Found = @($found); Seen = $Error.Count }
'@
        $seen.Job | Should -BeNullOrEmpty
        $seen.Worked | Should -BeTrue
        $seen.Seen | Should -BeGreaterThan 0
        @($seen.Found).FullyQualifiedErrorId |
            Should -Be @('PSOpenAI.APIRequest.APIRequestException,Invoke-OpenAIAPIRequest')
    }

    It 'ends everything when told so' {
        { New-Video 'x' -ApiBase (Get-FaultyBase '500') -ErrorAction Stop } |
            Should -Throw -ErrorId 'PSOpenAI.APIRequest.APIRequestException,Invoke-OpenAIAPIRequest'
        { Get-Video 'video_none' -ErrorAction Stop } | Should -Throw -ErrorId 'NotFoundException,Get-Video'
    }

    It 'is ignored when told so' {
        $found = @(Get-Video 'video_none' -ErrorAction Ignore 2>&1)
        $found.Count | Should -Be 0
        $seen = Invoke-Apart -Given (Get-FaultyBase '500') -Script @'
            $found = @(New-Video 'x' -ApiBase $Given -ErrorAction Ignore 2>&1)
            @{ Errors = @($found); Next = 'reached' }
'@
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Next | Should -Be 'reached'
    }

    It 'is caught by the type of its parents' {
        { New-Video 'x' -ApiBase (Get-FaultyBase 'quota') } |
            Should -Throw -ErrorId 'PSOpenAI.APIRequest.QuotaLimitExceededException,Invoke-OpenAIAPIRequest'
        $caught = $false
        try { New-Video 'x' -ApiBase (Get-FaultyBase 'quota') }
        catch [PSOpenAI.APIRequest.APIRequestException] { $caught = $true }
        $caught | Should -BeTrue
    }

    It 'is written by Get-Video under its own name' {
        $null = Get-Video 'video_none' -ErrorAction SilentlyContinue -ErrorVariable found
        $found[0].FullyQualifiedErrorId | Should -Be 'NotFoundException,Get-Video'
    }

    It 'goes on with the next piped object' {
        $job = New-Video 'a'
        $all = 'video_none', $job.id | Get-Video -ErrorAction SilentlyContinue
        $all.id | Should -Be $job.id
        $all = $job.id, 'video_none', $job.id | Get-Video -ErrorAction SilentlyContinue -ErrorVariable found
        @($all).Count | Should -Be 2
        @($found).Count | Should -Be 1
        $seen = Invoke-Apart -Given $job.id -Script @'
            $Given, 'video_none', $Given | New-VideoRemix 'blue' -ErrorAction SilentlyContinue
'@
        @($seen).Count | Should -Be 2
    }

    It 'ends the script when there is no key' {
        { Get-Video 'x' -ApiBase 'https://api.openai.com/v1' -ErrorAction Ignore } |
            Should -Throw -ErrorId 'System.ArgumentException,Initialize-APIKey'
    }

    It 'is no job when the picture is missing' {
        $caught = $null
        try { New-Video 'x' -InputReference 'none.png' -ErrorAction Stop }
        catch [System.Management.Automation.ItemNotFoundException] { $caught = $_ }
        "$caught" | Should -Match 'none.png'
        # For a clause that names the type, PowerShell takes the record that the exception carries.
        $bare = $null
        try { New-Video 'x' -InputReference 'none.png' -ErrorAction Stop }
        catch { $bare = $_ }
        foreach ($one in $caught, $bare) {
            $one.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $one.TargetObject | Should -Be 'none.png'
            $one.Exception.GetType().FullName | Should -Be 'System.Management.Automation.ItemNotFoundException'
            $one.FullyQualifiedErrorId | Should -Match '^System.Management.Automation.ItemNotFoundException'
        }
    }

    It 'refuses what PowerShell refuses' {
        { New-Video 'x' -MaxRetryCount 101 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,New-Video'
        { New-Video 'x' -Foo 1 } | Should -Throw -ErrorId 'NamedParameterNotFound,New-Video'
        { Get-Video -VideoId x -Limit 5 } | Should -Throw -ErrorId 'AmbiguousParameterSet,Get-Video'
        { New-Video 'x' -ApiKey 5 } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,New-Video'
    }
}
