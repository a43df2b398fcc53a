# Away with what is over, asking nothing; what still runs stays.
set -euo pipefail

for prompt in Sea Sky; do New-Video "$prompt" -Seconds 4 | jq -c .; done | Wait-Video > /dev/null
New-Video 'Never done [stall]' -Seconds 4 > /dev/null
Get-Video -All | jq -r '.[] | select(.status == "completed") | .id' | Remove-Video
Get-Video -All | jq -r '.[] | "left: \(.prompt)"'
