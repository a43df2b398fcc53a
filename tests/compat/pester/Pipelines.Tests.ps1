# Pipelines of several cmdlets: each call gets its own records, and one whose pipeline stopped is cancelled.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"

    function Get-OpenCall {
        & (Get-Module -Name PSOpenAI.Py) { $script:Worker.Calls.Count }
    }
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Pipelines' {
    It 'passes a new job on to the download' {
        New-Video 'a' -Size 64x64 | Get-VideoContent -WaitForCompletion -OutFile "$TestDrive/a.mp4"
        (Get-Item -LiteralPath "$TestDrive/a.mp4").Length | Should -BeGreaterThan 1000
    }

    It 'waits for jobs of a loop' {
        $jobs = @(1..3 | ForEach-Object { New-Video "n$_" } | Wait-Video -PollIntervalSec 0.1)
        $jobs.status | Should -Be @('completed', 'completed', 'completed')
        $jobs.prompt | Should -Be @('n1', 'n2', 'n3')
    }

    It 'nests the same cmdlet three deep' {
        $all = @(Get-Video -All)
        @(Get-Video -All | Get-Video | Get-Video).id | Should -Be $all.id
        Get-OpenCall | Should -Be 0
    }

    It 'removes what a list brings' {
        $null = 1..5 | ForEach-Object { New-Video "n$_" }
        Get-Video -All | Remove-Video
        @(Get-Video).Count | Should -Be 0
    }

    It 'gives each call its errors, and goes on' {
        $jobs = @(1..3 | ForEach-Object { New-Video "n$_" })
        Remove-Video $jobs[1].id
        $found = @($jobs | Get-Video -ErrorAction SilentlyContinue -ErrorVariable failed)
        $found.id | Should -Be @($jobs[0].id, $jobs[2].id)
        @($failed).FullyQualifiedErrorId | Should -Be @('NotFoundException,Get-Video')
    }
}

Describe 'Pipelines that stop' {
    BeforeAll {
        $null = 1..25 | ForEach-Object { New-Video "n$_" }
    }

    AfterEach {
        # The next call is clean.
        @(Get-Video -Limit 3).Count | Should -Be 3
        Get-OpenCall | Should -Be 0
    }

    It 'ends by Select-Object' {
        @(Get-Video -All | Select-Object -First 1).Count | Should -Be 1
    }

    It 'ends by Select-Object behind another cmdlet' {
        @(Get-Video -All | Get-Video | Select-Object -First 2).Count | Should -Be 2
    }

    It 'ends by break' {
        foreach ($turn in 1) {
            Get-Video -All | ForEach-Object { break }
        }
    }

    It 'leaves the loop of the user by <Word> behind <Name>' -ForEach @(
        @{ Word = 'break'; Name = 'one cmdlet'; Call = 'Get-Video -All'; Expected = 'n1' }
        @{ Word = 'break'; Name = 'three cmdlets'; Call = 'Get-Video -All | Get-Video | Get-Video'; Expected = 'n1' }
        @{ Word = 'continue'; Name = 'one cmdlet'; Call = 'Get-Video -All'; Expected = 'n1', 'n1' }
        @{ Word = 'continue'; Name = 'three cmdlets'; Call = 'Get-Video -All | Get-Video | Get-Video'; Expected = 'n1', 'n1' }
        @{ Word = 'break outer'; Name = 'two cmdlets'; Call = 'Get-Video -All | Get-Video'; Expected = 'n1' }
        @{ Word = 'break'; Name = 'a verbose line'; Call = 'Get-Video -All -Verbose 4>&1 | Get-Video -ErrorAction Ignore'; Expected = 'n1' }
    ) {
        $script = ":outer foreach (`$turn in 1, 2) { $Call | ForEach-Object { `$_.prompt; $Word }; 'not reached' }"
        @(Invoke-Apart -Script $script) | Should -Be @($Expected)
    }

    It 'ends by a throw downstream' {
        { Get-Video -All | ForEach-Object { throw 'down' } } | Should -Throw 'down'
    }

    It 'ends by an error downstream' {
        { Get-Video -All | ForEach-Object { Get-Video 'video_none' -ErrorAction Stop } } | Should -Throw
    }

    It 'ends by Stop of the shell' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$Manifest'; Get-Video -All | ForEach-Object { Start-Sleep -Seconds 60 }")
        $null = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 1500
        $shell.Stop()
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
    }

    It 'ends an outer call with an error when the worker dies, while the inner one starts another' {
        # More than a page: of that, the outer call has all that there is.
        $more = @{ ApiBase = "sandbox:$TestDrive/deaths?speed=1000" }
        $null = 1..105 | ForEach-Object { New-Video "n$_" @more }
        $inner = [System.Collections.ArrayList]::new()
        {
            Get-Video -All @more | ForEach-Object {
                if ($inner.Count -eq 0) {
                    & (Get-Module -Name PSOpenAI.Py) {
                        $script:Worker.Process.Kill()
                        $script:Worker.Process.WaitForExit()
                    }
                    $null = $inner.Add(($_ | Get-Video @more))
                }
            }
        } | Should -Throw -ErrorId 'WorkerEnded,Get-Video'
        $inner.Count | Should -Be 1
        $inner[0].prompt | Should -Be 'n1'
    }
}

Describe 'Pipelines of redirected streams' {
    # What is written to a redirected stream runs the commands downstream, as an object does. Each test runs in a session
    # of its own: in a try of Pester, errors end more.
    BeforeAll {
        $jobs = @(1..3 | ForEach-Object { New-Video "n$_" })
    }

    It 'gives each call its records behind <Name>' -TestCases @(
        @{ Name = 'errors'; Script = '$Given[0], "video_none", $Given[1] | Get-Video 2>&1'; Least = 3 }
        @{ Name = 'verbose lines'; Script = 'Get-Video -VideoId $Given[0] -Verbose 4>&1'; Least = 2 }
        @{ Name = 'debug lines'; Script = 'Get-Video -VideoId $Given[0] -Debug 5>&1'; Least = 2 }
        @{ Name = 'lines of a wait'; Script = 'Wait-Video $Given[0] -PollIntervalSec 0.1 -Verbose 4>&1'; Least = 2 }
        @{ Name = 'all streams'; Script = '$Given[0], "video_none" | Get-Video -Verbose *>&1'; Least = 3 }
    ) {
        $pipeline = "$Script | ForEach-Object { @{ Inner = @(Get-Video -Limit 2).Count } }"
        $seen = @(Invoke-Apart -Given $jobs.id -Script $pipeline)
        $seen.Count | Should -Not -BeLessThan $Least
        $seen.Inner | Sort-Object -Unique | Should -Be 2
    }

    It 'leaves no call open when <Name>' -TestCases @(
        @{ Name = 'a catch takes an error'; Ends = 'try { New-Video "[500] x" } catch { $_ }' }
        @{ Name = 'an error stops'; Ends = 'try { Get-Video video_none -ErrorAction Stop } catch { $_ }' }
        @{ Name = 'downstream of a text throws'; Ends = 'try { Get-Video -Verbose 4>&1 | % { throw 1 } } catch { $_ }' }
        @{ Name = 'downstream of an error throws'; Ends = 'try { Get-Video video_none 2>&1 | % { throw 1 } } catch { $_ }' }
        @{ Name = 'downstream of an error has enough'; Ends = 'Get-Video video_none 2>&1 | Select-Object -First 1' }
    ) {
        $script = "1..20 | ForEach-Object { $Ends }; " +
            '@(Get-Video -Limit 2).Count; & (Get-Module -Name PSOpenAI.Py) { $script:Worker.Calls.Count }'
        $seen = @(Invoke-Apart -Script $script)
        $seen.Count | Should -Be 22
        $seen[-2, -1] | Should -Be @(2, 0)
    }
}

Describe 'Actions of events' {
    It 'make calls while another waits, and both get their records' {
        # PowerShell runs an action between two statements, also those of the module.
        $seen = Invoke-Apart -Given "sandbox:$TestDrive/events?speed=20" -Script @'
            $made = [System.Collections.ArrayList]::new()
            $timer = [System.Timers.Timer]::new(50)
            $action = { $null = $Event.MessageData.Add((New-Video in | Get-Video).prompt) }
            $null = Register-ObjectEvent -InputObject $timer -EventName Elapsed -MessageData $made -Action $action
            $timer.Start()
            do { New-Video out -ApiBase $Given | Wait-Video -ApiBase $Given -PollIntervalSec 0.1 } while ($made.Count -lt 3)
            $timer.Stop()
            $made[0..2]
            "$Error"
'@
        $waited = @($seen | Where-Object { $_ -isnot [string] })
        $waited.status | Sort-Object -Unique | Should -Be 'completed'
        @($seen | Where-Object { $_ -is [string] }) | Should -Be 'in', 'in', 'in', ''
    }
}

Describe 'The text of a job' {
    It 'is its id' {
        $job = New-Video 'a'
        "$job" | Should -Be $job.id
        $job.ToString() | Should -Be $job.id
        [string]$job | Should -Be $job.id
        '{0}' -f $job | Should -Be $job.id
        @($job, $job) -join ',' | Should -Be "$($job.id),$($job.id)"
    }

    It 'stands for the job as a parameter' {
        $job = New-Video 'a' -Size 64x64 | Wait-Video -PollIntervalSec 0.1
        (Get-Video -VideoId $job).id | Should -Be $job.id
        (Get-VideoContent $job).Count | Should -BeGreaterThan 1000
    }

    It 'is its id after Import-Clixml and out of a PowerShell job' {
        $job = New-Video 'a'
        $job | Export-Clixml -LiteralPath "$TestDrive/job.xml"
        $read = Import-Clixml -LiteralPath "$TestDrive/job.xml"
        "$read" | Should -Be $job.id
        (Get-Video -VideoId $read).id | Should -Be $job.id
        $running = Start-Job -ArgumentList (Resolve-Path -LiteralPath $Manifest).Path -ScriptBlock {
            param ($Manifest)
            Import-Module $Manifest
            New-Video 'in a job'
        }
        $received = $running | Wait-Job -Timeout 120 | Receive-Job
        $running | Remove-Job -Force
        "$received" | Should -Be $received.id
        ($received | Get-Video).prompt | Should -Be 'in a job'
    }

    It 'is its id when the runspace that it comes from is closed' {
        $job = Invoke-Apart -Script 'New-Video a'
        "$job" | Should -Be $job.id
        ($job | Get-Video).id | Should -Be $job.id
    }

    It 'is its id when the session asks before changes' {
        $shell = [powershell]::Create()
        $ask = "`$ConfirmPreference = 'Low'; `$WhatIfPreference = `$true; Import-Module '$Manifest'"
        $job = $shell.AddScript("$ask; `$job = New-Video a; `$job, `"`$job`"").Invoke()
        $shell.HadErrors | Should -BeFalse
        $job[1] | Should -Be $job[0].id
        $shell.Dispose()
    }

    It 'is that of an object where there is no id' {
        $none = [pscustomobject]@{ PSTypeName = 'PSOpenAI.Video.Job'; status = 'odd'; more = 1 }
        "$none" | Should -Be '@{status=odd; more=1}'
    }

    It 'is no part of its JSON' {
        New-Video 'a' | ConvertTo-Json | Should -Not -Match 'ToString'
    }
}
