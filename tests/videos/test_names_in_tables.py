"""Every name in the tables of what servers and files are called: each by itself, and one beside it that is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from psopenai_py.errors import AnswerError
from psopenai_py.http.response import Response
from psopenai_py.videos import job, listing, models
from psopenai_py.videos.file_names import fields, filled, folder
from psopenai_py.videos.members import spelled
from psopenai_py.videos.saving import save
from tests.videos.folders import copying, tree

EXTENSIONS = {
    "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm", "video/x-msvideo": "avi", "image/avif": "avif",
    "image/gif": "gif", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "bin", "": "bin",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "extension"), EXTENSIONS.items())
def test_the_extension_of_a_file(place: Path, kind: str, extension: str) -> None:
    assert save(copying(b"A", kind=kind), "./", "v").path.name == f"v.{extension}"
    assert tree(place) == [f"v.{extension}"]


MEMBERS = ["id", "object", "status", "model", "progress", "prompt", "seconds", "size", "error", "data", "code"]
MEMBERS += ["message", "failure_reason", "has_more", "last_id", "remixed_from_video_id", "created_at", "started_at"]
MEMBERS += ["completed_at", "failed_at", "cancelled_at", "expires_at"]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_in_capitals(name: str) -> None:
    assert list(spelled({"Other_At": 1, name.upper(): 2})) == ["Other_At", name]


def _answer(value: str) -> Response:
    return Response(200, "OK", {"content-type": "application/json"}, value.encode(), 0.0)


@pytest.mark.parametrize("name", ["data", "videos", "items", "jobs", "results", "tasks", "list"])
def test_a_list_of_jobs(name: str) -> None:
    assert listing.page(_answer(f'{{"{name}": [{{"id": "a"}}]}}'), "Get-Video").jobs == [{"id": "a"}]
    assert listing.page(_answer(f'{{"{name}": null}}'), "Get-Video").jobs == []
    inner = listing.page(_answer(f'{{"data": {{"{name}": [{{"id": "a"}}], "has_more": "YES"}}}}'), "Get-Video")
    assert inner == ([{"id": "a"}], True, "a")


def test_no_list_of_jobs() -> None:
    assert listing.page(_answer('{"others": [{"id": "a"}]}'), "Get-Video").jobs == [{"others": [{"id": "a"}]}]


@pytest.mark.parametrize("code", ["", "0", "200", "201", "202", "ok", "OK", "Success", "true"])
def test_a_code_that_is_no_refusal(code: str) -> None:
    answer = f'{{"code": "{code}", "message": "m"}}'
    assert job.answered(_answer(answer), "Get-Video") == {"code": code, "message": "m"}


@pytest.mark.parametrize("code", ["1", "203", "199", "400", "false", "no"])
def test_a_code_that_is_one(code: str) -> None:
    with pytest.raises(AnswerError, match="it says: m"):
        job.answered(_answer(f'{{"code": "{code}", "message": "m"}}'), "Get-Video")


@pytest.mark.parametrize("name", ["data", "models", "items"])
@pytest.mark.parametrize("member", ["id", "name", "model"])
def test_a_list_of_models(name: str, member: str) -> None:
    answer = f'{{"{name}": [{{"{member}": "models/a", "x": 1}}, "b", 5, {{"other": 2}}]}}'
    rest = {} if member == "id" else {member: "models/a"}
    assert models.read(_answer(answer), "x") == [{"id": "a", **rest, "x": 1}, {"id": "b"}, {"other": 2}]


FIELDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "every field": ("{id} {prompt} {model} {size} {seconds}", {}, "v Two_words m 1x2 8"),
    "a field that is missing": ("{prompt}-{model}", {"prompt": None, "model": ""}, "unknown-unknown"),
    "zero": ("{seconds}", {"seconds": 0}, "0"),
    "other signs": ("{prompt}", {"prompt": ' a/b\\c: "d" .e. f.g h=i j+k l@m n-o '}, "a_b_c_d_e_f.g_h=i_j+k_l@m_n-o"),
    "60 characters": ("{prompt}", {"prompt": "a" * 60}, "a" * 60),
    "61 characters": ("{prompt}", {"prompt": "a" * 60 + "b"}, "a" * 60),
    "120 bytes": ("{prompt}", {"prompt": "é" * 60}, "é" * 60),
    "121 bytes": ("{prompt}", {"prompt": "犬" * 41}, "犬" * 40),
    "ends that a file may not have": ("{prompt}", {"prompt": "a" * 59 + "_b"}, "a" * 59),
    "one form of a letter": ("{prompt}", {"prompt": "e\u0301"}, "é"),
    "a name that Windows reserves": ("{prompt}/{model}", {"prompt": "con", "model": "NUL"}, "_con/_NUL"),
}


@pytest.mark.parametrize(("target", "changed", "name"), FIELDS.values(), ids=list(FIELDS))
def test_a_name_made_of_a_job(target: str, changed: dict[str, Any], name: str) -> None:
    known = {"prompt": "Two words", "model": "m", "size": "1x2", "seconds": "8"}
    assert filled(target, "v", known | changed) == name


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("{id}", {"id"}), ("{id}-{size}", {"id", "size"}), ("{other}", set()), ("{}", set()), ("{a b}", set()),
        ("{ID}", set()), ("a.mp4", set()),
    ],
)  # fmt: skip
def test_the_fields_of_a_target(target: str, found: set[str]) -> None:
    assert fields(target) == found


@pytest.mark.parametrize(
    ("target", "found"),
    [("{id}", "./"), ("a/{id}", "a/"), ("a/b{id}/c", "a/"), ("a\\{id}", "a\\"), ("/{id}", "/"), ("a\\b/{id}", "a\\b/")],
)
def test_the_folder_of_a_target(target: str, found: str) -> None:
    assert folder(target) == found
