# What the stories share. OPENAI_API_BASE points to a sandbox, PYTHON is the interpreter, the folder is empty.
set -euo pipefail

exec 9>&2 # where failures are told, whatever a command's own streams are

fail() { echo "FAILED at line ${BASH_LINENO[${#BASH_LINENO[@]} - 2]}: $*" >&9; exit 99; }

# same WHAT EXPECTED FOUND
same() { [ "$2" = "$3" ] || fail "$1 is '$3', not '$2'"; }

# exits CODE COMMAND...
exits() {
    local code=0
    "${@:2}" || code=$?
    [ "$code" = "$1" ] || fail "'${*:2}' exits with $code, not $1"
}

# field NAME: a member of the job on standard input
field() { "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# each NAME: the member of each job of the JSON lines or of the array on standard input
each() {
    "$PYTHON" -c '
import json, sys
text = sys.stdin.read()
jobs = json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
for job in jobs: print(job[sys.argv[1]])' "$1"
}

# is_video FILE...
is_video() { for file; do [ "$(head -c 8 "$file" | tail -c 4)" = ftyp ] || fail "$file is no video"; done; }

# shows FILE TEXT: wait until the text is in the file
shows() { for _ in $(seq 1200); do grep -qF "$2" "$1" && return; sleep 0.05; done; fail "$1 does not show '$2'"; }
