"""Both sides of the limits of waiting for content, of lines about downloads, and of files that end too early."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py import errors
from psopenai_py.http.request import Request
from psopenai_py.http.response import Response
from psopenai_py.settings import Settings
from psopenai_py.videos import advice
from psopenai_py.videos.delivery import Delivery
from psopenai_py.videos.download_progress import DownloadProgress
from psopenai_py.videos.extent import Extent
from tests.cmdlets.contents import box

# --- advice -----------------------------------------------------------------------------------------------------

KEY = "Get-OpenAIKey shows"
ENDED = "api.openai.com ended its video service"
ADDRESS = "GET https://h.test/v1/videos/v was asked."
REPEATS = "-MaxRetryCount repeats such a request."
ADVICE = {
    399: "", 400: "", 401: KEY, 402: "", 403: KEY, 404: ADDRESS, 405: ADDRESS, 406: "", 409: "", 410: "", 411: "",
    422: "", 428: "", 429: REPEATS, 430: "", 499: "", 500: REPEATS, 501: REPEATS, 599: REPEATS,
}  # fmt: skip


def advised(status: int, host: str = "h.test", retries: int = 0, body: str = '{"detail": "Not Found"}') -> str:
    base = f"https://{host}/v1"
    settings = Settings(base, None, None, "", False, "", True, 0.0, retries)
    return advice.for_status(settings)(
        Request("GET", f"{base}/videos/v", {}), Response(status, "", {}, body.encode(), 0.0)
    )


@pytest.mark.parametrize(("status", "text"), ADVICE.items())
def test_the_advice_for_a_status(status: int, text: str) -> None:
    assert advised(status).startswith(text) and bool(advised(status)) is bool(text)


@pytest.mark.parametrize("status", ADVICE)
def test_a_service_that_has_ended(status: int) -> None:
    assert advised(status, "api.openai.com").startswith(ENDED) is (status in (404, 410))


@pytest.mark.parametrize("status", ADVICE)
def test_repeating_is_not_advised_where_it_was_done(status: int) -> None:
    assert advised(status, retries=1) == ("" if ADVICE[status] == REPEATS else advised(status))


@pytest.mark.parametrize(("behind", "found"), [(4077, True), (4078, False)])
def test_how_far_a_refusal_is_read(behind: int, found: bool) -> None:
    body = "x" * behind + " moderation_blocked"
    assert advised(400, body=body).startswith("The service's moderation") is found


USUAL = {399: False, 400: True, 401: False, 403: False, 404: True, 405: False, 421: False, 422: True, 423: False}


@pytest.mark.parametrize(("status", "about"), USUAL.items())
def test_a_refusal_of_the_usual_model(status: int, about: bool) -> None:
    said = "There is no model sora-2 here. Available models: wan-2"
    told = advice.about_usual_model(errors.APIRequestError(said, status=status), "sora-2")
    assert told.startswith("The model sora-2 is what is sent when none is named. -Model wan-2 or ") is about
    assert bool(told) is about


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("No model sora-2.", "NAME"), ("No model 'sora-2'.", "NAME"), ("No model sora-2: use 'wan'.", "wan"),
        ("sora-2 is unknown.", None), ("Models available: [wan, b]. Model sora-2?", "wan"),
    ],
)  # fmt: skip
def test_the_model_that_is_named_instead(said: str, other: str | None) -> None:
    told = advice.about_usual_model(errors.APIRequestError(said, status=404), "sora-2")
    assert (f" -Model {other} or " in told) if other else told == ""


# --- waiting for content ----------------------------------------------------------------------------------------


def test_the_questions_for_content_that_is_not_there_yet() -> None:
    nobody: Any = None
    delivery = Delivery(nobody, "v", None)
    assert list(delivery.pauses) == []
    delivery.job = {"id": "v"}
    assert list(delivery.pauses) == [0.5, 1.0, 2.0, 4.0]


# --- the line about a download ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "shown"), [(19, 19), (20, 20), (21, 20)])
def test_a_long_name_is_shortened(length: int, shown: int) -> None:
    name = DownloadProgress("n" * length, lambda: 0.0).pieces()[0].partition(" ")[0]
    assert len(name) == shown


def test_the_speed_follows_within_six_looks() -> None:
    now, speeds = [0.0], []
    progress = DownloadProgress("a", lambda: now[0])
    for _ in range(8):
        now[0] += 1
        progress.reached(600, None)
        speeds.append(progress.pieces()[1])
    assert speeds == ["600 B/s", "300 B/s", "200 B/s", "150 B/s", "120 B/s", "100 B/s", "0 B/s", "0 B/s"]


# --- how far a file reaches -------------------------------------------------------------------------------------


def shortfall(*pieces: bytes) -> str:
    extent = Extent()
    for piece in pieces:
        extent.feed(piece)
    return extent.shortfall


#: What is said of a file that was cut behind the box with which every file begins.
ALONE = "it ends behind its first part, which holds no video"


@pytest.mark.parametrize("kind", [b"ftyp", b"styp", b"moov", b"free", b"mdat", b"wide", b"skip"])
def test_every_box_with_which_a_file_begins(kind: bytes) -> None:
    data = box(kind, bytes(5))
    assert shortfall(data) == (ALONE if kind == b"ftyp" else "")
    assert shortfall(data + box(b"free", b"")) == shortfall(data + b"\1") == shortfall(data + bytes(9)) == ""
    assert shortfall(data[:-1]) == f"it ends 1 bytes before its part '{kind.decode()}' does"
    assert shortfall(box(b"uuid", b"12345")[:-1]) == ""  # not at the beginning
    assert shortfall(data + box(b"uuid", b"12345")[:-1]) == "it ends 1 bytes before its part 'uuid' does"


@pytest.mark.parametrize("kind", [b"\x20abc", b"abc\x7e", b"\xa9abc"])
def test_types_of_later_boxes(kind: bytes) -> None:
    text = f"it ends 2 bytes before its part '{kind.decode('latin-1')}' does"
    assert shortfall(box(b"ftyp", b"") + box(kind, bytes(4))[:-2]) == text


@pytest.mark.parametrize("kind", [b"\x1fabc", b"abc\x7f", b"\xa8abc", b"\xaaabc"])
def test_what_is_no_type(kind: bytes) -> None:
    assert shortfall(box(b"ftyp", b"") + box(kind, bytes(4))[:-2]) == ""


@pytest.mark.parametrize(("before", "known"), [(99_999, True), (100_000, False)])
def test_how_many_boxes_are_looked_at(before: int, known: bool) -> None:
    assert (shortfall(box(b"free", b"") * before, box(b"mdat", b"12")[:-1]) != "") is known


@pytest.mark.parametrize("size", [7, 8, 9])
def test_the_smallest_box(size: int) -> None:
    data = size.to_bytes(4, "big") + b"ftyp"
    assert shortfall(data) == {7: "", 8: ALONE, 9: "it ends 1 bytes before its part 'ftyp' does"}[size]


@pytest.mark.parametrize("size", [15, 16, 17])
def test_the_smallest_long_box(size: int) -> None:
    data = b"\0\0\0\1ftyp" + size.to_bytes(8, "big")
    assert shortfall(data) == {15: "", 16: ALONE, 17: "it ends 1 bytes before its part 'ftyp' does"}[size]


@pytest.mark.parametrize("end", range(1, 16))
def test_a_header_that_is_cut(end: int) -> None:
    """Of a long box, too; of one whose size begins with zero, as that of every box below 16 MB."""
    first = box(b"ftyp", b"")
    assert shortfall(first + b"\0\0\0\1mdat\0\0\0\0\0\0\0\x11"[:end]) == "it ends within the header of a box"
    assert shortfall(first + b"\1\0\0\1mdat"[: min(end, 7)]) == ""
