# A create that is refused is sent again by the script, which decides how often, and after which errors.
Import-Module PSOpenAI.Py

foreach ($attempt in 1..5) {
    try {
        $job = New-Video 'Rush hour [429 x2]' -ErrorAction Stop
        "attempt ${attempt}: $($job.status)"
        break
    }
    catch [RateLimitExceededException] {
        "attempt ${attempt}: $($_.CategoryInfo.Reason), status $([int]$_.Exception.StatusCode)"
        Start-Sleep -Milliseconds (100 * $attempt)
    }
}
