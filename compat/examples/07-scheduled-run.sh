# A run that nobody watches: what it said is in a log, and the exit code tells the scheduler.
set -uo pipefail

failed=0
for prompt in 'Morning show' 'Evening show [fail]'; do
    job=$(New-Video -Prompt "$prompt" -Seconds 4 | Wait-Video 2>> run.log) || failed=$((failed + 1))
    jq -r '"\(.prompt): \(.status) \(.error.code // "")" | rtrimstr(" ")' <<<"$job" | tee -a run.log
done
echo "in the log: $(grep -c -E '^(Morning|Evening) show' run.log)"
exit $failed
