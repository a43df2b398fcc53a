# Away with what is over, asking nothing; what still runs stays.
Import-Module PSOpenAI.Py

'Sea', 'Sky' | ForEach-Object { New-Video $_ -Seconds 4 } | Wait-Video | Out-Null
New-Video 'Never done [stall]' -Seconds 4 | Out-Null
Get-Video -All | Where-Object status -EQ 'completed' | Remove-Video
Get-Video -All | ForEach-Object { "left: $($_.prompt)" }
