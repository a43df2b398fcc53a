# A command of one's own around the cmdlets, which takes prompts from the pipeline and hands files on.
set -euo pipefail

new_clip() {
    local folder=$1 prompt file
    while read -r prompt; do
        file=$folder/$(tr '[:upper:]' '[:lower:]' <<<"$prompt" | sed -E 's/[^[:alnum:]_]+/-/g').mp4
        New-Video -Prompt "$prompt" -Seconds 4 | Get-VideoContent -WaitForCompletion -OutFile "$file"
        echo "$file"
    done
}

printf '%s\n' 'Sea at Dawn' 'Sky' | new_clip out | xargs -n 1 basename
