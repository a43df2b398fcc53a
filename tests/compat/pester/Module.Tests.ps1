# What the functions take, and what they return.

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
    $script:Names = @{}
    foreach ($group in $Cases | Group-Object -Property { $_.Cmdlet }) {
        $Names[$group.Name] = ($group.Group | ForEach-Object { $_.Name } | Sort-Object) -join ' '
    }
}

BeforeAll {
    . "$PSScriptRoot/Start.ps1"
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

    It 'has no parameter of its own but Provider' -ForEach @{ Names = $Names } {
        foreach ($name in 'New-Video', 'Get-Video', 'Get-VideoContent', 'New-VideoRemix', 'Remove-Video', 'Wait-Video') {
            $all = (Get-Command -Name $name -Module PSOpenAI.Py).Parameters.Keys
            $own = $all | Where-Object {
                $_ -ne 'Provider' -and -not [System.Management.Automation.PSCmdlet]::CommonParameters.Contains($_)
            }
            ($own | Sort-Object) -join ' ' | Should -Be $Names[$name]
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

    It 'has null where there is no time' {
        $job = New-Video 'a' -ApiBase "sandbox:$TestDrive/slow?speed=0.01"
        $job.PSObject.Properties.Name | Should -Contain 'completed_at'
        $job.completed_at | Should -BeNullOrEmpty
        $job.expires_at | Should -BeNullOrEmpty
    }

    It 'flows through a pipeline' {
        $done = New-Video 'a' | Wait-Video
        $done.status | Should -Be 'completed'
        $done.completed_at | Should -BeOfType [datetime]
        ($done | Get-Video).id | Should -Be $done.id
        ($done.id | Get-Video).id | Should -Be $done.id
        @($done, $done | Get-Video).Count | Should -Be 2
        (New-VideoRemix 'blue' $done.id).remixed_from_video_id | Should -Be $done.id
        [pscustomobject]@{ video_id = $done.id } | Get-Video | ForEach-Object { $_.id } | Should -Be $done.id
        # The model of a job is taken over.
        $other = New-Video 'a' -Model 'sora-2-pro' | New-Video -Prompt 'again'
        $other.model | Should -Be 'sora-2-pro'
        $done | Remove-Video | Should -BeNullOrEmpty
    }

    It 'is an error for the one object that does not bind' {
        $job = New-Video 'a'
        $found = $job, '' | Get-Video -ErrorAction SilentlyContinue
        $found.id | Should -Be $job.id
        { 'x' | New-Video -Prompt 'a' -ErrorAction Stop } | Should -Throw -ErrorId 'InputObjectNotBound,New-Video'
    }

    It 'goes into variables' {
        $null = New-Video 'a' -OutVariable kept
        $kept[0].prompt | Should -Be 'a'
        $null = New-Video 'more' -OutVariable +kept
        $kept.prompt | Should -Be 'a', 'more'
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
