# What a request of a call says, as JSON.

$script:Quiet = 'SilentlyContinue', 'Ignore'
$script:Variables =
    [regex]::new('^(?:(?:PS)?OPENAI_.*|.*_API_KEY|.*_PROXY|SSL_CERT_(?:FILE|DIR))$', 'IgnoreCase, Multiline, CultureInvariant')
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
    foreach ($name in $Bound.Keys) {
        if (-not [System.Management.Automation.PSCmdlet]::CommonParameters.Contains($name)) {
            $given[$name] = ConvertTo-Plain -Value $Bound[$name]
        }
    }
    foreach ($name in 'InputReference', 'OutFile') {
        if ($Bound.ContainsKey($name) -and $given[$name]) {
            # A hosted service also takes the address of a picture.
            if ($name -ne 'InputReference' -or $given[$name] -notmatch '^\s*(?:data:[a-z]|[a-z][a-z_+-]+://)') {
                $given[$name] = Resolve-CallPath -Path $given[$name]
            }
        }
    }
    Add-CallContext -Given $given
    return $given
}

function Get-CallWorld {
    # Location, environment and preferences.
    $location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    $variables = @(Get-CallVariable)
    $facts = "$location`0$VerbosePreference $DebugPreference $WarningPreference $ProgressPreference`0$($variables -join "`0")"
    if ($facts -cne $script:WorldFacts) {
        # Warnings, progress and errors are written here, so the worker only needs to know when to stop.
        $preferences = @{
            verbose  = $VerbosePreference -notin $script:Quiet
            debug    = $DebugPreference -notin $script:Quiet
            warning  = $(if ($WarningPreference -eq 'Stop') { 'Stop' } else { 'Continue' })
            progress = $(if ($ProgressPreference -in $script:Quiet) { 'SilentlyContinue' } else { 'Continue' })
        }
        $script:WorldJson = @(
            """location"":$(ConvertTo-Json -InputObject $location -Compress)"
            """environment"":$(ConvertTo-Json -InputObject (ConvertTo-VariableTable -Variables $variables) -Compress)"
            """preferences"":$(ConvertTo-Json -InputObject $preferences -Compress)"
        ) -join ','
        $script:WorldFacts = $facts
    }
    return $script:WorldJson
}

function Get-CallVariable {
    # The variables that matter, each as NAME=text. One expression looks through all names: that takes a tenth of the time.
    $all = [System.Environment]::GetEnvironmentVariables()
    foreach ($found in $script:Variables.Matches($all.Keys -join "`n")) {
        "$($found.Value)=$($all[$found.Value])"
    }
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
