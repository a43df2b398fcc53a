"""The recorded cases of the reference as typed calls, through one worker: binding and wire."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from compat import recordings, wire
from psopenai_py import psjson
from psopenai_py.binding.binder import bind_typed
from psopenai_py.binding.tokens import NOTHING, Token, pair, tokenize
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.errors import BindingError
from psopenai_py.redaction import Secret
from psopenai_py.streams import QUIET
from tests.compat.client import Client, of_kind
from tests.conftest import KEY
from tests.server import JOB, Server

Case = dict[str, Any]
#: What no typed call can say: one name twice, a name without its value.
_ONLY_ON_A_COMMAND_LINE = ("ParameterAlreadyBound", "MissingArgument")


def _parameters(case: Case) -> dict[str, Any] | None:
    """A recorded argument list as typed parameters; None where only a command line can say it."""
    cmdlet = load(case["cmdlet"]).CMDLET
    try:
        tokens: list[Token] = pair(cmdlet, list(tokenize(cmdlet, case["argv"])))
    except BindingError:
        return None
    given = {token.name: token.value for token in tokens if token.name not in (None, "?")}
    whole = len(given) == len(tokens) and NOTHING not in given.values()
    return {str(name): value for name, value in given.items()} if whole else None


def _comparable(kind: str, case: Case) -> bool:
    listed = case["name"] in recordings.ours(kind) or case["upstream_bug"] or case.get("help") or case.get("crash")
    error = case.get("error", {}).get("id", "").partition(",")[0]
    return not listed and error not in _ONLY_ON_A_COMMAND_LINE


BINDING = [case for case in recordings.of_cmdlets("binding", set(MODULES)) if _comparable("binding", case)]
AS_TEXT = [case for case in BINDING if _parameters(case) is not None]
AS_VALUES = [case for case in BINDING if "bound" in case]
WIRE = [
    case
    for case in recordings.of_cmdlets("wire", set(MODULES))
    if "pipeline" not in case and _comparable("wire", case) and not case.get("stdin") and _parameters(case) is not None
]


def _ids(case: Case) -> str:
    return str(case["name"])


def _outcome(case: Case, given: dict[str, Any]) -> Case:
    try:
        binding = bind_typed(load(case["cmdlet"]).CMDLET, given)
    except BindingError as error:
        facts = {"id": error.fully_qualified_error_id, "category": error.category, "reason": error.reason}
        return {"error": facts | {"target": error.target}}
    bound = {name: value.reveal() if isinstance(value, Secret) else value for name, value in binding.values.items()}
    return {"set": binding.set_name, "bound": bound}


def _recorded(case: Case) -> Case:
    if "error" in case:
        return {"error": {name: text for name, text in case["error"].items() if name != "message"}}
    return {"set": case["set"], "bound": recordings.in_our_terms(case["bound"])}


@pytest.mark.parametrize("case", AS_TEXT, ids=_ids)
def test_binding_of_texts(case: Case) -> None:
    assert _outcome(case, _parameters(case) or {}) == _recorded(case)


@pytest.mark.parametrize("case", AS_VALUES, ids=_ids)
def test_binding_of_values(case: Case) -> None:
    """What PowerShell had bound, typed as it was, binds to the same."""
    recorded = _recorded(case)
    assert _outcome(case, recorded["bound"]) == recorded


def test_most_recorded_cases_can_be_typed() -> None:
    assert len(AS_TEXT) > 300 and len(AS_VALUES) > 300 and len(WIRE) > 100


def test_errors_through_the_worker(service: Client) -> None:
    """Each recorded error comes out with its id, category, reason and target."""
    for case in AS_TEXT:
        if "error" in case:
            records = service.call(case["cmdlet"], _parameters(case))
            found = [{**error, "target": error["target"] or ""} for error in of_kind(records, "error")]
            wanted = _recorded(case)["error"]
            assert (case["name"], [{key: error[key] for key in wanted} for error in found]) == (case["name"], [wanted])


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    recordings.write_files(folder)
    return folder


@pytest.mark.parametrize("case", WIRE, ids=_ids)
def test_wire(case: Case, service: Client, server: Server, files: Path, tmp_path: Path) -> None:
    """The same requests, output, errors, warnings and files as on the command line."""
    script = server.script(f"typed-{case['name']}")
    places = {"base": script.base, "host": server.host, "files": str(files)}
    script.responses = recordings.fill(case["responses"], places) or [{"json": JOB}]
    usual = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": f"{script.base}/v1", "TZ": case["tz"]}
    environment = usual | {name: text or "" for name, text in recordings.fill(case["env"], places).items()}
    folder = tmp_path / "empty"
    folder.mkdir()
    given = recordings.fill(_parameters(case), places)
    records = service.call(case["cmdlet"], given, environment=environment, location=os.fspath(folder))
    errors = [error for error in of_kind(records, "error") if _shown(error, given)]
    warnings = [text.splitlines()[0] for text in of_kind(records, "warning")]
    data = _as_on_stdout(case, records)
    code = records[-1]["end"]["exit_code"]
    seen = wire.outcome(case, script.requests, data, errors, warnings, folder, code)
    assert not wire.differences(recordings.fill(case, places), seen)


def _as_on_stdout(case: Case, records: list[Any]) -> bytes:
    """What the command line prints of it. The jobs of a list come as one record each."""
    if case["cmdlet"] == "Get-VideoContent":
        return b"".join(map(base64.b64decode, of_kind(records, "bytes")))
    outputs = of_kind(records, "output")
    if (case["stdout_json"] or "").startswith("["):
        outputs = [outputs]
    return b"".join(psjson.dumps(output).encode() + b"\n" for output in outputs)


def _shown(error: dict[str, Any], given: dict[str, Any]) -> bool:
    """Every error has its record; PowerShell shows those that -ErrorAction lets through."""
    action = given.get("ErrorAction", given.get("ea"))
    return error["terminating"] or action not in (*QUIET, "0")  # 0 is the number of SilentlyContinue
