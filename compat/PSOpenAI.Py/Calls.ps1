# One call of a cmdlet. The lines are described in protocol.md of psopenai_py.

$script:Calls = 0
$script:Quiet = 'SilentlyContinue', 'Ignore'
$script:Variables = '^(PS)?OPENAI_|_PROXY$|^SSL_CERT_(FILE|DIR)$'
$script:Times = 'created_at', 'completed_at', 'expires_at', 'started_at', 'cancelled_at', 'failed_at'

function Invoke-WorkerCall {
    param ([string]$Name, [System.Collections.IDictionary]$Bound)

    $fault = $null
    try {
        $call = Send-WorkerCall -Name $Name -Bound $Bound
    }
    catch {
        $problem = $_.Exception.GetBaseException().Message
        $fault = New-StartFault -Problem $problem
    }
    if ($null -ne $fault) {
        Write-CallError -Facts $fault -Cmdlet $Name
        return
    }
    $content = $null
    # Nothing below stands in a try block: an error that ends a statement would then end all of them.
    while ($true) {
        $record = Read-WorkerRecord -Call $call
        if ($null -eq $record) {
            Write-CallError -Facts (New-LossFault -Cmdlet $Name) -Cmdlet $Name
            return
        }
        $kind = @(@($record.PSObject.Properties.Name) -ne 'call')[0]
        $value = $record.$kind
        if ($kind -eq 'end') {
            break
        }
        elseif ($kind -eq 'output') {
            # Plain output of the function. WriteObject would wrap what a later command throws.
            ConvertTo-Job -Value $value
        }
        elseif ($kind -eq 'bytes') {
            if ($null -eq $content) {
                $content = New-Object -TypeName System.IO.MemoryStream
            }
            $part = [System.Convert]::FromBase64String($value)
            $content.Write($part, 0, $part.Length)
        }
        elseif ($kind -eq 'error') {
            # Of a video that broke off, nothing is handed on.
            $content = $null
            Write-CallError -Facts $value -Cmdlet $Name
        }
        else {
            Write-CallText -Kind $kind -Value $value
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

function Send-WorkerCall {
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
    $worker = Get-Worker
    try {
        Send-WorkerLine -Worker $worker -Line $line
    }
    catch [System.IO.IOException] {
        # It ended unnoticed. A line that could not be written was not read, because its end comes last.
        Stop-Worker
        $worker = Get-Worker
        Send-WorkerLine -Worker $worker -Line $line
    }
    $worker.Open = $script:Calls
    return $script:Calls
}

function Send-WorkerLine {
    param ($Worker, [string]$Line)

    if ($Worker.Open) {
        # Select-Object -First, a throw downstream or Ctrl-C left that call in the middle.
        Write-WorkerLine -Worker $Worker -Line "{""cancel"":$($Worker.Open)}"
        $Worker.Open = 0
    }
    Write-WorkerLine -Worker $Worker -Line $Line
}

function Read-WorkerRecord {
    param ([int]$Call)

    $worker = $script:Worker
    while ($null -ne $worker) {
        $line = Read-WorkerLine -Worker $worker
        if ($null -eq $line) {
            return $null
        }
        $record = ConvertFrom-Json -InputObject $line
        $worker.Ready = $true
        # What is left of an abandoned call is skipped.
        if ($record.call -eq $Call) {
            if ($null -ne $record.end) {
                $worker.Open = 0
            }
            return $record
        }
    }
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
        # Other programs know neither the drives of PowerShell nor its home.
        if ($given[$name] -match '^(~|[^\\/:]{2,}:)') {
            $given[$name] = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($given[$name])
        }
    }
    Add-CallContext -Given $given
    return $given
}

function Get-CallVariable {
    # On Linux, names differ in case.
    $found = New-Object -TypeName 'System.Collections.Generic.Dictionary[string,string]'
    $all = [System.Environment]::GetEnvironmentVariables()
    foreach ($name in $all.Keys) {
        if ($name -match $script:Variables) {
            $found[$name] = $all[$name]
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

function ConvertTo-Plain {
    # What JSON can say of a value. Both editions of PowerShell write these alike.
    param ($Value)

    if ($null -eq $Value) {
        return $null
    }
    if ($Value -is [string]) {
        return $Value.ToString()
    }
    if ($Value -is [securestring]) {
        return [System.Net.NetworkCredential]::new('', $Value).Password
    }
    if ($Value -is [switch]) {
        return $Value.IsPresent
    }
    if ($Value -is [uri]) {
        return $Value.OriginalString
    }
    if ($Value -is [datetime]) {
        return $Value.ToString('yyyy-MM-ddTHH:mm:ss.FFFFFFFK', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [datetimeoffset]) {
        return $Value.ToString('yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz', [cultureinfo]::InvariantCulture)
    }
    if ($Value -is [bool] -or ($Value.GetType().IsPrimitive -and $Value -isnot [char]) -or $Value -is [decimal]) {
        return $Value.PSObject.BaseObject
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $members = [ordered]@{}
        foreach ($name in $Value.Keys) {
            $members["$name"] = ConvertTo-Plain -Value $Value[$name]
        }
        return $members
    }
    if ($Value.PSObject.BaseObject -is [System.Management.Automation.PSCustomObject]) {
        $members = [ordered]@{}
        foreach ($property in $Value.PSObject.Properties) {
            $members[$property.Name] = ConvertTo-Plain -Value $property.Value
        }
        return $members
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $elements = New-Object -TypeName System.Collections.ArrayList
        foreach ($element in $Value) {
            $null = $elements.Add((ConvertTo-Plain -Value $element))
        }
        return , $elements.ToArray()
    }
    return "$Value"
}

function ConvertTo-Job {
    param ($Value)

    if ($null -ne $Value -and $Value.PSObject.BaseObject -is [System.Management.Automation.PSCustomObject]) {
        foreach ($name in $script:Times) {
            $property = $Value.PSObject.Properties[$name]
            # ConvertFrom-Json of PowerShell 7 has done it already.
            if ($null -ne $property -and $property.Value -is [string] -and $property.Value -match '^\d{4}-\d\d-\d\dT') {
                $time = [datetimeoffset]::MinValue
                $culture = [cultureinfo]::InvariantCulture
                if ([datetimeoffset]::TryParse($property.Value, $culture, 'None', [ref]$time)) {
                    $property.Value = $time.LocalDateTime
                }
            }
        }
        $Value.PSObject.TypeNames.Insert(0, 'PSOpenAI.Video.Job')
    }
    return $Value
}
