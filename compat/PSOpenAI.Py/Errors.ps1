# Errors as PSOpenAI writes them: same id, category, type, and the same way of ending things.

# The second half of an error's id is the name of the function that writes it, so this becomes functions of these names.
$script:ErrorWriter = {
    [CmdletBinding()]
    param ($Record, $Position, [switch]$Throws)
    # Of this invocation, the record takes over the position: that is to be where the user called.
    $MyInvocation.DisplayScriptPosition = $Position
    if ($Throws) {
        # It ends the statement, and a surrounding try sees it whatever the preference.
        $PSCmdlet.ThrowTerminatingError($Record)
    }
    $PSCmdlet.WriteError($Record)
}
$script:ErrorWriters = @{}

function Get-ErrorWriter {
    # The function that writes an error, and the parameters that it wants.
    param ($Facts, $Invocation)

    $name = $Facts.command
    if (-not $name) {
        $name = $Invocation.MyCommand.Name
    }
    $written = @{
        Record   = New-CallRecord -Facts $Facts
        Position = Get-CallPosition -Invocation $Invocation
        Throws   = Test-Thrown -Facts $Facts
    }
    if ($Facts.terminating -and -not $written.Throws) {
        # PSOpenAI does the same where it cannot go on: nothing but a surrounding try holds it up.
        $written.ErrorAction = 'Stop'
    }
    if (-not $script:ErrorWriters.ContainsKey($name) -and $name -match '^[\w.-]+$') {
        # A statement, not Set-Item: that would put it in place of this module's own function of that name.
        $define = "function $name { $script:ErrorWriter }; Get-Item -LiteralPath 'function:$name'"
        $script:ErrorWriters[$name] = & ([scriptblock]::Create($define))
    }
    return $script:ErrorWriters[$name], $written
}

function Test-Thrown {
    param ($Facts)

    return $Facts.command -eq 'Invoke-OpenAIAPIRequest'
}

function Get-CallPosition {
    # Where the user called: the command, not the whole pipeline or the line that it stands in.
    param ($Invocation)

    $hidden = [System.Reflection.BindingFlags]'Instance, NonPublic'
    $property = [System.Management.Automation.InvocationInfo].GetProperty('ScriptPosition', $hidden)
    if ($null -ne $property) {
        return $property.GetValue($Invocation)
    }
    # A PowerShell that keeps it elsewhere: the statement.
    return @(Get-UserFrame)[0].Position
}

function Get-UserFrame {
    # The call stack without this module, innermost first.
    foreach ($frame in Get-PSCallStack) {
        if (-not "$($frame.ScriptName)".StartsWith("$PSScriptRoot$([System.IO.Path]::DirectorySeparatorChar)")) {
            $frame
        }
    }
}

function New-CallRecord {
    param ($Facts)

    $exception = New-CallException -Facts $Facts
    $target = $null
    if ($Facts.target) {
        $target = $Facts.target
    }
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $Facts.error_id, $Facts.category, $target)
    if ($exception -is [System.Management.Automation.ItemNotFoundException]) {
        $inner = [System.Management.Automation.ParentContainsErrorRecordException]::new($exception)
        $exception.Carried =
            [System.Management.Automation.ErrorRecord]::new($inner, $Facts.error_id, $Facts.category, $target)
    }
    foreach ($one in @($record, $exception.Carried) -ne $null) {
        $one.CategoryInfo.Reason = $Facts.reason
        $one.ErrorDetails = [System.Management.Automation.ErrorDetails]::new([string]$Facts.message)
        $one.ErrorDetails.RecommendedAction = "$($Facts.action)"
        Set-StackTrace -Record $one
    }
    return $record
}

function Set-StackTrace {
    # PowerShell fills it in when a record is written, unless it is there, and would begin with lines of this module.
    param ($Record)

    $hidden = [System.Reflection.BindingFlags]'Instance, NonPublic'
    $field = [System.Management.Automation.ErrorRecord].GetField('_scriptStackTrace', $hidden)
    if ($null -ne $field) {
        $field.SetValue($Record, (@(Get-UserFrame) -join [System.Environment]::NewLine))
    }
}

function New-CallException {
    param ($Facts)

    $type = [System.InvalidOperationException]
    # An id is often the name of its type.
    foreach ($name in $Facts.exception, $Facts.error_id) {
        $named = $name -as [type]
        if ($null -ne $named -and $named.IsSubclassOf([System.Exception]) -and $named.GetConstructor([type[]]@([string]))) {
            $type = $named
        }
    }
    if ($type -eq [System.Management.Automation.ItemNotFoundException]) {
        $type = Get-MissingFileType
    }
    $exception = [System.Activator]::CreateInstance($type, [object[]]@([string]$Facts.message))
    if ($Facts.status) {
        # Not every edition has a name for every status.
        $status = [System.Enum]::ToObject([System.Net.HttpStatusCode], [int]$Facts.status)
        $answer = @{
            StatusCode = $status
            Response   = [System.Net.Http.HttpResponseMessage]::new($status)
            Type       = $Facts.type
            Code       = $Facts.code
            Param      = $Facts.param
            Content    = ConvertFrom-Body -Text $Facts.body
            RequestId  = $Facts.request_id
        }
        Add-Member -InputObject $exception -NotePropertyMembers $answer -Force
    }
    return $exception
}

function ConvertFrom-Body {
    # What scripts look at is $_.Exception.Content.error.message. An answer that is no JSON stays text.
    param ([string]$Text)

    if ($Text -match '^\s*\{') {
        try {
            return ConvertFrom-Json -InputObject $Text
        }
        catch {
            Clear-Caught -Problem $_
        }
    }
    return $Text
}

function Clear-Caught {
    # PowerShell lists in $Error what was caught, too; what was caught in here is nobody's business.
    param ([System.Management.Automation.ErrorRecord]$Problem)

    while ($global:Error.Count -gt 0 -and
        [object]::ReferenceEquals($global:Error[0].Exception.GetBaseException(), $Problem.Exception.GetBaseException())) {
        $global:Error.RemoveAt(0)
    }
}

function New-Fault {
    param ([string]$Id, [string]$Message, [string]$Action)

    return [pscustomobject]@{
        message     = $Message
        error_id    = $Id
        command     = $null
        category    = 'ResourceUnavailable'
        reason      = 'InvalidOperationException'
        exception   = 'System.InvalidOperationException'
        target      = $null
        action      = $Action
        status      = $null
        terminating = $true
    }
}

function New-RefusalFault {
    # A value that cannot be sent.
    param ([System.Management.Automation.ErrorRecord]$Problem)

    $cause = $Problem.Exception.GetBaseException()
    $kind = $cause.GetType()
    $fault = New-Fault -Id $kind.FullName -Message "Nothing was sent: $($cause.Message)" -Action ''
    $fault.category = "$($Problem.CategoryInfo.Category)"
    $fault.reason = $kind.Name
    $fault.exception = $kind.FullName
    # The next object of a pipeline may be better.
    $fault.terminating = $false
    return $fault
}

$script:EndedAtOnce = 'it ended at once. Does its Python have psopenai-py?'

function New-StartFault {
    # Nothing was sent.
    param ([string]$Problem)

    $action = 'Install psopenai-py for Python, or name a Python that has it in $env:PSOPENAI_PYTHON.'
    return New-Fault -Id 'WorkerNotStarted' -Message "The worker could not be started: $Problem" -Action $action
}

function New-LossFault {
    # The worker ended under a call. Says whether a job may have been created.
    param ($Worker, [string]$Cmdlet)

    # A call further down in the pipeline may have noticed it first, and started another one.
    if ([object]::ReferenceEquals($Worker, $script:Worker)) {
        Stop-Worker
    }
    if (-not $Worker.Ready) {
        return New-StartFault -Problem $script:EndedAtOnce
    }
    $message = 'The worker ended in the middle of the call. The next call starts another one.'
    if ($Cmdlet -in $script:Creating) {
        $message += ' A job may have been created; look for it with Get-Video before you send the request again.'
    }
    return New-Fault -Id 'WorkerEnded' -Message $message -Action ''
}
