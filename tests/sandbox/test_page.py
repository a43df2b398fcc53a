"""The page of a server, as a client fetches it."""

from __future__ import annotations

import re

import httpx
import pytest

from .conftest import Serve


def test_the_page_is_one_file_under_a_strict_policy(serve: Serve) -> None:
    server = serve(local=True, api_key="sk-x")
    page = httpx.get(server.page, trust_env=False, timeout=60)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = re.sub("sha256-[A-Za-z0-9+/=]{44}", "sha256-...", page.headers["content-security-policy"])
    assert policy == (
        "default-src 'none'; script-src 'sha256-...'; style-src 'sha256-...'; connect-src 'self'; img-src blob: data:; "
        "media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//|innerHTML|\bon\w+=|\bstyle=""", page.text)
    head = httpx.head(server.page, trust_env=False, timeout=60)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}], ids=["host", "origin"]
)
def test_other_sites_do_not_get_the_page(serve: Serve, headers: dict[str, str]) -> None:
    assert httpx.get(serve(local=True).page, headers=headers, trust_env=False, timeout=60).status_code == 403


def test_in_process_there_is_no_page(serve: Serve) -> None:
    assert httpx.get(serve().page, trust_env=False, timeout=60).status_code == 404
