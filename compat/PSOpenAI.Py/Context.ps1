# What Set-OpenAIContext sets, in the memory of the session.

$script:Context = @{}

function Set-CallContext {
    param ([System.Collections.IDictionary]$Bound)

    foreach ($name in $Bound.Keys) {
        if (-not [System.Management.Automation.PSCmdlet]::CommonParameters.Contains($name)) {
            $script:Context[$name] = $Bound[$name]
        }
    }
}

function Get-CallContext {
    return [pscustomobject]@{
        ApiKey        = $script:Context['ApiKey']
        ApiType       = $script:Context['ApiType']
        ApiBase       = $script:Context['ApiBase']
        ApiVersion    = $script:Context['ApiVersion']
        AuthType      = $script:Context['AuthType']
        Organization  = $script:Context['Organization']
        TimeoutSec    = $script:Context['TimeoutSec']
        MaxRetryCount = $script:Context['MaxRetryCount']
    }
}

function Clear-CallContext {
    $script:Context.Clear()
}

function Add-CallContext {
    # Parameter, then context, then global variable. The worker looks into the environment, which comes after.
    param ([System.Collections.IDictionary]$Given)

    foreach ($name in $script:Context.Keys) {
        if (-not $Given.Contains($name)) {
            $Given[$name] = ConvertTo-Plain -Value $script:Context[$name]
        }
    }
    $globals = @{
        ApiKey       = $global:OPENAI_API_KEY
        ApiBase      = $global:OPENAI_API_BASE
        Organization = $global:OPENAI_ORGANIZATION
    }
    foreach ($name in $globals.Keys) {
        # An empty organization is as good as none; an empty key or address is what the caller wants.
        $absent = -not $Given.Contains($name) -or ($name -eq 'Organization' -and -not $Given[$name])
        if ($absent -and $globals[$name]) {
            $Given[$name] = ConvertTo-Plain -Value $globals[$name]
        }
    }
}
