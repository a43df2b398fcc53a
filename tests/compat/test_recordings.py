"""Every recorded case of the cmdlets we have: followed, a defect of the reference, or listed with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from compat import recordings, wire
from psopenai_py.binding.binder import bind
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.errors import BindingError
from psopenai_py.redaction import Secret
from tests.conftest import KEY, Run
from tests.server import JOB, Server

Case = dict[str, Any]
BINDING = recordings.of_cmdlets("binding", set(MODULES))
#: Texts that are no object show other cmdlets alone; they are read in the tests of psjson.
JSON = [case for case in recordings.cases("json") if not case["name"].startswith("json_top_")]
WIRE = recordings.of_cmdlets("wire", set(MODULES))

#: Every n-th case also runs in a process of its own.
_SPREAD = 12


def _ids(case: Case) -> str:
    return str(case["name"])


def _followed(case: Case, differences: list[str]) -> None:
    """A case is to be followed unless it is a defect of the reference or listed; a listed one must still differ."""
    listed = recordings.deviations().get(case["name"])
    if listed is not None:
        assert differences, f"{case['name']} is followed by now: take it off the list"
    elif not case["upstream_bug"]:
        assert not differences


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a call writes its files."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    recordings.write_files(folder)
    return folder


def _outcome(case: Case, files: Path) -> Case:
    """What our binder makes of a recorded argument list, in the form of the recordings."""
    cmdlet = load(case["cmdlet"]).CMDLET
    try:
        binding = bind(cmdlet, recordings.fill(case["argv"], {"files": str(files)}))
    except BindingError as error:
        facts = {"id": error.fully_qualified_error_id, "category": error.category, "reason": error.reason}
        return {"error": facts | {"target": error.target}}
    if binding.wants:
        return {"help": True}
    bound = {name: v.reveal() if isinstance(v, Secret) else v for name, v in binding.values.items()}
    return {"set": binding.set_name, "bound": bound}


def _recorded_outcome(case: Case, files: Path) -> Case:
    outcome = {name: case[name] for name in ("set", "bound", "help", "crash", "error") if name in case}
    if "error" in outcome:
        outcome["error"] = {name: text for name, text in outcome["error"].items() if name != "message"}
    if "bound" in outcome:
        outcome["bound"] = recordings.in_our_terms(outcome["bound"])
    return dict(recordings.fill(outcome, {"files": str(files)}))


@pytest.mark.parametrize("case", BINDING, ids=_ids)
def test_binding(case: Case, files: Path) -> None:
    ours, recorded = _outcome(case, files), _recorded_outcome(case, files)
    _followed(case, [] if ours == recorded else [f"recorded {recorded}, bound {ours}"])


def _typed(run: Run, server: Server, case: Case, files: Path, *, process: bool) -> list[str]:
    """What differs when a recorded argument list is typed on the command line.

    Cmdlets that can show their request are asked to, so that no host but loopback is ever called.
    """
    argv = recordings.fill(case["argv"], {"files": str(files)})
    shows = any(parameter.name == "WhatIf" for parameter in load(case["cmdlet"]).CMDLET.parameters)
    script = server.script(case["name"], [{"json": JOB | {"status": "completed"}}])
    env = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": f"{script.base}/v1"}
    if not shows and "ApiBase" in case.get("bound", {}):
        return []
    result = run(case["cmdlet"], *(["-WhatIf"] if shows else []), *argv, env=env, process=process)
    if "error" in case:
        wanted: tuple[Any, ...] = (2, [case["error"]["id"]], "", 0)
        got: tuple[Any, ...] = (result.exit_code, result.error_ids, result.stdout, len(script.requests))
        return [] if got == wanted else [f"wanted {wanted}, got {got}"]
    if case.get("help"):
        return [] if result.stdout.startswith("NAME\n") and result.exit_code == 0 else ["no help"]
    if result.exit_code:
        # It bound; what came later (a file, an address, a body that cannot be used) is not the binder's.
        return [] if result.exit_code == 1 and result.error_ids else [f"exit code {result.exit_code}"]
    bound = recordings.in_our_terms(case["bound"])
    sent = [result.json["url"] + result.stdout] if shows else [request.path for request in script.requests]
    wrong = [text for text in _visible(bound) if not any(text in one for one in sent)]
    return [f"not sent: {wrong}"] if wrong and "AdditionalBody" not in bound else []


def _visible(bound: dict[str, Any]) -> list[str]:
    """Parts of a request in which bound values must show."""
    texts = [json.dumps(bound[name].strip(), ensure_ascii=False) for name in ("Seconds", "Size") if name in bound]
    if "VideoId" in bound:
        texts.append("/videos/" + quote(bound["VideoId"], safe=""))
    return texts + [f"{name.lower()}={bound[name]}" for name in ("Order",) if name in bound]


@pytest.mark.parametrize("case", BINDING, ids=_ids)
def test_binding_on_the_command_line(case: Case, files: Path, run: Run, server: Server) -> None:
    _followed(case, ["not run"] if case.get("crash") else _typed(run, server, case, files, process=False))


@pytest.mark.parametrize("case", [case for case in BINDING if not case.get("crash")][::_SPREAD], ids=_ids)
def test_binding_in_a_process(case: Case, files: Path, run: Run, server: Server) -> None:
    _followed(case, _typed(run, server, case, files, process=True))


def _call(run: Run, server: Server, case: Case, files: Path, *, process: bool) -> list[str]:
    """Make a recorded call, or a pipeline of calls, in an empty folder, and compare all that can be seen of it."""
    script = server.script(case["name"])
    places = {"base": script.base, "host": server.host, "files": str(files)}
    script.responses = recordings.fill(case["responses"], places) or [{"json": JOB}]
    usual = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": f"{script.base}/v1", "TZ": case["tz"]}
    env = usual | recordings.fill(case["env"], places)
    stages = case.get("pipeline") or [[case["cmdlet"], *case["argv"]]]
    data = case.get("stdin", "").encode()
    ids: list[str] = []
    warnings: list[str] = []
    for name, *argv in recordings.fill(stages, places):
        result = run(name, *argv, env=env, stdin=data, process=process)
        data = result.data
        ids += result.error_ids
        warnings += result.warnings
    return wire.differences(case, script.requests, data, ids, warnings, Path.cwd())


@pytest.mark.parametrize("case", WIRE, ids=_ids)
def test_wire(case: Case, files: Path, run: Run, server: Server) -> None:
    _followed(case, _call(run, server, case, files, process=False))


@pytest.mark.parametrize("case", [case for case in WIRE if not case["upstream_bug"]][::_SPREAD], ids=_ids)
def test_wire_in_a_process(case: Case, files: Path, run: Run, server: Server) -> None:
    _followed(case, _call(run, server, case, files, process=True))


@pytest.mark.parametrize("case", JSON, ids=_ids)
def test_json(case: Case, run: Run, server: Server) -> None:
    """What a server might send, through a cmdlet and out again."""
    script = server.script(case["name"], [{"text": case["input"]}])
    env = {"OPENAI_API_BASE": f"{script.base}/v1", "TZ": case.get("tz", "UTC")}
    result = run("Get-Video", "-VideoId", "x", env=env)
    if "error" in case:
        _followed(case, [] if result.error_ids == [case["error"]["get_video_id"]] else [str(result)])
    else:
        _followed(case, [] if result.stdout == f"{case['output']}\n" else [str(result)])


def test_the_list_of_deviations_names_known_cases_and_gives_reasons() -> None:
    known = {case["name"] for kind in ("binding", "wire", "json") for case in recordings.cases(kind)}
    groups = json.loads(recordings.DEVIATIONS.read_text(encoding="utf-8"))
    assert set(recordings.deviations()) <= known
    assert all(len(group["reason"]) > 20 for group in groups)
