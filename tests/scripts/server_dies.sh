#!/usr/bin/env bash
# The server dies while a job is waited for, and comes back: the wait goes on. It dies for good: the wait ends.
. "$(dirname "$0")/story.bash"
set -m

# serve PORT: fails where the port is taken
serve() {
    Start-VideoSandbox -Port "$1" -Path "$PWD/jobs" >served.txt 2>/dev/null &
    server=$!
    until grep -qF '}' served.txt; do kill -0 "$server" 2>/dev/null || return 1; sleep 0.05; done
}
trap 'kill -KILL $server 2>/dev/null || true' EXIT

# One that the system gives to no connection, so that it is still free when the server comes back.
port=$((10000 + RANDOM % 20000))
until serve "$port"; do port=$((10000 + RANDOM % 20000)); done
export OPENAI_API_BASE=$(field url < served.txt)
id=$(New-Video '[stall] Dancing Doggo' -Size 64x64 | field id)

Wait-Video "$id" -PollIntervalSec 0.1 -MaxRetryCount 30 -Verbose >job.json 2>log.txt &
waiting=$!
shows log.txt '200 OK'
kill -KILL "$server" && wait "$server" 2>/dev/null || true
shows log.txt "Asking for the job $id failed and is repeated: "
sed -i.before 's/"stall"//' "jobs/jobs/$id.json" # or how could it end while nobody serves it
serve "$port" || fail "port $port is taken"
wait "$waiting" || fail "the wait ended with $?"
same 'the status' completed "$(field status < job.json)"

id=$(New-Video '[stall] Dancing Doggo' -Size 64x64 | field id)
until [ "$(Get-Video "$id" | field status)" = in_progress ]; do sleep 0.1; done
Wait-Video "$id" -PollIntervalSec 0.1 -TimeoutSec 6 -Verbose >job.json 2>log.txt &
waiting=$!
shows log.txt '200 OK'
kill -KILL "$server" && wait "$server" 2>/dev/null || true
exits 8 wait "$waiting"
same 'the job so far' in_progress "$(field status < job.json)"
exits 1 Get-VideoContent "$id" -OutFile new/doggo.mp4 2>error.txt
grep -q 'No connection to 127.0.0.1' error.txt || fail 'the error does not tell why'
[ ! -e new ] || fail 'something is left'
