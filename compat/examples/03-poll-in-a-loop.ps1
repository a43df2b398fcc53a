# Waiting by hand, for a script that has other things to do meanwhile.
Import-Module PSOpenAI.Py

$job = New-Video 'Waves at night' -Seconds 4
while ($job.status -notin 'completed', 'failed') {
    Start-Sleep -Milliseconds 200
    $job = $job | Get-Video
}
"$($job.prompt): $($job.status), $($job.progress) %"
