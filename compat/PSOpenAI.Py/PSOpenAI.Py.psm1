# The video cmdlets of PSOpenAI, carried out by a worker process in Python.
#
#   Cmdlets.ps1   the functions with their parameters; generated
#   Calls.ps1     one call: what becomes of the records that come back
#   Requests.ps1  what is sent
#   Values.ps1    parameters as JSON can say them, and jobs as PSOpenAI shows them
#   Worker.ps1    the process: one for each session, started by the first call
#   Errors.ps1    errors under the names, ids and types that scripts know from PSOpenAI
#   Context.ps1   Set-OpenAIContext and what belongs to it
#   Providers.ps1 -Provider, and the service that a piped job names
#   Types.ps1     types of parameters and of errors

# The mode that a session sets for its scripts would hold in here too: what is unset here may be unset.
Set-StrictMode -Off

# Not Join-Path: it would be the first here of those commands that PowerShell loads when they are wanted, which takes a third
# of the time that the rest of this takes.
foreach ($part in 'Types', 'Errors', 'Worker', 'Context', 'Providers', 'Values', 'Requests', 'Calls', 'Cmdlets') {
    . ([System.IO.Path]::Combine($PSScriptRoot, "$part.ps1"))
}

Add-CallType
Add-JobText
$ExecutionContext.SessionState.Module.OnRemove = { Stop-Worker }
