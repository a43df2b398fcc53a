# The worker process: found, started, spoken to. What the lines mean is the business of Calls.ps1.

$script:Worker = $null

function Find-Python {
    if ($env:PSOPENAI_PYTHON) {
        # The folder that a process starts in is not the location.
        if ($env:PSOPENAI_PYTHON -match '[\\/]' -and (Test-Path -LiteralPath $env:PSOPENAI_PYTHON -PathType Leaf)) {
            return Convert-Path -LiteralPath $env:PSOPENAI_PYTHON
        }
        return $env:PSOPENAI_PYTHON
    }
    # Written by the installation of this module.
    $note = Join-Path -Path $PSScriptRoot -ChildPath 'Python.txt'
    if (Test-Path -LiteralPath $note) {
        $python = [System.IO.File]::ReadAllText($note).Trim()
        if (Test-Path -LiteralPath $python) {
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
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = Find-Python
    # -P: the current folder is no place to look for modules.
    $start.Arguments = '-P -m psopenai_py.worker'
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.StandardOutputEncoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    # A console passes Ctrl-C on; other hosts have none, and no window is to appear.
    $start.CreateNoWindow = $Host.Name -ne 'ConsoleHost'
    # Reading: a line that somebody began to wait for. Calls: what has come for each open call and was not taken yet.
    # Ready: it has answered. Ended: nothing more comes.
    $script:Worker = @{
        Process = [System.Diagnostics.Process]::Start($start)
        Reading = $null
        Calls   = @{}
        Ready   = $false
        Ended   = $false
    }
    return $script:Worker
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
            $null = $_
        }
        $script:Worker.Process.Dispose()
        $script:Worker = $null
    }
}

function Write-WorkerLine {
    param ($Worker, [string]$Line)

    # As bytes: the encoding of the writer cannot be set in Windows PowerShell.
    $bytes = [System.Text.Encoding]::UTF8.GetBytes("$Line`n")
    $stream = $Worker.Process.StandardInput.BaseStream
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush()
}

function Read-WorkerLine {
    param ($Worker)

    if ($null -eq $Worker.Reading) {
        $Worker.Reading = $Worker.Process.StandardOutput.ReadLineAsync()
    }
    try {
        # In short pieces, so that Ctrl-C is noticed in every host. A line that is left waiting is read by the next call.
        while (-not $Worker.Reading.Wait(100)) {
            continue
        }
        $line = $Worker.Reading.Result
    }
    catch [System.AggregateException] {
        $line = $null
    }
    $Worker.Reading = $null
    return $line
}
