# Pipelines that are stopped, and workers that die, at any moment. $env:PSOPENAI_ROUNDS makes more of them.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"

    $ids = @(1..110 | ForEach-Object { New-Video "n$_" } | ForEach-Object { $_.id })
    $runspace = [runspacefactory]::CreateRunspace()
    $runspace.Open()

    function Start-Here([string]$Script, $Output) {
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $none = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $none.Complete()
        @{ Shell = $shell; Running = $shell.AddScript($Script).BeginInvoke($none, $Output) }
    }

    function Invoke-Here([string]$Script) {
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $started = Start-Here -Script $Script -Output $output
        $started.Running.AsyncWaitHandle.WaitOne(120000) | Should -BeTrue -Because "'$Script' waits for ever"
        $null = $started.Shell.EndInvoke($started.Running)
        $started.Shell.Dispose()
        @($output)
    }

    function Get-Tail([string]$Way, [int]$Count) {
        # The end of a pipeline of three calls that is over after so many jobs.
        switch ($Way) {
            'first' { "Get-Video -All | Get-Video | Get-Video | Select-Object -First $Count" }
            'break' {
                "`$seen = 0; foreach (`$once in 1) { " +
                    "Get-Video -All | Get-Video | Get-Video | ForEach-Object { `$_; if (++`$seen -ge $Count) { break } } }"
            }
            'throw' {
                "`$seen = 0; try { " +
                    "Get-Video -All | Get-Video | Get-Video | ForEach-Object { `$_; if (++`$seen -ge $Count) { throw 1 } } } catch { }"
            }
            'error' {
                "`$seen = 0; try { Get-Video -All | Get-Video | Get-Video | ForEach-Object { `$_; " +
                    "if (++`$seen -ge $Count) { Get-Video none -ErrorAction Stop } } } catch { }"
            }
            default { 'Get-Video -All | Get-Video | Get-Video' }
        }
    }

    $null = Invoke-Here -Script "Import-Module '$Manifest'"
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Stops and deaths at any moment' {
    It 'leaves no call, no record and no worker behind' {
        $rounds = if ($env:PSOPENAI_ROUNDS) { [int]$env:PSOPENAI_ROUNDS } else { 15 }
        $random = [System.Random]::new(11)
        $inModule = '& (Get-Module -Name PSOpenAI.Py)'
        $workers = [System.Collections.Generic.HashSet[int]]::new()
        foreach ($round in 1..$rounds) {
            $way = ('stop', 'stop', 'death', 'death', 'first', 'break', 'throw', 'error')[$random.Next(8)]
            $count = 1 + $random.Next(20)
            $worker = (Invoke-Here -Script "$inModule { (Get-Worker).Process.Id }")[0]
            $null = $workers.Add($worker)
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $started = Start-Here -Script (Get-Tail -Way $way -Count $count) -Output $output
            if ($way -in 'stop', 'death') {
                Start-Sleep -Milliseconds $random.Next(400)
                if ($way -eq 'stop') {
                    $null = $started.Shell.BeginStop($null, $null)
                }
                else {
                    Stop-Process -Id $worker -Force -ErrorAction SilentlyContinue
                    # Where all is done by then, the next call would begin with a worker that is just ending.
                    Wait-Process -Id $worker -Timeout 60 -ErrorAction SilentlyContinue
                }
            }
            $because = "round $round, $way, $count"
            $started.Running.AsyncWaitHandle.WaitOne(120000) | Should -BeTrue -Because $because
            $started.Shell.Dispose()
            # What came is the beginning of what there is, whole and in order.
            $came = @($output | ForEach-Object { $_.id })
            if ($way -notin 'stop', 'death') {
                $came.Count | Should -Be $count -Because $because
            }
            $came -join ' ' | Should -Be (@($ids | Select-Object -First $came.Count) -join ' ') -Because $because
            # The next call is clean.
            $id = $ids[$random.Next($ids.Count)]
            (Invoke-Here -Script "Get-Video -VideoId $id")[0].id | Should -Be $id -Because $because
            (Invoke-Here -Script "$inModule { `$script:Worker.Calls.Count + `$script:Worker.Bars.Count }")[0] | Should -Be 0 -Because $because
        }
        $null = $workers.Add((Invoke-Here -Script "$inModule { (Get-Worker).Process.Id }")[0])
        $null = Invoke-Here -Script 'Remove-Module -Name PSOpenAI.Py'
        $runspace.Dispose()
        $until = [datetime]::Now.AddSeconds(60)
        while ((Get-Process -Id @($workers) -ErrorAction SilentlyContinue) -and [datetime]::Now -lt $until) {
            Start-Sleep -Milliseconds 100
        }
        @(Get-Process -Id @($workers) -ErrorAction SilentlyContinue).Count | Should -Be 0
    }
}
