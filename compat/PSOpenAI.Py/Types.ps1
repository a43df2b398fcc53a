# Types of parameters, under the names that PSOpenAI gives them.

enum OpenAIApiType {
    OpenAI
    Azure
}

class LowerCaseTransformation : System.Management.Automation.ArgumentTransformationAttribute {
    [object] Transform([System.Management.Automation.EngineIntrinsics]$engine, [object]$data) {
        if ($data -is [string]) {
            return $data.ToLowerInvariant()
        }
        return $data
    }
}

class SecureStringTransformation : System.Management.Automation.ArgumentTransformationAttribute {
    [object] Transform([System.Management.Automation.EngineIntrinsics]$engine, [object]$data) {
        if ($null -eq $data -or $data -is [securestring]) {
            return $data
        }
        if ($data -is [string]) {
            return [System.Net.NetworkCredential]::new('', $data.ToString()).SecurePassword
        }
        throw [System.Management.Automation.ArgumentTransformationMetadataException]::new('A key is text or a SecureString.')
    }
}
