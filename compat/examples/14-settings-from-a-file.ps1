# The settings of a project in a file, splatted.
Import-Module PSOpenAI.Py

$settings = Get-Content settings.json -Raw | ConvertFrom-Json -AsHashtable
$job = New-Video 'Sea' @settings
"$($job.model), $($job.seconds) s, $($job.size)"
