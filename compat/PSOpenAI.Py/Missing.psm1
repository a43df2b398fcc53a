# Under the name PSOpenAI only: a cmdlet of PSOpenAI that is not here is an error that says so.
#
# Functions in the place of these cmdlets would say it too, but Get-Command and completion would offer them, and a script
# that asks whether there is such a cmdlet would be told yes. So PowerShell is answered when it has looked in vain.

function Resolve-MissingCommand {
    param ([System.Management.Automation.CommandLookupEventArgs]$Lookup)

    $name = $Lookup.CommandName -replace '^PSOpenAI\\'
    if ($null -eq $Lookup.Command -and $null -eq $Lookup.CommandScriptBlock -and (Test-MissingName -Name $name)) {
        # A function of that name, which nobody sees but this call, so that the error has it.
        Set-Item -Path "function:script:$name" -Value $script:Missing -WhatIf:$false -Confirm:$false
        $Lookup.Command = Get-Command -Name $name -CommandType Function
        $Lookup.StopSearch = $true
    }
}

function Test-MissingName {
    param ([string]$Name)

    if ($Name -notmatch '^[a-z]+-[a-z]+$') {
        return $false
    }
    $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'PSOpenAI.psd1')
    return $manifest.FunctionsToExport -contains $Name
}

$script:Missing = {
    [CmdletBinding()]
    param (
        [Parameter(ValueFromRemainingArguments = $true)]
        $Argument,

        [Parameter(ValueFromPipeline = $true)]
        $InputObject
    )
    begin {
        $name = $MyInvocation.MyCommand.Name
        $text = "'$name' is a cmdlet of the module PSOpenAI that psopenai_py does not have. What is installed here under " +
            'the name PSOpenAI brings the video cmdlets only.'
        $exception = [System.Management.Automation.CommandNotFoundException]::new($text)
        $exception.CommandName = $name
        $parts = $exception, 'CommandNotFoundException', 'ObjectNotFound', $name
        $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $parts
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($text)
        $record.ErrorDetails.RecommendedAction =
            "Run 'psopenai module uninstall -As PSOpenAI', then 'Install-Module PSOpenAI'."
        # It ends the statement, as a command that is not found does.
        $PSCmdlet.ThrowTerminatingError($record)
    }
}

$script:Answer = [System.EventHandler[System.Management.Automation.CommandLookupEventArgs]] {
    param ($discovery, $lookup)
    Resolve-MissingCommand -Lookup $lookup
}
# Others may have an answer of theirs.
$commands = $ExecutionContext.InvokeCommand
$commands.CommandNotFoundAction = [System.Delegate]::Combine($commands.CommandNotFoundAction, $script:Answer)
$ExecutionContext.SessionState.Module.OnRemove = {
    $commands = $ExecutionContext.InvokeCommand
    $commands.CommandNotFoundAction = [System.Delegate]::Remove($commands.CommandNotFoundAction, $script:Answer)
}
Export-ModuleMember
