#!/usr/bin/env bash
# Create a job, wait for it, download it, remix it, and remove both.
. "$(dirname "$0")/story.bash"

id=$(New-Video -Prompt 'Dancing Doggo' -Seconds 8 -Size 64x64 | field id)
same 'the status' completed "$(Wait-Video "$id" -PollIntervalSec 0.1 2>/dev/null | field status)"
same 'the length' 8 "$(Get-Video "$id" | field seconds)"

Get-VideoContent "$id" -OutFile clips/doggo.mp4
Get-VideoContent "$id" > piped.mp4
Get-VideoContent "$id" -Variant thumbnail -OutFile clips/
is_video clips/doggo.mp4 piped.mp4
cmp clips/doggo.mp4 piped.mp4
same 'the folder' "doggo.mp4 $id.webp" "$(ls clips | tr '\n' ' ' | sed 's/ $//')"

remix=$(New-VideoRemix 'Make the doggo blue' "$id" | field id)
same 'the source' "$id" "$(Wait-Video "$remix" -PollIntervalSec 0.1 2>/dev/null | field remixed_from_video_id)"
same 'the list' "$id $remix" "$(Get-Video -All | each id | tr '\n' ' ' | sed 's/ $//')"

Remove-Video "$id"
exits 1 Get-Video "$id" 2>error.txt
grep -q NotFoundException error.txt || fail 'the error has no id'
Remove-Video "$remix"
same 'the list' '[]' "$(Get-Video)"
