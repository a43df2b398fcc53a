# What the module does inside of a real PowerShell. Needs Pester 5 and, in PSOPENAI_PYTHON, a Python with psopenai-py.
# No server is needed: the sandbox answers, and fails on demand.

BeforeDiscovery {
    $table = Get-Content -LiteralPath "$PSScriptRoot/../../../compat/recordings/parameters.json" -Raw | ConvertFrom-Json
    $script:Cases = foreach ($cmdlet in $table.PSObject.Properties) {
        foreach ($parameter in $cmdlet.Value.parameters.PSObject.Properties) {
            if (-not $parameter.Value.common) {
                $name = $parameter.Name
                if ($name -eq 'VideohId') {
                    # Misspelt in the reference; here an alias.
                    $name = 'VideoId'
                }
                @{ Cmdlet = $cmdlet.Name; Name = $name; Recorded = $parameter.Value }
            }
        }
    }
}

BeforeAll {
    Import-Module -Name "$PSScriptRoot/../../../compat/PSOpenAI.Py/PSOpenAI.Py.psd1" -Force
    $env:OPENAI_API_BASE = "sandbox:$TestDrive/jobs?speed=1000"
    $env:OPENAI_API_KEY = ''
    function Get-FaultyBase([string]$Fault) {
        "sandbox:$TestDrive/faulty?fault=$Fault"
    }
}

AfterAll {
    Remove-Module -Name PSOpenAI.Py
    $env:OPENAI_API_BASE = $null
}

Describe 'Parameters' {
    It '<Cmdlet> -<Name> is declared as recorded' -ForEach $Cases {
        $actual = (Get-Command -Name $Cmdlet -Module PSOpenAI.Py).Parameters[$Name]
        $actual | Should -Not -BeNullOrEmpty
        $actual.ParameterType.FullName | Should -Be $Recorded.type
        foreach ($alias in $Recorded.aliases) {
            $actual.Aliases | Should -Contain $alias
        }
        foreach ($set in $Recorded.sets.PSObject.Properties) {
            $facts = $actual.ParameterSets[$set.Name]
            $facts | Should -Not -BeNullOrEmpty
            $facts.IsMandatory | Should -Be $set.Value.mandatory
            $facts.ValueFromPipeline | Should -Be $set.Value.byValue
            $facts.ValueFromPipelineByPropertyName | Should -Be $set.Value.byPropertyName
            if ($null -ne $set.Value.position) {
                $facts.Position | Should -Be $set.Value.position
            }
        }
    }

    It 'completes values' {
        $line = 'New-Video -Size 12'
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $found.CompletionMatches.CompletionText | Should -Contain '1280x720'
    }
}

Describe 'Output' {
    It 'is a job with a type name and dates' {
        $job = New-Video -Prompt 'Dancing Doggo' -Seconds 8 -Size 1280X720
        $job.PSObject.TypeNames[0] | Should -Be 'PSOpenAI.Video.Job'
        $job.seconds | Should -Be '8'
        $job.size | Should -Be '1280x720'
        $job.created_at | Should -BeOfType [datetime]
        $job.created_at.Kind | Should -Be 'Local'
        ([datetime]::Now - $job.created_at).TotalMinutes | Should -BeLessThan 2
    }

    It 'takes names in every form' {
        (New-Video 'a' -sec 4).seconds | Should -Be '4'
        (New-Video -Prompt:'a').prompt | Should -Be 'a'
        $splat = @{ Prompt = 'splat'; Seconds = 4 }
        (New-Video @splat).prompt | Should -Be 'splat'
        (New-Video -Prompt 'Zürich 絵 "quotes" $x').prompt | Should -Be 'Zürich 絵 "quotes" $x'
    }

    It 'flows through a pipeline' {
        $done = New-Video 'a' | Wait-Video
        $done.status | Should -Be 'completed'
        $done.completed_at | Should -BeOfType [datetime]
        ($done | Get-Video).id | Should -Be $done.id
        ($done.id | Get-Video).id | Should -Be $done.id
        @($done, $done | Get-Video).Count | Should -Be 2
        (New-VideoRemix 'blue' $done.id).remixed_from_video_id | Should -Be $done.id
        $done | Remove-Video | Should -BeNullOrEmpty
    }

    It 'goes into variables' {
        $null = New-Video 'a' -OutVariable kept
        $kept[0].prompt | Should -Be 'a'
        New-Video 'b' -PipelineVariable piped | ForEach-Object { $piped.prompt } | Should -Be 'b'
    }

    It 'survives a pipeline that stops early' {
        1..3 | ForEach-Object { $null = New-Video "job $_" }
        @(Get-Video -All | Select-Object -First 1).Count | Should -Be 1
        { Get-Video -All | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        (New-Video 'after').prompt | Should -Be 'after'
    }

    It 'brings bytes, or writes a file' {
        $job = New-Video 'a' -Seconds 4 | Wait-Video
        $bytes = Get-VideoContent $job.id -Variant thumbnail
        $bytes[0] | Should -BeOfType [byte]
        Push-Location -Path $TestDrive
        $job | Get-VideoContent -Variant thumbnail -OutFile 'sub/picture.webp' | Should -BeNullOrEmpty
        (Get-Item -Path 'sub/picture.webp').Length | Should -Be $bytes.Count
        Pop-Location
        $job | Get-VideoContent -Variant thumbnail -OutFile 'TestDrive:\other.webp'
        Test-Path -Path 'TestDrive:\other.webp' | Should -BeTrue
    }
}

Describe 'Bodies' {
    It 'takes <Name>' -ForEach @(
        @{ Name = 'a hashtable'; Body = @{ prompt = 'from body' } }
        @{ Name = 'an ordered dictionary'; Body = [ordered]@{ prompt = 'from body' } }
        @{ Name = 'an object'; Body = [pscustomobject]@{ prompt = 'from body' } }
        @{ Name = 'JSON'; Body = '{"prompt": "from body"}' }
    ) {
        (New-Video 'x' -AdditionalBody $Body).prompt | Should -Be 'from body'
    }
}

Describe 'Streams' {
    It 'writes verbose lines' {
        $lines = New-Video 'a' -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$lines" | Should -Match 'POST'
    }

    It 'writes warnings' {
        $null = New-Video '[fail] a' | Wait-Video -ErrorAction SilentlyContinue -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'video_'
    }

    It 'stops at a warning' {
        { New-Video '[fail] a' | Wait-Video -WarningAction Stop } | Should -Throw
        (New-Video 'after').prompt | Should -Be 'after'
    }
}

Describe 'Errors' {
    It 'has the id, type and category of the reference' {
        $caught = $null
        try {
            New-Video 'x' -ApiBase (Get-FaultyBase '429')
        }
        catch [PSOpenAI.APIRequest.RateLimitExceededException] {
            $caught = $_
        }
        $caught | Should -Not -BeNullOrEmpty
        $caught.FullyQualifiedErrorId | Should -Be 'PSOpenAI.APIRequest.RateLimitExceededException,Invoke-OpenAIAPIRequest'
        $caught.CategoryInfo.Category | Should -Be 'InvalidOperation'
        [int]$caught.Exception.StatusCode | Should -Be 429
        $caught.Exception.Code | Should -Be 'rate_limit_exceeded'
    }

    It 'is caught by the type of its parents' {
        { New-Video 'x' -ApiBase (Get-FaultyBase 'quota') } |
            Should -Throw -ErrorId 'PSOpenAI.APIRequest.QuotaLimitExceededException,Invoke-OpenAIAPIRequest'
        $caught = $false
        try { New-Video 'x' -ApiBase (Get-FaultyBase 'quota') }
        catch [PSOpenAI.APIRequest.APIRequestException] { $caught = $true }
        $caught | Should -BeTrue
    }

    It 'is written by Get-Video under its own name' {
        $null = Get-Video 'video_none' -ErrorAction SilentlyContinue -ErrorVariable found
        $found[0].FullyQualifiedErrorId | Should -Be 'NotFoundException,Get-Video'
    }

    It 'goes on with the next piped object' {
        $job = New-Video 'a'
        $all = 'video_none', $job.id | Get-Video -ErrorAction SilentlyContinue
        $all.id | Should -Be $job.id
    }

    It 'ends the script when there is no key' {
        { Get-Video 'x' -ApiBase 'https://api.openai.com/v1' -ErrorAction Ignore } |
            Should -Throw -ErrorId 'System.ArgumentException,Initialize-APIKey'
    }

    It 'names the object that is missing' {
        { New-Video 'x' -InputReference 'none.png' -ErrorAction Stop } | Should -Throw
    }

    It 'refuses what PowerShell refuses' {
        { New-Video 'x' -MaxRetryCount 101 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,New-Video'
        { New-Video 'x' -Foo 1 } | Should -Throw -ErrorId 'NamedParameterNotFound,New-Video'
        { Get-Video -VideoId x -Limit 5 } | Should -Throw -ErrorId 'AmbiguousParameterSet,Get-Video'
        { New-Video 'x' -ApiKey 5 } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,New-Video'
    }
}

Describe 'Keys and context' {
    AfterEach {
        Clear-OpenAIContext
        Remove-Variable -Name OPENAI_API_KEY -Scope Global -ErrorAction Ignore
    }

    It 'takes a key as text and as a SecureString' {
        $base = 'http://127.0.0.1:9/v1'
        $key = 'sk-test-0123456789abcdefXY'
        $secure = ConvertTo-SecureString -String $key -AsPlainText -Force
        foreach ($form in $key, $secure) {
            $lines = Get-Video 'x' -ApiKey $form -ApiBase $base -Verbose -ErrorAction SilentlyContinue 4>&1
            "$lines" | Should -Match 'sk-tes\*+XY'
            "$lines" | Should -Not -Match $key
        }
        $global:OPENAI_API_KEY = $key
        "$(Get-Video 'x' -ApiBase $base -Verbose -ErrorAction SilentlyContinue 4>&1)" | Should -Match 'sk-tes\*+XY'
    }

    It 'remembers and forgets' {
        $base = "sandbox:$TestDrive/context"
        Set-OpenAIContext -ApiKey 'sk-x' -ApiBase $base -TimeoutSec 5
        (Get-OpenAIContext).ApiBase.OriginalString | Should -Be $base
        (Get-OpenAIContext).ApiKey | Should -BeOfType [securestring]
        $job = New-Video 'in context'
        Clear-OpenAIContext
        (Get-OpenAIContext).ApiBase | Should -BeNullOrEmpty
        $job.id | Get-Video -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'sees later changes of the environment' {
        $job = New-Video 'here'
        $before = $env:OPENAI_API_BASE
        $env:OPENAI_API_BASE = "sandbox:$TestDrive/elsewhere"
        $job.id | Get-Video -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $env:OPENAI_API_BASE = $before
        ($job.id | Get-Video).id | Should -Be $job.id
    }
}

Describe 'Worker' {
    It 'is started again when it has died' {
        $null = New-Video 'a'
        InModuleScope PSOpenAI.Py {
            $script:Worker.Process.Kill()
            $script:Worker.Process.WaitForExit()
        }
        (New-Video 'b').prompt | Should -Be 'b'
    }

    It 'ends with the module' {
        $null = New-Video 'a'
        $process = InModuleScope PSOpenAI.Py { Get-Process -Id $script:Worker.Process.Id }
        Remove-Module -Name PSOpenAI.Py
        $process.WaitForExit(10000) | Should -BeTrue
        Import-Module -Name "$PSScriptRoot/../../../compat/PSOpenAI.Py/PSOpenAI.Py.psd1" -Force
    }

    It 'says what is missing when there is no Python' {
        Remove-Module -Name PSOpenAI.Py
        Import-Module -Name "$PSScriptRoot/../../../compat/PSOpenAI.Py/PSOpenAI.Py.psd1" -Force
        $before = $env:PSOPENAI_PYTHON
        $env:PSOPENAI_PYTHON = "$TestDrive/no-python"
        { New-Video 'a' } | Should -Throw -ErrorId 'WorkerNotStarted,New-Video'
        $env:PSOPENAI_PYTHON = $before
        (New-Video 'b').prompt | Should -Be 'b'
    }
}
