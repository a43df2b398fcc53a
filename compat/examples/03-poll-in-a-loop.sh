# Waiting by hand, for a script that has other things to do meanwhile.
set -euo pipefail

job=$(New-Video 'Waves at night' -Seconds 4)
until [[ $(jq -r .status <<<"$job") =~ ^(completed|failed)$ ]]; do
    sleep 0.2
    job=$(Get-Video <<<"$job")
done
jq -r '"\(.prompt): \(.status), \(.progress) %"' <<<"$job"
