"""What the Python functions say on the way, and the errors that they raise."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from psopenai_py import PSOpenAIError, errors, new_video
from tests.conftest import KEY
from tests.server import JOB, Server

# --- what is said on the way -----------------------------------------------------------------------------------------


def test_warnings_are_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    job = JOB | {"status": "failed", "error": {"code": "c", "message": "no \x1b[2J"}}
    new_video("x", api_base=server.script("warned", [{"json": job}]).base)
    assert caplog.record_tuples == [
        (
            "psopenai_py",
            logging.WARNING,
            'The status of job with id "video_123" is "failed". Error: "no \ufffd[2J" (c)',
        )
    ]


@pytest.mark.parametrize(
    ("level", "levels"),
    [
        (logging.WARNING, set()),
        (logging.INFO, {logging.INFO}),
        (logging.DEBUG, {logging.INFO, logging.DEBUG}),
    ],
)
def test_verbose_and_debug_are_logged(
    server: Server, caplog: pytest.LogCaptureFixture, level: int, levels: set[int]
) -> None:
    caplog.set_level(level, logger="psopenai_py")
    new_video("x", api_base=server.script("logged").base, api_key=KEY)
    ours = [record for record in caplog.records if record.name == "psopenai_py"]
    assert {record.levelno for record in ours} == levels
    assert KEY not in caplog.text


def test_nothing_is_written(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    new_video("x", api_base=server.script("written").base)
    assert capfd.readouterr() == ("", "")


# --- errors --------------------------------------------------------------------------------------------------------

Failing = Callable[[Server, Path], Any]


def answered(status: int, code: str | None = None) -> Failing:
    def call(server: Server, _: Path) -> Any:
        error = {"message": "no", "type": "t", "param": "p", "code": code}
        answer = {"status": status, "json": {"error": error}, "headers": {"x-request-id": "req_7"}}
        return new_video("x", api_base=server.script(f"answered_{status}", [answer]).base)

    return call


ERRORS: dict[str, tuple[type[PSOpenAIError], Failing]] = {
    "nothing is given": (errors.BindingError, lambda server, path: new_video()),
    "a value out of range": (
        errors.BindingError,
        lambda server, path: new_video("x", max_retry_count=101, api_base="sandbox:"),
    ),
    "a missing file": (
        errors.InputError,
        lambda server, path: new_video(input_reference=path / "missing.png", api_base="sandbox:"),
    ),
    "a relative address": (errors.SettingsError, lambda server, path: new_video("x", api_base="example.org/v1")),
    "no key": (errors.KeyMissingError, lambda server, path: new_video("x")),
    "nobody listens": (
        errors.ConnectionFailedError,
        lambda server, path: new_video("x", api_base="http://127.0.0.1:9"),
    ),
    "too late": (
        errors.RequestTimeoutError,
        lambda server, path: new_video(
            "x", timeout_sec=1, api_base=server.script("late", [{"json": JOB, "delay": 120}]).base
        ),
    ),
    "no job": (
        errors.AnswerError,
        lambda server, path: new_video("x", api_base=server.script("html", [{"text": "<html>"}]).base),
    ),
    "400": (errors.BadRequestError, answered(400)),
    "400 content_filter": (errors.ContentFilteredError, answered(400, "content_filter")),
    "401": (errors.UnauthorizedError, answered(401)),
    "403": (errors.PermissionDeniedError, answered(403)),
    "404": (errors.NotFoundError, answered(404)),
    "409": (errors.ConflictError, answered(409)),
    "422": (errors.UnprocessableEntityError, answered(422)),
    "429": (errors.RateLimitExceededError, answered(429)),
    "429 quota": (errors.QuotaLimitExceededError, answered(429, "insufficient_quota")),
    "418": (errors.APIRequestError, answered(418)),
    "500": (errors.APIRequestError, answered(500)),
}


@pytest.mark.parametrize(("kind", "call"), ERRORS.values(), ids=ERRORS)
def test_errors(server: Server, tmp_path: Path, kind: type[PSOpenAIError], call: Failing) -> None:
    with pytest.raises(PSOpenAIError) as caught:
        call(server, tmp_path)
    error = caught.value
    assert type(error) is kind
    assert str(error) == error.message
    assert error.record() == json.loads(json.dumps(error.record()))
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(("name", "call"), [(name, call) for name, (_, call) in ERRORS.items() if name[0] in "45"])
def test_errors_know_the_answer(server: Server, tmp_path: Path, name: str, call: Failing) -> None:
    with pytest.raises(errors.APIRequestError) as caught:
        call(server, tmp_path)
    error = caught.value
    status, _, code = name.partition(" ")
    wanted = {"400 content_filter": code, "429 quota": "insufficient_quota"}.get(name)
    assert (error.status, error.code, error.type, error.param) == (int(status), wanted, "t", "p")
    assert error.request_id == "req_7"
    assert json.loads(error.body)["error"]["message"] == "no"


def test_a_lost_answer_is_known_to_have_been_sent(server: Server) -> None:
    with pytest.raises(errors.ConnectionFailedError) as caught:
        new_video("x", api_base=server.script("lost", [{"drop": True}]).base)
    assert caught.value.sent
    with pytest.raises(errors.ConnectionFailedError) as caught:
        new_video("x", api_base="http://127.0.0.1:9")
    assert not caught.value.sent


def test_the_tree() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, PSOpenAIError) for kind in kinds if kind is not errors.Interrupted)
    assert issubclass(errors.Interrupted, KeyboardInterrupt)
    assert {kind.__name__ for kind in kinds} == set(re.findall(r"\b\w+Error\b|\bInterrupted\b", str(errors.__doc__)))
    for kind in kinds:
        assert kind.__doc__
        code = re.search(rf"\b{kind.__name__}\b[^\d]* (\d+) ", str(errors.__doc__))
        assert code and int(code[1]) == kind.exit_code
