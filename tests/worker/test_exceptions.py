"""The .NET exception of each kind of error, as PowerShell would carry it in the record."""

from __future__ import annotations

import pytest

from psopenai_py import errors
from psopenai_py.worker.streams import exception_name

#: By the short name that stands last in the category, or in the id.
NAMES = {
    "ArgumentException": "System.",
    "ArgumentOutOfRangeException": "System.",
    "FormatException": "System.",
    "InvalidOperationException": "System.",
    "FileNotFoundException": "System.IO.",
    "IOException": "System.IO.",
    "NotSupportedException": "System.",
    "ActionPreferenceStopException": "System.Management.Automation.",
    "ItemNotFoundException": "System.Management.Automation.",
    "ParameterBindingException": "System.Management.Automation.",
    "HttpRequestException": "System.Net.Http.",
    "TaskCanceledException": "System.Threading.Tasks.",
    "TimeoutException": "System.",
    "WriteErrorException": "Microsoft.PowerShell.Commands.",
}


@pytest.mark.parametrize("name", NAMES)
def test_by_reason_or_id(name: str) -> None:
    full = NAMES[name] + name
    for facts in ({"reason": name}, {"error_id": name}, {"error_id": f"A.B.{name}"}, {"error_id": full}):
        assert exception_name(errors.PSOpenAIError("x", **facts)) == full  # type: ignore[arg-type]
    # The reason counts more than the id, if it is one of these.
    both = errors.PSOpenAIError("x", reason=name, error_id="System.NotSupportedException")
    assert exception_name(both) == full
    other = errors.PSOpenAIError("x", reason="RuntimeException", error_id=full)
    assert exception_name(other) == full


KINDS: dict[str, tuple[errors.PSOpenAIError, str]] = {
    "nothing known": (errors.PSOpenAIError("x"), "System.InvalidOperationException"),
    "an id of its own": (errors.InputError("x", error_id="OutcomeUnknown"), "System.InvalidOperationException"),
    "an input": (errors.InputError("x"), "System.ArgumentException"),
    "an output": (errors.OutputError("x"), "System.IO.IOException"),
    "a keyring": (errors.KeyStoreError("x"), "System.InvalidOperationException"),
    "binding": (errors.BindingError("x"), "System.Management.Automation.ParameterBindingException"),
    "binding of another kind": (
        errors.BindingError("x", reason="ParameterBindingArgumentTransformationException"),
        "System.Management.Automation.ParameterBindingException",
    ),
    "late": (errors.RequestTimeoutError("x"), "System.Threading.Tasks.TaskCanceledException"),
    "not over": (errors.PendingError("x"), "System.TimeoutException"),
    "a failed job": (errors.JobFailedError("x"), "Microsoft.PowerShell.Commands.WriteErrorException"),
    "a status": (errors.NotFoundError("x", status=404), "NotFoundException"),
    "a status with a reason": (errors.APIRequestError("x", status=418, reason="IOException"), "APIRequestException"),
    "stopped": (errors.StoppedError("x"), "System.Management.Automation.ActionPreferenceStopException"),
}


@pytest.mark.parametrize(("error", "name"), KINDS.values(), ids=list(KINDS))
def test_kinds(error: errors.PSOpenAIError, name: str) -> None:
    assert exception_name(error) == name
