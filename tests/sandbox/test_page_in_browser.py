"""The page of a server, as people use it: in Chromium, where there is one."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore
from tests.browser import CHROMIUM, Page
from tests.terminal import our

if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)

LINES = ("curl", "new")
HOSTILE = 'it\'s <img src=x onerror=document.title=1> "$HOME" `id` !! &amp; \\ </pre>'


class Clock:
    """The time, or the moment at which it stands."""

    stands: float | None = None

    def __call__(self) -> float:
        return time.time() if self.stands is None else self.stands


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[SandboxServer]:
    store = JobStore(tmp_path / "jobs", clock=clock, speed=1)
    with SandboxServer(create_app(store, local=True), port=0) as server:
        yield server


@pytest.fixture
def page(server: SandboxServer, tmp_path: Path) -> Iterator[Page]:
    with Page(tmp_path / "profile") as page:
        page.open(server.page)
        yield page
        assert page.complaints == []


def _create(server: SandboxServer, prompt: str, **fields: str) -> str:
    job = {"prompt": prompt, "size": "64x48", **fields}
    answer = httpx.post(f"{server.url}/videos", json=job, trust_env=False, timeout=60)
    return str(answer.json()["id"])


def _jobs(server: SandboxServer) -> list[dict[str, str]]:
    jobs: list[dict[str, str]] = httpx.get(f"{server.url}/videos", trust_env=False, timeout=60).json()["data"]
    return jobs


def test_a_job_from_the_form_to_the_player(server: SandboxServer, page: Page, clock: Clock) -> None:
    page.wait("!document.querySelector('#none').hidden")
    clock.stands = time.time()
    page.press("n")
    page.type(HOSTILE)
    page.press("Enter", control=True)
    page.wait("document.querySelector('.status')?.textContent.startsWith('queued')")
    clock.stands += 1
    page.wait("document.querySelector('.status')?.textContent.startsWith('in progress')")
    clock.stands = None
    [job] = _jobs(server)
    assert (job["prompt"], job["model"], job["seconds"], job["size"]) == (HOSTILE, "sora-2", "4", "1280x720")
    assert page.run("document.querySelector('.prompt').textContent") == HOSTILE
    assert page.run("document.querySelector('textarea').value") == ""
    page.wait("document.querySelector('.status').textContent === 'completed'")
    page.wait("!document.querySelector('img').hidden && document.querySelector('img').naturalWidth === 640")
    page.run("document.activeElement.blur()")
    page.press("j")
    assert page.run("document.activeElement.getAttribute('aria-label')") == HOSTILE[:100]
    page.press("p")
    page.wait("document.querySelector('video').currentTime > 0.1")
    assert page.run("document.querySelector('video').videoWidth") == 1280
    page.press("p")
    page.wait("document.querySelector('video').paused")
    assert page.run("document.querySelector('a').download") == f"{job['id']}.mp4"
    assert page.run("document.title") == "Video sandbox"


def test_the_commands_create_the_same_job(server: SandboxServer, page: Page) -> None:
    for prompt in ("Dancing Doggo", "plain", "it's", HOSTILE, "@x\n'two' lines", "-WhatIf", "<x"):
        video_id = _create(server, prompt, seconds="5")
        item = f"""document.querySelector('[data-id="{video_id}"]')"""
        page.wait(item)
        curl, ours = (
            shlex.split(page.run(f"{item}.querySelector('[data-line={name}]').textContent")) for name in LINES
        )
        assert (ours[0], curl[:2]) == ("New-Video", ["curl", f"{server.url}/videos"])
        subprocess.run(our(*ours), check=True, capture_output=True, timeout=60)
        assert curl[2::2] == ["--form-string"] * 4
        httpx.post(curl[1], data=dict(part.split("=", 1) for part in curl[3::2]), trust_env=False, timeout=60)
        wanted = {"prompt": prompt, "model": "sora-2", "seconds": "5", "size": "64x48"}
        assert [{name: job[name] for name in wanted} for job in _jobs(server)[:3]] == [wanted] * 3


def test_failures_and_refusals_are_shown(server: SandboxServer, page: Page) -> None:
    _create(server, "a cat [fail]", seconds="1")
    page.wait("document.querySelector('li .error')?.textContent.includes('(video_generation_failed)')")
    assert page.run("document.querySelector('.status').textContent") == "failed"
    page.press("n")
    page.type("a bird [429]")
    page.press("Enter", control=True)
    page.wait("document.querySelector('#refused').textContent.startsWith('Too many requests')")
    page.complaints.clear()  # browsers note each status of an error
    server.close()
    page.wait("document.querySelector('#lost').textContent === 'The sandbox does not answer. Trying again.'")
    page.complaints.clear()


def test_jobs_come_and_go_while_they_are_watched(server: SandboxServer, page: Page) -> None:
    ids = [_create(server, str(number), seconds="1") for number in range(3)]
    page.wait("document.querySelectorAll('li').length === 3")
    assert page.run("[...document.querySelectorAll('li')].map(item => item.dataset.id)") == ids[::-1]
    page.run("document.querySelector('[data-do=remove]').click()")
    page.wait("document.querySelectorAll('li').length === 2")
    page.wait("document.activeElement.matches('article')")
    httpx.delete(f"{server.url}/videos/{ids[1]}", trust_env=False, timeout=60)
    page.wait("document.querySelectorAll('li').length === 1")
    for number in range(25):
        _create(server, str(number), seconds="1")
    page.wait("document.querySelectorAll('li').length === 20 && !document.querySelector('#more').hidden")
    page.run("document.querySelector('#more').click()")
    page.wait("document.querySelectorAll('li').length === 26 && document.querySelector('#more').hidden")


def test_a_key_is_asked_for_when_there_is_one(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs", speed=1000)
    with SandboxServer(create_app(store, local=True, api_key="sk-x"), port=0) as server, Page(tmp_path / "p") as page:
        httpx.post(
            f"{server.url}/videos", json={"prompt": "x"}, headers={"api-key": "sk-x"}, trust_env=False, timeout=60
        )
        page.open(server.page)
        page.wait("!document.querySelector('#key-label').hidden")
        page.run("document.querySelector('#key').focus()")
        page.type("sk-x")
        page.press("Enter")
        page.wait("!document.querySelector('img')?.hidden && document.querySelector('#lost').hidden")
        assert page.run("document.querySelector('pre').textContent.includes('$OPENAI_API_KEY')")
        assert "sk-x" not in page.run("document.body.innerText")


def test_it_can_be_read_by_day_by_night_and_on_a_phone(server: SandboxServer, page: Page) -> None:
    _create(server, "word" * 100, seconds="1")
    _create(server, "[fail]", seconds="1")
    page.wait("document.querySelectorAll('[data-status=completed], [data-status=failed]').length === 2")
    page.run("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    for width, dark, color in (
        (1100, False, "245, 246, 248"),
        (1100, True, "18, 21, 26"),
        (360, False, "245, 246, 248"),
    ):
        page.look(width=width, dark=dark)
        page.wait(f"innerWidth === {width}")
        assert page.run("getComputedStyle(document.body).backgroundColor") == f"rgb({color})"
        assert page.run(CONTRASTS) == []
        assert page.run(WIDER) == []
    page.press("Tab")
    assert page.run("document.activeElement.name") == "prompt"


#: Elements that reach beyond the window.
WIDER = """[...document.querySelectorAll("body *")].filter(element => element.checkVisibility()
  && element.getBoundingClientRect().right > innerWidth + 1).map(element => element.outerHTML)"""
#: Texts whose contrast with what is behind them is below that of WCAG 2, level AA.
CONTRASTS = """(() => {
  const light = color => color.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = element => {
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? behind(element.parentElement) : color;
  };
  return [...document.querySelectorAll("body *")].filter(element => element.checkVisibility()
      && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .filter(element => !element.matches("script, option, template"))
    .map(element => [element, [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a)])
    .filter(([, [high, low]]) => (high + 0.05) / (low + 0.05) < 4.5)
    .map(([element]) => element.outerHTML);
})()"""
