"""The PowerShell module: its generated functions, its files, and its installation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_pwsh

from compat import recordings
from psopenai_py import __version__, errors
from psopenai_py.worker.streams import exception_name

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "compat" / "PSOpenAI.Py"
SCRIPTS = sorted(FOLDER.glob("*.ps*1"))
MARK = b"\xef\xbb\xbf"
_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))

Node = tree_sitter.Node


def _nodes(node: Node, kind: str) -> Iterator[Node]:
    if node.type == kind:
        yield node
    for child in node.children:
        yield from _nodes(child, kind)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8")


def _tree(path: Path) -> Node:
    return _PARSER.parse(path.read_bytes().removeprefix(MARK)).root_node


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_powershell(path: Path) -> None:
    """By a grammar that is not ours. What they do is tested where there is a PowerShell."""
    wrong = [f"line {node.start_point[0] + 1}: {_text(node)[:60]}" for node in _nodes(_tree(path), "ERROR")]
    assert not wrong
    assert not _tree(path).has_error


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_windows_powershell_reads_them(path: Path) -> None:
    """A byte order mark, and nothing that only PowerShell 7 knows."""
    assert path.read_bytes().startswith(MARK)
    code = re.sub(r"(?s)<#.*?#>|#[^\n]*|'[^'\n]*'", "", path.read_text("utf-8-sig"))
    assert not re.findall(
        r"\?\?|\?\.|&&|\|\||ArgumentCompletions|\bclean\s*\{|-AsHashtable|-NoEnumerate|-DateKind", code
    )
    # Their methods run in the runspace that was the first to import the module, or wait for it without end.
    assert not re.findall(r"(?m)^\s*class ", code)


def test_a_broken_script_is_noticed() -> None:
    assert _PARSER.parse(b"function f { if ($x { }").root_node.has_error


def _parameters(script: Path) -> dict[str, Any]:
    """The functions of a script with their parameters, in the form of the recorded tables."""
    found = {}
    for function in _nodes(_tree(script), "function_statement"):
        name = next(_text(node) for node in function.children if node.type == "function_name")
        block = re.search(r"(?s)\n    param \((.*?)\)\n    (?:dynamicparam|process)", _text(function))
        assert block is not None
        set_name = re.search(r"DefaultParameterSetName = '(\w+)'", _text(function))
        declared = [part for part in re.split(r",\n\n", block[1]) if part.strip()]
        found[name] = {
            "defaultSet": set_name[1] if set_name else None,
            "parameters": dict(_parameter(part) for part in declared),
        }
    return found


def _parameter(text: str) -> tuple[str, Any]:
    head, _, name = text.rstrip().rpartition("$")
    binding = re.search(r"\[Parameter\((.*?)\)\]", head)
    assert binding is not None
    facts = dict(fact.split(" = ") for fact in binding[1].split(", ") if fact)
    position = facts.get("Position")
    parameter: dict[str, Any] = {
        "type": _type(head),
        "aliases": _listed(head, "Alias"),
        "sets": {
            facts.get("ParameterSetName", "'__AllParameterSets'").strip("'"): {
                "position": None if position is None else int(position),
                "mandatory": "Mandatory" in facts,
                "byValue": "ValueFromPipeline" in facts,
                "byPropertyName": "ValueFromPipelineByPropertyName" in facts,
            }
        },
    }
    limits = re.search(r"\[ValidateRange\((\d+), (\d+)\)\]", head)
    completer = re.search(r"\n +('.*') -like", head)
    more = {
        "notEmpty": "[ValidateNotNullOrEmpty()]" in head,
        "hidden": "DontShow" in facts,
        "validateRange": [int(limits[1]), int(limits[2])] if limits else None,
        "validateSet": _listed(head, "ValidateSet"),
        "transformation": (re.search(r"\[PSOpenAI\.Py\.(\w+Transformation)\(\)\]$", head) or [None, None])[1],
        "completions": re.findall(r"'(.*?)'", completer[1]) if completer else None,
    }
    return name, parameter | {key: value for key, value in more.items() if value}


def _listed(head: str, attribute: str) -> list[str]:
    match = re.search(rf"\[{attribute}\((.*?)\)\]", head)
    return re.findall(r"'(.*?)'", match[1]) if match else []


def _type(head: str) -> str:
    names = {
        "string": "System.String",
        "string[]": "System.String[]",
        "int": "System.Int32",
        "float": "System.Single",
        "switch": "System.Management.Automation.SwitchParameter",
        "uri": "System.Uri",
        "securestring": "System.Security.SecureString",
        "object": "System.Object",
    }
    found = re.findall(r"^ *\[([\w.]+(?:\[\])?)\](?:\[[\w.]+\(\)\])?$", head, re.MULTILINE)[-1]
    return names.get(str(found), str(found))


def _recorded() -> dict[str, Any]:
    """The recorded tables without what PowerShell adds itself and what our functions have no use for."""
    table = {}
    for name, cmdlet in recordings.parameters().items():
        own = {key: _plain(facts) for key, facts in cmdlet["parameters"].items() if not facts["common"]}
        table[name] = {"defaultSet": cmdlet["defaultSet"], "parameters": own}
    return table


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in facts.items() if key not in ("common", "default", "values")}
    if kept.get("transformation") in ("UrlEncodeTransformation", "LowerCaseTransformation"):
        del kept["transformation"]  # ids are encoded, and words made lower case, where the request is built
    return kept


def test_functions_are_declared_as_recorded() -> None:
    ours, recorded = _parameters(FOLDER / "Cmdlets.ps1"), _recorded()
    # Two differences: the name that the reference misspelt, and completions for an address.
    wait = recorded["Wait-Video"]["parameters"]
    wait["VideoId"] = wait.pop("VideohId")
    wait["VideoId"]["aliases"] = [*wait["VideoId"]["aliases"], "VideohId"]
    for cmdlet in ours.values():
        completed = cmdlet["parameters"].get("ApiBase", {}).pop("completions", ["sandbox:"])
        assert completed == ["sandbox:"]
    assert ours == recorded


def test_manifest() -> None:
    text = (FOLDER / "PSOpenAI.Py.psd1").read_text("utf-8-sig")
    exported = re.search(r"(?s)FunctionsToExport\s*= @\((.*?)\)", text)
    assert exported is not None
    assert set(re.findall(r"'(.*?)'", exported[1])) == set(_parameters(FOLDER / "Cmdlets.ps1")) == set(_recorded())
    assert f"ModuleVersion        = '{__version__}'" in text


def test_exceptions_have_their_types() -> None:
    """Every error of an answer has its class, below the class that it has here."""
    script = (FOLDER / "Types.ps1").read_text("utf-8-sig")
    declared = dict(re.findall(r"^        (\w+Exception) += '(\w*)'$", script, re.MULTILINE))
    kinds: list[type[errors.APIRequestError]] = [errors.APIRequestError, *_below(errors.APIRequestError)]
    names: dict[type, str] = {kind: kind.error_id.rpartition(".")[2] for kind in kinds}
    # A parent comes before its children.
    assert list(declared) == list(names.values())
    assert declared["APIRequestException"] == ""
    for kind in kinds[1:]:
        assert declared[names[kind]] == names[kind.__mro__[1]]
        assert exception_name(kind("x", status=400)) == names[kind]


def _below(kind: type[errors.APIRequestError]) -> list[type[errors.APIRequestError]]:
    return [each for one in kind.__subclasses__() for each in (one, *_below(one))]
