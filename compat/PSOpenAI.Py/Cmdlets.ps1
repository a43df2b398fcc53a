# Made by scripts/generate.py from the tables of the cmdlets; changes belong there.

$script:Providers = 'OpenAI', 'OpenRouter', 'XAI', 'Ark', 'MiniMax', 'Google', 'Together'
$script:ProviderHosts = @(
    'openrouter.ai'
    'api.x.ai'
    'ark.ap-southeast.bytepluses.com'
    'ark.cn-beijing.volces.com'
    'api.minimax.io'
    'api.minimaxi.com'
    'generativelanguage.googleapis.com'
    'api.together.ai'
    'api.together.xyz'
)

$script:Creating = 'New-Video', 'New-VideoRemix'

function New-Video {
    <#
    .SYNOPSIS
        Creates a new video generation job.
    .PARAMETER Prompt
        What the video shows.
    .PARAMETER InputReference
        Path of a picture or clip to start from; it is sent along. Hosted services take an address, too.
    .PARAMETER Model
        The model to use; servers other than OpenAI's have names of their own. '' sends none, so that the server takes its own. Otherwise PSOPENAI_VIDEO_MODEL.
    .PARAMETER Seconds
        Length of the video in seconds.
    .PARAMETER Size
        Width and height of the video.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        New-Video -Prompt 'Dancing Doggo'

        Starts a job with the default model, length and size.
    .EXAMPLE
        New-Video -Prompt 'Dancing Donuts' -Model sora-2-pro -Seconds 12 -Size 1280x720

        Starts a job for twelve seconds in landscape.
    .EXAMPLE
        New-Video 'Dancing Doggo' -InputReference doggo.png -ApiBase http://127.0.0.1:8091/v1

        Sends a picture along, to a server of your own.
    .EXAMPLE
        New-Video 'Dancing Doggo' -ApiBase sandbox:

        Tries it without account or network.
    .LINK
        https://github.com/mkht/PSOpenAI/blob/main/Docs/New-Video.md
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param (
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string]$Prompt,

        [Parameter()]
        [Alias('input_reference')]
        [ValidateNotNullOrEmpty()]
        [string]$InputReference,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sora-2', 'sora-2-pro' -like "$word*"
        })]
        [string]$Model,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            '4', '8', '12' -like "$word*"
        })]
        [string]$Seconds,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            '720x1280', '1280x720', '1024x1792', '1792x1024' -like "$word*"
        })]
        [string]$Size,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'New-Video' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function Get-Video {
    <#
    .SYNOPSIS
        Shows a video job, or lists jobs.
    .PARAMETER VideoId
        The id of the job.
    .PARAMETER Limit
        How many jobs a page has.
    .PARAMETER Order
        Oldest first (asc) or newest first (desc).
    .PARAMETER All
        Lists every job, page after page.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        Get-Video video_123

        Shows one job.
    .EXAMPLE
        New-Video 'Dancing Doggo' | Get-Video

        Shows the job that was just started.
    .LINK
        https://github.com/mkht/PSOpenAI/blob/main/Docs/Get-Video.md
    #>
    [CmdletBinding(DefaultParameterSetName = 'List')]
    [OutputType([pscustomobject])]
    param (
        [Parameter(ParameterSetName = 'Get', Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'video_id')]
        [ValidateNotNullOrEmpty()]
        [string]$VideoId,

        [Parameter(ParameterSetName = 'List')]
        [ValidateRange(0, 100)]
        [int]$Limit,

        [Parameter(ParameterSetName = 'List')]
        [ValidateSet('asc', 'desc')]
        [string]$Order,

        [Parameter(ParameterSetName = 'List')]
        [switch]$All,

        [Parameter(ParameterSetName = 'List', DontShow = $true)]
        [string]$After,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'Get-Video' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function Get-VideoContent {
    <#
    .SYNOPSIS
        Downloads the content of a finished video job.
    .PARAMETER VideoId
        The id of the job.
    .PARAMETER OutFile
        File to write; missing folders are made. A folder gets a file named after the job; a name may hold {id}, {prompt}, {model}, {size} and {seconds}. A file that is there already is replaced as a whole: it keeps its mode, and other hard links keep the old content.
    .PARAMETER Variant
        What to download.
    .PARAMETER WaitForCompletion
        Waits until the job is over, and downloads then.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        Get-VideoContent video_123 -OutFile doggo.mp4

        Downloads a video.
    .EXAMPLE
        New-Video 'Dancing Doggo' | Get-VideoContent -WaitForCompletion -OutFile doggo.mp4

        Starts a job, waits for it, and downloads its video.
    .EXAMPLE
        Get-Video -All | Get-VideoContent -OutFile 'clips/{prompt}-{id}.mp4'

        Downloads all videos, each under a name that says what it shows.
    .EXAMPLE
        Get-VideoContent video_123 -Variant thumbnail -OutFile doggo.webp

        Downloads a picture of it.
    .LINK
        https://github.com/mkht/PSOpenAI/blob/main/Docs/Get-VideoContent.md
    #>
    [CmdletBinding()]
    [OutputType([byte[]])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'video_id')]
        [ValidateNotNullOrEmpty()]
        [string]$VideoId,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$OutFile,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'video', 'thumbnail', 'spritesheet' -like "$word*"
        })]
        [string]$Variant,

        [Parameter()]
        [switch]$WaitForCompletion,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'Get-VideoContent' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function Wait-Video {
    <#
    .SYNOPSIS
        Waits until a video job is over.
    .PARAMETER VideoId
        The id of the job.
    .PARAMETER PollIntervalSec
        Seconds between two questions; the first few come sooner.
    .PARAMETER StatusForWait
        Status words to wait on. Otherwise every word that is not an end.
    .PARAMETER StatusForExit
        Status words to stop at.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        New-Video 'Dancing Doggo' | Wait-Video

        Waits for a new job.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'video_id', 'VideohId')]
        [ValidateNotNullOrEmpty()]
        [string]$VideoId,

        [Parameter()]
        [ValidateRange(0, 1000)]
        [float]$PollIntervalSec,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'queued', 'in_progress', 'completed', 'failed', 'preprocessing', 'running', 'processing', 'cancelled', 'succeeded' -like "$word*"
        })]
        [string[]]$StatusForWait,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'queued', 'in_progress', 'completed', 'failed', 'preprocessing', 'running', 'processing', 'cancelled', 'succeeded' -like "$word*"
        })]
        [string[]]$StatusForExit,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'Wait-Video' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function New-VideoRemix {
    <#
    .SYNOPSIS
        Creates a new video from a finished one by a changed prompt.
    .PARAMETER Prompt
        What is to be changed.
    .PARAMETER VideoId
        The id of the job.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        New-VideoRemix 'Make the doggo blue' video_123

        Starts a remix.
    .EXAMPLE
        Get-Video video_123 | New-VideoRemix 'Make the doggo blue'

        Takes the id from the pipeline.
    .LINK
        https://github.com/mkht/PSOpenAI/blob/main/Docs/New-VideoRemix.md
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param (
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string]$Prompt,

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'video_id')]
        [ValidateNotNullOrEmpty()]
        [string]$VideoId,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'New-VideoRemix' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function Remove-Video {
    <#
    .SYNOPSIS
        Deletes a video job and its video.
    .PARAMETER VideoId
        The id of the job.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER AdditionalQuery
        Query parameters to append.
    .PARAMETER AdditionalHeaders
        Headers to add or replace.
    .PARAMETER AdditionalBody
        Fields to add or replace in the body.
    .EXAMPLE
        Remove-Video video_123

        Deletes one job.
    .EXAMPLE
        Get-Video -All | Remove-Video

        Deletes every job.
    .LINK
        https://github.com/mkht/PSOpenAI/blob/main/Docs/Remove-Video.md
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id', 'video_id')]
        [ValidateNotNullOrEmpty()]
        [string]$VideoId,

        [Parameter()]
        [int]$TimeoutSec,

        [Parameter()]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount,

        [Parameter()]
        [OpenAIApiType]$ApiType,

        [Parameter()]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(DontShow = $true)]
        [string]$ApiVersion,

        [Parameter()]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter()]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter()]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalQuery,

        [Parameter()]
        [System.Collections.IDictionary]$AdditionalHeaders,

        [Parameter()]
        [object]$AdditionalBody
    )
    dynamicparam {
        if ($null -eq $script:ProviderParameter) {
            $script:ProviderParameter = New-ProviderParameter
        }
        $script:ProviderParameter
    }
    process {
        $ending = $null
        Invoke-WorkerCall 'Remove-Video' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
        if ($null -ne $ending) {
            $writer, $written = Get-ErrorWriter $ending $MyInvocation
            & $writer @written | Out-Null
        }
    }
}

function Set-OpenAIContext {
    <#
    .SYNOPSIS
        Sets what later calls use when they are not told otherwise.
    .PARAMETER ApiKey
        The key. Better kept out of the command line: OPENAI_API_KEY or Set-OpenAIKey.
    .PARAMETER ApiType
        The kind of service: OpenAI, or Azure for the addresses of Azure OpenAI.
    .PARAMETER ApiBase
        Base address of the service, such as http://127.0.0.1:8091/v1, or sandbox: for the one in the box. Otherwise OPENAI_API_BASE or OPENAI_BASE_URL.
    .PARAMETER ApiVersion
        API version of an Azure service.
    .PARAMETER AuthType
        How the key is sent to an Azure service: as an api-key header or as a bearer token (azure_ad).
    .PARAMETER Organization
        Organization the request counts for. Otherwise OPENAI_ORGANIZATION or OPENAI_ORG_ID.
    .PARAMETER TimeoutSec
        Seconds to wait for an answer to begin; 0 waits without limit.
    .PARAMETER MaxRetryCount
        How often a request is repeated after status 429 or 5xx, from 0 to 100.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param (
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [securestring][PSOpenAI.Py.SecureStringTransformation()]$ApiKey,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [OpenAIApiType]$ApiType,

        [Parameter(Position = 2, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({
            param ($command, $parameter, $word)
            'sandbox:' -like "$word*"
        })]
        [uri]$ApiBase,

        [Parameter(Position = 3, ValueFromPipelineByPropertyName = $true)]
        [string]$ApiVersion,

        [Parameter(Position = 4, ValueFromPipelineByPropertyName = $true)]
        [ValidateSet('openai', 'azure', 'azure_ad')]
        [string]$AuthType,

        [Parameter(Position = 5, ValueFromPipelineByPropertyName = $true)]
        [Alias('OrgId')]
        [string]$Organization,

        [Parameter(Position = 6, ValueFromPipelineByPropertyName = $true)]
        [int]$TimeoutSec,

        [Parameter(Position = 7, ValueFromPipelineByPropertyName = $true)]
        [ValidateRange(0, 100)]
        [int]$MaxRetryCount
    )
    process {
        Set-CallContext $PSBoundParameters
    }
}

function Get-OpenAIContext {
    <#
    .SYNOPSIS
        Shows what later calls use when they are not told otherwise.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param ()
    process {
        Get-CallContext
    }
}

function Clear-OpenAIContext {
    <#
    .SYNOPSIS
        Forgets what Set-OpenAIContext set.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param ()
    process {
        Clear-CallContext
    }
}
