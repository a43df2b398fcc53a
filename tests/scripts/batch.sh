#!/usr/bin/env bash
# One of a batch fails: the others are there, and the exit code tells.
. "$(dirname "$0")/story.bash"

printf '%s\n' 'first' '[fail] second' '[moderation] third' 'fourth' > prompts.txt
exits 1 New-Video -Size 64x64 < prompts.txt 2>created.txt >jobs.jsonl
same 'the jobs' '3' "$(wc -l < jobs.jsonl | tr -d ' ')"
grep -q ContentFilteredException created.txt || fail 'no error tells of the refusal'

exits 1 Get-VideoContent -WaitForCompletion -OutFile clips/ -ProgressAction Ignore < jobs.jsonl 2>errors.txt
is_video clips/*.mp4
same 'the clips' 2 "$(ls -A clips | wc -l | tr -d ' ')"
same 'the warnings' 1 "$(grep -c '^WARNING: ' errors.txt)"
same 'the errors' 1 "$(grep -c '^Get-VideoContent: ' errors.txt)"

# With Stop, the first error is the end.
rm -r clips
exits 1 Get-VideoContent -w -OutFile clips/ -proga Ignore -ErrorAction Stop < jobs.jsonl 2>/dev/null
same 'the clips' 1 "$(ls -A clips | wc -l | tr -d ' ')"

# What is no job does not stop those that are.
exits 2 Wait-Video -proga Ignore 2>errors.txt >waited.jsonl < <(head -n 1 jobs.jsonl; echo '{"no": "id"}'; tail -n 1 jobs.jsonl)
same 'the jobs' 2 "$(wc -l < waited.jsonl | tr -d ' ')"
grep -q 'InputObjectNotBound,Wait-Video' errors.txt || fail 'no error tells what does not bind'
