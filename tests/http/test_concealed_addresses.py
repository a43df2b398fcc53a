"""Which addresses of a response are hidden, and in which forms: each beside one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from psopenai_py.http.concealing import conceal
from psopenai_py.http.response import Response
from psopenai_py.redaction import HIDDEN

BASE = "https://a.test/v1"


class Hiding:
    """Keeps what is to be hidden, and what is shown instead."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def hide(self, text: str, shown: str, *, in_output: bool = True) -> None:
        assert not in_output
        self.texts[text] = shown


def hidden(text: str, status: int = 200, **headers: str) -> dict[str, str]:
    streams: Any = Hiding()
    response = Response(status, "", headers, text.encode(), 0.0)
    conceal(response, f"{BASE}/videos/x", BASE, streams)
    texts: dict[str, str] = streams.texts
    return texts


def at(host: str) -> str:
    return f"https://{host}/{HIDDEN}"


B = f"http://b.test/{HIDDEN}"
S16, S15 = "s=" + "x" * 14, "s=" + "x" * 13
TEXTS: dict[str, tuple[str, dict[str, str]]] = {
    "another host": ('{"url": "https://b.test/v.mp4"}', {"https://b.test/v.mp4": at("b.test")}),
    "without encryption": ('"http://b.test/v.mp4"', {"http://b.test/v.mp4": B}),
    "at the end of a sentence": ("Look at https://b.test/v.mp4).", {"https://b.test/v.mp4": at("b.test")}),
    "two": ("http://b.test/1 <https://c.test/2>", {"http://b.test/1": B, "https://c.test/2": at("c.test")}),
    "with slashes as JSON may escape them": (r'"https:\/\/b.test\/v.mp4"', {"https://b.test/v.mp4": at("b.test")}),
    "with signs as JSON may escape them": (
        r'"https://b.test/v?a=1\u0026b=\u00e9"', {"https://b.test/v?a=1&b=é": at("b.test")},
    ),
    "a host alone": ('"https://b.test"', {}),
    "a host and a slash": ('"https://b.test/"', {}),
    "a host and a query": ('"https://b.test/?a=1"', {"https://b.test/?a=1": at("b.test")}),
    "another scheme": ('"ftp://b.test/v.mp4"', {}),
    "below the service": (f'"{BASE}/files/v.mp4"', {}),
    "the service itself": (f'"{BASE}/"', {}),
    "below the service, hardly signed": (f'"{BASE}/files/v?{S15}"', {}),
    "below the service, and signed": (f'"{BASE}/files/v?{S16}"', {f"{BASE}/files/v?{S16}": at("a.test")}),
    "beside the service": ('"https://a.test/v2/v.mp4"', {"https://a.test/v2/v.mp4": at("a.test")}),
    "a name that begins like it": ('"https://a.test/v10/v"', {"https://a.test/v10/v": at("a.test")}),
    "another port": ('"https://a.test:444/v1/v"', {"https://a.test:444/v1/v": at("a.test:444")}),
    "a port that is none": ('"https://a.test:x/v1/v"', {"https://a.test:x/v1/v": at("a.test:x")}),
    "from the root": ('"/files/v"', {"https://a.test/files/v": at("a.test"), "/files/v": HIDDEN}),
    "from the root, just long enough": ('"/file/v1"', {"https://a.test/file/v1": at("a.test"), "/file/v1": HIDDEN}),
    "from the root, too short": ('"/file/v"', {}),
    "from the root of another host": ('"//b.test/v.mp4"', {}),
    "from the root, not as a text": ("/files/v", {}),
    "nothing": ("{}", {}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "found"), TEXTS.values(), ids=list(TEXTS))
def test_texts(text: str, found: dict[str, str]) -> None:
    assert {each: shown for each, shown in hidden(text).items() if "***" not in each} == found


@pytest.mark.parametrize(("length", "count"), [(4097, 2), (4098, 0)])
def test_what_is_too_long_for_an_address(length: int, count: int) -> None:
    assert len(hidden('"/' + "a" * (length - 1) + '"')) == count


@pytest.mark.parametrize(("status", "count"), [(200, 2), (399, 2), (400, 1), (500, 1)])
def test_a_page_in_an_error_is_shown(status: int, count: int) -> None:
    assert len(hidden("https://b.test/help https://c.test/v?a", status)) == count


def test_headers() -> None:
    assert hidden("", 302, location="/v2/v.mp4") == {"https://a.test/v2/v.mp4": at("a.test"), "/v2/v.mp4": HIDDEN}
    assert hidden("", 302, location="v.mp4") == {}
    assert hidden("", link="<https://b.test/v.mp4>; rel=next") == {"https://b.test/v.mp4": at("b.test")}
