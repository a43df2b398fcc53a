"""What is advised about each status beside its neighbours, and which answers without a status are no job."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from psopenai_py.errors import AnswerError
from psopenai_py.videos.inline import InlineContent, in_address
from tests.conftest import Result, Run
from tests.providers.stub import KEY
from tests.server import Server

MODELS, USED_UP = "lists the models", "What the account may use is used up"
REPEATS, LOSS = "-MaxRetryCount repeats such a request", "a job may have been created"
SHOWS = "Get-OpenAIKey -Provider {} shows"
#: Of a creation that is refused with the words "No model x.", and of a question.
ADVICE: dict[int, tuple[str, str]] = {
    400: (MODELS, ""), 401: (SHOWS, SHOWS), 402: (USED_UP, USED_UP), 403: (MODELS, ""), 404: (MODELS, ""),
    405: ("", ""), 409: ("", ""), 421: ("", ""), 422: (MODELS, ""), 423: ("", ""), 428: ("", ""),
    429: (REPEATS, REPEATS), 430: ("", ""), 499: ("", ""), 500: (LOSS, REPEATS), 501: (LOSS, REPEATS),
}  # fmt: skip
EVERY = (MODELS, USED_UP, REPEATS, LOSS, "Get-OpenAIKey")


def _asked(run: Run, server: Server, cmdlet: str, name: str, answer: dict[str, Any]) -> Result:
    api = server.script("statuses-of-services", [answer])
    model = ["-Model", "x"] if cmdlet == "New-Video" else []
    return run(cmdlet, "x", *model, "-Provider", name, "-ApiBase", api.base, "-ApiKey", KEY)


@pytest.mark.parametrize("name", ["Ark", "Together"])
@pytest.mark.parametrize("status", ADVICE)
def test_advice(run: Run, server: Server, status: int, name: str) -> None:
    answer = {"status": status, "json": {"error": {"message": "No model x."}}}
    for cmdlet, advice in zip(("New-Video", "Get-Video"), ADVICE[status], strict=True):
        result = _asked(run, server, cmdlet, name, answer)
        assert (result.exit_code != 0, result.stdout) == (True, "")
        given = [each for each in EVERY if each in result.stderr]
        assert given == [each for each in EVERY if advice and each in advice]
        assert advice.format(name) in result.stderr


@pytest.mark.parametrize(("status", "accepted"), [(200, False), (201, False), (202, True), (203, False)])
@pytest.mark.parametrize("body", ["", "{}"])
def test_accepted_is_the_only_success_that_says_all(
    run: Run, server: Server, status: int, accepted: bool, body: str
) -> None:
    result = _asked(run, server, "Get-Video", "Ark", {"status": status, "text": body})
    assert result.exit_code == (0 if accepted else 1)
    assert ('"status": "in_progress"' in result.stdout) is accepted


# --- videos inside of answers -----------------------------------------------------------------------------------

ADDRESSES: dict[str, tuple[str, str] | None] = {
    "data:video/mp4;base64,AAAA": ("AAAA", "video/mp4"),
    "DATA:Video/MP4;codecs=x;BASE64,AA,A": ("AA,A", "video/mp4"),
    "data:;base64,": ("", ""),
    "data:video/mp4,AAAA": None,
    "data:video/mp4;base64": None,
    "blob:video/mp4;base64,AAAA": None,
    "https://a.test/;base64,AAAA": None,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_holds_its_data(address: str) -> None:
    assert in_address(address) == ADDRESSES[address]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 786_431, 786_432, 786_433, 1_600_000])
@pytest.mark.parametrize("form", ["plain", "of addresses", "without padding", "in lines"])
def test_base64(size: int, form: str) -> None:
    data = (b"\xfb\xff\xfe" * (size // 3 + 1))[:size]
    text = (base64.urlsafe_b64encode if form == "of addresses" else base64.b64encode)(data).decode()
    text = text.rstrip("=") if form == "without padding" else text
    text = "\r\n".join(text[at : at + 76_001] for at in range(0, len(text), 76_001)) if form == "in lines" else text
    content = InlineContent(text, "video/webm")
    assert b"".join(map(bytes, content.chunks())) == data
    assert (content.response.status, content.response.media_type) == (200, "video/webm")


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA*A", "AAA=A", "AAAA\0", "é"])
def test_what_is_no_base64(text: str) -> None:
    with pytest.raises(AnswerError, match=r"^The video inside of the answer is not valid base64\.$") as caught:
        list(InlineContent(text, "video/mp4").chunks())
    assert (caught.value.status, caught.value.command) == (200, "Get-VideoContent")
