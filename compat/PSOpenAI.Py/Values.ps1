# Values on their way: parameters as JSON can say them, and jobs as PSOpenAI shows them.

$script:Times = 'created_at', 'completed_at', 'expires_at', 'started_at', 'cancelled_at', 'failed_at'

function Get-UtilityCommand {
    # A command of Microsoft.PowerShell.Utility. PowerShell looks for that module when the first of them is called by its
    # name, which takes it half as long as the import of this one; the types behind them are at hand.
    param ([string]$Name)

    if ($PSVersionTable.PSEdition -eq 'Core') {
        $null = [System.Reflection.Assembly]::Load('Microsoft.PowerShell.Commands.Utility')
        $type = "Microsoft.PowerShell.Commands.$($Name.Replace('-', ''))Command" -as [type]
        if ($null -ne $type) {
            return [System.Management.Automation.CmdletInfo]::new($Name, $type)
        }
    }
    return $Name
}

$script:UpdateTypeData = Get-UtilityCommand -Name 'Update-TypeData'
$script:ConvertToJson = Get-UtilityCommand -Name 'ConvertTo-Json'
$script:WriteOutput = Get-UtilityCommand -Name 'Write-Output'

function ConvertTo-Plain {
    # What JSON can say of a value. Both editions of PowerShell write these alike.
    param ($Value, [int]$Depth = 0)

    if ($Depth -gt 90) {
        throw 'a value has too many levels, or contains itself.'
    }
    if ($null -eq $Value) {
        return $null
    }
    if ($Value -is [string]) {
        # Without the properties that Get-Content gives it.
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
        # Not [ordered], which takes names that differ in case for one. Not $Value.Keys, which may be a member, nor
        # $Value[$key], which counts in an ordered dictionary when the key is a number.
        $members = [System.Collections.Specialized.OrderedDictionary]::new()
        foreach ($entry in $Value.GetEnumerator()) {
            $members["$($entry.Key)"] = ConvertTo-Plain -Value $entry.Value -Depth ($Depth + 1)
        }
        return $members
    }
    if ($Value.PSObject.BaseObject -is [System.Management.Automation.PSCustomObject]) {
        $members = [ordered]@{}
        foreach ($property in $Value.PSObject.Properties) {
            $members[$property.Name] = ConvertTo-Plain -Value $property.Value -Depth ($Depth + 1)
        }
        return $members
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $elements = [System.Collections.ArrayList]::new()
        foreach ($element in $Value) {
            $null = $elements.Add((ConvertTo-Plain -Value $element -Depth ($Depth + 1)))
        }
        return , $elements.ToArray()
    }
    return "$Value"
}

function Resolve-CallPath {
    # Other programs know neither the drives of PowerShell nor its home.
    param ([string]$Path)

    if ($Path -notmatch '^(~([\\/]|$)|[^\\/]+:|.*::)') {
        return $Path
    }
    $provider = $null
    $drive = $null
    $paths = $ExecutionContext.SessionState.Path
    try {
        $full = $paths.GetUnresolvedProviderPathFromPSPath($Path, [ref]$provider, [ref]$drive)
    }
    catch [System.Management.Automation.DriveNotFoundException] {
        # Elsewhere than on Windows, a colon may be part of a name.
        if ([System.IO.Path]::DirectorySeparatorChar -eq '\') {
            throw
        }
        Clear-Caught -Problem $_
        return $Path
    }
    if ($provider.Name -ne 'FileSystem') {
        throw "'$Path' is no file."
    }
    return $full
}

# Windows PowerShell reads dates in JSON as text.
$script:DatesAreText = $PSVersionTable.PSEdition -ne 'Core'

function Set-JobTime {
    param ($Job)

    foreach ($name in $script:Times) {
        $property = $Job.PSObject.Properties[$name]
        if ($null -ne $property -and $property.Value -is [string] -and $property.Value -match '^\d{4}-\d\d-\d\dT') {
            $time = [datetimeoffset]::MinValue
            $culture = [cultureinfo]::InvariantCulture
            if ([datetimeoffset]::TryParse($property.Value, $culture, 'None', [ref]$time)) {
                $property.Value = $time.LocalDateTime
            }
        }
    }
}

function Add-JobText {
    # Also for a job that comes from a file or out of a PowerShell job. Import-Module asks nothing, so neither may this.
    $text = ([type]'PSOpenAI.Py.JobText').GetMethod('ToText')
    $same = @{ MemberType = 'CodeMethod'; MemberName = 'ToString'; Value = $text; Force = $true; WhatIf = $false; Confirm = $false }
    foreach ($name in 'PSOpenAI.Video.Job', 'Deserialized.PSOpenAI.Video.Job') {
        & $script:UpdateTypeData -TypeName $name @same
    }
}
