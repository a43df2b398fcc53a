# The worker process: found, started, spoken to; its records, sorted by call. What they mean is the business of Calls.ps1.

$script:Worker = $null
$script:Ordinal = [System.StringComparison]::Ordinal

function Find-Python {
    # The commands for files are not loaded for this: that would take as long as half of the first call.
    if ($env:PSOPENAI_PYTHON) {
        # The folder that a process starts in is not the location.
        if ($env:PSOPENAI_PYTHON -match '[\\/]') {
            $python = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($env:PSOPENAI_PYTHON)
            if ([System.IO.File]::Exists($python)) {
                return $python
            }
        }
        return $env:PSOPENAI_PYTHON
    }
    # Written by the installation of this module.
    $note = [System.IO.Path]::Combine($PSScriptRoot, 'Python.txt')
    if ([System.IO.File]::Exists($note)) {
        $python = [System.IO.File]::ReadAllText($note).Trim()
        if ([System.IO.File]::Exists($python)) {
            return $python
        }
    }
    $found = @(Get-Command -Name 'python3', 'python' -CommandType Application -All -ErrorAction Ignore)
    # What Windows keeps in this folder may be no Python, but the way to one in the store.
    $sure = @($found | Where-Object -FilterScript { $_.Source -notlike '*\WindowsApps\*' })
    foreach ($python in $sure + $found) {
        return $python.Source
    }
    $text = 'There is no Python. Install it with psopenai-py, or name one in $env:PSOPENAI_PYTHON.'
    throw [System.IO.FileNotFoundException]::new($text)
}

function Get-Worker {
    if ($null -ne $script:Worker -and -not $script:Worker.Process.HasExited) {
        return $script:Worker
    }
    Stop-Worker
    $start = [System.Diagnostics.ProcessStartInfo]::new()
    $start.FileName = Find-Python
    # -P: the current folder is no place to look for modules.
    $start.Arguments = '-P -m psopenai_py.worker'
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    # A console passes Ctrl-C on; other hosts have none, and no window is to appear.
    $start.CreateNoWindow = $Host.Name -ne 'ConsoleHost'
    $process = [System.Diagnostics.Process]::Start($start)
    $script:Worker = @{
        Process    = $process
        Input      = $process.StandardInput.BaseStream
        Output     = $process.StandardOutput.BaseStream
        # A piece that somebody began to wait for, what it is read into, and how bytes become characters.
        Reading    = $null
        Bytes      = [byte[]]::new(65536)
        Characters = [char[]]::new(65536)
        Decoder    = [System.Text.UTF8Encoding]::new($false).GetDecoder()
        # What has come, cut at the line ends. The last part is no whole line yet.
        Parts      = @('')
        Next       = 0
        # By call: what was read for it and not taken yet; the bar that is shown.
        Calls      = @{}
        Bars       = @{}
        # It has answered; nothing more comes.
        Ready      = $false
        Ended      = $false
        # The session, and what closes the input with it.
        Runspace   = [runspace]::DefaultRunspace
        Closing    = $null
    }
    $end = ([type]'PSOpenAI.Py.SessionEnd')::new()
    $end.Input = $script:Worker.Input
    $change = [System.EventHandler[System.Management.Automation.Runspaces.RunspaceStateEventArgs]]
    $script:Worker.Closing = [System.Delegate]::CreateDelegate($change, $end, 'Handle')
    $script:Worker.Runspace.add_StateChanged($script:Worker.Closing)
    return $script:Worker
}

function New-SessionEndType {
    # What closes the input of a worker when its runspace is closed. OnRemove is not called then, and a process may have had
    # many runspaces: of thread jobs, of ForEach-Object -Parallel.
    #     class SessionEnd
    #     {
    #         public Stream Input;
    #         public void Handle(object sender, RunspaceStateEventArgs change)
    #         {
    #             RunspaceState state = change.RunspaceStateInfo.State;
    #             if (state != RunspaceState.Closed && state != RunspaceState.Broken) return;
    #             try { Input.Close(); } catch (Exception) { }
    #         }
    #     }
    param ($Module)

    $type = $Module.DefineType('PSOpenAI.Py.SessionEnd', [System.Reflection.TypeAttributes]::Public)
    $public = [System.Reflection.FieldAttributes]::Public
    $stream = $type.DefineField('Input', [System.IO.Stream], $public)
    [type[]]$takes = @([object], [System.Management.Automation.Runspaces.RunspaceStateEventArgs])
    $code = $type.DefineMethod('Handle', [System.Reflection.MethodAttributes]::Public, [void], $takes).GetILGenerator()
    $state = $code.DeclareLocal([System.Management.Automation.Runspaces.RunspaceState])
    $over = $code.DefineLabel()
    $end = $code.DefineLabel()
    $op = [System.Reflection.Emit.OpCodes]
    Add-Instruction -Code $code -Instructions @(
        $op::Ldarg_2,
        @($op::Callvirt, $takes[1].GetProperty('RunspaceStateInfo').GetGetMethod()),
        @($op::Callvirt, [System.Management.Automation.Runspaces.RunspaceStateInfo].GetProperty('State').GetGetMethod()),
        @($op::Stloc, $state),
        @($op::Ldloc, $state),
        @($op::Ldc_I4, [int][System.Management.Automation.Runspaces.RunspaceState]::Closed),
        @($op::Beq, $over),
        @($op::Ldloc, $state),
        @($op::Ldc_I4, [int][System.Management.Automation.Runspaces.RunspaceState]::Broken),
        @($op::Bne_Un, $end)
    )
    $code.MarkLabel($over)
    $null = $code.BeginExceptionBlock()
    Add-Instruction -Code $code -Instructions @(
        $op::Ldarg_0,
        @($op::Ldfld, $stream),
        @($op::Callvirt, [System.IO.Stream].GetMethod('Close'))
    )
    $code.BeginCatchBlock([System.Exception])
    $code.Emit($op::Pop)
    $code.EndExceptionBlock()
    $code.MarkLabel($end)
    $code.Emit($op::Ret)
    return $type.CreateType()
}

function Start-Worker {
    # A new worker, which gets a request if there is one already; nothing but the fault where that fails.
    param ([ref]$Fault, [string]$Call, [byte[]]$Line)

    try {
        Stop-Worker
        $worker = Get-Worker
        if ($null -ne $Line) {
            $worker.Calls[$Call] = [System.Collections.Queue]::new()
            $worker.Input.Write($Line, 0, $Line.Length)
            $worker.Input.Flush()
        }
        return $worker
    }
    catch {
        Clear-Caught -Problem $_
        $problem = $_.Exception.GetBaseException().Message
        if ($_.Exception.InnerException -is [System.IO.IOException]) {
            # Nobody reads what was written.
            $problem = $script:EndedAtOnce
        }
        $Fault.Value = New-StartFault -Problem $problem
    }
}

function Stop-Worker {
    if ($null -ne $script:Worker) {
        # Calls further up in a pipeline may still wait for it.
        $script:Worker.Ended = $true
        $script:Worker.Runspace.remove_StateChanged($script:Worker.Closing)
        try {
            # It ends when its input closes.
            $script:Worker.Process.StandardInput.Close()
        }
        catch [System.IO.IOException] {
            Clear-Caught -Problem $_
        }
        $script:Worker.Process.Dispose()
        $script:Worker = $null
    }
}

function Wait-WorkerRecord {
    # True when a call has a record of its own; false when nothing more comes. A command that yields an object runs all
    # that stands downstream, and only then goes on: so what comes may be for a call further up in the pipeline, which
    # takes it later.
    #
    # Where a loop begins anew and where a command is called, a pipeline can be stopped, and the action of an event can run
    # and make calls of its own, which read on from here. So what belongs together is assigned without either in between,
    # and what was seen before may not hold after it.
    param ($Worker, $Own)

    while ($Own.Count -eq 0 -or $Worker.Next -lt $Worker.Parts.Length - 1) {
        if ($Worker.Next -lt $Worker.Parts.Length - 1) {
            # {"call":4,"kind":value}. What is left of a call that was stopped is skipped, as is what a Python prints that was
            # told to greet.
            $line = $Worker.Parts[$Worker.Next]
            if ($line.StartsWith('{"call":', $script:Ordinal)) {
                # Of characters: a text would be looked for by the rules of a language, which takes much longer.
                $comma = $line.IndexOf([char]',')
                $stop = $line.IndexOf([char]'"', $comma + 2)
                $waiting = $Worker.Calls[$line.Substring(8, $comma - 8)]
                if ($null -ne $waiting) {
                    $kind = $line.Substring($comma + 2, $stop - $comma - 2)
                    $waiting.Enqueue(@($kind, $line.Substring($stop + 2, $line.Length - $stop - 3)))
                }
                $Worker.Ready = $true
            }
            $Worker.Next++
            continue
        }
        if ($Worker.Ended) {
            return $Own.Count -gt 0
        }
        $count = 0
        try {
            if ($null -eq $Worker.Reading) {
                $Worker.Reading = $Worker.Output.ReadAsync($Worker.Bytes, 0, $Worker.Bytes.Length)
            }
            $reading = $Worker.Reading
            # In short pieces, so that Ctrl-C is noticed in every host. What is left waiting is taken by the next call.
            while ($Own.Count -eq 0 -and [object]::ReferenceEquals($reading, $Worker.Reading) -and -not $reading.Wait(100)) {
                continue
            }
            if ($Own.Count -gt 0 -or -not [object]::ReferenceEquals($reading, $Worker.Reading)) {
                continue
            }
            $count = $reading.Result
        }
        catch [System.AggregateException], [System.ObjectDisposedException] {
            Clear-Caught -Problem $_
        }
        if ($count -eq 0) {
            $Worker.Ended = $true
            return $false
        }
        $length = $Worker.Decoder.GetChars($Worker.Bytes, 0, $count, $Worker.Characters, 0)
        $text = $Worker.Parts[-1] + [string]::new($Worker.Characters, 0, $length)
        $Worker.Parts = $text.Split([char]10)
        $Worker.Next = 0
        $Worker.Reading = $null
    }
    return $true
}
