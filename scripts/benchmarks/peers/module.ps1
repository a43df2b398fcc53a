# Warm calls of the module in this process, in turn with Invoke-RestMethod: `module.ps1 MANIFEST BULK`, where BULK is the
# address of the server of lists and contents. The rest is in the environment, as for any call.

param ([string]$Manifest, [string]$Bulk, [int]$Runs = 300)

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
# In the way in which the module hands on a video: to put each byte into a pipeline takes PowerShell its time.
$bytes = [byte[]]::new(1MB)
function Get-Byte { $bytes }
$cases = [ordered]@{
    'a list of one job'                   = { Get-Video -ApiBase $Bulk.Replace('/v1', '/v1/list/1') }
    'a list of 20'                        = { Get-Video -ApiBase $Bulk.Replace('/v1', '/v1/list/20') }
    '1 MB as bytes'                       = { Get-VideoContent -VideoId '1048576-a' -ApiBase $Bulk }
    '1 MB as bytes, of any function'      = { Get-Byte }
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
$least = @{}
foreach ($name in $cases.Keys) {
    $rounds = if ($name -like '1 MB*') { 12 } else { 100 }
    $times = foreach ($run in 1..(2 * $rounds)) {
        $watch.Restart()
        $null = & $cases[$name]
        $watch.Elapsed.TotalMilliseconds
    }
    # The first half is a rehearsal.
    $times = @($times[$rounds..(2 * $rounds - 1)] | Sort-Object)
    $least[$name] = $times[0]
    Get-Row -Name $name -Times $times
}
'{0,-36}{1,8:n2}' -f 'list of 20 / list of one, minima', ($least['a list of 20'] / $least['a list of one job'])
