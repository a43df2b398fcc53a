"""Downloads: variants, ranges, entity tags."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

NewVideo = Callable[..., str]


@pytest.fixture
def path(new_video: NewVideo) -> str:
    return f"/videos/{new_video(size='64x48')}/content"


@pytest.mark.parametrize(
    ("variant", "media_type", "start"),
    [
        pytest.param(None, "video/mp4", b"\x00\x00\x00 ftypisom", id="default"),
        pytest.param("video", "video/mp4", b"\x00\x00\x00 ftypisom", id="video"),
        pytest.param("thumbnail", "image/webp", b"RIFF", id="thumbnail"),
        pytest.param("spritesheet", "image/webp", b"RIFF", id="spritesheet"),
    ],
)
def test_each_variant(client: httpx.Client, path: str, variant: str | None, media_type: str, start: bytes) -> None:
    answer = client.get(path, params={"variant": variant} if variant else {})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.content.startswith(start)
    assert answer.headers["content-length"] == str(len(answer.content))


def test_an_unknown_variant_is_a_mistake(client: httpx.Client, path: str) -> None:
    error = client.get(path, params={"variant": "1"}).json()["error"]
    assert error["message"] == "The parameter 'variant' must be one of video, thumbnail, spritesheet."


def test_the_same_request_gives_the_same_bytes(client: httpx.Client, new_video: NewVideo) -> None:
    def content(prompt: str, variant: str) -> bytes:
        return client.get(f"/videos/{new_video(prompt, size='64x48')}/content", params={"variant": variant}).content

    for variant in ("video", "thumbnail", "spritesheet"):
        assert content("one", variant) == content("one", variant) != content("two", variant)


RANGES = [
    pytest.param("bytes=0-9", slice(0, 10), id="first"),
    pytest.param("bytes=10-", slice(10, None), id="resume"),
    pytest.param("bytes=-10", slice(-10, None), id="last"),
    pytest.param("bytes=-99999999", slice(0, None), id="longer-suffix"),
    pytest.param("bytes=900-99999999", slice(900, None), id="past-the-end"),
    pytest.param("bytes=700-3000", slice(700, 3001), id="across-chunks"),
    pytest.param("BYTES = 1 - 1", None, id="other-unit-case"),
    pytest.param("bytes=0-1,5-6", None, id="several"),
    pytest.param("bytes=9-3", None, id="backwards"),
    pytest.param("bytes=-", None, id="nothing"),
    pytest.param("lines=1-2", None, id="other-unit"),
]


@pytest.mark.parametrize(("header", "part"), RANGES)
def test_a_part_is_a_part_of_the_whole(client: httpx.Client, path: str, header: str, part: slice | None) -> None:
    whole = client.get(path).content
    answer = client.get(path, headers={"range": header})
    if part is None:
        assert (answer.status_code, answer.content) == (200, whole)
        return
    start, stop, _ = part.indices(len(whole))
    assert (answer.status_code, answer.content) == (206, whole[part])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("header", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(client: httpx.Client, path: str, header: str) -> None:
    length = client.head(path).headers["content-length"]
    answer = client.get(path, headers={"range": header})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{length}")
    assert answer.json()["error"]["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("form", ["bytes={}-", "bytes=-{}", "bytes=0-{}", "bytes={}-{}"])
@pytest.mark.parametrize(("digits", "refused"), [(18, False), (19, True), (5000, True)])
def test_a_range_of_too_many_digits_is_refused(
    client: httpx.Client, path: str, form: str, digits: int, refused: bool
) -> None:
    number = "9" * digits
    answer = client.get(path, headers={"range": form.format(number, number)})
    assert (answer.status_code == 400) == refused
    if refused:
        assert answer.json()["error"]["message"] == "The header field Range has too many digits."


def test_a_head_has_no_parts(client: httpx.Client, path: str) -> None:
    assert client.head(path, headers={"range": "bytes=0-9"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        pytest.param("if-none-match", "{tag}", 304, id="known"),
        pytest.param("if-none-match", 'W/{tag}, "x"', 304, id="known-weakly"),
        pytest.param("if-none-match", "*", 304, id="any"),
        pytest.param("if-none-match", '"x"', 206, id="unknown"),
        pytest.param("if-range", "{tag}", 206, id="same"),
        pytest.param("if-range", '"x"', 200, id="changed"),
        pytest.param("if-range", "W/{tag}", 200, id="weak-does-not-do"),
        pytest.param("if-range", "Sat, 22 Nov 2036 00:00:00 GMT", 200, id="date"),
    ],
)
def test_conditions(client: httpx.Client, path: str, name: str, value: str, status: int) -> None:
    tag = client.get(path).headers["etag"]
    answer = client.get(path, headers={"range": "bytes=0-9", name: value.replace("{tag}", tag)})
    assert (answer.status_code, answer.headers["etag"]) == (status, tag)
    if status == 304:
        assert (answer.content, "content-length" in answer.headers) == (b"", False)


def test_tags_differ_by_variant_and_job(client: httpx.Client, new_video: NewVideo) -> None:
    paths = [f"/videos/{new_video(size='16x16')}/content?variant={name}" for name in ("video", "thumbnail") * 2]
    assert len({client.head(path).headers["etag"] for path in paths}) == 4


def test_the_reference_tints_the_clip(client: httpx.Client, new_video: NewVideo) -> None:
    plain = client.get(f"/videos/{new_video(size='64x64')}/content").content
    data_url = "data:image/webp;base64,UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
    body = {"prompt": "Dancing Doggo", "size": "64x64", "input_reference": data_url}
    video_id = client.post("/videos", json=body).json()["id"]
    new_video()  # time passes
    assert client.get(f"/videos/{video_id}/content").content != plain
