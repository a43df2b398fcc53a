# Strict mode forgives no property that is not there. Those of a job are there, also where they say nothing.
Set-StrictMode -Version Latest
Import-Module PSOpenAI.Py

$jobs = 'Sea', 'Sky [fail]', 'Sun [blocked]' | ForEach-Object { New-Video $_ -Seconds 4 } |
    Wait-Video -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
foreach ($job in $jobs) {
    $reason = if ($null -ne $job.error) { $job.error.code } else { 'none' }
    "$($job.prompt): error $reason, remix of nothing: $($null -eq $job.remixed_from_video_id)"
}
"jobs without an error: $(@($jobs | Where-Object { $null -eq $_.error }).Count)"
