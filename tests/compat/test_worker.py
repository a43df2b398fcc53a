"""The worker: what a call is given, and what comes back."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import pytest

from tests.compat.client import Client, Record, end, of_kind
from tests.conftest import KEY
from tests.http.sockets import refusing
from tests.server import JOB, Server


def test_a_call(client: Client, server: Server) -> None:
    script = server.script("worker-call")
    records = client.call("new-video", {"prompt": "Doggo", "Seconds": 8, "ApiBase": script.base, "vb": True})
    assert records[-1]["end"] == end()
    assert of_kind(records, "output")[0]["created_at"] == "2025-10-11T14:51:05+00:00"
    fields = [(name, text) for name, *_, text in script.requests[0].fields]
    assert fields == [("prompt", "Doggo"), ("model", "sora-2"), ("seconds", "8")]
    assert any("POST" in text for text in of_kind(records, "verbose"))


TYPED = {
    "a whole number": ({"Seconds": 8}, "seconds", "8"),
    "a real number": ({"Seconds": 1.5}, "seconds", "1.5"),
    "a real number without fraction": ({"Seconds": 4.0}, "seconds", "4"),
    "a large real number": ({"Seconds": 1e20}, "seconds", "1E+20"),
    "true": ({"Seconds": True}, "seconds", "True"),
    "null": ({"Seconds": None}, "seconds", ""),
    "text": ({"Size": "1280X720"}, "size", "1280x720"),
    "a date is text": ({"Model": "2025-10-11T14:51:05Z"}, "model", "2025-10-11T14:51:05Z"),
    "a dictionary": ({"AdditionalBody": {"seed": 1, "tags": ["a", "b"]}}, "tags", ["a", "b"]),
    "nested values": ({"AdditionalBody": {"o": {"n": None}}}, "o", '{"n":null}'),
}


@pytest.mark.parametrize(("given", "field", "value"), TYPED.values(), ids=TYPED)
def test_typed_values(service: Client, given: Record, field: str, value: Any) -> None:
    records = service.call("New-Video", {"Prompt": "x", "WhatIf": 1, "ApiBase": "http://127.0.0.1/v1", **given})
    fields = [one["value"] for one in of_kind(records, "output")[0]["fields"] if one["name"] == field]
    assert fields == (value if isinstance(value, list) else [value])


REFUSED = {
    "an array for text": ({"Prompt": ["a", "b"]}, "ParameterArgumentTransformationError"),
    "a dictionary for text": ({"Prompt": {"a": 1}}, "ParameterArgumentTransformationError"),
    "a number for a key": ({"Prompt": "x", "ApiKey": 12345678}, "ParameterArgumentTransformationError"),
    "an array for a dictionary": ({"Prompt": "x", "AdditionalQuery": [1]}, "ParameterArgumentTransformationError"),
    "a number for an address": ({"Prompt": "x", "ApiBase": 5}, "ParameterArgumentTransformationError"),
    "null for a prompt": ({"Prompt": None}, "ParameterArgumentValidationError"),
    "a number out of range": ({"Prompt": "x", "MaxRetryCount": 100.6}, "ParameterArgumentValidationError"),
    "text for a switch": ({"Prompt": "x", "Verbose": "yes"}, "CannotConvertArgument"),
    "an unknown name": ({"Prompt": "x", "Promt": "x"}, "NamedParameterNotFound"),
    "an ambiguous name": ({"Prompt": "x", "a": 1}, "AmbiguousParameter"),
    "many at once": ({"Prompt": "x", "ThrottleLimit": 4}, "ParameterNotSupported"),
    "a journal": ({"Prompt": "x", "Resume": "journal"}, "ParameterNotSupported"),
    "a name and its alias": ({"Prompt": "x", "Organization": "a", "OrgId": "b"}, "ParameterAlreadyBound"),
    "nothing": ({}, "MissingMandatoryParameter"),
}


@pytest.mark.parametrize(("given", "error_id"), REFUSED.values(), ids=REFUSED)
def test_refused_values(service: Client, given: Record, error_id: str) -> None:
    records = service.call("New-Video", given)
    (error,) = of_kind(records, "error")
    assert (error["id"], error["terminating"]) == (f"{error_id},New-Video", True)
    assert error["exception"] == "System.Management.Automation.ParameterBindingException"
    assert records[-1]["end"] == end(2)
    assert "12345678" not in str(records)


def test_pipeline_input(client: Client, server: Server) -> None:
    script = server.script("worker-input")
    records = client.call("Get-Video", {"ApiBase": script.base}, input=["a", {"id": "b"}, {"foo": 1}, 5])
    assert [request.path for request in script.requests] == ["/videos/a", "/videos/b", "/videos/5"]
    assert [error["id"] for error in of_kind(records, "error")] == ["InputObjectNotBound,Get-Video"]
    assert [kind for record in records for kind in record if kind != "call"] == [
        *("output", "output", "error", "output", "end"),
    ]


def test_pipeline_input_that_nothing_takes(client: Client, server: Server) -> None:
    script = server.script("worker-input-none")
    bound = {"ApiBase": script.base, "Limit": 5}
    for records in (client.call("Get-Video", bound, input=["a"]), client.call("Get-Video", bound, input=[{"id": "b"}])):
        assert [error["error_id"] for error in of_kind(records, "error")] == ["InputObjectNotBound"]
    assert client.call("Get-Video", bound, input=[])[-1]["end"] == end()
    for given in ("a", {"id": "b"}):
        error, _ = client.call("Get-Video", {"ApiBase": script.base, "VideoId": "v"}, input=[given])
        assert error["error"]["message"].endswith("no parameter is left that takes pipeline input.")
    assert not script.requests


# Status and body of an answer, and what the error record says.
ERRORS: dict[str, tuple[int, Any, Record]] = {
    "rate limit": (
        429,
        {"error": {"message": "Slow down.", "code": "rate_limit_exceeded", "type": "requests", "param": "model"}},
        {
            "id": "PSOpenAI.APIRequest.RateLimitExceededException,Invoke-OpenAIAPIRequest",
            "exception": "RateLimitExceededException",
            "code": "rate_limit_exceeded",
            "type": "requests",
            "param": "model",
        },
    ),
    "not found": (404, {"error": {"message": "No."}}, {"exception": "NotFoundException"}),
    "a status of its own": (418, {}, {"exception": "APIRequestException"}),
}


@pytest.mark.parametrize(("status", "body", "facts"), ERRORS.values(), ids=ERRORS)
def test_error_records(service: Client, server: Server, status: int, body: Any, facts: Record) -> None:
    script = server.script(f"worker-{status}", [{"status": status, "json": body, "headers": {"x-request-id": "r1"}}])
    # -ErrorAction is the reader's business, so the record comes in any case.
    records = service.call("New-Video", {"Prompt": "x", "ApiBase": script.base, "ErrorAction": "Ignore"})
    (error,) = of_kind(records, "error")
    expected = {"status": status, "request_id": "r1", "terminating": False, "category": "InvalidOperation"} | facts
    assert {name: error[name] for name in expected} == expected
    assert records[-1]["end"] == end(1)


@pytest.mark.parametrize("odd", ["\ud800", "PSOPENAI_\ud800"])
def test_a_key_stays_with_its_call(client: Client, server: Server, odd: str) -> None:
    """Also when something of the environment of a call cannot be set."""
    script = server.script("worker-alone")
    plain = {"OPENAI_API_BASE": script.base}
    refused = client.call("Get-Video", environment=plain | {"OPENAI_API_KEY": KEY, odd: "x"})
    assert of_kind(refused, "error")[0]["id"] == "RequestNotValid"
    client.call("Get-Video", {"VideoId": "v"}, environment=plain)
    assert [request.headers.get("authorization") for request in script.requests] == [None]


def test_errors_without_an_answer(service: Client, server: Server) -> None:
    with refusing() as base:
        (refused,) = of_kind(service.call("Remove-Video", {"VideoId": "v", "ApiBase": base}), "error")
    assert refused["exception"] == "System.Net.Http.HttpRequestException"
    (keyless,) = of_kind(service.call("Remove-Video", {"VideoId": "v"}, environment={}), "error")
    assert (keyless["id"], keyless["terminating"]) == ("System.ArgumentException,Initialize-APIKey", True)
    assert keyless["action"] and keyless["exception"] == "System.ArgumentException"
    slow = server.script("worker-slow", [{"json": JOB, "delay": 120}])
    records = service.call("Remove-Video", {"VideoId": "v", "ApiBase": slow.base, "TimeoutSec": 1})
    assert of_kind(records, "error")[0]["exception"] == "System.Threading.Tasks.TaskCanceledException"


def test_bytes(service: Client, server: Server) -> None:
    data = bytes(range(256)) * 1000
    answer = {"bytes_b64": base64.b64encode(data).decode(), "headers": {"Content-Type": "application/octet-stream"}}
    script = server.script("worker-bytes", [answer])
    records = service.call("Get-VideoContent", {"VideoId": "v", "Variant": "thumbnail", "ApiBase": script.base})
    assert b"".join(map(base64.b64decode, of_kind(records, "bytes"))) == data
    assert all(len(part) <= 65536 for part in of_kind(records, "bytes"))


def test_streams_follow_the_preferences(service: Client, server: Server) -> None:
    failed = {"json": JOB | {"status": "failed", "error": {"message": "No.", "code": "x"}}}
    script = server.script("worker-warn", [failed])
    given = {"VideoId": "v", "ApiBase": script.base}
    quiet = service.call("Get-Video", given, preferences={"warning": "SilentlyContinue"})
    assert not of_kind(quiet, "warning") and of_kind(quiet, "output")
    loud = service.call("Get-Video", given, preferences={"warning": "Stop", "verbose": True, "debug": True})
    assert [of_kind(loud, kind) != [] for kind in ("warning", "verbose", "debug")] == [True] * 3
    assert [error["error_id"] for error in of_kind(loud, "error")] == ["ActionPreferenceStop"]
    bound = service.call("Get-Video", given | {"WarningAction": "Ignore", "Debug": False}, preferences={"debug": True})
    assert not of_kind(bound, "warning") and not of_kind(bound, "debug")


def test_location_and_files(service: Client, server: Server, tmp_path: Path) -> None:
    (tmp_path / "ref.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    script = server.script(
        "worker-files", [{"json": JOB}, {"text": "picture", "headers": {"Content-Type": "image/png"}}]
    )
    here: Record = {"location": str(tmp_path)}
    service.call("New-Video", {"Prompt": "x", "InputReference": "ref.png", "ApiBase": script.base}, **here)
    given = {"VideoId": "v", "Variant": "thumbnail", "OutFile": "a/b.png", "ApiBase": script.base}
    assert service.call("Get-VideoContent", given, **here)[-1]["end"] == end()
    assert (tmp_path / "a" / "b.png").read_bytes() == b"picture"
    elsewhere = service.call("Get-VideoContent", given, location=str(tmp_path / "missing"))
    assert "cannot be used" in of_kind(elsewhere, "error")[0]["message"]
    assert len(script.requests) == 2


def test_nothing_of_a_call_is_left_for_the_next(service: Client, server: Server, tmp_path: Path) -> None:
    script = server.script("worker-leak", [{"json": JOB, "headers": {"Set-Cookie": "session=1; Path=/"}}])
    given = {"VideoId": "v"}
    here: dict[str, str] = {"OPENAI_API_BASE": script.base}
    first = here | {"OPENAI_API_KEY": KEY, "OPENAI_ORGANIZATION": "org-0123456789", "TZ": "Asia/Tokyo"}
    times = [
        of_kind(service.call("Get-Video", given, environment=environment), "output")[0]["created_at"]
        for environment in (first, here)
    ]
    if hasattr(time, "tzset"):
        assert times == ["2025-10-11T23:51:05+09:00", "2025-10-11T14:51:05+00:00"]
    assert script.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert not {"authorization", "openai-organization", "cookie"} & set(script.requests[1].headers)
    # An https address that nobody answers, first with a certificate file that cannot be used.
    secure = {"OPENAI_API_BASE": "https://127.0.0.1:9/v1"}
    broken = service.call("Get-Video", given, environment=secure | {"SSL_CERT_FILE": str(tmp_path / "none.pem")})
    assert "SSL_CERT_FILE" in of_kind(broken, "error")[0]["message"]
    assert "No connection" in of_kind(service.call("Get-Video", given, environment=secure), "error")[0]["message"]


def test_the_key_is_in_no_record(server: Server) -> None:
    """Whatever is said about a call that carries a key, the key is not among it."""
    echo: Record = {"status": 401, "json": {"error": {"message": f"Incorrect API key provided: {KEY}", "code": KEY}}}
    echoed: Record = {"json": JOB | {"prompt": KEY}, "headers": {"x-request-id": KEY}}
    client = Client()
    for number, answer in enumerate((echo, echoed)):
        script = server.script(f"worker-key-{number}", [answer])
        loud = {"preferences": {"verbose": True, "debug": True}}
        by_parameter = {"Prompt": "x", "ApiKey": KEY, "ApiBase": script.base}
        client.call("New-Video", by_parameter, **loud)
        client.call("New-Video", {"Prompt": "x", "WhatIf": True, **by_parameter}, **loud)
        environment = {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": script.base}
        client.call("Wait-Video", {"VideoId": "v", "TimeoutSec": 1}, environment=environment, **loud)
        client.call("Get-Video", {"ApiKey": KEY, "ApiKy": KEY, "ApiBase": script.base}, **loud)
        headers = {"X-Api-Key": KEY, "Authorization": f"Bearer {KEY}"}
        client.call("Get-Video", {"AdditionalHeaders": headers, "ApiBase": script.base}, **loud)
    client.call("New-Video", {"Prompt": "x", "ApiKey": {"a": KEY}})
    client.write(b'{"call": 99, "cmdlet": "' + KEY.encode() + b'"}')
    assert client.records(99)
    assert client.close() == 0
    assert KEY.encode() not in client.text and b"debug" in client.text


def test_what_cannot_be_asked(service: Client, tmp_path: Path) -> None:
    (error,) = of_kind(service.call("Set-OpenAIKey"), "error")
    assert error["message"] == "This system has no keyring that can be used."
    backend = {"PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring", "XDG_DATA_HOME": str(tmp_path)}
    client = Client(backend)
    assert "ready" in (client.next() or {})
    (error,) = of_kind(client.call("Set-OpenAIKey"), "error")
    assert "Store it from a terminal" in error["message"]
    assert client.close() == 0
