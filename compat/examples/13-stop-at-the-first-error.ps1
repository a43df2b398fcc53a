# Every error ends the script's block, says what it was, and leaves nothing half done.
$ErrorActionPreference = 'Stop'
Import-Module PSOpenAI.Py

try {
    $first = New-Video 'Sea' -Seconds 4
    New-Video 'A forbidden thing [moderation]' | Out-Null
    'not reached'
}
catch [BadRequestException] {
    "refused: $($_.Exception.Code), $($_.FullyQualifiedErrorId)"
}
finally {
    $first | Remove-Video
    "jobs left: $(@(Get-Video -All).Count)"
}
