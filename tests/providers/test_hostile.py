"""Answers that are anything: a job is read from each of them, and the id of one that was paid for is never lost."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from psopenai_py import psjson
from psopenai_py.services import OPENAI, SERVICES, Service
from psopenai_py.videos.providers import Known, Provider
from tests.conftest import Run
from tests.providers.stub import KEY
from tests.server import Server

HOSTED = [service for service in SERVICES if service is not OPENAI]
FIRST = ["id", "object", "status", "model", "progress", "seconds", "size", "error"]
#: Names that mean something to somebody.
NAMES = [
    *("id", "task_id", "request_id", "status", "model", "error", "errors", "progress", "usage", "cost", "outputs"),
    *("content", "video", "url", "video_url", "urls", "unsigned_urls", "steps", "type", "data", "uri", "mime_type"),
    *("task", "created", "updated", "created_at", "updated_at", "completed_at", "expires_at", "duration", "seconds"),
    *("ratio", "resolution", "size", "info", "message", "code", "cost_in_usd_ticks", "respect_moderation", "provider"),
    *("output_video", "base_resp", "items", "total"),
]
WORDS = [
    *("queued", "pending", "running", "in_progress", "completed", "done", "succeeded", "failed", "cancelled", "idle"),
    *("expired", "incomplete", "", "16:9", "720p", "https://h.test/v.mp4", "model_output", "2025-10-11T14:51:05Z"),
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(WORDS), st.just(10**400)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


def provider(service: Service) -> Provider:
    """The record of a service."""
    found: Provider = import_module(f"psopenai_py.videos.providers.{service.module}").PROVIDER
    return found


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
@settings(max_examples=150)
@given(document=DOCUMENTS)
@example(document={"status": "succeeded", "content": {"url": "https://h.test"}, "updated_at": 1e308})
@example(document={"status": "done", "video": {"url": "https://h.test"}, "usage": {"cost_in_usd_ticks": 10**400}})
def test_every_answer_is_a_job(service: Service, document: dict[str, Any]) -> None:
    read, source = provider(service).read, provider(service).source
    assert read is not None
    job = read(document, Known("job-1"))
    assert list(job)[:8] == FIRST
    assert (job["id"], job["provider"]) == ("job-1", service.name)
    assert isinstance(job["status"], str)
    assert job["error"] is None or set(job["error"]) == {"code", "message"}
    assert psjson.dumps(job)
    if job["status"] == "completed" and source is not None:
        assert source(document)


@pytest.mark.parametrize("service", [one for one in HOSTED if provider(one).read_page], ids=lambda one: one.name)
@given(document=DOCUMENTS)
def test_every_answer_is_a_page(service: Service, document: dict[str, Any]) -> None:
    read_page = provider(service).read_page
    assert read_page is not None
    page = read_page(document, 20, "")
    assert page.end == "2"


ODD: dict[str, Any] = {
    "only an id": {"id": "paid-1"},
    "as a task": {"task_id": "paid-1"},
    "as a request": {"request_id": "paid-1"},
    "odd members": {
        "id": "paid-1",
        "status": 7,
        "error": [1],
        "usage": "free",
        "video": 5,
        "steps": {},
        "content": [0],
    },
    "huge numbers": {"id": "paid-1", "created_at": 10**300, "updated_at": 1e300, "progress": 1e300},
    "an unknown word": {"id": "paid-1", "status": "pondering"},
    "failed at once": {"id": "paid-1", "status": "failed", "error": "No."},
}


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
@pytest.mark.parametrize("name", ODD)
def test_the_id_of_a_new_job_is_printed(run: Run, server: Server, service: Service, name: str) -> None:
    api = server.script("odd", [{"json": ODD[name]}])
    result = run("New-Video", "x", "-Model", "m", "-Provider", service.name, "-ApiBase", api.base, "-ApiKey", KEY)
    assert (result.exit_code, result.json["id"]) == (0, "paid-1")


NO_JOBS: dict[str, Any] = {
    "nothing": {"json": {}},
    "a refusal": {"json": {"error": {"message": "Not today.", "code": "no"}}},
    "a refusal of MiniMax": {"json": {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}},
    "a page": {"text": "<html>", "headers": {"Content-Type": "text/html"}},
    "a list": {"json": [1]},
}


@pytest.mark.parametrize("service", HOSTED, ids=lambda service: service.name)
@pytest.mark.parametrize("name", NO_JOBS)
def test_what_holds_no_job_is_an_error(run: Run, server: Server, service: Service, name: str) -> None:
    api = server.script("none", [NO_JOBS[name]])
    result = run("New-Video", "x", "-Model", "m", "-Provider", service.name, "-ApiBase", api.base, "-ApiKey", KEY)
    assert (result.exit_code, result.stdout) == (1, "")
    told = json.dumps(NO_JOBS[name])
    said = next((text for text in ("Not today.", "insufficient balance") if text in told), "not a job")
    assert said in result.stderr
