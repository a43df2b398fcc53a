# The list of jobs for a spreadsheet.
Import-Module PSOpenAI.Py

New-Video 'Sea, calm' -Seconds 4 | Out-Null
New-Video 'Sky' -Seconds 8 -Size 1280x720 | Out-Null
Get-Video -All | Select-Object prompt, seconds, size, model | Export-Csv jobs.csv -NoTypeInformation
Get-Content jobs.csv
