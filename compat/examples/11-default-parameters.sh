# What every call of a script has in common stands in one place.
set -euo pipefail

defaults=(-Size 1280x720 -TimeoutSec 60)
{
    New-Video 'Sea' "${defaults[@]}" -Seconds 4
    New-Video 'Sky' "${defaults[@]}" -Seconds 8
} | jq -r '"\(.prompt): \(.seconds) s, \(.size)"'
