# -Provider is ours: it must not change how the names of PSOpenAI's parameters bind, nor where its key goes.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
    $env:OPENROUTER_API_KEY = 'sk-or-0123456789'
    $module = Get-Module -Name PSOpenAI.Py
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $env:OPENAI_API_KEY = $env:OPENROUTER_API_KEY = $null
}

Describe 'Provider' {
    It 'leaves <_> to Prompt' -ForEach '-P', '-Pr', '-Pro' {
        $job = Invoke-Expression "New-Video $_ doggo -Size 64x64"
        $job.prompt | Should -Be 'doggo'
    }

    It 'offers the names, and refuses others' {
        $line = 'Get-Video -Provider O'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be @('OpenAI', 'OpenRouter')
        { Get-Video x -Provider Nobody } | Should -Throw -ErrorId 'ParameterArgumentValidationError,Get-Video'
    }

    It 'reaches the worker' {
        (New-Video 'doggo' -Size 640x480 -Provider XAI).provider | Should -Be 'XAI'
        $env:OPENAI_API_BASE, $base = 'http://gateway.example/v1', $env:OPENAI_API_BASE
        try {
            { Get-Video x -Provider XAI } | Should -Throw '*no API key for api.x.ai*'
        }
        finally {
            $env:OPENAI_API_BASE = $base
        }
    }

    It 'takes the provider that a piped job names' {
        $job = New-Video 'doggo' -Size 640x480 -Provider XAI | Select-Object -Property id, provider
        ($job | Get-Video).provider | Should -Be 'XAI'
    }

    It 'takes <_> of another server for no provider' -ForEach 'vertex_ai', 'openrouter', 7, $null {
        $job = New-Video 'doggo' -Size 64x64 | Select-Object -Property id, @{ n = 'provider'; e = { $_ } }
        $job.provider = $_
        ($job | Get-Video).id | Should -Be $job.id
    }

    It 'keeps key and address of OpenAI to itself' {
        $given = & $module {
            $named = [System.Collections.Generic.Dictionary[string, object]]::new()
            $named['Provider'] = 'XAI'
            $placed = [System.Collections.Generic.Dictionary[string, object]]::new()
            $placed['ApiBase'] = [uri]'https://openrouter.ai/api/v1'
            $global:OPENAI_API_KEY = 'sk-openai-0123456789'
            $global:OPENAI_API_BASE = 'http://gateway.example/v1'
            try {
                Get-CallParameter -Bound $named
                Get-CallParameter -Bound $placed
            }
            finally {
                $global:OPENAI_API_KEY = $global:OPENAI_API_BASE = $null
            }
        }
        $given[0].Keys | Should -Be @('Provider')
        $given[1].Keys | Should -Be @('ApiBase')
    }

    It 'keeps what a piped job knows and its service does not repeat' {
        $base = $env:OPENAI_API_BASE
        $job = New-Video 'Dancing Doggo' -Provider XAI -Seconds 2 -Size 64x64 -ApiBase $base
        $waited = $job | Wait-Video -PollIntervalSec 0 -ApiBase $base
        $waited.provider, $waited.status, $waited.prompt, $waited.size | Should -Be 'XAI', 'completed', 'Dancing Doggo', '64x64'
        ($waited | Get-Video -ApiBase $base).prompt | Should -Be 'Dancing Doggo'
    }

    It 'sends no key of a provider that only a job names' {
        $env:XAI_API_KEY = 'xai-0123456789'
        try {
            $job = [pscustomobject]@{ id = 'job-1'; provider = 'XAI' }
            { $job | Get-Video -ApiBase 'http://127.0.0.1:1/v1' -WarningVariable +global:told 3> $null } | Should -Throw
            "$global:told" | Should -BeLike 'The key of XAI is not sent to 127.0.0.1:1:*'
        }
        finally {
            $env:XAI_API_KEY = $null
        }
    }

    It 'leaves the address of a picture as it is' {
        $address = 'https://pictures.example/doggo.png'
        $bound = [System.Collections.Generic.Dictionary[string, object]]::new()
        $bound['InputReference'] = $address
        (& $module { param ($bound) Get-CallParameter -Bound $bound } $bound).InputReference | Should -Be $address
    }
}
