"""What refusals mean, whatever their status: a key, the content, the model, the account; and answers without a word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Result, Run
from tests.providers.conftest import STUBS
from tests.providers.stub import KEY
from tests.server import Server

NAMES = [stub.name for stub in STUBS]
Answer = dict[str, Any]
SHOWS_KEY = "Get-OpenAIKey -Provider {} shows which key is used and where it comes from."
USED_UP = "What the account may use is used up, so repeating does not help."


def _error(status: int, message: str, code: str | None = None) -> Answer:
    return {"status": status, "json": {"error": {"message": message, "code": code}}}


def _minimax(status: int, number: int, message: str) -> Answer:
    """In the form of its first protocol, which gateways still answer in: the number alone tells."""
    return {"status": status, "json": {"base_resp": {"status_code": number, "status_msg": message}}}


@pytest.fixture
def ask(run: Run, server: Server) -> Any:
    """What a cmdlet says to an answer of a provider."""

    def ask(cmdlet: str, name: str, answer: Answer) -> Result:
        api = server.script("refusing", [answer])
        model = ["-Model", "m"] if cmdlet == "New-Video" else []
        result = run(cmdlet, "x", *model, "-Provider", name, "-ApiBase", api.base, "-ApiKey", KEY)
        assert len(api.requests) == 1
        return result

    return ask


REFUSED: dict[str, tuple[Answer, int, str]] = {
    "a key": (_error(400, "Incorrect API key provided: xa***."), 4, "UnauthorizedException"),
    "a key with success": (_error(200, "Invalid API key."), 4, "UnauthorizedException"),
    "a key without a word": ({"status": 401, "text": ""}, 4, "UnauthorizedException"),
    "content": (_error(403, "Content violates usage guidelines. API key ID: k"), 1, "ContentFilteredException"),
    "content by a check": (_error(400, "Failed check: SAFETY_CHECK_TYPE_BIO"), 1, "ContentFilteredException"),
    "content that is unsafe": (_error(422, "The prompt is unsafe."), 1, "ContentFilteredException"),
    "content by the model": (_error(400, "The model flagged the prompt."), 1, "ContentFilteredException"),
    "content with success": (_error(200, "The prompt was flagged."), 1, "ContentFilteredException"),
    "a member": (_error(400, "Unknown parameter: safety_identifier"), 1, "BadRequestException"),
    "another member": (_error(400, "safety_settings cannot be used here"), 1, "BadRequestException"),
    "an author": (_error(400, "The clip has no author."), 1, "BadRequestException"),
}
NUMBERS: dict[str, tuple[Answer, int, str]] = {
    "a key": (_minimax(200, 1004, "login fail"), 4, "UnauthorizedException"),
    "another key": (_minimax(200, 2049, "invalid"), 4, "UnauthorizedException"),
    "the prompt": (_minimax(200, 1026, "new_sensitive"), 1, "ContentFilteredException"),
    "the video": (_error(422, "output new_sensitive (1027)"), 1, "ContentFilteredException"),
    "the prompt in brackets": (_error(422, "input new_sensitive (1026)."), 1, "ContentFilteredException"),
    "another number": (_error(422, "something else (1099)"), 1, "UnprocessableEntityException"),
    "a year": (_error(422, "(1026) is a year"), 1, "UnprocessableEntityException"),
}


@pytest.mark.parametrize("cmdlet", ["New-Video", "Get-Video"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal(ask: Any, cmdlet: str, name: str, case: str) -> None:
    answer, code, reason = REFUSED[case]
    if name == "XAI" and cmdlet == "Get-Video" and answer["status"] == 400 and code == 1:
        pytest.skip("it tells so that the job failed")
    _check(ask(cmdlet, name, answer), name, code, reason)


@pytest.mark.parametrize("cmdlet", ["New-Video", "Get-Video"])
@pytest.mark.parametrize("case", NUMBERS)
def test_a_number_of_minimax(ask: Any, cmdlet: str, case: str) -> None:
    answer, code, reason = NUMBERS[case]
    _check(ask(cmdlet, "MiniMax", answer), "MiniMax", code, reason)


def _check(result: Result, name: str, code: int, reason: str) -> None:
    assert (result.exit_code, result.stdout) == (code, "")
    assert [error["reason"] for error in result.errors] == [reason]
    assert (SHOWS_KEY.format(name) in result.stderr) == (code == 4)
    assert "lists the models" not in result.stderr


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_model(ask: Any, name: str, status: int) -> None:
    if (name, status) == ("OpenRouter", 403):
        pytest.skip("that is moderation there")
    assert "lists the models" in ask("New-Video", name, _error(status, "You may not use the model m.")).stderr


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (_error(402, "Insufficient credits"), USED_UP),
        (_error(429, "Too many", "QuotaExceeded"), USED_UP),
        (_error(429, "Too many"), "-MaxRetryCount repeats such a request."),
    ],
    ids=["credits", "quota", "rate"],
)
def test_what_the_account_may_use(ask: Any, name: str, answer: Answer, advice: str) -> None:
    assert f"RecommendedAction     : {advice}\n" in ask("New-Video", name, answer).stderr


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [{}, {"task": None}, {"status": None, "id": "x"}, {"status": ""}], ids=str)
def test_an_answer_without_a_status_is_no_job_that_goes_on(ask: Any, name: str, body: Answer) -> None:
    """To wait for one would be to wait for ever."""
    result = ask("Wait-Video", name, {"json": body})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "not a job: it names no status." in result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_accepted_and_nothing_more_is_not_yet(ask: Any, name: str) -> None:
    assert ask("Get-Video", name, {"status": 202, "text": ""}).json["status"] == "in_progress"
    assert ask("Get-Video", name, {"status": 202, "json": {}}).json["status"] == "in_progress"
