@{
    RootModule           = 'PSOpenAI.Py.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5b0c9d2e-6a1f-4c37-9e84-2f1d7a3b8c60'
    Author               = 'psopenai_py contributors'
    Copyright            = '(c) psopenai_py contributors. MIT License.'
    Description          = 'The video cmdlets of PSOpenAI, for any server that speaks the /v1/videos protocol. Needs Python with psopenai-py.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport    = @(
        # made: exported
        'New-Video'
        'Get-Video'
        'Get-VideoContent'
        'Wait-Video'
        'New-VideoRemix'
        'Remove-Video'
        # end
        'Set-OpenAIContext'
        'Get-OpenAIContext'
        'Clear-OpenAIContext'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('OpenAI', 'PSOpenAI', 'Sora', 'Video')
        }
    }
}
