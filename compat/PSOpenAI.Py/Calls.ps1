# One call of a cmdlet: what becomes of the records that come back. The lines are described in protocol.md of psopenai_py.

$script:Calls = 0

# To call a function takes PowerShell longer than most of them would take here. So what each call needs is written out in
# few functions, what few calls need is in functions of its own, and what brings a value and no output is called as the
# script block that it is, which takes a tenth of the time.
$script:NewCallLine = ${function:New-CallLine}
$script:WaitWorkerRecord = ${function:Wait-WorkerRecord}

function Invoke-WorkerCall {
    # Yields what the call puts out. An error that the cmdlet is to end with is left in $ending.
    # Not declared: to bind parameters takes longer, too.
    $name, $bound, $piped, $invocation, $ending = $args

    # As texts: Windows PowerShell has no use for the value that -ErrorAction Ignore makes of these.
    $ErrorActionPreference = "$ErrorActionPreference"
    $WarningPreference = "$WarningPreference"
    $InformationPreference = "$InformationPreference"
    $named = ''
    if ($null -ne $piped) {
        $bound = Get-BoundWithProvider -Bound $bound -Piped $piped -Job ([ref]$named)
    }
    $script:Calls++
    $call = "$script:Calls"
    $fault = $null
    $over = $false
    # Whatever stops the pipeline, Ctrl-C, Select-Object -First, break or a throw downstream: `finally` notices.
    try {
        $worker = $script:Worker
        if ($null -eq $worker -or $worker.Ended -or $worker.Process.HasExited) {
            # It starts while the request is made. In a pipeline of its own: -ErrorVariable would get what is thrown and
            # caught in there.
            $worker = Start-Worker -Fault ([ref]$fault) | & $script:WriteOutput
        }
        if ($null -eq $fault) {
            $line = $script:NewCallLine.InvokeReturnAsIs($call, $name, $bound, $named)
            if ($line -isnot [byte[]]) {
                $fault = $line
            }
        }
        if ($null -eq $fault) {
            $worker.Calls[$call] = [System.Collections.Queue]::new()
            try {
                $worker.Input.Write($line, 0, $line.Length)
                $worker.Input.Flush()
            }
            catch [System.IO.IOException] {
                # It ended just now. A line that could not be written was not read, because its end comes last.
                Clear-Caught -Problem $_
                $worker = Start-Worker -Fault ([ref]$fault) -Call $call -Line $line | & $script:WriteOutput
            }
        }
        if ($null -ne $fault) {
            Complete-Fault -Facts $fault -Invocation $invocation -Ending $ending
            $over = $true
            return
        }

        $own = $worker.Calls[$call]
        $content = $null
        $jobs = @()
        $next = 0
        $kind = ''
        do {
            # Of all loops that run, a break or continue downstream ends this one, as the innermost; it means one of the
            # user's.
            $left = 'break'
            if ($next -lt $jobs.Count) {
                $job = $jobs[$next]
                $next++
                if ($script:DatesAreText) {
                    Set-JobTime -Job $job
                }
                $job.PSTypeNames.Insert(0, 'PSOpenAI.Video.Job')
                # Plain output of the function. WriteObject would wrap what a later command throws.
                $job
            }
            else {
                $kind, $value = 'lost', $null
                if ($own.Count -gt 0 -or $script:WaitWorkerRecord.InvokeReturnAsIs($worker, $own)) {
                    $kind, $value = $own.Dequeue()
                }
                if ($kind -eq 'output') {
                    # With those behind it that have come already: to read one takes nearly as long as to read them all.
                    while ($own.Count -gt 0 -and $own.Peek()[0] -eq 'output') {
                        $value += ",$($own.Dequeue()[1])"
                    }
                    # What ConvertFrom-Json calls.
                    $jobs = @([Microsoft.PowerShell.Commands.JsonObject]::ConvertFromJson("[$value]", [ref]$null))
                    $next = 0
                }
                elseif ($kind -eq 'end') {
                    $worker.Calls.Remove($call)
                }
                elseif ($kind -eq 'bytes') {
                    if ($null -eq $content) {
                        $content = [System.IO.MemoryStream]::new()
                    }
                    $part = [System.Convert]::FromBase64String($value.Substring(1, $value.Length - 2))
                    $content.Write($part, 0, $part.Length)
                }
                elseif ($kind -eq 'rest') {
                    # All that it has written is worked off.
                    Write-WorkerWish -Worker $worker -Line "{""continue"":$call}"
                }
                elseif ($kind -in 'error', 'lost') {
                    # Of a video that broke off, nothing is handed on.
                    $content = $null
                    Complete-Fault -Facts (Read-Fault -Worker $worker -Json $value -Cmdlet $name) -Invocation $invocation -Ending $ending
                    if ($kind -eq 'lost' -or ($null -ne $ending.Value -and $ErrorActionPreference -eq 'Stop')) {
                        # Nobody comes back to read on.
                        Stop-WorkerCall -Worker $worker -Call $call
                        $over = $true
                        return
                    }
                }
                else {
                    Write-CallText -Worker $worker -Call $call -Name $name -Kind $kind -Json $value
                }
            }
            $left = ''
        } until ($kind -eq 'end' -or ($left -and ($left = 'continue')))
        if ($left -eq 'break') { break }
        if ($left -eq 'continue') { continue }
        $over = $true
        if ($null -ne $content) {
            $content.ToArray()
        }
    }
    finally {
        if (-not $over -and $null -ne $script:Worker) {
            Stop-WorkerCall -Worker $script:Worker -Call $call
        }
    }
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
        if (-not $Worker.Bars.ContainsKey($Call)) {
            $Worker.Bars[$Call] = @{ Name = $Name; Percent = [double]$value.percent; Seconds = $value.seconds }
        }
        Write-CallProgress -Bar $Worker.Bars[$Call] -Id $Call -Value $value
    }
}

function Write-CallProgress {
    # PowerShell's own bar.
    param ([hashtable]$Bar, [int]$Id, $Value)

    $shown = @{ Activity = $Bar.Name; Id = $Id; Status = "$($Value.status)"; CurrentOperation = Get-ShortName -Text $Value.activity }
    if ($null -ne $Value.percent) {
        $percent = [System.Math]::Max(0, [System.Math]::Min(100, [int]$Value.percent))
        $shown.Status += " $percent %"
        $shown.PercentComplete = $percent
        if ($percent -gt 0) {
            # As fast as since it was first seen: a job may have been on its way for long by then.
            $before = if ($percent -gt $Bar.Percent) { $Bar } else { @{ Percent = 0; Seconds = 0 } }
            $pace = ($Value.seconds - $before.Seconds) / ($percent - $before.Percent)
            $shown.SecondsRemaining = [int]($pace * (100 - $percent))
        }
    }
    Write-Progress @shown
}

function Hide-CallProgress {
    param ($Worker, [string]$Call)

    if ($Worker.Bars.ContainsKey($Call)) {
        Write-Progress -Activity $Worker.Bars[$Call].Name -Id $Call -Completed
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
        $bytes = [System.Text.Encoding]::UTF8.GetBytes("$Line`n")
        $Worker.Input.Write($bytes, 0, $bytes.Length)
        $Worker.Input.Flush()
    }
    catch {
        # It has ended, and the call with it.
        Clear-Caught -Problem $_
    }
}
