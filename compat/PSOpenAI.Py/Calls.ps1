# One call of a cmdlet. The lines are described in protocol.md of psopenai_py.

$script:Calls = 0
$script:Quiet = 'SilentlyContinue', 'Ignore'
$script:Variables = '^(PS)?OPENAI_|_PROXY$|^SSL_CERT_(FILE|DIR)$'

function Invoke-WorkerCall {
    param ([string]$Name, [System.Collections.IDictionary]$Bound)

    # As texts: Windows PowerShell has no use for the value that -ErrorAction Ignore makes of these.
    $ErrorActionPreference = "$ErrorActionPreference"
    $WarningPreference = "$WarningPreference"
    $InformationPreference = "$InformationPreference"
    $fault = $null
    try {
        $line = New-CallLine -Name $Name -Bound $Bound
        $call = $script:Calls
    }
    catch {
        $fault = New-RefusalFault -Problem $_
    }
    if ($null -eq $fault) {
        try {
            $worker = Send-WorkerCall -Call $call -Line $line
        }
        catch {
            $problem = $_.Exception.GetBaseException().Message
            $fault = New-StartFault -Problem $problem
        }
    }
    if ($null -ne $fault) {
        Write-CallError -Facts $fault -Cmdlet $Name
        return
    }
    $content = $null
    while ($true) {
        $over = $false
        # Without catch: it notices that the pipeline is stopped, by Ctrl-C, Select-Object -First, break, or a throw
        # downstream. An error is not written in here: one that ends a statement would then end all of them.
        try {
            $record = Read-WorkerRecord -Worker $worker -Call $call
            $kind = @(@($record.PSObject.Properties.Name) -ne 'call')[0]
            $value = $record.$kind
            if ($kind -eq 'output') {
                # Plain output of the function. WriteObject would wrap what a later command throws.
                ConvertTo-Job -Value $value
            }
            elseif ($kind -eq 'bytes') {
                if ($null -eq $content) {
                    $content = [System.IO.MemoryStream]::new()
                }
                $part = [System.Convert]::FromBase64String($value)
                $content.Write($part, 0, $part.Length)
            }
            elseif ($kind -notin 'end', 'error') {
                # Redirected into the pipeline, a text runs what stands downstream, as an object does.
                Write-CallText -Kind $kind -Value $value
            }
            $over = $true
        }
        finally {
            if (-not $over) {
                Stop-WorkerCall -Worker $worker -Call $call
            }
        }
        if ($null -eq $record) {
            Write-CallError -Facts (New-LossFault -Worker $worker -Cmdlet $Name) -Cmdlet $Name
            return
        }
        if ($kind -eq 'end') {
            break
        }
        if ($kind -eq 'error') {
            # Of a video that broke off, nothing is handed on.
            $content = $null
            $stops = $value.terminating -or $ErrorActionPreference -eq 'Stop'
            if ($stops) {
                # Nobody comes back to read on.
                Stop-WorkerCall -Worker $worker -Call $call
            }
            Write-CallError -Facts $value -Cmdlet $Name
            if ($stops) {
                return
            }
        }
    }
    if ($null -ne $content) {
        $content.ToArray()
    }
}

function Write-CallText {
    param ([string]$Kind, $Value)

    if ($Kind -eq 'warning') {
        Write-Warning -Message $Value
    }
    elseif ($Kind -eq 'verbose') {
        Write-Verbose -Message $Value
    }
    elseif ($Kind -eq 'debug') {
        Write-Debug -Message $Value
    }
    elseif ($Kind -eq 'information') {
        Write-Information -MessageData $Value
    }
    elseif ($Kind -eq 'progress' -and $Value.completed) {
        Write-Progress -Activity 'Video' -Completed
    }
    elseif ($Kind -eq 'progress') {
        $percent = -1
        if ($null -ne $Value.percent) {
            $percent = [System.Math]::Max(0, [System.Math]::Min(100, [int]$Value.percent))
        }
        Write-Progress -Activity 'Video' -Status "$($Value.activity): $($Value.status)" -PercentComplete $percent
    }
}

function New-CallLine {
    param ([string]$Name, [System.Collections.IDictionary]$Bound)

    $script:Calls++
    $request = [ordered]@{
        call        = $script:Calls
        cmdlet      = $Name
        parameters  = Get-CallParameter -Bound $Bound
        location    = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
        environment = Get-CallVariable
        preferences = Get-CallPreference
    }
    $line = ConvertTo-Json -InputObject $request -Depth 100 -Compress
    if ([System.Text.Encoding]::UTF8.GetByteCount($line) -gt 32MB) {
        throw 'the values are longer than 32 MiB.'
    }
    return $line
}

function Send-WorkerCall {
    param ([int]$Call, [string]$Line)

    $worker = Get-Worker
    Stop-LostCall -Worker $worker
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

    if ($Worker.Calls.Count -eq 0) {
        return
    }
    $alive = @(
        foreach ($frame in Get-PSCallStack) {
            if ($frame.FunctionName -eq 'Invoke-WorkerCall') {
                $frame.GetFrameVariables()['call'].Value
            }
        }
    )
    foreach ($call in @($Worker.Calls.Keys)) {
        if ($call -notin $alive) {
            Stop-WorkerCall -Worker $Worker -Call $call
        }
    }
}

function Stop-WorkerCall {
    # The pipeline of the call was stopped.
    param ($Worker, [int]$Call)

    if ($Worker.Calls.ContainsKey($Call)) {
        $Worker.Calls.Remove($Call)
        try {
            Write-WorkerLine -Worker $Worker -Line "{""cancel"":$Call}"
        }
        catch {
            # It has ended, and the call with it.
            $null = $_
        }
    }
}

function Read-WorkerRecord {
    # A command that yields an object runs all that stands downstream, and only then goes on: so what comes here may be
    # for a call further up in the pipeline, which takes it later.
    param ($Worker, [int]$Call)

    $own = $Worker.Calls[$Call]
    while ($own.Count -eq 0) {
        if ($Worker.Ended) {
            return $null
        }
        $line = Read-WorkerLine -Worker $Worker
        if ($null -eq $line) {
            $Worker.Ended = $true
            continue
        }
        $record = ConvertFrom-Json -InputObject $line
        $Worker.Ready = $true
        # What is left of a call that was stopped is skipped.
        $waiting = $Worker.Calls[[int]$record.call]
        if ($null -ne $waiting) {
            $waiting.Enqueue($record)
        }
    }
    $record = $own.Dequeue()
    if ($null -ne $record.end) {
        $Worker.Calls.Remove($Call)
    }
    return $record
}

function Get-CallParameter {
    param ([System.Collections.IDictionary]$Bound)

    $given = [ordered]@{}
    foreach ($name in $Bound.Keys) {
        if (-not [System.Management.Automation.PSCmdlet]::CommonParameters.Contains($name)) {
            $given[$name] = ConvertTo-Plain -Value $Bound[$name]
        }
    }
    foreach ($name in 'InputReference', 'OutFile') {
        if ($given[$name]) {
            $given[$name] = Resolve-CallPath -Path $given[$name]
        }
    }
    Add-CallContext -Given $given
    return $given
}

function Get-CallVariable {
    # On Linux, names differ in case.
    $found = [System.Collections.Generic.Dictionary[string, string]]::new()
    foreach ($variable in [System.Environment]::GetEnvironmentVariables().GetEnumerator()) {
        if ($variable.Key -match $script:Variables) {
            $found[$variable.Key] = $variable.Value
        }
    }
    return $found
}

function Get-CallPreference {
    # Warnings, progress and errors are written here, so the worker only needs to know when to stop.
    return @{
        verbose = $VerbosePreference -notin $script:Quiet
        debug   = $DebugPreference -notin $script:Quiet
        warning = $(if ($WarningPreference -eq 'Stop') { 'Stop' } else { 'Continue' })
    }
}
