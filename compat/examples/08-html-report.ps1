# A page about all jobs.
Import-Module PSOpenAI.Py
$WarningPreference = 'SilentlyContinue'  # the page says it

'Sea & sand', 'Sky [fail]' | ForEach-Object { New-Video $_ -Seconds 4 } | Wait-Video -ErrorAction Ignore | Out-Null
Get-Video -All | Select-Object prompt, seconds, status, @{ n = 'error'; e = { $_.error.code } } |
    ConvertTo-Html -Fragment -PreContent '<h1>Videos</h1>' | Set-Content report.html
Get-Content report.html
