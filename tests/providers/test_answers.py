"""What each service says of a job, in PSOpenAI's words: whole jobs, with each member in its place and out of it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from psopenai_py.videos.providers import Inline, Known, Provider

NOW, LATER, STAMP = 1760194265, 1760194365, "2025-10-11T14:51:05+00:00"
ENDED, DAY, TWO_DAYS = "2025-10-11T14:52:45+00:00", "2025-10-12T14:52:45+00:00", "2025-10-13T14:52:45+00:00"
VIDEO = "https://a.test/v.mp4"
HELD_BACK = {"code": "no_video", "message": "The job is {} and has no video; it was probably held back."}


def provider(name: str) -> Provider:
    found: Provider = import_module(f"psopenai_py.videos.providers.{name}").PROVIDER
    return found


def read(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The job without what is not known, and without what all have."""
    found = provider(name).read
    assert found is not None
    job = found(document, Known("job-1"))
    assert (job.pop("id"), job.pop("object")) == ("job-1", "video")
    return {member: value for member, value in job.items() if value is not None and member != "provider"}


def held_back(word: str) -> dict[str, Any]:
    return {"status": "failed", "error": {**HELD_BACK, "message": HELD_BACK["message"].format(word)}}


GOOGLE_VIDEO = {"type": "video", "uri": "https://g.test/v1beta/files/abc:download?alt=media", "mime_type": "video/mp4"}


def steps(*contents: Any, kind: str = "model_output") -> dict[str, Any]:
    return {"status": "completed", "steps": [{"type": "thought"}, 5, {"type": kind, "content": list(contents)}]}


JOBS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("google", {"status": "in_progress", "model": "m", "created": STAMP, "input": "x"},
     {"status": "in_progress", "model": "m", "created_at": STAMP}),
    ("google", {"status": "idle"}, {"status": "in_progress"}),
    *(("google", {"status": word}, {"status": "failed", "error": {"code": word, "message": f"The job is {word}."}})
      for word in ("incomplete", "budget_exceeded", "requires_action", "requires_continuation", "cancelled")),
    ("google", {"status": "failed", "errors": [{"message": "a"}], "error": {"message": "b"}},
     {"status": "failed", "error": {"code": "failed", "message": "a"}, "errors": [{"message": "a"}]}),
    ("google", {"status": "failed", "error": {"message": "b", "code": 13}, "steps": [{"error": {"message": "c"}}]},
     {"status": "failed", "error": {"code": "13", "message": "b"}}),
    ("google", {"status": "failed", "steps": [5, {"error": None}, {"error": {"message": "c"}}]},
     {"status": "failed", "error": {"code": "failed", "message": "c"}}),
    ("google", {"status": "failed", "steps": {"error": 1}},
     {"status": "failed", "error": {"code": "failed", "message": "The job is failed."}}),
    ("google", {"status": "completed", "steps": []}, held_back("completed")),
    ("google", steps(GOOGLE_VIDEO, kind="user_input"), held_back("completed")),
    ("google", steps({"type": "image", "uri": "files/a"}), held_back("completed")),
    ("google", steps("text", {"type": "video"}, GOOGLE_VIDEO) | {"updated": ENDED, "outputs": [1]},
     {"status": "completed", "progress": 100, "completed_at": ENDED, "expires_at": TWO_DAYS, "video": GOOGLE_VIDEO}),
    ("google", {"status": "completed", "output_video": GOOGLE_VIDEO},
     {"status": "completed", "progress": 100, "video": GOOGLE_VIDEO}),
    *(("google", steps({"type": "video", "data": data, "mime_type": "video/webm"}),
       {"status": "completed", "progress": 100,
        "video": {"type": "video", "mime_type": "video/webm", "bytes": count}})
      for data, count in (("AAAA", 3), ("AAA=", 2), ("AA==", 1), ("AAAAAA==", 4))),
    ("xai", {}, {"status": ""}),
    ("xai", {"request_id": "r", "progress": 7}, {"status": "", "progress": 7, "request_id": "r"}),
    ("xai", {"status": "queued"}, {"status": "queued", "progress": 0}),
    ("xai", {"status": "pending", "progress": 0}, {"status": "queued", "progress": 0}),
    ("xai", {"status": "PENDING", "progress": 7}, {"status": "in_progress", "progress": 7}),
    ("xai", {"status": "pending", "progress": "7"}, {"status": "in_progress"}),
    ("xai", {"status": "done", "video": {"url": VIDEO, "duration": 8}, "model": "m",
             "usage": {"cost_in_usd_ticks": 5_000_000_000}},
     {"status": "completed", "progress": 100, "model": "m", "seconds": "8", "cost": 0.5,
      "video": {"url": VIDEO, "duration": 8}, "usage": {"cost_in_usd_ticks": 5_000_000_000}}),
    ("xai", {"status": "done", "video": {"url": VIDEO, "respect_moderation": True}},
     {"status": "completed", "progress": 100, "video": {"url": VIDEO, "respect_moderation": True}}),
    *(("xai", document, {"status": "failed", **{name: value for name, value in document.items() if name != "status"},
                         "error": {"code": "moderation_blocked", "message": "The video was held back."}})
      for document in ({"status": "done"}, {"status": "done", "video": {"url": ""}},
                       {"status": "done", "video": {"url": VIDEO, "respect_moderation": False}},
                       {"status": "done", "video": {"url": VIDEO}, "respect_moderation": False})),
    ("xai", {"status": "failed", "error": "no", "code": "c"},
     {"status": "failed", "code": "c", "error": {"code": "c", "message": "no"}}),
    ("xai", {"status": "expired", "code": "c"},
     {"status": "failed", "code": "c", "error": {"code": "expired", "message": "The job is expired."}}),
    *(("xai", {"status": "queued", "usage": {"cost_in_usd_ticks": ticks}},
       {"status": "queued", "progress": 0, "usage": {"cost_in_usd_ticks": ticks}})
      for ticks in (1e30, -1e30, "5", True)),
    ("together", {"status": "queued", "created_at": NOW, "model": "m", "seconds": 8.0, "size": "1x2"},
     {"status": "queued", "progress": 0, "created_at": STAMP, "model": "m", "seconds": "8", "size": "1x2"}),
    ("together", {"status": "completed", "completed_at": ENDED, "outputs": {"video_url": VIDEO, "cost": 0.25}},
     {"status": "completed", "progress": 100, "completed_at": ENDED, "cost": 0.25,
      "outputs": {"video_url": VIDEO, "cost": 0.25}}),
    ("together", {"status": "completed", "outputs": {}}, held_back("completed") | {"outputs": {}}),
    ("together", {"status": "failed", "error": {"message": "a"}, "info": {"errors": [{"message": "b"}]}},
     {"status": "failed", "error": {"code": "failed", "message": "a"}, "info": {"errors": [{"message": "b"}]}}),
    ("together", {"status": "failed", "info": {"errors": [{"message": "b"}]}},
     {"status": "failed", "error": {"code": "failed", "message": "b"}, "info": {"errors": [{"message": "b"}]}}),
    ("together", {"status": "failed", "info": {"errors": "c"}},
     {"status": "failed", "error": {"code": "failed", "message": "c"}, "info": {"errors": "c"}}),
    ("ark", {"status": "running", "created_at": NOW, "updated_at": LATER, "model": "m", "duration": 5},
     {"status": "in_progress", "created_at": STAMP, "model": "m", "seconds": "5", "updated_at": LATER,
      "duration": 5}),
    ("ark", {"status": "succeeded", "updated_at": LATER, "content": {"video_url": VIDEO}, "ratio": "16:9",
             "resolution": "720P"},
     {"status": "completed", "progress": 100, "size": "1280x720", "completed_at": ENDED, "expires_at": DAY,
      "updated_at": LATER, "content": {"video_url": VIDEO}, "ratio": "16:9", "resolution": "720P"}),
    ("ark", {"status": "succeeded", "content": {"url": VIDEO}},
     {"status": "completed", "progress": 100, "content": {"url": VIDEO}}),
    ("ark", {"status": "succeeded", "content": {}}, held_back("succeeded") | {"content": {}}),
    ("ark", {"status": "failed", "error": {"code": "c", "message": "m"}},
     {"status": "failed", "error": {"code": "c", "message": "m"}}),
    ("minimax", {"task_id": "t", "base_resp": {"status_code": 0}, "status": "queued"},
     {"status": "queued", "progress": 0}),
    ("minimax", {"task": {"status": "succeeded", "updated_at": LATER, "content": {"url": VIDEO}}, "trace": "x"},
     {"status": "completed", "progress": 100, "completed_at": ENDED, "updated_at": LATER,
      "content": {"url": VIDEO}}),
    ("openrouter", {"status": "pending", "id": "gen-vid-1760194265-abc", "model": "m"},
     {"status": "queued", "progress": 0, "created_at": STAMP, "model": "m"}),
    *(("openrouter", {"status": "in_progress", "id": identifier}, {"status": "in_progress"})
      for identifier in ("gen-vid-17601942650", "gen-vid-176019426", "x-gen-vid-1760194265", "gen-1760194265")),
    *(("openrouter", {"status": "completed", name: [VIDEO], "usage": {"cost": 0.5}, "expires_at": ENDED},
       {"status": "completed", "progress": 100, "cost": 0.5, "expires_at": ENDED, name: [VIDEO],
        "usage": {"cost": 0.5}})
      for name in ("urls", "unsigned_urls")),
    *(("openrouter", {"status": "completed", "urls": urls}, held_back("completed") | {"urls": urls})
      for urls in ([], [""], "x", {"a": VIDEO})),
    ("openrouter", {"status": "failed", "error": "no"},
     {"status": "failed", "error": {"code": "failed", "message": "no"}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "document", "job"), JOBS, ids=[f"{row[0]} {number}" for number, row in enumerate(JOBS)]
)
def test_a_job(name: str, document: dict[str, Any], job: dict[str, Any]) -> None:
    assert read(name, document) == job


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("files/abc", "abc"), ("https://g.test/v1beta/files/abc", "abc"), ("files/abc:download?alt=media", "abc"),
        ("files/abc?alt=media", "abc"), ("abc", "abc"), ("files/", None), ("files/a/b", None), ("a/b", None),
        (None, None), ({}, None), (7, "7"),
    ],
    ids=str,
)  # fmt: skip
def test_the_file_of_google(uri: Any, name: str | None) -> None:
    found = provider("google").source
    assert found is not None
    assert found({"output_video": {"type": "video", "uri": uri}}) == name


@pytest.mark.parametrize(
    ("video", "source"),
    [
        ({"data": "AAAA", "mime_type": "video/webm", "uri": "files/a"}, Inline("AAAA", "video/webm")),
        ({"data": "AAAA"}, Inline("AAAA", "video/mp4")),
        ({"data": "", "uri": "files/a"}, "a"),
        ({"data": 5, "uri": "files/a"}, "a"),
    ],
    ids=str,
)
def test_a_video_inside_of_an_answer_of_google(video: dict[str, Any], source: Any) -> None:
    found = provider("google").source
    assert found is not None
    assert found({"output_video": video}) == source
    assert found(steps({"type": "video", **video})) == source


@pytest.mark.parametrize("name", ["ark", "minimax"])
@pytest.mark.parametrize(
    ("limit", "after", "total", "more", "end"),
    [
        (20, "", 21, True, "2"), (20, "", 20, False, "2"), (20, "2", 41, True, "3"), (20, "2", 40, False, "3"),
        (0, "", 2, True, "2"), (0, "", 1, False, "2"), (1, "", 2, True, "2"), (20, "", None, False, "2"),
        (20, "", "99", False, "2"),
    ],
)  # fmt: skip
def test_a_page(name: str, limit: int, after: str, total: Any, more: bool, end: str) -> None:
    read_page = provider(name).read_page
    assert read_page is not None
    task = {"id": "a"}
    assert read_page({"items": [task, None], "total": total}, limit, after) == ([task], more, end)
    assert read_page({"items": task, "total": total}, limit, after).jobs == []
