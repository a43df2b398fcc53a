# A create that is refused is sent again by the script, which decides how often, and after which errors.
set -euo pipefail
export PSOPENAI_ERROR_VIEW=json

for attempt in 1 2 3 4 5; do
    if job=$(New-Video 'Rush hour [429 x2]' 2> error.json); then
        echo "attempt $attempt: $(jq -r .status <<<"$job")"
        break
    fi
    [[ $(jq .status error.json) == 429 ]]
    echo "attempt $attempt: $(jq -r .reason error.json), status $(jq .status error.json)"
    sleep "0.$attempt"
done
rm -f error.json
