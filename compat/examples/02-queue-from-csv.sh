# A job for each row of a table; then their ends, in the order of the rows.
set -euo pipefail

tail -n +2 queue.csv | while IFS=, read -r prompt seconds size; do
    New-Video -Prompt "$prompt" -Seconds "$seconds" -Size "$size" | jq -c .
done | Wait-Video | jq -r '"\(.prompt): \(.status), \(.seconds) s, \(.size)"'
