# Each video in a job of the session, which goes on with other things.
$jobs = foreach ($prompt in 'Sea', 'Sky') {
    Start-ThreadJob -ArgumentList $prompt -ScriptBlock {
        param ($prompt)
        Import-Module PSOpenAI.Py
        New-Video -Prompt $prompt -Seconds 4 | Wait-Video
    }
}
'started'
$jobs | Receive-Job -Wait -AutoRemoveJob | Sort-Object prompt | ForEach-Object { "$($_.prompt): $($_.status)" }
