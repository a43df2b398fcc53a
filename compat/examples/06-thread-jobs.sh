# Each video in a process in the background of the shell, which goes on with other things.
set -euo pipefail

for prompt in Sea Sky; do
    New-Video -Prompt "$prompt" -Seconds 4 | Wait-Video > "$prompt.json" &
done
echo started
wait
jq -r '"\(.prompt): \(.status)"' Sea.json Sky.json
rm Sea.json Sky.json
