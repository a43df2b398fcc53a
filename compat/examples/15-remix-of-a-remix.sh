# A video, changed twice.
set -euo pipefail

first=$(New-Video 'A doggo' -Seconds 4 | Wait-Video)
second=$(New-VideoRemix -Prompt 'Make it blue' <<<"$first" | Wait-Video)
third=$(New-VideoRemix -Prompt 'Add a hat' <<<"$second" | Wait-Video)
jq -r '"\(.prompt): \(.status)"' <<<"$first$second$third"
jq -rs 'if .[1].remixed_from_video_id == .[0].id then "True" else "False" end' <<<"$first$second"
jq -rs 'if .[1].remixed_from_video_id == .[0].id then "True" else "False" end' <<<"$second$third"
