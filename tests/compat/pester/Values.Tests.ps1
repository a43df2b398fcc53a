# What becomes of values on their way to the worker.

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Bodies' {
    It 'takes <Name>' -ForEach @(
        @{ Name = 'a hashtable'; Body = @{ prompt = 'from body' } }
        @{ Name = 'an ordered dictionary'; Body = [ordered]@{ prompt = 'from body' } }
        @{ Name = 'an object'; Body = [pscustomobject]@{ prompt = 'from body' } }
        @{ Name = 'a body beside others'; Body = @{ prompt = 'from body'; list = , 'x'; deep = @{ a = @{ b = @() } } } }
        @{ Name = 'JSON'; Body = '{"prompt": "from body"}' }
    ) {
        (New-Video 'x' -AdditionalBody $Body).prompt | Should -Be 'from body'
    }
}

Describe 'Values' {
    It 'writes <Name> as <Expected>' -ForEach @(
        @{ Name = 'nothing'; Value = $null; Expected = 'null' }
        @{ Name = 'a character'; Value = [char]'x'; Expected = '"x"' }
        @{ Name = 'an enumeration'; Value = [System.DayOfWeek]::Friday; Expected = '"Friday"' }
        @{ Name = 'an empty array'; Value = @(); Expected = '[]' }
        @{ Name = 'an array with one element'; Value = , 'x'; Expected = '["x"]' }
        @{ Name = 'arrays in arrays'; Value = @(@(1), @()); Expected = '[[1],[]]' }
        @{ Name = 'a Boolean'; Value = $true; Expected = 'true' }
        @{ Name = 'a switch'; Value = [switch]$true; Expected = 'true' }
        @{ Name = 'a number in an object'; Value = [psobject]5; Expected = '5' }
        @{ Name = 'text with properties'; Value = 'x' | Add-Member -NotePropertyName y -NotePropertyValue 1 -PassThru; Expected = '"x"' }
        @{ Name = 'names that are numbers'; Value = [ordered]@{ 5 = 'x'; 1 = 'y' }; Expected = '{"5":"x","1":"y"}' }
        @{ Name = 'a name that is a property'; Value = @{ Keys = 'x' }; Expected = '{"Keys":"x"}' }
        @{ Name = 'an address'; Value = [uri]'http://h/a b'; Expected = '"http://h/a b"' }
        @{ Name = 'a universal time'; Value = [datetime]::new(2025, 10, 11, 14, 51, 5, [System.DateTimeKind]::Utc); Expected = '"2025-10-11T14:51:05Z"' }
    ) {
        InModuleScope PSOpenAI.Py -Parameters @{ Value = $Value; Expected = $Expected } {
            param ($Value, $Expected)
            $request = [ordered]@{ value = ConvertTo-Plain -Value $Value }
            ConvertTo-Json -InputObject $request -Depth 100 -Compress | Should -Be "{""value"":$Expected}"
        }
    }

    It 'sends nothing of what contains itself' {
        $body = @{ a = 1 }
        $body.self = $body
        { New-Video 'x' -AdditionalBody $body -ErrorAction Stop } | Should -Throw 'Nothing was sent*'
    }

    It 'makes dates of the texts that Windows PowerShell reads' {
        $job = [pscustomobject]@{ id = 'video_1'; created_at = '2025-10-11T14:51:05+00:00'; completed_at = $null; prompt = '2025-10-11' }
        InModuleScope PSOpenAI.Py -Parameters @{ Job = $job } {
            param ($Job)
            Set-JobTime -Job $Job
            $Job.created_at.ToUniversalTime() | Should -Be ([datetime]::new(2025, 10, 11, 14, 51, 5))
            $Job.prompt | Should -Be '2025-10-11'
        }
    }

    It 'keeps nested objects' {
        $job = [pscustomobject]@{ id = 'video_1'; completed_at = $null; error = [pscustomobject]@{ code = 'x'; list = @(1) } }
        InModuleScope PSOpenAI.Py -Parameters @{ Job = $job } {
            param ($Job)
            Set-JobTime -Job $Job
            $Job.completed_at | Should -BeNullOrEmpty
            $Job.error.code | Should -Be 'x'
            $Job.error.list.Count | Should -Be 1
        }
    }
}

Describe 'Paths' {
    It 'refuses a drive that is none where drives have letters' -Skip:([System.IO.Path]::DirectorySeparatorChar -eq '/') {
        { Get-VideoContent 'x' -OutFile 'nodrive:\x' -ErrorAction Stop } | Should -Throw 'Nothing was sent*'
    }

    It 'takes a colon for a part of the name elsewhere' -Skip:([System.IO.Path]::DirectorySeparatorChar -eq '\') {
        $job = New-Video 'a' -Seconds 4 | Wait-Video
        Push-Location -Path $TestDrive
        $job | Get-VideoContent -Variant thumbnail -OutFile 'ab:cd.webp'
        Test-Path -LiteralPath "$TestDrive/ab:cd.webp" | Should -BeTrue
        Pop-Location
    }

    It 'refuses what is no file' {
        { Get-VideoContent 'x' -OutFile 'env:x' -ErrorAction Stop } | Should -Throw 'Nothing was sent*'
    }

    It 'starts from the last folder when the location is no folder' {
        $job = New-Video 'a' -Seconds 4 | Wait-Video
        Push-Location -Path $TestDrive
        Push-Location -Path 'variable:'
        $job | Get-VideoContent -Variant thumbnail -OutFile 'plain.webp'
        Pop-Location
        Pop-Location
        Test-Path -LiteralPath "$TestDrive/plain.webp" | Should -BeTrue
    }
}
