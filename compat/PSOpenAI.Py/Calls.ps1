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
    $over = $false
    # Whatever stops the pipeline, Ctrl-C, Select-Object -First, break or a throw downstream: `finally` notices.
    try {
        $fault = $null
        # In a pipeline of its own: -ErrorVariable would get what is thrown and caught in there.
        $worker = Start-WorkerCall -Call $call -Name $Name -Bound $Bound -Fault ([ref]$fault) | Write-Output
        if ($null -ne $fault) {
            Complete-Fault -Facts $fault -Invocation $Invocation -Ending $Ending
        }
        else {
            Receive-WorkerCall -Worker $worker -Call $call -Invocation $Invocation -Ending $Ending
        }
        $over = $true
    }
    finally {
        if (-not $over -and $null -ne $script:Worker) {
            Stop-WorkerCall -Worker $script:Worker -Call $call
        }
    }
}

function Start-WorkerCall {
    # The worker that has the request, or what kept it from being sent.
    param ([string]$Call, [string]$Name, [System.Collections.IDictionary]$Bound, [ref]$Fault)

    $line = $null
    try {
        $line = New-CallLine -Call $Call -Name $Name -Bound $Bound
        return Send-WorkerCall -Call $Call -Line $line
    }
    catch {
        Clear-Caught -Problem $_
        if ($null -eq $line) {
            $Fault.Value = New-RefusalFault -Problem $_
        }
        else {
            $problem = $_.Exception.GetBaseException().Message
            $Fault.Value = New-StartFault -Problem $problem
        }
    }
}

function Receive-WorkerCall {
    param ($Worker, [string]$Call, $Invocation, [ref]$Ending)

    $content = [System.IO.MemoryStream]::new()
    do {
        # Of all loops that run, a break or continue downstream ends this one, as the innermost; it means one of the user's.
        $left = 'break'
        $kind, $value = Read-WorkerRecord -Worker $Worker -Call $Call
        if ($kind -eq 'output') {
            Write-Job -Texts (Read-MoreOutput -Worker $Worker -Call $Call -First $value)
        }
        elseif ($kind -eq 'bytes') {
            $part = [System.Convert]::FromBase64String($value.Substring(1, $value.Length - 2))
            $content.Write($part, 0, $part.Length)
        }
        elseif ($kind -eq 'rest') {
            # All that it has written is worked off.
            Write-WorkerWish -Worker $Worker -Line "{""continue"":$Call}"
        }
        elseif ($kind -in 'error', 'lost') {
            # Of a video that broke off, nothing is handed on.
            $content.SetLength(0)
            Complete-Fault -Facts (Read-Fault -Worker $Worker -Json $value -Cmdlet $Invocation.MyCommand.Name) -Invocation $Invocation -Ending $Ending
            if ($kind -eq 'lost' -or ($null -ne $Ending.Value -and $ErrorActionPreference -eq 'Stop')) {
                # Nobody comes back to read on.
                Stop-WorkerCall -Worker $Worker -Call $Call
                return
            }
        }
        elseif ($kind -ne 'end') {
            Write-CallText -Worker $Worker -Call $Call -Name $Invocation.MyCommand.Name -Kind $kind -Json $value
        }
        $left = ''
    } until ($kind -eq 'end' -or ($left -and ($left = 'continue')))
    if ($left -eq 'break') { break }
    if ($left -eq 'continue') { continue }
    if ($content.Length -gt 0) {
        $content.ToArray()
    }
}

function Write-Job {
    # Yields jobs, read all at once: to read one takes nearly as long.
    param ([string[]]$Texts)

    $read = ConvertFrom-Json -InputObject "[$($Texts -join ',')]"
    $jobs = @($read)
    $next = 0
    do {
        $left = 'break'
        $job = $jobs[$next]
        $next++
        if ($script:DatesAreText) {
            Set-JobTime -Job $job
        }
        $job.PSObject.TypeNames.Insert(0, 'PSOpenAI.Video.Job')
        # Plain output of the function. WriteObject would wrap what a later command throws.
        $job
        $left = ''
    } until (($left -and ($left = 'continue')) -or $next -ge $jobs.Count)
    # As in Receive-WorkerCall, which these end in turn.
    if ($left -eq 'break') { break }
    if ($left -eq 'continue') { continue }
}

function Read-Fault {
    # What the worker says, or what there is to say when it has ended.
    param ($Worker, [string]$Json, [string]$Cmdlet)

    if (-not $Json) {
        return New-LossFault -Worker $Worker -Cmdlet $Cmdlet
    }
    return ConvertFrom-Json -InputObject $Json
}

function Complete-Fault {
    # An error that ends the cmdlet is written by the cmdlet itself, outside of this try block: in here, it would not
    # end the statement, but all of them. Others are written now.
    param ($Facts, $Invocation, [ref]$Ending)

    if ($Facts.terminating -or (Test-Thrown -Facts $Facts) -or $ErrorActionPreference -eq 'Stop') {
        $Ending.Value = $Facts
        return
    }
    $writer, $written = Get-ErrorWriter -Facts $Facts -Invocation $Invocation
    & $writer @written
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

    $worker = $script:Worker
    if ($null -eq $worker -or $worker.Ended) {
        $worker = Get-Worker
    }
    $worker.Calls[$Call] = [System.Collections.Queue]::new()
    try {
        Write-WorkerLine -Worker $worker -Line $Line
    }
    catch [System.IO.IOException] {
        # It ended unnoticed. A line that could not be written was not read, because its end comes last.
        Clear-Caught -Problem $_
        Stop-Worker
        $worker = Get-Worker
        $worker.Calls[$Call] = [System.Collections.Queue]::new()
        Write-WorkerLine -Worker $worker -Line $Line
    }
    return $worker
}

function Stop-WorkerCall {
    # The pipeline of the call was stopped.
    param ($Worker, [string]$Call)

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
        Clear-Caught -Problem $_
    }
}

function Read-WorkerRecord {
    # Kind and JSON of the next record of a call. A command that yields an object runs all that stands downstream, and
    # only then goes on: so what comes may be for a call further up in the pipeline, which takes it later.
    param ($Worker, [string]$Call)

    $own = $Worker.Calls[$Call]
    while ($own.Count -eq 0) {
        if (-not (Wait-WorkerLine -Worker $Worker)) {
            return 'lost', $null
        }
        # All that have come. A pipeline can be stopped where a loop begins anew, so each is taken and kept in one go.
        while ($Worker.Next -lt $Worker.Parts.Length - 1) {
            # {"call":4,"kind":value}. What is left of a call that was stopped is skipped.
            $line = $Worker.Parts[$Worker.Next]
            $comma = $line.IndexOf(',')
            $stop = $line.IndexOf('"', $comma + 2)
            $waiting = $Worker.Calls[$line.Substring(8, $comma - 8)]
            if ($null -ne $waiting) {
                $kind = $line.Substring($comma + 2, $stop - $comma - 2)
                $waiting.Enqueue(@($kind, $line.Substring($stop + 2, $line.Length - $stop - 3)))
            }
            $Worker.Next++
        }
    }
    $record = $own.Dequeue()
    if ($record[0] -eq 'end') {
        $Worker.Calls.Remove($Call)
    }
    return $record
}

function Read-MoreOutput {
    # One output and those behind it that have come already.
    param ($Worker, [string]$Call, [string]$First)

    $First
    $own = $Worker.Calls[$Call]
    while ($null -ne $own -and $own.Count -gt 0 -and $own.Peek()[0] -eq 'output') {
        $own.Dequeue()[1]
    }
}
