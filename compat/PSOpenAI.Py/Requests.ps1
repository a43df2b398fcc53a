# What a request of a call says, as JSON.

$script:Common = [System.Management.Automation.PSCmdlet]::CommonParameters
$script:Quiet = 'SilentlyContinue', 'Ignore'
$script:Variables =
    [regex]::new('^(?:(?:PS)?OPENAI_.*|.*_PROXY|SSL_CERT_(?:FILE|DIR))$', 'IgnoreCase, Multiline, CultureInvariant')
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
    param ([string]$Call, [string]$Name, [System.Collections.IDictionary]$Bound)

    $parameters = ConvertTo-Json -InputObject (Get-CallParameter -Bound $Bound) -Depth 100 -Compress
    $line = "{""call"":$Call,""cmdlet"":""$Name"",""paced"":true,""parameters"":$parameters,$(Get-CallWorld)}"
    if ($line.Length -gt 8MB -and [System.Text.Encoding]::UTF8.GetByteCount($line) -gt 32MB) {
        throw 'the values are longer than 32 MiB.'
    }
    return $line
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
    foreach ($name in 'InputReference', 'OutFile') {
        if ($Bound.ContainsKey($name) -and $given[$name]) {
            $given[$name] = Resolve-CallPath -Path $given[$name]
        }
    }
    if (Test-CallContext) {
        Add-CallContext -Given $given
    }
    return $given
}

function Get-CallWorld {
    # Location, environment and preferences.
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
    $variables = foreach ($name in $script:Names) {
        "$name=$($all[$name])"
    }
    $facts = "$script:Location`0$VerbosePreference $DebugPreference $WarningPreference $ProgressPreference`0$($variables -join "`0")"
    if ($facts -cne $script:WorldFacts) {
        # Warnings, progress and errors are written here, so the worker only needs to know when to stop.
        $preferences = @{
            verbose  = $VerbosePreference -notin $script:Quiet
            debug    = $DebugPreference -notin $script:Quiet
            warning  = $(if ($WarningPreference -eq 'Stop') { 'Stop' } else { 'Continue' })
            progress = $(if ($ProgressPreference -in $script:Quiet) { 'SilentlyContinue' } else { 'Continue' })
        }
        $script:WorldJson = @(
            """location"":$(ConvertTo-Json -InputObject $script:Location -Compress)"
            """environment"":$(ConvertTo-Json -InputObject (ConvertTo-VariableTable -Variables $variables) -Compress)"
            """preferences"":$(ConvertTo-Json -InputObject $preferences -Compress)"
        ) -join ','
        $script:WorldFacts = $facts
    }
    return $script:WorldJson
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
