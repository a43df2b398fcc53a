# The list of jobs for a spreadsheet.
set -euo pipefail

New-Video 'Sea, calm' -Seconds 4 > /dev/null
New-Video 'Sky' -Seconds 8 -Size 1280x720 > /dev/null
Get-Video -All | jq -r '["prompt", "seconds", "size", "model"] as $columns | $columns, (.[] | [.[$columns[]]]) | @csv' > jobs.csv
cat jobs.csv
