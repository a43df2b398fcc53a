# One video, from the prompt to the file.
Import-Module PSOpenAI.Py

$job = New-Video -Prompt 'Dancing Doggo' -Seconds 4 -Size 1280x720
$job | Get-VideoContent -WaitForCompletion -OutFile doggo.mp4
"$($job.model), $($job.seconds) s, $($job.size)"
