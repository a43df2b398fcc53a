#!/usr/bin/env bash
# The server dies while a job is waited for, and comes back: the wait goes on. It dies for good: the wait ends.
. "$(dirname "$0")/story.bash"
set -m

serve() {
    Start-VideoSandbox -Port "$1" -Path "$PWD/jobs" >served.txt 2>/dev/null &
    server=$!
    shows served.txt '}'
}
trap 'kill -KILL $server 2>/dev/null || true' EXIT

serve 0
export OPENAI_API_BASE=$(field url < served.txt)
port=${OPENAI_API_BASE##*:}
id=$(New-Video 'Dancing Doggo' -Size 64x64 | field id)

Wait-Video "$id" -PollIntervalSec 0.1 -Verbose >job.json 2>log.txt &
waiting=$!
shows log.txt '200 OK'
kill -KILL "$server" && wait "$server" 2>/dev/null || true
shows log.txt "Asking for the job $id failed and is repeated: "
serve "${port%%/*}"
wait "$waiting" || fail "the wait ended with $?"
same 'the status' completed "$(field status < job.json)"

id=$(New-Video '[stall] Dancing Doggo' -Size 64x64 | field id)
until [ "$(Get-Video "$id" | field status)" = in_progress ]; do sleep 0.1; done
Wait-Video "$id" -PollIntervalSec 0.1 -TimeoutSec 3 -Verbose >job.json 2>log.txt &
waiting=$!
shows log.txt '200 OK'
kill -KILL "$server" && wait "$server" 2>/dev/null || true
exits 8 wait "$waiting"
same 'the job so far' in_progress "$(field status < job.json)"
exits 1 Get-VideoContent "$id" -OutFile new/doggo.mp4 2>error.txt
grep -q 'No connection to 127.0.0.1' error.txt || fail 'the error does not tell why'
[ ! -e new ] || fail 'something is left'
