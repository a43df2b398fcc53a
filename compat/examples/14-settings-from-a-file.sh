# The settings of a project in a file: properties of a record bind by their names.
set -euo pipefail

job=$(jq '. + {Prompt: "Sea"}' settings.json | New-Video)
jq -r '"\(.model), \(.seconds) s, \(.size)"' <<<"$job"
