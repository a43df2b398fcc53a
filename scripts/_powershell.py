"""The functions of the PowerShell module, made from the cmdlets' tables: help, attributes, parameters."""

import re
from collections.abc import Iterator
from typing import Any

from psopenai_py import services
from psopenai_py.binding.spec import ALL_SETS, Cmdlet, Kind, Parameter
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.cmdlets.shared_parameters import SERVICE

#: Windows PowerShell takes a file without this mark for one in the local code page.
MARK = "\ufeff"
#: What the module has of the cmdlets: those of PSOpenAI. Ours concern terminals, or keep keys where PowerShell has its
#: own ways.
NAMES = [name for name in MODULES if not load(name).CMDLET.ours]

_TYPES = {
    Kind.STRING: "string",
    Kind.STRINGS: "string[]",
    Kind.INT: "int",
    Kind.SINGLE: "float",
    Kind.SWITCH: "switch",
    Kind.URI: "uri",
    Kind.SECRET: "securestring",
    Kind.DICTIONARY: "System.Collections.IDictionary",
    Kind.OBJECT: "object",
    Kind.API_TYPE: "OpenAIApiType",
}
_OUTPUTS = {"Bytes, or nothing with -OutFile": "byte[]", "PSCustomObject": "pscustomobject", "None": "void"}
#: What a context holds, in the order of its positions.
_CONTEXT = (*("ApiKey", "ApiType", "ApiBase", "ApiVersion", "AuthType", "Organization", "TimeoutSec", "MaxRetryCount"),)

#: What a cmdlet does. An error that ends it is written in a pipeline of its own: -ErrorVariable then has it once.
_CALL = """\
$ending = $null
Invoke-WorkerCall '{}' $PSBoundParameters $_ $MyInvocation ([ref]$ending)
if ($null -ne $ending) {{
    $writer, $written = Get-ErrorWriter $ending $MyInvocation
    & $writer @written | Out-Null
}}"""


_DYNAMIC = """\
dynamicparam {
    if ($null -eq $script:ProviderParameter) {
        $script:ProviderParameter = New-ProviderParameter
    }
    $script:ProviderParameter
}"""


def functions() -> str:
    """The whole file."""
    parts = [f"{MARK}# Made by scripts/generate.py from the tables of the cmdlets; changes belong there.\n"]
    parts.append(f"$script:Providers = {_list(services.NAMES)}\n$script:ProviderHosts = @(\n{_hosts()}\n)\n")
    creating = tuple(name for name in NAMES if load(name).CMDLET.creates)
    parts.append(f"$script:Creating = {_list(creating)}\n")
    parts += [_function(load(name).CMDLET, _CALL.format(name), _DYNAMIC) for name in NAMES]
    parts += [_function(cmdlet, body) for cmdlet, body in _context_cmdlets()]
    return "\n".join(parts)


def _hosts() -> str:
    """The hosts of the services that have keys of their own."""
    hosts = [host for service in services.SERVICES if service is not services.OPENAI for host in service.hosts]
    return "\n".join(f"    '{host}'" for host in hosts)


def own_rows(cmdlet: Cmdlet) -> list[Parameter[Any]]:
    """The rows that the param block declares: PowerShell adds its own, and ours stay out."""
    return [row for row in cmdlet.parameters if not row.common and not row.ours]


def _context_cmdlets() -> Iterator[tuple[Cmdlet, str]]:
    shared = {row.name: row for row in SERVICE}
    rows = tuple(
        shared[name]._replace(position=place, by_property_name=True, hidden=False)
        for place, name in enumerate(_CONTEXT)
    )
    texts = {
        "Set": ("Sets what later calls use when they are not told otherwise.", rows, "void"),
        "Get": ("Shows what later calls use when they are not told otherwise.", (), "pscustomobject"),
        "Clear": ("Forgets what Set-OpenAIContext set.", (), "void"),
    }
    for verb, (text, parameters, outputs) in texts.items():
        kept = f"{text} It is kept in the memory of the session, and nowhere else."
        body = f"{verb}-CallContext" + (" $PSBoundParameters" if parameters else "")
        yield Cmdlet(f"{verb}-OpenAIContext", text, kept, parameters, (), outputs=outputs), body


def _function(cmdlet: Cmdlet, body: str, dynamic: str = "") -> str:
    rows = own_rows(cmdlet)
    output = _OUTPUTS.get(cmdlet.outputs, cmdlet.outputs)
    default_set = "" if cmdlet.default_set == ALL_SETS else f"DefaultParameterSetName = '{cmdlet.default_set}'"
    declared = ",\n\n".join("\n".join(_declaration(row)) for row in rows)
    lines = [
        f"function {cmdlet.name} {{",
        *_indented(_help(cmdlet, rows)),
        f"    [CmdletBinding({default_set})]",
        f"    [OutputType([{output}])]",
        *(["    param (", *_indented(declared, depth=2), "    )"] if rows else ["    param ()"]),
        *_indented(dynamic),
        "    process {",
        *_indented(body, depth=2),
        "    }",
        "}",
        "",
    ]
    return "\n".join(line.rstrip() for line in lines)


def _declaration(row: Parameter[Any]) -> Iterator[str]:
    yield f"[Parameter({', '.join(_binding(row))})]"
    if row.aliases:
        yield f"[Alias({_list(row.aliases)})]"
    if row.not_empty:
        yield "[ValidateNotNullOrEmpty()]"
    if row.limits:
        yield "[ValidateRange({}, {})]".format(*row.limits)
    if row.choices:
        yield f"[ValidateSet({_list(row.choices)})]"
    elif row.completions and row.kind is not Kind.API_TYPE:
        # ArgumentCompletions would be shorter; Windows PowerShell does not know it.
        yield "[ArgumentCompleter({"
        yield "    param ($command, $parameter, $word)"
        yield f'    {_list(row.completions)} -like "$word*"'
        yield "})]"
    # The attribute next to the name is the first that sees the value. Lower case is left to the worker.
    transformation = "[PSOpenAI.Py.SecureStringTransformation()]" if row.kind is Kind.SECRET else ""
    yield f"[{_TYPES[row.kind]}]{transformation}${row.name}"


def _binding(row: Parameter[Any]) -> Iterator[str]:
    facts = {
        "ParameterSetName": f"'{row.sets[0]}'" if row.sets else "",
        "Mandatory": row.mandatory,
        "Position": "" if row.position is None else str(row.position),
        "ValueFromPipeline": row.by_value,
        "ValueFromPipelineByPropertyName": row.by_property_name,
        "DontShow": row.hidden,
    }
    for name, value in facts.items():
        if value:
            yield f"{name} = {'$true' if value is True else value}"


def _help(cmdlet: Cmdlet, rows: list[Parameter[Any]]) -> str:
    sections = [("SYNOPSIS", cmdlet.synopsis)]
    sections += [(f"PARAMETER {row.name}", _text(row)) for row in rows if not row.hidden]
    examples = [one for one in cmdlet.examples if not re.search(r" jq |exit code", one.command + one.text)]
    sections += [("EXAMPLE", f"{one.command}\n\n{one.text}") for one in examples]
    sections += [("LINK", cmdlet.link)] if cmdlet.link else []
    return "\n".join(["<#", *(f".{title}\n" + "\n".join(_indented(text)) for title, text in sections), "#>"])


def _text(row: Parameter[Any]) -> str:
    """The help without what is true on a command line only."""
    literal = row.kind in (Kind.DICTIONARY, Kind.OBJECT)
    return re.sub(
        r" Needed unless .*|, with commas between(?=\.)", "", row.help.partition(":")[0] + "." if literal else row.help
    )


def _list(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


def _indented(text: str, depth: int = 1) -> list[str]:
    return [f"{'    ' * depth}{line}".rstrip() for line in text.splitlines()]
