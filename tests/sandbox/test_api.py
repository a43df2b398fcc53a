"""The routes, in the same process as a client mounts them: answers as a whole, errors as a table."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from psopenai_py.sandbox import open_sandbox
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore, UnusableFolder
from tests.sandbox.conftest import NOON, Clock, Connect

NewVideo = Callable[..., str]
UNKNOWN = "video_" + "0" * 32


def _video(video_id: str, **changes: object) -> dict[str, object]:
    return {
        "id": video_id,
        "object": "video",
        "created_at": int(NOON),
        "status": "queued",
        "completed_at": None,
        "error": None,
        "expires_at": None,
        "model": "sora-2",
        "progress": 0,
        "prompt": "Dancing Doggo",
        "remixed_from_video_id": None,
        "seconds": "4",
        "size": "720x1280",
    } | changes


@pytest.mark.parametrize(
    "request_body",
    [
        pytest.param({"files": {"prompt": (None, "Dancing Doggo")}}, id="multipart"),
        pytest.param({"data": {"prompt": "Dancing Doggo"}}, id="urlencoded"),
        pytest.param({"json": {"prompt": "Dancing Doggo", "seed": 1, "seconds": None}}, id="json"),
        pytest.param({"json": {"prompt": "Dancing Doggo", "seconds": 4, "size": "720x1280"}}, id="json-number"),
    ],
)
def test_a_job_from_creation_to_the_end(client: httpx.Client, clock: Clock, request_body: dict[str, Any]) -> None:
    created = client.post("/videos", **request_body)
    video_id = created.json()["id"]
    assert (created.status_code, created.json()) == (200, _video(video_id))
    assert created.headers["openai-poll-after-ms"] == "1000"
    assert created.headers["x-request-id"].startswith("req_")
    clock.now += 1.5
    assert client.get(f"/videos/{video_id}").json() == _video(video_id, status="in_progress", progress=75)
    clock.now += 0.5
    done = client.get(f"/videos/{video_id}")
    finished = {"status": "completed", "progress": 100}
    times = {"completed_at": int(NOON) + 2, "expires_at": int(NOON) + 86400}
    assert done.json() == _video(video_id, **finished, **times)
    assert "openai-poll-after-ms" not in done.headers
    deleted = client.delete(f"/videos/{video_id}")
    assert deleted.json() == {"id": video_id, "object": "video.deleted", "deleted": True}
    assert client.get(f"/videos/{video_id}").status_code == 404


def test_all_fields_are_kept(client: httpx.Client) -> None:
    fields = {"prompt": "Ünï\r\n--x\r\n", "model": "other-1", "seconds": "12", "size": "1024x1792"}
    answer = client.post("/videos", files={name: (None, value) for name, value in fields.items()}).json()
    assert {name: answer[name] for name in fields} == fields


def test_a_job_moves_on_in_another_process(tmp_path: Path) -> None:
    address = f"sandbox:{tmp_path}?speed=1000000"
    ids = []
    for _ in range(2):
        transport = httpx.WSGITransport(app=open_sandbox(address, os.environ))
        with httpx.Client(transport=transport, base_url="http://sandbox/v1") as client:
            ids.append(client.post("/videos", data={"prompt": "x"}).json()["id"])
            assert client.get(f"/videos/{ids[0]}").json()["status"] == "completed"
    assert len(set(ids)) == 2


def test_pages_of_a_list(client: httpx.Client, new_video: NewVideo) -> None:
    ids = [new_video() for _ in range(3)]

    def page(**query: str) -> tuple[list[str], object, object, bool]:
        answer = client.get("/videos", params=query).json()
        assert answer["object"] == "list"
        return [job["id"] for job in answer["data"]], answer["first_id"], answer["last_id"], answer["has_more"]

    assert page() == (ids[::-1], ids[2], ids[0], False)
    assert page(limit="2") == ([ids[2], ids[1]], ids[2], ids[1], True)
    assert page(limit="2", after=ids[1]) == ([ids[0]], ids[0], ids[0], False)
    assert page(limit="3", order="asc") == (ids, ids[0], ids[2], False)
    assert page(limit="0") == ([], None, None, False)
    assert page(after=ids[0]) == ([], None, None, False)


def test_a_remix_is_a_job_like_its_source(client: httpx.Client, new_video: NewVideo) -> None:
    source = new_video(seconds="8", size="64x64", model="m")
    answer = client.post(f"/videos/{source}/remix", json={"prompt": "More"})
    remix = answer.json()
    assert remix == _video(
        remix["id"], created_at=int(NOON) + 60, prompt="More", remixed_from_video_id=source, seconds="8",
        size="64x64", model="m",
    )  # fmt: skip


PNG_START = b"\x89PNG\r\n\x1a\n"
ERRORS = [
    pytest.param("POST", "/videos", {"json": {}}, 400, "prompt", "missing_required_parameter", id="no-prompt"),
    pytest.param("POST", "/videos", {}, 400, "prompt", "missing_required_parameter", id="no-body"),
    pytest.param("POST", "/videos", {"json": {"prompt": ""}}, 400, "prompt", "missing_required_parameter", id="empty"),
    pytest.param("POST", "/videos", {"json": {"prompt": 3}}, 400, "prompt", "invalid_value", id="prompt-kind"),
    pytest.param("POST", "/videos", {"data": {"prompt": "x" * 32_001}}, 400, "prompt", "invalid_value", id="too-long"),
    pytest.param("POST", "/videos", {"data": {"prompt": "x", "model": ""}}, 400, "model", "invalid_value", id="model"),
    *(
        pytest.param(
            "POST", "/videos", {"json": {"prompt": "x", "seconds": value}}, 400, "seconds", "invalid_value",
            id=f"seconds-{value!r}",
        )
        for value in ("0", "61", "4.5", "", "four", "٤", 4.5, True, -1)
    ),
    *(
        pytest.param(
            "POST", "/videos", {"json": {"prompt": "x", "size": value}}, 400, "size", "invalid_value",
            id=f"size-{value!r}",
        )
        for value in ("720", "721x1280", "0x0", "4098x2", "720X1280", "720p", "", 720)
    ),
    pytest.param("GET", "/videos?limit=101", {}, 400, "limit", "invalid_value", id="limit"),
    pytest.param("GET", "/videos?limit=-1", {}, 400, "limit", "invalid_value", id="limit-negative"),
    pytest.param("GET", "/videos?order=up", {}, 400, "order", "invalid_value", id="order"),
    pytest.param("GET", "/videos?after=x", {}, 400, "after", "invalid_value", id="after"),
    pytest.param("GET", f"/videos/{UNKNOWN}", {}, 404, "video_id", "not_found", id="get-unknown"),
    pytest.param("GET", "/videos/..%2Fjobs", {}, 404, None, "unknown_url", id="get-path"),
    pytest.param("DELETE", f"/videos/{UNKNOWN}", {}, 404, "video_id", "not_found", id="delete-unknown"),
    pytest.param("GET", f"/videos/{UNKNOWN}/content", {}, 404, "video_id", "not_found", id="content-unknown"),
    pytest.param(
        "POST", f"/videos/{UNKNOWN}/remix", {"json": {"prompt": "x"}}, 404, "video_id", "not_found", id="remix-unknown"
    ),
    pytest.param("GET", "/files", {}, 404, None, "unknown_url", id="unknown-address"),
    pytest.param("GET", "/models/gpt-4", {}, 404, "model", "model_not_found", id="unknown-model"),
    pytest.param("POST", "/models", {}, 405, None, "method_not_allowed", id="models-method"),
    pytest.param("POST", "/videos/edits", {"json": {"prompt": "x"}}, 404, None, "not_offered", id="edits"),
    pytest.param("POST", "/videos/extensions", {"json": {}}, 404, None, "not_offered", id="extensions"),
    pytest.param("POST", "/videos/characters", {"files": {"a": b""}}, 404, None, "not_offered", id="characters"),
    pytest.param("GET", "/videos/characters/char_1", {}, 404, None, "not_offered", id="character"),
    pytest.param("PUT", "/videos", {}, 405, None, "method_not_allowed", id="method"),
    pytest.param("POST", "/videos/x/content", {}, 405, None, "method_not_allowed", id="content-method"),
    pytest.param("POST", "/videos", {"content": b"x" * 1001}, 413, None, "request_too_large", id="too-large"),
    pytest.param(
        "POST", "/videos", {"content": iter([b"x" * 600] * 2)}, 413, None, "request_too_large", id="too-large-in-chunks"
    ),
    pytest.param("POST", "/videos", {"content": b"x"}, 415, None, None, id="no-content-type"),
    pytest.param(
        "POST", "/videos", {"data": {"prompt": "x"}, "files": {"input_reference": b"no picture"}},
        400, "input_reference", "invalid_image", id="unreadable-image",
    ),
    pytest.param(
        "POST", "/videos", {"data": {"prompt": "x"}, "files": {"input_reference": PNG_START}},
        400, "input_reference", "invalid_image", id="image-cut-off",
    ),
    pytest.param(
        "POST", "/videos", {"json": {"prompt": "x", "input_reference": {"image_url": "data:image/png;base64,###"}}},
        400, "input_reference", "invalid_image", id="bad-base64",
    ),
    pytest.param(
        "POST", "/videos", {"json": {"prompt": "x", "input_reference": 3}},
        400, "input_reference", "invalid_image", id="reference-kind",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status", "param", "code"), ERRORS)
def test_each_mistake_has_its_error(
    connect: Connect, method: str, path: str, body: dict[str, Any], status: int, param: str | None, code: str | None
) -> None:
    limit = 1000 if status == 413 else 100_000
    answer = connect(upload_limit=limit).request(method, path, **body)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (status, param, code)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".") or status in (404, 413)
    assert answer.headers["x-request-id"]


def test_a_wrong_method_learns_the_right_ones(client: httpx.Client) -> None:
    paths = ["/videos", "/videos/x", "/videos/x/content", "/videos/x/remix"]
    allowed = [client.patch(path).headers["allow"] for path in paths]
    assert allowed == ["GET, POST, HEAD", "GET, DELETE, HEAD", "GET, HEAD", "POST"]


@pytest.mark.parametrize("path", ["/videos", "/v1/v1/videos", "/v2/videos", "/V1/videos", "/", "//v1/videos"])
def test_a_base_address_without_the_version_is_refused(connect: Connect, path: str) -> None:
    answer = connect().get(f"http://sandbox{path}")
    assert (answer.status_code, answer.json()["error"]) == (
        404,
        {
            "message": f"The sandbox has nothing at '{path}'; its base address ends in /v1, as in /v1/videos.",
            "type": "invalid_request_error",
            "param": None,
            "code": "unknown_url",
        },
    )


def test_a_slash_at_the_end_does_no_harm(client: httpx.Client) -> None:
    assert client.get("/videos/").json()["data"] == []


def test_models_are_listed(connect: Connect) -> None:
    def model(name: str) -> dict[str, object]:
        return {"id": name, "object": "model", "created": 1_759_708_800, "owned_by": "sandbox"}

    client = connect()
    assert client.get("/models").json() == {"object": "list", "data": [model("sora-2"), model("sora-2-pro")]}
    assert client.get("/models/sora-2-pro").json() == model("sora-2-pro")
    assert connect(fault="503").get("/models").status_code == 503
    assert connect(fault="503 list").get("/models").status_code == 200
    assert connect(api_key="sk-x").get("/models").status_code == 401


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({}, "missing_api_key", id="none"),
        pytest.param({"authorization": "Bearer other"}, "invalid_api_key", id="other"),
        pytest.param({"authorization": "Basic secret"}, "missing_api_key", id="scheme"),
        pytest.param({"authorization": "bearer secret"}, None, id="bearer"),
        pytest.param({"api-key": "secret"}, None, id="api-key"),
    ],
)
def test_the_key_is_checked_when_there_is_one(connect: Connect, headers: dict[str, str], code: str | None) -> None:
    answer = connect(api_key="secret").get("/videos", headers=headers)
    assert answer.status_code == (401 if code else 200)
    assert answer.json().get("error", {}).get("code") == code
    assert "secret" not in answer.text


def test_content_is_refused_until_it_is_there(client: httpx.Client, clock: Clock) -> None:
    video_id = client.post("/videos", data={"prompt": "x"}).json()["id"]
    clock.now += 1
    answer = client.get(f"/videos/{video_id}/content")
    assert (answer.status_code, answer.json()) == (
        404,
        {
            "error": {
                "message": f"The video '{video_id}' is not ready yet: in_progress, 50 percent.",
                "type": "invalid_request_error",
                "param": "video_id",
                "code": "video_not_ready",
            }
        },
    )
    remix = client.post(f"/videos/{video_id}/remix", json={"prompt": "y"})
    assert (remix.status_code, remix.json()["error"]["code"]) == (400, "video_not_completed")


def test_a_damaged_job_can_be_seen_and_deleted(client: httpx.Client, store: JobStore, new_video: NewVideo) -> None:
    video_id = new_video()
    (store.folder / "jobs" / f"{video_id}.json").write_bytes(b"{")
    answer = client.get(f"/videos/{video_id}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "damaged_job")
    assert client.get("/videos").json()["data"] == []
    assert client.delete(f"/videos/{video_id}").status_code == 200


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    app = create_app(JobStore(tmp_path / "file"))
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox/v1") as client:
        answer = client.post("/videos", data={"prompt": "x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "sandbox_folder")
    assert answer.json()["error"]["message"].startswith(f"The sandbox cannot use its folder '{tmp_path / 'file'}': ")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_in_the_same_process_gets_an_exception_for_an_unusable_folder(tmp_path: Path, method: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    app = open_sandbox(f"sandbox:{tmp_path / 'file'}", os.environ)
    with (
        httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox/v1") as client,
        pytest.raises(UnusableFolder, match=r"The sandbox cannot use its folder '.*file': "),
    ):
        client.request(method, "/videos", data={"prompt": "x"})


def test_head_answers_like_get_without_a_body(client: httpx.Client, new_video: NewVideo) -> None:
    path = f"/videos/{new_video(size='16x16')}/content"
    get, head = client.get(path), client.head(path)
    same = ("content-type", "content-length", "etag", "accept-ranges")
    assert [head.headers[name] for name in same] == [get.headers[name] for name in same]
    assert (head.status_code, head.content) == (200, b"")
