# One video, from the prompt to the file.
set -euo pipefail

job=$(New-Video -Prompt 'Dancing Doggo' -Seconds 4 -Size 1280x720)
Get-VideoContent -WaitForCompletion -OutFile doggo.mp4 <<<"$job"
jq -r '"\(.model), \(.seconds) s, \(.size)"' <<<"$job"
