# A video, changed twice.
Import-Module PSOpenAI.Py

$first = New-Video 'A doggo' -Seconds 4 | Wait-Video
$second = $first | New-VideoRemix -Prompt 'Make it blue' | Wait-Video
$third = $second | New-VideoRemix -Prompt 'Add a hat' | Wait-Video
foreach ($job in $first, $second, $third) {
    "$($job.prompt): $($job.status)"
}
$second.remixed_from_video_id -eq $first.id
$third.remixed_from_video_id -eq $second.id
