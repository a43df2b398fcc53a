# Several videos at once, but not more than two.
set -euo pipefail

make() { New-Video -Prompt "$1" -Seconds 4 | Get-VideoContent -WaitForCompletion -OutFile "clips/$1.mp4"; }
export -f make
printf '%s\n' Sea Sand Sky Snow | xargs -P 2 -I '{}' bash -c 'make "$1"' _ '{}'
(cd clips && ls *.mp4)
