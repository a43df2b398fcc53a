# A job for each row of a table; then their ends, in the order of the rows.
Import-Module PSOpenAI.Py

$jobs = Import-Csv queue.csv | ForEach-Object { New-Video -Prompt $_.Prompt -Seconds $_.Seconds -Size $_.Size }
$jobs | Wait-Video | ForEach-Object { "$($_.prompt): $($_.status), $($_.seconds) s, $($_.size)" }
