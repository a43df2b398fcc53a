# What a request of a call says, as JSON.

$script:Common = [System.Management.Automation.PSCmdlet]::CommonParameters
$script:Quiet = 'SilentlyContinue', 'Ignore'
$script:Variables =
    [regex]::new('^(?:(?:PS)?OPENAI_.*|.*_API_KEY|.*_PROXY|SSL_CERT_(?:FILE|DIR))$', 'IgnoreCase, Multiline, CultureInvariant')
# Texts that JSON writes as they are, and parameters that may hold a path.
$script:Unescaped = [regex]::new('^[ !#-\[\]-~]*\z', 'CultureInvariant')
$script:Paths = 'InputReference', 'OutFile'
# Where the session was last: each change of location brings another object.
$script:Place = $null
$script:Location = $null
# All names of variables as they were last, and which of them matter.
$script:AllNames = ''
$script:Names = @()
# What a request said of the world last, and its JSON: it seldom changes.
$script:WorldFacts = $null
$script:WorldJson = $null

function New-CallLine {
    # The request as bytes; in their place the fault where a value cannot be sent.
    param ($Call, $Name, $Bound, $Job)

    # Nearly all parameters are plain texts, and seldom has the session anything to add.
    $isPlain = -not (($null -ne $global:PSOpenAIContextDictionary -and $global:PSOpenAIContextDictionary.Count -gt 0) -or
        $global:OPENAI_API_KEY -or $global:OPENAI_API_BASE -or $global:OPENAI_ORGANIZATION)
    $members = foreach ($entry in $Bound.GetEnumerator()) {
        if ($script:Common.Contains($entry.Key)) {
            continue
        }
        if ($entry.Value -is [string] -and $entry.Value.Length -lt 64KB -and $script:Unescaped.IsMatch($entry.Value) -and
            $entry.Key -notin $script:Paths) {
            """$($entry.Key)"":""$($entry.Value)"""
        }
        else {
            $isPlain = $false
        }
    }
    # Location, environment and preferences: they seldom change.
    if (-not [object]::ReferenceEquals($PWD, $script:Place)) {
        $script:Place = $PWD
        $script:Location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    }
    $all = [System.Environment]::GetEnvironmentVariables()
    $keys = [string[]]::new($all.Count)
    $all.Keys.CopyTo($keys, 0)
    $names = [string]::Join("`n", $keys)
    if ($names -cne $script:AllNames) {
        # One expression over all names takes a tenth of the time that one for each would.
        $script:Names = @($script:Variables.Matches($names).Value)
        $script:AllNames = $names
    }
    $variables = foreach ($variable in $script:Names) {
        "$variable=$($all[$variable])"
    }
    $facts = "$script:Location`0$VerbosePreference $DebugPreference $WarningPreference $ProgressPreference`0$($variables -join "`0")"
    if ($facts -cne $script:WorldFacts) {
        $script:WorldJson = Get-CallWorld -Variables $variables
        $script:WorldFacts = $facts
    }
    $world = $script:WorldJson

    if ($isPlain) {
        $parameters = "{$($members -join ',')}"
    }
    else {
        # In a pipeline of its own: -ErrorVariable would get what is thrown and caught in there.
        $fault = $null
        $parameters = ConvertTo-ParameterJson -Bound $Bound -Fault ([ref]$fault) | & $script:WriteOutput
        if ($null -ne $fault) {
            return $fault
        }
    }
    $line = "{""call"":$Call,""cmdlet"":""$Name"",""paced"":true,""parameters"":$parameters$Job,$world}`n"
    # As bytes: the encoding of a writer cannot be set in Windows PowerShell.
    , [System.Text.Encoding]::UTF8.GetBytes($line)
}

function ConvertTo-ParameterJson {
    param ([System.Collections.IDictionary]$Bound, [ref]$Fault)

    try {
        $json = & $script:ConvertToJson -InputObject (Get-CallParameter -Bound $Bound) -Depth 100 -Compress
        # With all that goes along, a line has at most 32 MiB.
        if ($json.Length -gt 8MB -and [System.Text.Encoding]::UTF8.GetByteCount($json + $script:WorldJson) -gt 32MB - 1KB) {
            throw 'the values are longer than 32 MiB.'
        }
        return $json
    }
    catch {
        Clear-Caught -Problem $_
        $Fault.Value = New-RefusalFault -Problem $_
    }
}

function Get-CallParameter {
    param ([System.Collections.IDictionary]$Bound)

    $given = [ordered]@{}
    foreach ($entry in $Bound.GetEnumerator()) {
        if (-not $script:Common.Contains($entry.Key)) {
            $value = $entry.Value
            # Nearly all are plain texts.
            $given[$entry.Key] = if ($value -is [string]) { $value.ToString() } else { , (ConvertTo-Plain -Value $value) }
        }
    }
    foreach ($name in $script:Paths) {
        if ($Bound.ContainsKey($name) -and $given[$name]) {
            # A hosted service also takes the address of a picture.
            if ($name -ne 'InputReference' -or $given[$name] -notmatch '^\s*(?:data:[a-z]|[a-z][a-z_+-]+://)') {
                $given[$name] = Resolve-CallPath -Path $given[$name]
            }
        }
    }
    if (Test-CallContext) {
        Add-CallContext -Given $given
    }
    return $given
}

function Get-CallWorld {
    # Location, environment and preferences as members of a request.
    param ([string[]]$Variables)

    # Warnings, progress and errors are written here, so the worker only needs to know when to stop.
    $preferences = @{
        verbose  = $VerbosePreference -notin $script:Quiet
        debug    = $DebugPreference -notin $script:Quiet
        warning  = $(if ($WarningPreference -eq 'Stop') { 'Stop' } else { 'Continue' })
        progress = $(if ($ProgressPreference -in $script:Quiet) { 'SilentlyContinue' } else { 'Continue' })
    }
    return @(
        """location"":$(& $script:ConvertToJson -InputObject $script:Location -Compress)"
        """environment"":$(& $script:ConvertToJson -InputObject (ConvertTo-VariableTable -Variables $Variables) -Compress)"
        """preferences"":$(& $script:ConvertToJson -InputObject $preferences -Compress)"
    ) -join ','
}

function ConvertTo-VariableTable {
    param ([string[]]$Variables)

    # On Linux, names differ in case.
    $table = [System.Collections.Generic.Dictionary[string, string]]::new()
    foreach ($variable in $Variables) {
        $end = $variable.IndexOf('=')
        $table[$variable.Substring(0, $end)] = $variable.Substring($end + 1)
    }
    return $table
}
