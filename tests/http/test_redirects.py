"""Where a request may be sent again, and what of it: each status, place and host beside its neighbours."""

from __future__ import annotations

import pytest

from psopenai_py.http.request import Extras, Request, endpoint, origin

HEADERS = {
    "User-Agent": "u",
    "Accept": "a",
    "ACCEPT-ENCODING": "e",
    "Range": "r",
    "If-Range": "i",
    "Authorization": "k",
}
HARMLESS = {name: value for name, value in HEADERS.items() if name != "Authorization"}
AT = Request("GET", "https://a.test/v1/x?y=1", HEADERS, follows=True)


@pytest.mark.parametrize(
    ("status", "moves"),
    [
        (200, False), (300, False), (301, True), (302, True), (303, True), (304, False), (305, False), (306, False),
        (307, True), (308, True), (309, False), (400, False),
    ],
)  # fmt: skip
def test_statuses(status: int, moves: bool) -> None:
    moved = AT.moved(status, "/z")
    assert (moved is not None) is moves
    if moved is not None:
        assert moved == AT._replace(url="https://a.test/z", redirected=status)
    assert AT._replace(follows=False).moved(status, "/z") is None


PLACES: dict[str, tuple[str | None, str | None, bool]] = {
    # what is named, where it leads, and whether the key goes along
    "nothing": (None, None, False),
    "an empty place": ("", None, False),
    "beside it": ("z", "https://a.test/v1/z", True),
    "from the root": ("/z", "https://a.test/z", True),
    "another query": ("?q", "https://a.test/v1/x?q", True),
    "another host without a scheme": ("//b.test/z", "https://b.test/z", False),
    "the same origin": ("https://a.test/z", "https://a.test/z", True),
    "in capitals": ("HTTPS://A.test/z", "https://A.test/z", True),
    "another host": ("https://b.test/z", "https://b.test/z", False),
    "a host below it": ("https://x.a.test/z", "https://x.a.test/z", False),
    "another port": ("https://a.test:444/z", "https://a.test:444/z", False),
    "without encryption": ("http://a.test/z", "http://a.test/z", False),
    "another scheme": ("ftp://a.test/z", None, False),
    "no host, of another scheme": ("http:///z", None, False),
    "a port that is none": ("https://a.test:x/z", None, False),
    "a bracket": ("http://[", None, False),
    "a file": ("file:///etc/passwd", None, False),
}


@pytest.mark.parametrize(("place", "url", "trusted"), PLACES.values(), ids=list(PLACES))
def test_places(place: str | None, url: str | None, trusted: bool) -> None:
    moved = AT.moved(302, place)
    assert (moved and moved.url) == url
    assert moved is None or moved.headers == (HEADERS if trusted else HARMLESS)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://a", ("http", "a", None)), ("HTTP://A:80/x", ("http", "a", 80)),
        ("https://u:p@[::1]:443?x", ("https", "::1", 443)), ("x", ("", None, None)),
    ],
)  # fmt: skip
def test_origins(address: str, found: tuple[str, str | None, int | None]) -> None:
    assert origin(address) == found


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("http://a", "http://a/p"), ("http://a/", "http://a/p"), ("HTTP://A/v1", "http://A/v1/p"),
        ("http://a/v1/", "http://a/v1/p"), ("http://a/v1?b=1", "http://a/v1/p?b=1"),
        ("http://a/v1?b", "http://a/v1/p?b"), ("http://a/v1?b=&c=1+2%20", "http://a/v1/p?b=&c=1+2+"),
        ("http://a/v 1", "http://a/v%201/p"), ("http://a/%20/%", "http://a/%20/%/p"),
        ("http://a/é(~)!", "http://a/%C3%A9(~)!/p"), ("http://u@a:1/v1#f", "http://u@a:1/v1/p"),
    ],
)  # fmt: skip
def test_the_address_of_a_call(base: str, address: str) -> None:
    assert endpoint(base, "p", [], Extras()) == address
