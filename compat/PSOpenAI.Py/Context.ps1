# What Set-OpenAIContext sets, in the memory of the session.

function Get-ContextStore {
    # In the variable that PSOpenAI keeps it in: it outlives the module, and a new import finds it.
    if ($null -eq $global:PSOpenAIContextDictionary) {
        $global:PSOpenAIContextDictionary = @{}
    }
    return $global:PSOpenAIContextDictionary
}

function Set-CallContext {
    param ([System.Collections.IDictionary]$Bound)

    $store = Get-ContextStore
    foreach ($name in $Bound.Keys) {
        if (-not [System.Management.Automation.PSCmdlet]::CommonParameters.Contains($name)) {
            $store[$name] = $Bound[$name]
        }
    }
}

function Get-CallContext {
    $shown = [ordered]@{
        ApiKey        = $null
        ApiType       = [OpenAIApiType]::OpenAI
        ApiBase       = $null
        ApiVersion    = ''
        AuthType      = 'openai'
        Organization  = ''
        TimeoutSec    = 0
        MaxRetryCount = 0
    }
    $store = Get-ContextStore
    foreach ($name in @($shown.Keys)) {
        if ($store.ContainsKey($name)) {
            $shown[$name] = $store[$name]
        }
    }
    if ("$($shown.ApiType)" -eq 'Azure' -and $shown.AuthType -eq 'openai') {
        $shown.AuthType = 'azure'
    }
    return [pscustomobject]$shown
}

function Clear-CallContext {
    (Get-ContextStore).Clear()
}

function Test-CallContext {
    # Usually there is nothing to add.
    $set = $null -ne $global:PSOpenAIContextDictionary -and $global:PSOpenAIContextDictionary.Count -gt 0
    return $set -or $global:OPENAI_API_KEY -or $global:OPENAI_API_BASE -or $global:OPENAI_ORGANIZATION
}

function Add-CallContext {
    # Parameter, then context, then global variable. The worker looks into the environment, which comes after.
    param ([System.Collections.IDictionary]$Given)

    $globals = @{
        ApiKey       = $global:OPENAI_API_KEY
        ApiBase      = $global:OPENAI_API_BASE
        Organization = $global:OPENAI_ORGANIZATION
    }
    # PSOpenAI may have put more into the context.
    $names = 'ApiKey', 'ApiType', 'ApiBase', 'ApiVersion', 'AuthType', 'Organization', 'TimeoutSec', 'MaxRetryCount'
    foreach ($source in (Get-ContextStore), $globals) {
        foreach ($entry in $source.GetEnumerator()) {
            # What is empty in a context or a variable is not set.
            if ($entry.Value -and $entry.Key -in $names -and (Test-Absent -Given $Given -Name $entry.Key)) {
                $Given[$entry.Key] = ConvertTo-Plain -Value $entry.Value
            }
        }
    }
}

function Test-Absent {
    param ([System.Collections.IDictionary]$Given, [string]$Name)

    if ($Given.Contains($Name) -and $null -ne $Given[$Name]) {
        # An empty organization is as good as none; an empty key or address is what the caller wants.
        return $Name -eq 'Organization' -and -not $Given[$Name]
    }
    return $true
}
