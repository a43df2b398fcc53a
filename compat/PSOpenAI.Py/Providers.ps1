# -Provider, which PSOpenAI does not have, and the hosted service that a piped job names.

# Made once, since every call needs it.
$script:ProviderParameter = $null

function New-ProviderParameter {
    # Declared dynamically: PowerShell binds these after all others, so that -Pro still means -Prompt.
    $attributes = [System.Collections.ObjectModel.Collection[System.Attribute]]::new()
    $attributes.Add([System.Management.Automation.ParameterAttribute]::new())
    $attributes.Add([System.Management.Automation.ValidateSetAttribute]::new([string[]]$script:Providers))
    $row = [System.Management.Automation.RuntimeDefinedParameter]::new('Provider', [string], $attributes)
    $rows = [System.Management.Automation.RuntimeDefinedParameterDictionary]::new()
    $rows.Add('Provider', $row)
    return $rows
}

function Get-BoundWithProvider {
    # What is bound, with the provider that a piped job names. It is not bound as a property: the jobs of other servers
    # may have one of this name that means something else.
    # The worker is told so by $Job: to a proxy goes the key of a provider that the user names, and not a job.
    param ([System.Collections.IDictionary]$Bound, $Piped, [ref]$Job)

    if ($Bound.ContainsKey('Provider')) {
        return $Bound
    }
    # Not by the list of its properties: of an object that runspaces share, two threads at once can find none.
    $provider = $Piped.provider
    if (-not ($script:Providers -ccontains $provider)) {
        return $Bound
    }
    $all = [System.Collections.Generic.Dictionary[string, object]]::new($Bound)
    $all['Provider'] = $provider
    $said = [ordered]@{}
    foreach ($name in 'id', 'provider', 'model', 'seconds', 'size', 'prompt', 'created_at') {
        $one = $Piped.PSObject.Properties[$name]
        if ($null -ne $one -and $null -ne $one.Value) {
            $said[$name] = if ($one.Value -is [datetime]) { $one.Value.ToString('o') } else { "$($one.Value)" }
        }
    }
    $Job.Value = ",""job"":$(& $script:ConvertToJson -InputObject $said -Compress)"
    return $all
}

function Test-HostedCall {
    # True where a hosted service is meant: what is kept for OpenAI, above all the key, is not for it.
    param ([System.Collections.IDictionary]$Given)

    $named = if ($Given['Provider']) { $Given['Provider'] } elseif (-not $Given['ApiBase']) { $env:PSOPENAI_PROVIDER }
    if ($named) {
        return $named.Trim() -ne 'OpenAI'
    }
    $place = $null
    $isPlace = [uri]::TryCreate("$($Given['ApiBase'])", 'Absolute', [ref]$place)
    return $isPlace -and $place.Host -in $script:ProviderHosts
}
