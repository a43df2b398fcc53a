# A run that nobody watches: what it said is in a transcript, and the exit code tells the scheduler.
Import-Module PSOpenAI.Py
$null = Start-Transcript -Path run.log

$failed = 0
foreach ($prompt in 'Morning show', 'Evening show [fail]') {
    $job = New-Video -Prompt $prompt -Seconds 4 | Wait-Video -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
    "$($job.prompt): $($job.status) $($job.error.code)".Trim()
    if ($job.status -ne 'completed') {
        $failed++
    }
}

$null = Stop-Transcript
"in the log: $((Select-String -Path run.log -Pattern '^(Morning|Evening) show').Count)"
exit $failed
