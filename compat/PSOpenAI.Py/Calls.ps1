# One call of a cmdlet: what becomes of the records that come back. The lines are described in protocol.md of psopenai_py.

$script:Calls = 0

function Invoke-WorkerCall {
    # Yields what the call puts out. An error that the cmdlet is to end with is left in $Ending.
    param ([string]$Name, [System.Collections.IDictionary]$Bound, $Invocation, [ref]$Ending)

    # As texts: Windows PowerShell has no use for the value that -ErrorAction Ignore makes of these.
    $ErrorActionPreference = "$ErrorActionPreference"
    $WarningPreference = "$WarningPreference"
    $InformationPreference = "$InformationPreference"
    $script:Calls++
    $call = "$script:Calls"
    $fault = $null
    $line = $null
    try {
        $line = New-CallLine -Call $call -Name $Name -Bound $Bound
        $worker = Send-WorkerCall -Call $call -Line $line
    }
    catch {
        if ($null -eq $line) {
            $fault = New-RefusalFault -Problem $_
        }
        else {
            $problem = $_.Exception.GetBaseException().Message
            $fault = New-StartFault -Problem $problem
        }
    }
    if ($null -ne $fault) {
        Complete-Fault -Facts $fault -Invocation $Invocation -Ending $Ending
        return
    }
    Receive-WorkerCall -Worker $worker -Call $call -Invocation $Invocation -Ending $Ending
}

function Receive-WorkerCall {
    param ($Worker, [string]$Call, $Invocation, [ref]$Ending)

    $content = [System.IO.MemoryStream]::new()
    do {
        $over = $false
        # Without catch: it notices that the pipeline is stopped, by Ctrl-C, Select-Object -First, break, or a throw
        # downstream. An error is not written in here: one that ends a statement would then end all of them.
        try {
            $kind, $value = Read-WorkerRecord -Worker $Worker -Call $Call
            if ($kind -eq 'output') {
                # Plain output of the function. WriteObject would wrap what a later command throws.
                ConvertTo-Job -Value (ConvertFrom-Json -InputObject $value)
            }
            elseif ($kind -eq 'bytes') {
                $part = [System.Convert]::FromBase64String($value.Substring(1, $value.Length - 2))
                $content.Write($part, 0, $part.Length)
            }
            elseif ($kind -eq 'rest') {
                # All that it has written is worked off.
                Write-WorkerWish -Worker $Worker -Line "{""continue"":$Call}"
            }
            elseif ($kind -notin 'end', 'error', 'lost') {
                Write-CallText -Worker $Worker -Call $Call -Name $Invocation.MyCommand.Name -Kind $kind -Json $value
            }
            $over = $true
        }
        finally {
            if (-not $over) {
                Stop-WorkerCall -Worker $Worker -Call $Call
            }
        }
        if ($kind -eq 'lost') {
            Hide-CallProgress -Worker $Worker -Call $Call
            $fault = New-LossFault -Worker $Worker -Cmdlet $Invocation.MyCommand.Name
            Complete-Fault -Worker $Worker -Call $Call -Facts $fault -Invocation $Invocation -Ending $Ending
        }
        elseif ($kind -eq 'error') {
            # Of a video that broke off, nothing is handed on.
            $content.SetLength(0)
            $fault = ConvertFrom-Json -InputObject $value
            Complete-Fault -Worker $Worker -Call $Call -Facts $fault -Invocation $Invocation -Ending $Ending
            if ($null -ne $Ending.Value -and $ErrorActionPreference -eq 'Stop') {
                # Nobody comes back to read on.
                Stop-WorkerCall -Worker $Worker -Call $Call
                return
            }
        }
    } until ($kind -in 'end', 'lost')
    if ($content.Length -gt 0) {
        $content.ToArray()
    }
}

function Complete-Fault {
    # An error that ends the cmdlet is written by the cmdlet itself, when its call is over; others are written now.
    param ($Worker, [string]$Call, $Facts, $Invocation, [ref]$Ending)

    if ($Facts.terminating -or (Test-Thrown -Facts $Facts) -or $ErrorActionPreference -eq 'Stop') {
        $Ending.Value = $Facts
        return
    }
    if ($null -ne $Worker) {
        $Worker.Doubtful[$Call] = $true
    }
    $writer, $written = Get-ErrorWriter -Facts $Facts -Invocation $Invocation
    & $writer @written
    if ($null -ne $Worker) {
        $Worker.Doubtful.Remove($Call)
    }
}

function Write-CallText {
    # Redirected into the pipeline, a text runs what stands downstream, as an object does.
    param ($Worker, [string]$Call, [string]$Name, [string]$Kind, [string]$Json)

    $value = ConvertFrom-Json -InputObject $Json
    if ($Kind -eq 'warning') {
        Write-Warning -Message $value
    }
    elseif ($Kind -eq 'verbose') {
        Write-Verbose -Message $value
    }
    elseif ($Kind -eq 'debug') {
        Write-Debug -Message $value
    }
    elseif ($Kind -eq 'information') {
        Write-Information -MessageData $value
    }
    elseif ($Kind -eq 'progress' -and $value.completed) {
        Hide-CallProgress -Worker $Worker -Call $Call
    }
    elseif ($Kind -eq 'progress') {
        $Worker.Bars[$Call] = $Name
        Write-CallProgress -Name $Name -Id $Call -Value $value
    }
}

function Write-CallProgress {
    # PowerShell's own bar.
    param ([string]$Name, [int]$Id, $Value)

    $bar = @{ Activity = $Name; Id = $Id; Status = "$($Value.status)"; CurrentOperation = Get-ShortName -Text $Value.activity }
    if ($null -ne $Value.percent) {
        $percent = [System.Math]::Max(0, [System.Math]::Min(100, [int]$Value.percent))
        $bar.Status += " $percent %"
        $bar.PercentComplete = $percent
        if ($percent -gt 0) {
            $bar.SecondsRemaining = [int]($Value.seconds * (100 - $percent) / $percent)
        }
    }
    Write-Progress @bar
}

function Hide-CallProgress {
    param ($Worker, [string]$Call)

    if ($Worker.Bars.ContainsKey($Call)) {
        Write-Progress -Activity $Worker.Bars[$Call] -Id $Call -Completed
        $Worker.Bars.Remove($Call)
    }
}

function Get-ShortName {
    # An id has up to a hundred characters, a bar less room.
    param ([string]$Text)

    if ($Text.Length -le 28) {
        return $Text
    }
    return "$($Text.Substring(0, 20))...$($Text.Substring($Text.Length - 5))"
}

function Send-WorkerCall {
    param ([string]$Call, [string]$Line)

    $worker = Get-Worker
    if ($worker.Doubtful.Count -gt 0) {
        Stop-LostCall -Worker $worker
    }
    try {
        Write-WorkerLine -Worker $worker -Line $Line
    }
    catch [System.IO.IOException] {
        # It ended unnoticed. A line that could not be written was not read, because its end comes last.
        Stop-Worker
        $worker = Get-Worker
        Write-WorkerLine -Worker $worker -Line $Line
    }
    $worker.Calls[$Call] = [System.Collections.Queue]::new()
    return $worker
}

function Stop-LostCall {
    # An error is written outside of any try block, so a call does not notice when a script's catch, or a throw
    # downstream, ended it by that. It is no longer on the stack then.
    param ($Worker)

    $alive = @(
        foreach ($frame in Get-PSCallStack) {
            if ($frame.FunctionName -eq 'Receive-WorkerCall') {
                $frame.GetFrameVariables()['Call'].Value
            }
        }
    )
    foreach ($call in @($Worker.Doubtful.Keys)) {
        if ($call -notin $alive) {
            Stop-WorkerCall -Worker $Worker -Call $call
        }
    }
}

function Stop-WorkerCall {
    # The pipeline of the call was stopped.
    param ($Worker, [string]$Call)

    $Worker.Doubtful.Remove($Call)
    if ($Worker.Calls.ContainsKey($Call)) {
        $Worker.Calls.Remove($Call)
        Write-WorkerWish -Worker $Worker -Line "{""cancel"":$Call}"
    }
    Hide-CallProgress -Worker $Worker -Call $Call
}

function Write-WorkerWish {
    param ($Worker, [string]$Line)

    try {
        Write-WorkerLine -Worker $Worker -Line $Line
    }
    catch {
        # It has ended, and the call with it.
        $null = $_
    }
}

function Read-WorkerRecord {
    # Kind and JSON of the next record of a call. A command that yields an object runs all that stands downstream, and
    # only then goes on: so what comes may be for a call further up in the pipeline, which takes it later.
    param ($Worker, [string]$Call)

    $own = $Worker.Calls[$Call]
    while ($own.Count -eq 0) {
        $line = Read-WorkerLine -Worker $Worker
        if ($null -eq $line) {
            return 'lost', $null
        }
        # {"call":4,"kind":value}. What is left of a call that was stopped is skipped.
        $comma = $line.IndexOf(',')
        $waiting = $Worker.Calls[$line.Substring(8, $comma - 8)]
        if ($null -ne $waiting) {
            $stop = $line.IndexOf('"', $comma + 2)
            $kind = $line.Substring($comma + 2, $stop - $comma - 2)
            $waiting.Enqueue(@($kind, $line.Substring($stop + 2, $line.Length - $stop - 3)))
        }
    }
    $record = $own.Dequeue()
    if ($record[0] -eq 'end') {
        $Worker.Calls.Remove($Call)
    }
    return $record
}
