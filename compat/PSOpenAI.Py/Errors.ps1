# Errors as PSOpenAI writes them: same id, category, type, and the same way of ending things.

function Write-CallError {
    param ($Facts, [string]$Cmdlet)

    $exception = New-CallException -Facts $Facts
    $write = @{
        Exception         = $exception
        ErrorId           = $Facts.error_id
        Category          = $Facts.category
        CategoryReason    = $Facts.reason
        RecommendedAction = "$($Facts.action)"
    }
    if ($Facts.target) {
        $write.TargetObject = $Facts.target
    }
    if ($Facts.terminating) {
        # PSOpenAI does the same where it cannot go on: nothing but a surrounding try holds it up.
        $write.ErrorAction = 'Stop'
    }

    # The second half of an error's id is the name of the function that writes it. Within this function, the names
    # of the cmdlets stand for these.
    function Invoke-OpenAIAPIRequest {
        [CmdletBinding()]
        param ()
        # It ends the statement, and a surrounding try sees it whatever the preference.
        $PSCmdlet.ThrowTerminatingError($record)
    }
    function Initialize-APIKey {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Initialize-APIBase {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Initialize-OpenAIAPIRequestParam {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Get-AzureOpenAIAPIEndpoint {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Resolve-FileInfo {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Write-TimeoutError {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function New-Video {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Get-Video {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Get-VideoContent {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function New-VideoRemix {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Remove-Video {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }
    function Wait-Video {
        [CmdletBinding()]
        param ()
        Write-Error @write
    }

    $known = 'Invoke-OpenAIAPIRequest', 'Initialize-APIKey', 'Initialize-APIBase', 'Initialize-OpenAIAPIRequestParam',
        'Get-AzureOpenAIAPIEndpoint', 'Resolve-FileInfo', 'Write-TimeoutError'
    if ($Facts.command -in $known) {
        if ($Facts.command -eq 'Invoke-OpenAIAPIRequest') {
            $record = New-CallRecord -Exception $exception -Facts $Facts
        }
        & $Facts.command
    }
    else {
        & $Cmdlet
    }
}

function New-CallRecord {
    param ([System.Exception]$Exception, $Facts)

    $target = $null
    if ($Facts.target) {
        $target = $Facts.target
    }
    $parts = $Exception, $Facts.error_id, $Facts.category, $target
    $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $parts
    $record.CategoryInfo.Reason = $Facts.reason
    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new([string]$Facts.message)
    $record.ErrorDetails.RecommendedAction = "$($Facts.action)"
    return $record
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
            $null = $_
        }
    }
    return $Text
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
        return New-StartFault -Problem 'it ended at once. Does its Python have psopenai-py?'
    }
    $message = 'The worker ended in the middle of the call. The next call starts another one.'
    if ($Cmdlet -in 'New-Video', 'New-VideoRemix') {
        $message += ' A job may have been created; look for it with Get-Video before you send the request again.'
    }
    return New-Fault -Id 'WorkerEnded' -Message $message -Action ''
}
