# A command of one's own around the cmdlets, which takes prompts from the pipeline and hands files on.
Import-Module PSOpenAI.Py

function New-Clip {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory, ValueFromPipeline)]
        [string]$Prompt,

        [string]$Folder = 'clips'
    )
    process {
        $file = Join-Path $Folder "$($Prompt.ToLower() -replace '\W+', '-').mp4"
        New-Video -Prompt $Prompt -Seconds 4 | Get-VideoContent -WaitForCompletion -OutFile $file
        Get-Item $file
    }
}

'Sea at Dawn', 'Sky' | New-Clip -Folder out | ForEach-Object Name
