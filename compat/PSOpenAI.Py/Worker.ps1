# The worker process: found, started, spoken to; its records, sorted by call. What they mean is the business of Calls.ps1.

$script:Worker = $null

function Find-Python {
    # The commands for files are not loaded for this: that would take as long as half of the first call.
    if ($env:PSOPENAI_PYTHON) {
        # The folder that a process starts in is not the location.
        if ($env:PSOPENAI_PYTHON -match '[\\/]') {
            $python = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($env:PSOPENAI_PYTHON)
            if ([System.IO.File]::Exists($python)) {
                return $python
            }
        }
        return $env:PSOPENAI_PYTHON
    }
    # Written by the installation of this module.
    $note = [System.IO.Path]::Combine($PSScriptRoot, 'Python.txt')
    if ([System.IO.File]::Exists($note)) {
        $python = [System.IO.File]::ReadAllText($note).Trim()
        if ([System.IO.File]::Exists($python)) {
            return $python
        }
    }
    $found = @(Get-Command -Name 'python3', 'python' -CommandType Application -All -ErrorAction Ignore)
    # What Windows keeps in this folder may be no Python, but the way to one in the store.
    $sure = @($found | Where-Object -FilterScript { $_.Source -notlike '*\WindowsApps\*' })
    foreach ($python in $sure + $found) {
        return $python.Source
    }
    $text = 'There is no Python. Install it with psopenai-py, or name one in $env:PSOPENAI_PYTHON.'
    throw [System.IO.FileNotFoundException]::new($text)
}

function Get-Worker {
    if ($null -ne $script:Worker -and -not $script:Worker.Process.HasExited) {
        return $script:Worker
    }
    Stop-Worker
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = Find-Python
    # -P: the current folder is no place to look for modules.
    $start.Arguments = '-P -m psopenai_py.worker'
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    # A console passes Ctrl-C on; other hosts have none, and no window is to appear.
    $start.CreateNoWindow = $Host.Name -ne 'ConsoleHost'
    $process = [System.Diagnostics.Process]::Start($start)
    $script:Worker = @{
        Process    = $process
        Input      = $process.StandardInput.BaseStream
        Output     = $process.StandardOutput.BaseStream
        # A piece that somebody began to wait for, what it is read into, and how bytes become characters.
        Reading    = $null
        Bytes      = [byte[]]::new(65536)
        Characters = [char[]]::new(65536)
        Decoder    = [System.Text.UTF8Encoding]::new($false).GetDecoder()
        # What has come, cut at the line ends. The last part is no whole line yet.
        Parts      = @('')
        Next       = 0
        # By call: what was read for it and not taken yet; the bar that is shown.
        Calls      = @{}
        Bars       = @{}
        # It has answered; nothing more comes.
        Ready      = $false
        Ended      = $false
    }
    return $script:Worker
}

function Start-Worker {
    # A new worker, which gets a request if there is one already; nothing but the fault where that fails.
    param ([ref]$Fault, [string]$Call, [byte[]]$Line)

    try {
        Stop-Worker
        $worker = Get-Worker
        if ($null -ne $Line) {
            $worker.Calls[$Call] = [System.Collections.Queue]::new()
            $worker.Input.Write($Line, 0, $Line.Length)
            $worker.Input.Flush()
        }
        return $worker
    }
    catch {
        Clear-Caught -Problem $_
        $problem = $_.Exception.GetBaseException().Message
        $Fault.Value = New-StartFault -Problem $problem
    }
}

function Stop-Worker {
    if ($null -ne $script:Worker) {
        # Calls further up in a pipeline may still wait for it.
        $script:Worker.Ended = $true
        try {
            # It ends when its input closes.
            $script:Worker.Process.StandardInput.Close()
        }
        catch [System.IO.IOException] {
            Clear-Caught -Problem $_
        }
        $script:Worker.Process.Dispose()
        $script:Worker = $null
    }
}

function Wait-WorkerRecord {
    # True when a call has a record of its own; false when nothing more comes. A command that yields an object runs all
    # that stands downstream, and only then goes on: so what comes may be for a call further up in the pipeline, which
    # takes it later.
    #
    # A pipeline can be stopped where a loop begins anew and where a command is called, so what belongs together is
    # assigned without either in between.
    param ($Worker, $Own)

    while ($Own.Count -eq 0 -or $Worker.Next -lt $Worker.Parts.Length - 1) {
        if ($Worker.Next -lt $Worker.Parts.Length - 1) {
            # {"call":4,"kind":value}. What is left of a call that was stopped is skipped.
            $line = $Worker.Parts[$Worker.Next]
            # Of characters: a text would be looked for by the rules of a language, which takes much longer.
            $comma = $line.IndexOf([char]',')
            $stop = $line.IndexOf([char]'"', $comma + 2)
            $waiting = $Worker.Calls[$line.Substring(8, $comma - 8)]
            if ($null -ne $waiting) {
                $kind = $line.Substring($comma + 2, $stop - $comma - 2)
                $waiting.Enqueue(@($kind, $line.Substring($stop + 2, $line.Length - $stop - 3)))
            }
            $Worker.Next++
            continue
        }
        if ($Worker.Ended) {
            return $false
        }
        $count = 0
        try {
            if ($null -eq $Worker.Reading) {
                $Worker.Reading = $Worker.Output.ReadAsync($Worker.Bytes, 0, $Worker.Bytes.Length)
            }
            # In short pieces, so that Ctrl-C is noticed in every host. What is left waiting is taken by the next call.
            while (-not $Worker.Reading.Wait(100)) {
                continue
            }
            $count = $Worker.Reading.Result
        }
        catch [System.AggregateException], [System.ObjectDisposedException] {
            Clear-Caught -Problem $_
        }
        if ($count -eq 0) {
            $Worker.Ended = $true
            return $false
        }
        $length = $Worker.Decoder.GetChars($Worker.Bytes, 0, $count, $Worker.Characters, 0)
        $text = $Worker.Parts[-1] + [string]::new($Worker.Characters, 0, $length)
        $Worker.Parts = $text.Split([char]10)
        $Worker.Next = 0
        $Worker.Reading = $null
        $Worker.Ready = $true
    }
    return $true
}
