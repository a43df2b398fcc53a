"""The tables of our cmdlets against those of PSOpenAI's, parameter by parameter; what differs is listed here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compat.recordings import FOLDER
from psopenai_py.binding.spec import ALL_SETS, ENUMERATIONS, Cmdlet, Parameter
from psopenai_py.cmdlets import MODULES, load

RECORDED: dict[str, Any] = json.loads((FOLDER / "parameters.json").read_text(encoding="ascii"))
SHARED = [name for name in MODULES if name in RECORDED]

#: Where our table says something else on purpose: cmdlet and parameter, to what differs and why.
DIFFERENT: dict[tuple[str, str], dict[str, Any]] = {
    # PSOpenAI's name is a slip of the pen, through which the cmdlet cannot be used alone. It stays as an alias.
    ("Wait-Video", "VideohId"): {"name": "VideoId", "aliases": ["Id", "video_id", "VideohId"]},
}
#: What is particular to the cmdlet stands together here; PSOpenAI has it between what all cmdlets share.
REORDERED = {"Wait-Video"}
#: The verbs that PowerShell approves of: those of Get-Verb in 7.6.
VERBS = """
Add Approve Assert Backup Block Build Checkpoint Clear Close Compare Complete Compress Confirm Connect Convert
ConvertFrom ConvertTo Copy Debug Deny Deploy Disable Disconnect Dismount Edit Enable Enter Exit Expand Export Find
Format Get Grant Group Hide Import Initialize Install Invoke Join Limit Lock Measure Merge Mount Move New Open
Optimize Out Ping Pop Protect Publish Push Read Receive Redo Register Remove Rename Repair Request Reset Resize
Resolve Restart Restore Resume Revoke Save Search Select Send Set Show Skip Split Start Step Stop Submit Suspend
Switch Sync Test Trace Unblock Undo Uninstall Unlock Unprotect Unpublish Unregister Update Use Wait Watch Write
"""


def facts(row: Parameter[Any], cmdlet: Cmdlet) -> dict[str, Any]:
    """A row of ours in the form of the recordings."""
    use = {
        "position": row.position,
        "mandatory": row.mandatory,
        "byValue": row.by_value,
        "byPropertyName": row.by_property_name,
    }
    found = {
        "name": row.name,
        "type": row.kind.name,
        "aliases": list(row.aliases),
        "common": row.common,
        "sets": dict.fromkeys(row.sets or (ALL_SETS,), use),
        "notEmpty": row.not_empty,
        "lowerCase": row.lower_case,
        "validateRange": list(row.limits) if row.limits else None,
        "validateSet": list(row.choices),
        "values": list(ENUMERATIONS.get(row.kind, ())),
        "hidden": row.hidden,
    }
    assert set(cmdlet.sets) >= set(row.sets)
    return found


def recorded(cmdlet: str, name: str) -> dict[str, Any]:
    """A recorded row, with what we do otherwise put in."""
    row = RECORDED[cmdlet]["parameters"][name]
    found = {
        "name": name,
        "type": row["type"],
        "aliases": row["aliases"],
        "common": row["common"],
        "sets": row["sets"],
        "notEmpty": row.get("notEmpty", False),
        "lowerCase": row.get("transformation") == "LowerCaseTransformation",
        "validateRange": row.get("validateRange"),
        "validateSet": row.get("validateSet", []),
        "values": row.get("values", []),
        "hidden": row.get("hidden", False),
    }
    return found | DIFFERENT.get((cmdlet, name), {})


@pytest.mark.parametrize("name", SHARED)
def test_parameters(name: str) -> None:
    """Names, order, types, aliases, sets, positions, pipeline flags and validation."""
    cmdlet = load(name).CMDLET
    ours = {row.name: facts(row, cmdlet) for row in cmdlet.parameters if not row.ours}
    theirs = {row["name"]: row for row in (recorded(name, row) for row in RECORDED[name]["parameters"])}
    assert ours == theirs
    if name not in REORDERED:
        assert list(ours) == list(theirs)


@pytest.mark.parametrize("name", SHARED)
def test_sets(name: str) -> None:
    cmdlet = load(name).CMDLET
    assert cmdlet.name == name
    assert cmdlet.default_set == (RECORDED[name]["defaultSet"] or ALL_SETS)


def _plain(default: str) -> str:
    """A default as PowerShell's source has it, as text to show."""
    return default.removeprefix("[OpenAIApiType]::").strip("'")


@pytest.mark.parametrize("name", SHARED)
def test_defaults_and_documented_values(name: str) -> None:
    """What help shows and TAB offers is what PSOpenAI has; where it has nothing, we may say more."""
    rows = {row.name: row for row in load(name).CMDLET.parameters}
    for theirs, row in RECORDED[name]["parameters"].items():
        ours = rows[DIFFERENT.get((name, theirs), {}).get("name", theirs)]
        default = row.get("default", "")
        if default and not default.startswith("@("):
            assert str(ours.default) == _plain(default), theirs
        offered = row.get("completions") or row.get("validateSet")
        if offered:
            assert list(ours.completions or ours.choices) == offered, theirs


@pytest.mark.parametrize("name", MODULES)
def test_additions_are_marked(name: str) -> None:
    """In a cmdlet of PSOpenAI's, every other parameter is one of ours, and stands behind the rest."""
    cmdlet = load(name).CMDLET
    if name in SHARED:
        marks = [row.ours for row in cmdlet.parameters]
        assert marks == sorted(marks)
        known = {row.lower() for row in RECORDED[name]["parameters"]}
        assert not known & {row.name.lower() for row in cmdlet.parameters if row.ours}


@pytest.mark.parametrize("name", MODULES)
def test_names_are_unique(name: str) -> None:
    rows = load(name).CMDLET.parameters
    names = [word.lower() for row in rows for word in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", MODULES)
def test_the_common_parameters_are_powershells(name: str) -> None:
    common = [row for row in load(name).CMDLET.parameters if row.common]
    theirs = [row for row, found in RECORDED["New-Video"]["parameters"].items() if found["common"]]
    assert [row.name for row in common] == theirs


@pytest.mark.parametrize("name", MODULES)
def test_cmdlets_are_named_as_powershell_wants_it(name: str) -> None:
    verb, _, noun = name.partition("-")
    assert verb in VERBS.split()
    assert noun[0].isupper() and noun.isalnum()
    assert load(name.upper()).CMDLET.name == name
