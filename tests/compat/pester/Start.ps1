# What every file of tests begins with. Needs, in PSOPENAI_PYTHON, a Python with psopenai-py. No server is needed:
# the sandbox answers, and fails on demand.

$Manifest = "$PSScriptRoot/../../../compat/PSOpenAI.Py/PSOpenAI.Py.psd1"
Import-Module -Name $Manifest -Force
$env:OPENAI_API_BASE = "sandbox:$TestDrive/jobs?speed=1000"
$env:OPENAI_API_KEY = ''

function Invoke-Apart([string]$Script, $Given) {
    # In a session of its own. Here a try of Pester surrounds everything, and inside of one, errors end more.
    $shell = [powershell]::Create()
    $null = $shell.AddScript("param (`$Given) Import-Module '$Manifest'; $Script").AddArgument($Given)
    $started = $shell.BeginInvoke()
    try {
        $started.AsyncWaitHandle.WaitOne(120000) | Should -BeTrue -Because 'nothing waits for ever'
        $shell.EndInvoke($started)
    }
    finally {
        $shell.Dispose()
    }
}

function Get-FaultyBase([string]$Fault) {
    "sandbox:$TestDrive/faulty?fault=$Fault"
}
