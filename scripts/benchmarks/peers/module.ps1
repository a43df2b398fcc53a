# Warm calls of the module in this process, in turn with Invoke-RestMethod: `module.ps1 MANIFEST`. The rest is in the
# environment, as for any call.

param ([string]$Manifest, [int]$Runs = 300)

$ErrorActionPreference = 'Stop'
$address = "$env:OPENAI_API_BASE/videos/video_1"
$headers = @{ Authorization = "Bearer $env:OPENAI_API_KEY" }
$watch = [System.Diagnostics.Stopwatch]::StartNew()

function Get-Row([string]$Name, [double[]]$Times) {
    $sorted = @($Times | Sort-Object)
    '{0,-36}{1,8:n2}{2,8:n2}' -f $Name, $sorted[0], $sorted[[int]($sorted.Count / 2)]
}

Import-Module -Name $Manifest
$import = $watch.Elapsed.TotalMilliseconds
$watch.Restart()
$null = Get-Video -VideoId 'video_1'
$first = $watch.Elapsed.TotalMilliseconds
foreach ($run in 1..100) {
    # Until then, PowerShell and .NET compile what runs often.
    $null = Get-Video -VideoId 'video_1'
    $null = Invoke-RestMethod -Uri $address -Headers $headers
}
$calls = [double[]]::new($Runs)
$rest = [double[]]::new($Runs)
foreach ($run in 0..($Runs - 1)) {
    $watch.Restart()
    $null = Get-Video -VideoId 'video_1'
    $calls[$run] = $watch.Elapsed.TotalMilliseconds
    $watch.Restart()
    $null = Invoke-RestMethod -Uri $address -Headers $headers
    $rest[$run] = $watch.Elapsed.TotalMilliseconds
}

'{0,-36}{1,8}{2,8}' -f 'one call inside of PowerShell, ms', 'min', 'median'
Get-Row -Name 'Get-Video of the module, warm' -Times $calls
Get-Row -Name 'Invoke-RestMethod' -Times $rest
$ratio = @($calls | Sort-Object)[[int]($Runs / 2)] / @($rest | Sort-Object)[[int]($Runs / 2)]
'{0,-36}{1,16:n2}' -f 'module / Invoke-RestMethod, medians', $ratio
'{0,-36}{1,16:n0}' -f 'import of the module', $import
'{0,-36}{1,16:n0}' -f 'first call, worker start included', $first
