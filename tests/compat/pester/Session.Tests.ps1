# Keys, contexts, the worker and its session.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'What a call loads' {
    It 'is no module of PowerShell, whose search takes longer than the call' -Skip:($PSVersionTable.PSEdition -ne 'Core') {
        # In a process of its own: the sessions that are made in this one have those commands from the beginning.
        $calls = '$null = New-Video a -Size 64x64; $null = New-Video a -TimeoutSec 60 | Get-Video'
        $found = & pwsh -NoProfile -NonInteractive -Command "Import-Module '$Manifest'; $calls; (Get-Module -All).Name"
        @($found) | Should -Be 'PSOpenAI.Py'
    }
}

Describe 'Keys and context' {
    AfterEach {
        Clear-OpenAIContext
        Remove-Variable -Name OPENAI_API_KEY, OPENAI_API_BASE -Scope Global -ErrorAction Ignore
    }

    It 'takes a key <Name>' -ForEach @(
        @{ Name = 'as text'; Script = '$more = @{ ApiKey = $Given.Key }' }
        @{ Name = 'as a SecureString'; Script = '$more = @{ ApiKey = $Given.Secure }' }
        @{ Name = 'from a file'; Script = '$more = @{ ApiKey = Get-Content -LiteralPath $Given.File }' }
        @{ Name = 'from a variable'; Script = '$global:OPENAI_API_KEY = $Given.Key; $more = @{}' }
        @{ Name = 'from a SecureString in a variable'; Script = '$global:OPENAI_API_KEY = $Given.Secure; $more = @{}' }
        @{ Name = 'from a variable when it is null'; Script = '$global:OPENAI_API_KEY = $Given.Key; $more = @{ ApiKey = $null }' }
        @{ Name = 'from a context'; Script = 'Set-OpenAIContext -ApiKey $Given.Key; $more = @{}' }
        @{ Name = 'from the environment'; Script = '$env:OPENAI_API_KEY = $Given.Key; $more = @{}' }
    ) {
        $key = 'sk-test-0123456789abcdefXY'
        Set-Content -LiteralPath "$TestDrive/key.txt" -Value $key
        $given = @{
            Key    = $key
            Secure = ConvertTo-SecureString -String $key -AsPlainText -Force
            File   = "$TestDrive/key.txt"
            # Nobody listens there.
            Base   = 'http://127.0.0.1:9/v1'
        }
        $ask = 'Get-Video x -ApiBase $Given.Base -Verbose -ErrorAction SilentlyContinue @more 4>&1'
        $lines = Invoke-Apart -Given $given -Script "$Script; $ask"
        $env:OPENAI_API_KEY = ''
        "$lines" | Should -Match 'sk-tes\*+XY'
        "$lines" | Should -Not -Match $key
    }

    It 'remembers and forgets' {
        $base = "sandbox:$TestDrive/context"
        Set-OpenAIContext -ApiKey 'sk-x' -ApiBase $base -TimeoutSec 5
        (Get-OpenAIContext).ApiBase.OriginalString | Should -Be $base
        (Get-OpenAIContext).ApiKey | Should -BeOfType [securestring]
        $job = New-Video 'in context'
        Clear-OpenAIContext
        (Get-OpenAIContext).ApiBase | Should -BeNullOrEmpty
        $job.id | Get-Video -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'shows what holds when nothing was set' {
        $context = Get-OpenAIContext
        $context.PSObject.Properties.Name -join ' ' |
            Should -Be 'ApiKey ApiType ApiBase ApiVersion AuthType Organization TimeoutSec MaxRetryCount'
        "$($context.ApiType)" | Should -Be 'OpenAI'
        $context.AuthType | Should -Be 'openai'
        $context.TimeoutSec | Should -Be 0
        Set-OpenAIContext -ApiType Azure
        (Get-OpenAIContext).AuthType | Should -Be 'azure'
    }

    It 'takes a parameter before the context, and the context before a variable' {
        $global:OPENAI_API_BASE = "sandbox:$TestDrive/variable"
        $job = New-Video 'a'
        Set-OpenAIContext -ApiBase "sandbox:$TestDrive/context2"
        $job.id | Get-Video -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        ($job.id | Get-Video -ApiBase "sandbox:$TestDrive/variable").id | Should -Be $job.id
    }

    It 'keeps the context over another import' {
        Set-OpenAIContext -TimeoutSec 7
        Import-Module -Name $Manifest -Force
        (Get-OpenAIContext).TimeoutSec | Should -Be 7
        (New-Video 'again').prompt | Should -Be 'again'
    }

    It 'sees later changes of the environment' {
        $job = New-Video 'here'
        $before = $env:OPENAI_API_BASE
        $env:OPENAI_API_BASE = "sandbox:$TestDrive/elsewhere"
        $job.id | Get-Video -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $env:OPENAI_API_BASE = $before
        ($job.id | Get-Video).id | Should -Be $job.id
    }
}

Describe 'Worker' {
    It 'is started again when it has died' {
        $null = New-Video 'a'
        InModuleScope PSOpenAI.Py {
            $script:Worker.Process.Kill()
            $script:Worker.Process.WaitForExit()
        }
        $job = New-Video 'b' -ErrorVariable found
        $job.prompt | Should -Be 'b'
        $found | Should -HaveCount 0
    }

    It 'sends <_> as it is' -ForEach 'plain', 'a "b" \ c', "tab`tand line`nend`n", 'Äpfel 日本 🎬', '' {
        (New-Video "x$_").prompt | Should -Be "x$_"
    }

    It 'finds a Python by a path from where the session is' {
        Remove-Module -Name PSOpenAI.Py
        Import-Module -Name $Manifest -Force
        $before = $env:PSOPENAI_PYTHON
        Push-Location -LiteralPath (Split-Path -Path $before)
        try {
            $env:PSOPENAI_PYTHON = "./$(Split-Path -Path $before -Leaf)"
            (New-Video 'b').prompt | Should -Be 'b'
        }
        finally {
            $env:PSOPENAI_PYTHON = $before
            Pop-Location
        }
    }

    It 'ends with the module' {
        $null = New-Video 'a'
        $process = InModuleScope PSOpenAI.Py { Get-Process -Id $script:Worker.Process.Id }
        Remove-Module -Name PSOpenAI.Py
        $process.WaitForExit(60000) | Should -BeTrue
        Import-Module -Name $Manifest -Force
    }

    It 'ends with its runspace' {
        # As that of a thread job, or of ForEach-Object -Parallel: nobody removes the module there.
        $process = Get-Process -Id (Invoke-Apart -Script '& (Get-Module -Name PSOpenAI.Py) { (Get-Worker).Process.Id }')
        $process.WaitForExit(60000) | Should -BeTrue
    }

    It 'says what may have happened when it dies under a call' {
        $null = New-Video 'a'
        InModuleScope PSOpenAI.Py {
            # As if it had died after the request was written.
            $worker = Get-Worker
            $worker.Process.Kill()
            $worker.Process.WaitForExit()
            (New-LossFault -Worker $worker -Cmdlet 'New-Video').message | Should -Match 'may have been created'
            (New-LossFault -Worker @{ Ready = $false } -Cmdlet 'Get-Video').message | Should -Match 'could not be started'
        }
        (New-Video 'b').prompt | Should -Be 'b'
    }

    It 'says what is missing when there is no Python' {
        Remove-Module -Name PSOpenAI.Py
        Import-Module -Name $Manifest -Force
        $before = $env:PSOPENAI_PYTHON
        $env:PSOPENAI_PYTHON = "$TestDrive/no-python"
        { New-Video 'a' } | Should -Throw -ErrorId 'WorkerNotStarted,New-Video'
        $env:PSOPENAI_PYTHON = $before
        (New-Video 'b').prompt | Should -Be 'b'
    }

    It 'takes no greeting for an answer' -Skip:([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        $seen = Invoke-Apart -Given $TestDrive -Script @'
            $python = $env:PSOPENAI_PYTHON
            Set-Content -LiteralPath "$Given/greeting" -Value '#!/bin/sh', "printf 'Welcome, all\n\n,\n{}\n'", "exec '$python' `"`$@`""
            chmod +x "$Given/greeting"
            try {
                $env:PSOPENAI_PYTHON = "$Given/greeting"
                (New-Video 'a').prompt
                # One that says something, and ends.
                & (Get-Module -Name PSOpenAI.Py) { Stop-Worker }
                $env:PSOPENAI_PYTHON = '/bin/echo'
                try { Get-Video } catch { "$_" }
            }
            finally { $env:PSOPENAI_PYTHON = $python }
'@
        $seen[0] | Should -Be 'a'
        $seen[1] | Should -Be 'The worker could not be started: it ended at once. Does its Python have psopenai-py?'
    }

    It 'prefers a Python that is no way to the store' {
        InModuleScope PSOpenAI.Py {
            Mock Get-Command {
                [pscustomobject]@{ Source = 'C:\Users\me\AppData\Local\Microsoft\WindowsApps\python3.exe' }
                [pscustomobject]@{ Source = 'C:\Python\python.exe' }
            }
            $before = $env:PSOPENAI_PYTHON
            $env:PSOPENAI_PYTHON = ''
            $found = Find-Python
            $env:PSOPENAI_PYTHON = $before
            $found | Should -Be 'C:\Python\python.exe'
        }
    }
}

Describe 'Session' {
    It 'works in strict mode' {
        $seen = & {
            Set-StrictMode -Version Latest
            $job = New-Video 'strict' | Wait-Video
            $null = Get-Video 'video_none' -ErrorAction SilentlyContinue
            $job.status
        }
        $seen | Should -Be 'completed'
    }

    It 'ends a call when the pipeline is stopped, and makes the next' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$Manifest'").Invoke()
        $shell.Commands.Clear()
        $base = "sandbox:$TestDrive/stopped?speed=0.001"
        $waiting = $shell.AddScript("New-Video a -ApiBase '$base' | Wait-Video -ApiBase '$base'").BeginInvoke()
        Start-Sleep -Seconds 3
        $waiting.IsCompleted | Should -BeFalse
        $shell.Stop()
        $shell.Commands.Clear()
        $shell.AddScript("New-Video after -ApiBase '$base'").Invoke()[0].prompt | Should -Be 'after'
        $shell.Dispose()
    }

    It 'works in several runspaces at once' {
        $shells = 1..3 | ForEach-Object {
            $shell = [powershell]::Create()
            $script = "Import-Module '$Manifest'; (New-Video 'job $_' -ApiKey 'sk-x' -Size 720X1280).prompt"
            @{ Shell = $shell; Running = $shell.AddScript($script).BeginInvoke() }
        }
        $prompts = foreach ($one in $shells) {
            $one.Shell.EndInvoke($one.Running)
            $one.Shell.Dispose()
        }
        $prompts | Should -Be 'job 1', 'job 2', 'job 3'
    }

    It 'works in a job' {
        $job = Start-Job -ArgumentList (Resolve-Path -LiteralPath $Manifest).Path -ScriptBlock {
            param ($Manifest)
            Import-Module $Manifest
            (New-Video 'in a job').prompt
        }
        $job | Wait-Job -Timeout 120 | Receive-Job | Should -Be 'in a job'
        $job | Remove-Job -Force
    }
}
