# Runs recorded cases in runspaces that have the module, and writes what a script sees of them, one line of JSON a case.
# The comparing is done by who called this.

param (
    [string]$Module,
    # JSON: an array of cases with name, mode, text, env and the folder that they run in.
    [string]$Cases,
    [string]$Results,
    [int]$SecondsPerCase = 10
)

$ErrorActionPreference = 'Stop'
# As a case in mode `try` is run. What ended it comes last, in a wrapping that nothing else has.
$Surrounded = {
    param ($Text)
    try {
        $block = [scriptblock]::Create($Text)
        & $block *>&1
    }
    catch {
        @{ EndedBy = $_ }
    }
}

function Start-Session {
    $state = [initialsessionstate]::CreateDefault()
    $state.ImportPSModule($Module)
    $session = [runspacefactory]::CreateRunspace($state)
    $session.Open()
    return $session
}

function Reset-Session($Session, $Case) {
    # Variables stay, as they did when the cases were recorded: one of them adds to what the case before it left.
    foreach ($variable in $Case.env.PSObject.Properties) {
        [System.Environment]::SetEnvironmentVariable($variable.Name, $variable.Value)
    }
    $shell = [powershell]::Create($Session)
    $null = $shell.AddScript('param ($Folder) Set-Location -LiteralPath $Folder; Clear-OpenAIContext; $Error.Clear()')
    $null = $shell.AddArgument($Case.folder).Invoke()
    $Session.SessionStateProxy.SetVariable('ErrorActionPreference', 'Continue')
    $shell.Dispose()
}

function Invoke-Case($Session, $Case) {
    $shell = [powershell]::Create($Session)
    if ($Case.mode -eq 'try') {
        $null = $shell.AddScript($Surrounded).AddArgument($Case.text)
    }
    else {
        $null = $shell.AddScript($Case.text)
    }
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]$null, $output)
    if (-not $running.AsyncWaitHandle.WaitOne($SecondsPerCase * 1000)) {
        # Not disposed: what does not end may not stop either.
        $null = $shell.BeginStop($null, $null)
        return @{ name = $Case.name; hangs = $true }
    }
    Get-Outcome -Case $Case -Shell $shell -Output $output
    $shell.Dispose()
}

function Get-Outcome($Case, $Shell, $Output) {
    $records = @($Shell.Streams.Error)
    $ended = if ($Shell.InvocationStateInfo.Reason) { $Shell.InvocationStateInfo.Reason.ErrorRecord }
    $values = @(
        foreach ($value in $Output) {
            $inner = if ($null -ne $value) { $value.PSObject.BaseObject }
            if ($inner -is [System.Management.Automation.ErrorRecord]) {
                $records += $inner
            }
            elseif ($inner -is [hashtable] -and $inner.EndedBy) {
                $ended = $inner.EndedBy
            }
            elseif ($inner -isnot [System.Management.Automation.InformationalRecord] -and
                $inner -isnot [System.Management.Automation.InformationRecord]) {
                , $value
            }
        }
    )
    $outcome = [ordered]@{ name = $Case.name; output = $null; types = $null }
    if ($values.Count) {
        $outcome.types = @(if ($null -ne $values[0]) { $values[0].PSObject.TypeNames })
        if (@($values | Where-Object { $_ -isnot [byte] }).Count) {
            $whole = if ($values.Count -eq 1) { $values[0] } else { $values }
            $outcome.output = ConvertTo-Json -InputObject $whole -Depth 100
        }
        else {
            $outcome.output_base64 = [System.Convert]::ToBase64String([byte[]]$values)
        }
    }
    if ($ended) {
        $records += $ended
    }
    $outcome.errors = @(
        foreach ($record in $records) {
            @{
                id        = $record.FullyQualifiedErrorId
                category  = "$($record.CategoryInfo.Category)"
                exception = $record.Exception.GetType().FullName
            }
        }
    )
    $outcome.terminating = [bool]$ended
    return $outcome
}

$writer = [System.IO.StreamWriter]::new($Results)
$session = Start-Session
foreach ($case in Get-Content -LiteralPath $Cases -Raw | ConvertFrom-Json -DateKind String) {
    Reset-Session -Session $session -Case $case
    $outcome = Invoke-Case -Session $session -Case $case
    $writer.WriteLine((ConvertTo-Json -InputObject $outcome -Depth 100 -Compress -EscapeHandling EscapeNonAscii))
    $writer.Flush()
    if ($outcome.hangs) {
        $session = Start-Session
    }
}
$writer.Dispose()
# A case that hangs would keep the process alive.
[System.Environment]::Exit(0)
