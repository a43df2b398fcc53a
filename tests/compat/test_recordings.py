"""Every recorded case of the cmdlets we have comes out as recorded, or as stored where it is not followed."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from compat import recordings, wire
from psopenai_py.binding.binder import bind
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.errors import BindingError
from psopenai_py.redaction import Secret
from tests.compat import bound
from tests.conftest import KEY, Result, Run
from tests.server import JOB, Received, Server

Case = dict[str, Any]
BINDING = recordings.of_cmdlets("binding", set(MODULES))
#: Texts that are no object show other cmdlets alone; they are read in the tests of psjson.
JSON = [case for case in recordings.cases("json") if not case["name"].startswith("json_top_")]
WIRE = recordings.of_cmdlets("wire", set(MODULES))

_OUTCOMES = ("set", "bound", "help", "version", "crash", "error")
#: Every n-th case also runs in a process of its own.
_SPREAD = 12


def _ids(case: Case) -> str:
    return str(case["name"])


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


def _binding(case: Case, files: Path) -> Case:
    """What our binder makes of a recorded argument list, in the form of the recordings."""
    cmdlet = load(case["cmdlet"]).CMDLET
    try:
        binding = bind(cmdlet, recordings.fill(case["argv"], {"files": str(files)}))
    except BindingError as error:
        facts = {"id": error.fully_qualified_error_id, "category": error.category, "reason": error.reason}
        return {"error": facts | {"target": error.target}}
    if binding.wants:
        return {binding.wants: True}
    values = {name: v.reveal() if isinstance(v, Secret) else v for name, v in binding.values.items()}
    return {"set": binding.set_name, "bound": values}


def _expected_binding(case: Case, files: Path) -> Case:
    expected = recordings.expected("binding", case)
    outcome = {
        name: expected[name] for name in ("set", "bound", "help", "version", "crash", "error") if name in expected
    }
    if "error" in outcome:
        outcome["error"] = {name: text for name, text in outcome["error"].items() if name != "message"}
    if "bound" in outcome:
        outcome["bound"] = recordings.in_our_terms(outcome["bound"])
    return dict(recordings.fill(outcome, {"files": str(files)}))


@pytest.mark.parametrize("case", BINDING, ids=_ids)
def test_binding(case: Case, files: Path) -> None:
    assert _binding(case, files) == _expected_binding(case, files)


#: Stands in recorded arguments for a server of one's own.
_SOME_SERVER = "http://127.0.0.1:9"


def _typed(run: Run, server: Server, case: Case, files: Path, expected: Case, *, process: bool) -> Case:
    """What the command line shows of a recorded argument list: what it sends, its errors, its exit code."""
    script = server.script(f"typed-{case['name']}", _answer)
    env = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": script.base}
    argv = recordings.fill(case["argv"], {"files": str(files)})
    result = run(
        case["cmdlet"],
        *(text.replace(_SOME_SERVER, script.base) for text in argv),
        *(["-WhatIf"] if _shown(case) else []),
        env=env,
        process=process,
    )
    if _shown(case):
        sent = [] if result.errors else [_shown_request(result)]
    else:
        sent = wire.outcome(expected, script.requests, b"", [], [], Path("nowhere"), 0)["requests"]
    says = re.match("NAME|psopenai", result.stdout)
    return {
        "requests": sent,
        # What comes after binding has its errors recorded elsewhere.
        "errors": result.error_ids if result.exit_code == 1 else result.errors,
        "exit_code": result.exit_code,
        "says": says[0] if says else None,
    }


def _shown(case: Case) -> bool:
    """True where a request would go to another host: it is shown instead, so that none but loopback is ever called."""
    return not case.get("bound", {}).get("ApiBase", _SOME_SERVER).startswith(_SOME_SERVER)


def _answer(request: Received) -> Case:
    """A job that is done, or its video."""
    if "/content" in request.path:
        return {"text": "ABC", "headers": {"Content-Type": "video/mp4"}}
    return {"json": JOB | {"status": "completed"}}


def _shown_request(result: Result) -> Case:
    """What -WhatIf shows of a request. It hides the key, so headers are left out."""
    url = urlsplit(result.json["url"])
    fields = [[field["name"], None, None, field["value"]] for field in result.json["fields"]]
    path = unquote(url.path) + (f"?{url.query}" if url.query else "")
    return {"method": result.json["method"], "host": url.hostname, "path": path, "fields": fields}


def _expected_call(case: Case, files: Path) -> Case:
    """The same of a recorded case: what was refused sends nothing, what was bound is sent."""
    expected = _expected_binding(case, files)
    call: Case = {"requests": [], "errors": [], "exit_code": 0, "says": None}
    if "error" in expected:
        return call | {"errors": [expected["error"]], "exit_code": 2}
    if "bound" not in expected:
        return call | {"says": "NAME" if "help" in expected else "psopenai"}
    values = expected["bound"]
    refusal = bound.refusal(values, files)
    if refusal:
        return call | {"errors": [refusal], "exit_code": 1}
    requests = bound.requests(case["cmdlet"], values, files)
    if _shown(case):
        host = urlsplit(values["ApiBase"].strip()).hostname
        requests = [{"method": "POST", "host": host, "path": one["path"], "fields": one["fields"]} for one in requests]
    return call | {"requests": [] if values.get("WhatIf") else requests}


def _call_differences(run: Run, server: Server, case: Case, files: Path, *, process: bool) -> list[str]:
    expected = _expected_call(case, files)
    seen = _typed(run, server, case, files, expected, process=process)
    return [
        f"{name}: expected {expected[name]!r}, seen {seen[name]!r}" for name in seen if seen[name] != expected[name]
    ]


@pytest.mark.parametrize("case", BINDING, ids=_ids)
def test_binding_on_the_command_line(case: Case, files: Path, run: Run, server: Server) -> None:
    assert not _call_differences(run, server, case, files, process=False)


@pytest.mark.parametrize("case", BINDING[::_SPREAD], ids=_ids)
def test_binding_in_a_process(case: Case, files: Path, run: Run, server: Server) -> None:
    assert not _call_differences(run, server, case, files, process=True)


def _call(run: Run, server: Server, case: Case, files: Path, *, process: bool) -> list[str]:
    """Make a recorded call, or a pipeline of calls, in an empty folder, and compare all that can be seen of it."""
    script = server.script(case["name"])
    places = {"base": script.base, "host": server.host, "files": str(files)}
    script.responses = recordings.fill(case["responses"], places) or [{"json": JOB}]
    usual = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": f"{script.base}/v1", "TZ": case["tz"]}
    env = usual | recordings.fill(case["env"], places)
    stages = case.get("pipeline") or [[case["cmdlet"], *case["argv"]]]
    data: bytes | None = case["stdin"].encode() if "stdin" in case else None
    results = []
    for name, *argv in recordings.fill(stages, places):
        results.append(run(name, *argv, env=env, stdin=data, process=process))
        data = results[-1].data
    errors = [error for result in results for error in result.errors]
    warnings = [text for result in results for text in result.warnings]
    code = next((result.exit_code for result in results if result.exit_code), 0)
    seen = wire.outcome(case, script.requests, data or b"", errors, warnings, Path.cwd(), code)
    return wire.differences(recordings.fill(recordings.expected("wire", case), places), seen)


@pytest.mark.parametrize("case", WIRE, ids=_ids)
def test_wire(case: Case, files: Path, run: Run, server: Server) -> None:
    assert not _call(run, server, case, files, process=False)


@pytest.mark.parametrize("case", WIRE[::_SPREAD], ids=_ids)
def test_wire_in_a_process(case: Case, files: Path, run: Run, server: Server) -> None:
    assert not _call(run, server, case, files, process=True)


@pytest.mark.parametrize("case", JSON, ids=_ids)
def test_json(case: Case, run: Run, server: Server) -> None:
    """What a server might send, through a cmdlet and out again."""
    script = server.script(case["name"], [{"text": case["input"]}])
    env = {"OPENAI_API_BASE": f"{script.base}/v1", "TZ": case.get("tz", "UTC")}
    result = run("Get-Video", "-VideoId", "x", env=env)
    expected = recordings.expected("json", case)
    if "error" in expected:
        assert (result.error_ids, result.stdout, result.exit_code) == ([expected["error"]["get_video_id"]], "", 1)
    else:
        assert (result.stdout, result.stderr, result.exit_code) == (f"{expected['output']}\n", "", 0)


#: The recordings are facts: how many cases there are, and the digest of each file.
CORPORA = {
    "binding": (1105, "ef7c0701a8476897a59bea21c8257be9537009fe81e7c797b7d817eb9ceb353a"),
    "wire": (331, "319d65249bf4fe9da2c7d2b71852c105a54f916318032e7e8cf3490e82287967"),
    "json": (187, "d2e4f2ac547c3bd9e22c4e1cf8555944d0463c931159681be0a203ceaf27b6c8"),
    "module": (356, "3b2ee76ae01b438576c08033680cff57461589de6d0f5a5692cc434212bba8bd"),
}


#: The same of what cases are made of.
TABLES = {
    "files.json": "562076f42149eb2d0a0643bc9e9336dd9f8ae97c274d83271a58ce8652fcd0c1",
    "parameters.json": "af1aff2118829f3418069a959d011246a394c1b5581655746acdc6904b9a551a",
}


def _digest(name: str) -> str:
    return hashlib.sha256((recordings.FOLDER / name).read_bytes()).hexdigest()


def test_no_recording_changes() -> None:
    assert {kind: (len(recordings.cases(kind)), _digest(f"{kind}.jsonl")) for kind in CORPORA} == CORPORA
    assert {name: _digest(name) for name in TABLES} == TABLES
    assert {path.name for path in recordings.FOLDER.iterdir()} == {*TABLES, *(f"{kind}.jsonl" for kind in CORPORA)}


def test_no_case_is_left_out() -> None:
    assert (recordings.cases("binding"), recordings.cases("wire")) == (BINDING, WIRE)


@pytest.mark.parametrize("kind", CORPORA)
def test_what_is_not_followed_has_a_reason_and_differs(kind: str) -> None:
    """A defect of the reference, or listed; and stored only as far as it is not what was recorded."""
    cases = {case["name"]: case for case in recordings.cases(kind)}
    defects = {name for name, case in cases.items() if case.get("upstream_bug")}
    stored = recordings.ours(kind)
    assert set(recordings.deviations(kind)) == set(stored) - defects
    for name, members in stored.items():
        followed = [key for key, value in members.items() if cases[name].get(key) == value]
        assert (name, bool(members), followed) == (name, True, [])


def test_reasons() -> None:
    groups = json.loads(recordings.DEVIATIONS.read_text(encoding="utf-8"))
    assert all(len(group["reason"]) > 20 and set(group) - {"reason"} <= set(CORPORA) for group in groups)
