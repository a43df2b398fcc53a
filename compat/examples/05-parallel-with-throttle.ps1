# Several videos at once, but not more than two.
Import-Module PSOpenAI.Py

'Sea', 'Sand', 'Sky', 'Snow' | ForEach-Object -ThrottleLimit 2 -Parallel {
    New-Video -Prompt $_ -Seconds 4 | Get-VideoContent -WaitForCompletion -OutFile "clips/$_.mp4"
}
(Get-ChildItem clips/*.mp4 | Sort-Object Name).Name
