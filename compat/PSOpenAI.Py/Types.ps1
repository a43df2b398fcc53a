# Types of parameters and of errors, under the names that scripts know from PSOpenAI.

# They are no classes of PowerShell: such a class belongs to the runspace that was the first to import it, and its methods
# block in any other. Nor are they compiled, nor is the enumeration written as one: that takes longer than all of this.

$script:MissingFileType = $null

function Add-CallType {
    if (-not ('System.Net.Http.HttpRequestException' -as [type])) {
        # Windows PowerShell has not loaded it.
        Add-Type -AssemblyName System.Net.Http
    }
    $accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
    # All runspaces of the process share these types, and may import the module at the same time.
    [System.Threading.Monitor]::Enter($accelerators)
    try {
        if ('PSOpenAI.Py.SecureStringTransformationAttribute' -as [type]) {
            return
        }
        $module = New-TypeModule
        # A catch clause looks for its type when any error arrives, so they have to be there from the beginning.
        foreach ($type in New-ExceptionType -Module $module) {
            $accelerators::Add("PSOpenAI.APIRequest.$($type.Name)", $type)
            # PSOpenAI has them without a namespace, and may itself be loaded.
            if (-not ($type.Name -as [type])) {
                $accelerators::Add($type.Name, $type)
            }
        }
        if (-not ('OpenAIApiType' -as [type])) {
            $accelerators::Add('OpenAIApiType', (New-ApiType -Module $module))
        }
        $text = New-JobTextType -Module $module
        foreach ($type in $text, (New-SessionEndType -Module $module), (New-KeyTransformation -Module $module)) {
            $accelerators::Add($type.FullName, $type)
        }
    }
    finally {
        [System.Threading.Monitor]::Exit($accelerators)
    }
}

function New-TypeModule {
    $name = [System.Reflection.AssemblyName]::new('PSOpenAI.Py.Types')
    $access = [System.Reflection.Emit.AssemblyBuilderAccess]::Run
    $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, $access)
    return $assembly.DefineDynamicModule('PSOpenAI.Py.Types')
}

function New-ExceptionType {
    param ($Module)

    $parents = [ordered]@{
        APIRequestException          = ''
        BadRequestException          = 'APIRequestException'
        ContentFilteredException     = 'BadRequestException'
        UnauthorizedException        = 'APIRequestException'
        PermissionDeniedException    = 'APIRequestException'
        NotFoundException            = 'APIRequestException'
        ConflictException            = 'APIRequestException'
        UnprocessableEntityException = 'APIRequestException'
        RateLimitExceededException   = 'APIRequestException'
        QuotaLimitExceededException  = 'RateLimitExceededException'
    }
    $made = @{ '' = [System.Net.Http.HttpRequestException] }
    foreach ($name in @($parents.Keys)) {
        $parent = $made[$parents[$name]]
        $class = [System.Reflection.TypeAttributes]::Public
        $type = $Module.DefineType($name, $class, $parent)
        Add-MessageConstructor -Type $type -Parent $parent
        $made[$name] = $type.CreateType()
        $made[$name]
    }
}

function New-ApiType {
    # public enum OpenAIApiType { OpenAI, Azure }
    param ($Module)

    $type = $Module.DefineEnum('OpenAIApiType', [System.Reflection.TypeAttributes]::Public, [int])
    $null = $type.DefineLiteral('OpenAI', 0)
    $null = $type.DefineLiteral('Azure', 1)
    return $type.CreateType()
}

function Add-Instruction {
    # In a loop: each call that stands in a script by itself is compiled by itself.
    param ($Code, [object[]]$Instructions)

    foreach ($one in $Instructions) {
        $operation, $operand = $one
        if ($null -eq $operand) {
            $Code.Emit($operation)
        }
        else {
            $Code.Emit($operation, $operand)
        }
    }
}

function Add-MessageConstructor {
    # public Name(string message) : base(message) { }
    param ($Type, $Parent)

    [type[]]$takes = @([string])
    $public = [System.Reflection.MethodAttributes]::Public
    $standard = [System.Reflection.CallingConventions]::Standard
    $op = [System.Reflection.Emit.OpCodes]
    $constructor = $Type.DefineConstructor($public, $standard, $takes)
    Add-Instruction -Code $constructor.GetILGenerator() -Instructions @(
        $op::Ldarg_0,
        $op::Ldarg_1,
        @($op::Call, $Parent.GetConstructor($takes)),
        $op::Ret
    )
}

function Get-MissingFileType {
    # Made by the first error that needs it: a catch clause names the type that it is derived from.
    if ($null -eq $script:MissingFileType) {
        $script:MissingFileType = New-MissingFileType -Module (New-TypeModule)
    }
    return $script:MissingFileType
}

function New-MissingFileType {
    # For a catch clause with a type, PowerShell takes the record that an exception of its own kind carries. What
    # anybody else can make of this exception has category InvalidArgument there and no target. So:
    #     class ItemNotFoundException : System.Management.Automation.ItemNotFoundException
    #     {
    #         public ErrorRecord Carried;
    #         public override ErrorRecord ErrorRecord { get { return Carried; } }
    #     }
    param ($Module)

    $parent = [System.Management.Automation.ItemNotFoundException]
    $class = [System.Reflection.TypeAttributes]::Public
    $record = [System.Management.Automation.ErrorRecord]
    $type = $Module.DefineType($parent.FullName, $class, $parent)
    Add-MessageConstructor -Type $type -Parent $parent
    $carried = $type.DefineField('Carried', $record, [System.Reflection.FieldAttributes]::Public)
    $overrides = [System.Reflection.MethodAttributes]'Public, HideBySig, Virtual, SpecialName'
    $method = $type.DefineMethod('get_ErrorRecord', $overrides, $record, [type]::EmptyTypes)
    $op = [System.Reflection.Emit.OpCodes]
    Add-Instruction -Code $method.GetILGenerator() -Instructions @(
        $op::Ldarg_0,
        @($op::Ldfld, $carried),
        $op::Ret
    )
    return $type.CreateType()
}

function New-KeyTransformation {
    # An attribute that makes a SecureString of text, also of text with properties, as Get-Content brings it:
    #     object Transform(EngineIntrinsics engine, object data)
    #     {
    #         string text = data == null ? null : PSObject.AsPSObject(data).BaseObject as string;
    #         return text == null ? data : new NetworkCredential("", text).SecurePassword;
    #     }
    param ($Module)

    $class = [System.Reflection.TypeAttributes]::Public
    $parent = [System.Management.Automation.ArgumentTransformationAttribute]
    $type = $Module.DefineType('PSOpenAI.Py.SecureStringTransformationAttribute', $class, $parent)
    [type[]]$object = @([object])
    [type[]]$takes = @([System.Management.Automation.EngineIntrinsics], [object])
    [type[]]$texts = @([string], [string])
    $overrides = [System.Reflection.MethodAttributes]'Public, HideBySig, Virtual'
    $code = $type.DefineMethod('Transform', $overrides, [object], $takes).GetILGenerator()
    $unchanged = $code.DefineLabel()
    $text = $code.DeclareLocal([string])
    $credential = [System.Net.NetworkCredential]
    $op = [System.Reflection.Emit.OpCodes]
    Add-Instruction -Code $code -Instructions @(
        $op::Ldarg_2,
        @($op::Brfalse, $unchanged),
        $op::Ldarg_2,
        @($op::Call, [psobject].GetMethod('AsPSObject', $object)),
        @($op::Callvirt, [psobject].GetProperty('BaseObject').GetGetMethod()),
        @($op::Isinst, [string]),
        @($op::Stloc, $text),
        @($op::Ldloc, $text),
        @($op::Brfalse, $unchanged),
        @($op::Ldstr, ''),
        @($op::Ldloc, $text),
        @($op::Newobj, $credential.GetConstructor($texts)),
        @($op::Callvirt, $credential.GetProperty('SecurePassword').GetGetMethod()),
        $op::Ret
    )
    $code.MarkLabel($unchanged)
    Add-Instruction -Code $code -Instructions @($op::Ldarg_2, $op::Ret)
    return $type.CreateType()
}

function New-JobTextType {
    # The text of a job is its id. One without an id looks as objects usually do:
    #     static string ToText(PSObject job)
    #     {
    #         object id = job.Properties["id"]?.Value;
    #         string text = id == null ? null : PSObject.AsPSObject(id).BaseObject as string;
    #         if (text != null) return text;
    #         PSObject copy = job.Copy();
    #         copy.TypeNames.Clear();
    #         return copy.ToString();
    #     }
    # No script: that needs the runspace that the job comes from, which is gone when a thread job is over.
    param ($Module)

    $class = [System.Reflection.TypeAttributes]'Public, Abstract, Sealed'
    $type = $Module.DefineType('PSOpenAI.Py.JobText', $class)
    $static = [System.Reflection.MethodAttributes]'Public, Static'
    $code = $type.DefineMethod('ToText', $static, [string], [type[]]@([psobject])).GetILGenerator()
    $other = $code.DefineLabel()
    $property = $code.DeclareLocal([System.Management.Automation.PSPropertyInfo])
    $id = $code.DeclareLocal([object])
    $text = $code.DeclareLocal([string])
    $copy = $code.DeclareLocal([psobject])
    $properties = [System.Management.Automation.PSMemberInfoCollection[System.Management.Automation.PSPropertyInfo]]
    $op = [System.Reflection.Emit.OpCodes]
    Add-Instruction -Code $code -Instructions @(
        $op::Ldarg_0,
        @($op::Callvirt, [psobject].GetProperty('Properties').GetGetMethod()),
        @($op::Ldstr, 'id'),
        @($op::Callvirt, $properties.GetMethod('get_Item', [type[]]@([string]))),
        @($op::Stloc, $property),
        @($op::Ldloc, $property),
        @($op::Brfalse, $other),
        @($op::Ldloc, $property),
        @($op::Callvirt, [System.Management.Automation.PSMemberInfo].GetProperty('Value').GetGetMethod()),
        @($op::Stloc, $id),
        @($op::Ldloc, $id),
        @($op::Brfalse, $other),
        @($op::Ldloc, $id),
        @($op::Call, [psobject].GetMethod('AsPSObject', [type[]]@([object]))),
        @($op::Callvirt, [psobject].GetProperty('BaseObject').GetGetMethod()),
        @($op::Isinst, [string]),
        @($op::Stloc, $text),
        @($op::Ldloc, $text),
        @($op::Brfalse, $other),
        @($op::Ldloc, $text),
        $op::Ret
    )
    $code.MarkLabel($other)
    Add-Instruction -Code $code -Instructions @(
        $op::Ldarg_0,
        @($op::Callvirt, [psobject].GetMethod('Copy', [type]::EmptyTypes)),
        @($op::Stloc, $copy),
        @($op::Ldloc, $copy),
        @($op::Callvirt, [psobject].GetProperty('TypeNames').GetGetMethod()),
        @($op::Callvirt, [System.Collections.Generic.ICollection[string]].GetMethod('Clear')),
        @($op::Ldloc, $copy),
        @($op::Callvirt, [object].GetMethod('ToString', [type]::EmptyTypes)),
        $op::Ret
    )
    return $type.CreateType()
}
