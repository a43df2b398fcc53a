"""The page that a package index makes of the wheel: PyPI's own renderer shows it, and no link of it is broken."""

from __future__ import annotations

import re
import zipfile
from email import message_from_string
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hatchling.build import build_wheel
from readme_renderer.markdown import render

ROOT = Path(__file__).resolve().parent.parent


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.places: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.places.append(facts.get("id") or "")
        if tag == "a":
            self.links.append(facts.get("href") or "")
        if tag == "img":
            self.pictures.append(facts.get("src") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Message:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        wheel = folder / build_wheel(str(folder))
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def _shown(markdown: object) -> _Page:
    html = render(str(markdown))
    assert html is not None
    return _Page(html)


def test_every_address_of_the_page_leads_somewhere(metadata: Message) -> None:
    page = _shown(metadata.get_payload())
    elsewhere = {link for link in page.links if link.removeprefix("#") not in page.places}
    assert elsewhere == {"https://github.com/mkht/PSOpenAI", "https://jqlang.org"}
    assert page.pictures == []
    assert all(url.partition(", ")[2].startswith("https://") for url in metadata.get_all("Project-URL", []))


def test_the_page_says_all_that_the_readme_says(metadata: Message) -> None:
    """Where the README leads into the checkout, the page names the file."""
    source = (ROOT / "README.md").read_text("utf-8")
    linked = re.findall(r"(?<!!)\[[^]]+\]\((?!https:|#)([^)#]+)", source)
    named = r" \(((?:compat|\.github)/[\w./-]+)\)"
    shown = " ".join(_shown(metadata.get_payload()).text.split())
    assert re.findall(named, shown) == linked != []
    assert re.sub(named, "", shown) == " ".join(_shown(source).text.split())


def test_the_page_says_what_the_package_is(metadata: Message) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "https://github.com/mkht/PSOpenAI" in metadata["Summary"]
    assert {"cli", "openai", "powershell", "video"} <= set(metadata["Keywords"].split(","))
