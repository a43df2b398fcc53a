#!/usr/bin/env bash
# Ctrl-C during a wait leaves the job running and says how to go on; during a download it leaves nothing behind.
. "$(dirname "$0")/story.bash"
set -m # so that background jobs take SIGINT

id=$(New-Video '[stall] Dancing Doggo' -Size 64x64 | field id)
Wait-Video "$id" -Verbose >job.json 2>log.txt &
waiting=$!
shows log.txt " 200 OK after "
kill -INT "$waiting"
exits 130 wait "$waiting"
same 'standard output' '' "$(cat job.json)"
command=$(sed -n 's/^Interrupted\. The job goes on\. To wait again: //p' log.txt)
same 'the status' in_progress "$(eval "$command -StatusForExit in_progress" 2>/dev/null | field status)"

[ "$KIND" = http ] || exit 0 # in one process with the server, nothing takes long
id=$(New-Video '[hang content] Dancing Doggo' -Size 64x64 | Wait-Video 2>/dev/null | field id)
echo old > doggo.mp4
Get-VideoContent "$id" -OutFile doggo.mp4 -Verbose 2>log.txt &
loading=$!
shows log.txt "GET $OPENAI_API_BASE/videos/$id/content"
kill -INT "$loading"
exits 130 wait "$loading"
same 'the file' old "$(cat doggo.mp4)"
same 'the folder' 'doggo.mp4 job.json log.txt' "$(ls -A | tr '\n' ' ' | sed 's/ $//')"
