# What every call of a script has in common stands in one place.
Import-Module PSOpenAI.Py

$PSDefaultParameterValues = @{
    'New-Video:Seconds'  = 4
    'New-Video:Size'     = '1280x720'
    '*-Video:TimeoutSec' = 60
}
$jobs = (New-Video 'Sea'), (New-Video 'Sky' -Seconds 8)
$jobs | ForEach-Object { "$($_.prompt): $($_.seconds) s, $($_.size)" }
