#!/usr/bin/env bash
# Jobs travel from cmdlet to cmdlet as JSON.
. "$(dirname "$0")/story.bash"
exec 2>log.txt

New-Video 'Dancing Doggo' -Size 64x64 | Get-VideoContent -WaitForCompletion -OutFile one.mp4
New-Video 'Dancing Doggo' -Size 64x64 | Wait-Video -PollIntervalSec 0.1 | Get-VideoContent -OutFile two.mp4
is_video one.mp4 two.mp4

cat > prompts.jsonl <<'JSON'
{"prompt": "Dancing Doggo", "seconds": "4", "size": "64x64"}
{"prompt": "It's a \"cat\"", "seconds": 8, "size": "64x64"}
JSON
cat prompts.jsonl | New-Video > jobs.jsonl
same 'the lines' 2 "$(wc -l < jobs.jsonl | tr -d ' ')"
same 'the lengths' '4 8' "$(each seconds < jobs.jsonl | tr '\n' ' ' | sed 's/ $//')"
Get-VideoContent -WaitForCompletion -OutFile clips/ < jobs.jsonl
is_video clips/*.mp4
same 'the clips' "$(each id < jobs.jsonl | sort)" "$(basename -a -s .mp4 clips/*)"

# A loop keeps its lines: a cmdlet reads only what it needs.
printf 'one\ntwo\nthree\n' > prompts.txt
while read -r prompt; do New-Video "$prompt" -Size 64x64 | field prompt; done < prompts.txt > done.txt
cmp prompts.txt done.txt

# Lines of text are values, too.
same 'the prompts' "$(cat prompts.txt)" "$(New-Video -Size 64x64 < prompts.txt | each prompt)"

Get-Video -All | Remove-Video
same 'the list' '[]' "$(Get-Video </dev/null)"
