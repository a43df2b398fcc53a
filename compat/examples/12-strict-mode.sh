# The shell's strict mode: no variable that is not set, no failure that nobody sees. Here three of them are foreseen.
set -euo pipefail

for prompt in 'Sea' 'Sky [fail]' 'Sun [blocked]'; do
    New-Video "$prompt" -Seconds 4 | jq -c .
done > created.jsonl
Wait-Video < created.jsonl > over.jsonl 2> /dev/null || [[ $? -eq 1 ]]
jq -r '"\(.prompt): error \(.error.code // "none"), remix of nothing: \(if .remixed_from_video_id then "False" else "True" end)"' over.jsonl
echo "jobs without an error: $(jq -s 'map(select(.error == null)) | length' over.jsonl)"
rm created.jsonl over.jsonl
