"""Videos that are not behind the job's own address, but where the job says; and whose key goes there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from psopenai_py.errors import APIRequestError
from psopenai_py.videos.elsewhere import address_of, is_likely
from tests.cmdlets.contents import MP4, content
from tests.conftest import KEY, Run
from tests.server import JOB, Received, Script, Server, serving

DONE = JOB | {"status": "completed"}
NOT_FOUND = {"status": 404, "json": {"detail": "Not Found"}}
QUIET = ("-ProgressAction", "Ignore")


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A server, and the environment that points to it."""
    script = server.script("elsewhere")
    monkeypatch.setenv("OPENAI_API_BASE", f"{script.base}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return script


@pytest.fixture
def store() -> Iterator[Script]:
    """Another host, which has the video."""
    with serving() as running:
        yield running.script("store", [content()])


def naming(job: dict[str, Any], refusal: dict[str, Any] = NOT_FOUND) -> Any:
    """A server that refuses the content so, and has this job."""

    def respond(request: Received) -> dict[str, Any]:
        if request.path.partition("?")[0].endswith("/content"):
            return refusal
        return content() if request.path.startswith("/files/") else {"json": DONE | job}

    return respond


PLACES: dict[str, Any] = {
    "url": "{}",
    "video_url": "{}",
    "video": {"url": "{}"},
    "output_url": "{}",
    "outputs": {"video_url": "{}"},
    "unsigned_urls": ["{}"],
    "urls": ["{}", "other"],
    "metadata": {"url": "{}"},
    "data": [{"url": "{}"}],
}

#: Every place in which the address may stand, in the order in which they are looked at.
ALL_PLACES: list[dict[str, Any]] = [
    {"url": "{}"}, {"video_url": "{}"}, {"video": {"url": "{}"}}, {"output_url": "{}"},
    {"outputs": {"video_url": "{}"}}, {"outputs": [{"url": "{}"}]}, {"unsigned_urls": ["{}"]}, {"urls": ["{}"]},
    {"videos": [{"url": "{}"}]}, {"data": [{"url": "{}"}]}, {"metadata": {"url": "{}"}}, {"result": {"url": "{}"}},
    {"result": {"video_url": "{}"}}, {"output": {"url": "{}"}}, {"output": {"video_url": "{}"}},
    {"content": {"video_url": "{}"}}, {"assets": {"video": "{}"}}, {"download_url": "{}"}, {"video": "{}"},
    {"output": "{}"}, {"output": ["{}"]}, {"outputs": ["{}"]}, {"videos": ["{}"]}, {"fail_reason": "{}"},
]  # fmt: skip


def filled(value: Any, address: str) -> Any:
    if isinstance(value, str):
        return value.replace("{}", address)
    if isinstance(value, list):
        return [filled(each, address) for each in value]
    return {name: filled(each, address) for name, each in value.items()}


@pytest.mark.parametrize("waits", [(), ("-WaitForCompletion", *QUIET)], ids=["", "WaitForCompletion"])
@pytest.mark.parametrize("name", PLACES)
def test_another_host_gets_no_key(run: Run, api: Script, store: Script, name: str, waits: tuple[str, ...]) -> None:
    api.responses = naming({name: filled(PLACES[name], f"{store.base}/v.mp4?sig=secret-of-theirs")})
    headers = ("-AdditionalHeaders", '{"X-Mine": "1"}', "-AdditionalQuery", '{"mine": 2}')
    result = run("Get-VideoContent", "video_123", *headers, *waits)
    assert (result.exit_code, result.data, result.stderr) == (0, MP4, "")
    (request,) = store.requests
    assert request.path == "/v.mp4?sig=secret-of-theirs"
    assert not {"authorization", "api-key", "x-mine"} & set(request.headers)


@pytest.mark.parametrize("place", ALL_PLACES, ids=json.dumps)
def test_every_place_in_which_an_address_stands(place: dict[str, Any]) -> None:
    assert address_of(filled(place, "https://a.test/v.mp4")) == "https://a.test/v.mp4"


@pytest.mark.parametrize("number", range(1, len(ALL_PLACES)))
def test_of_two_places_the_first_counts(number: int) -> None:
    """Both in one job, where they are members of different names."""
    first, second = ALL_PLACES[number - 1], ALL_PLACES[number]
    if not first.keys() & second.keys():
        assert address_of(filled(second, "/second") | filled(first, "/first")) == "/first"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("http://a", True), ("HTTPS://a", True), ("/v.mp4", True), ("/v", True), ("//a/v.mp4", False), ("/", False),
        ("https:///v.mp4", False), ("https:// a", False), ("/ v", False), ("", False), ("v.mp4", False),
        ("see https://a", False), ("ftp://a/v.mp4", False),
    ],
)  # fmt: skip
def test_what_is_an_address(text: str, is_one: bool) -> None:
    assert address_of({"video": {"url": text}}) == (text if is_one else "")


REFUSALS: list[tuple[int, str, bool, bool]] = [
    # status, the server's words, whether the job is known to be completed, and whether the job is looked into
    *((status, "No.", completed, True) for status in (405, 501) for completed in (False, True)),
    *((status, "No.", True, True) for status in (400, 404, 410)),
    *((status, "", False, status != 400) for status in (400, 404, 410)),
    *((status, "No video.", False, False) for status in (400, 404, 410)),
    *((status, " Not Found.", False, status != 400) for status in (400, 404, 410)),
    *((404, text, False, True) for text in ("method not allowed", "404 page not found", "NOT FOUND")),
    *((404, text, False, False) for text in ("Video not found", "not found..", "See https://a.test/v")),
    *((400, text, False, True) for text in ("It is at https://a.test/v", "HTTP://a.test")),
    *((status, "https://a.test", True, False) for status in (401, 403, 406, 409, 411, 422, 429, 500, 502, 503)),
]


@pytest.mark.parametrize(("status", "told", "completed", "likely"), REFUSALS)
def test_when_the_job_is_looked_into(status: int, told: str, completed: bool, likely: bool) -> None:
    assert is_likely(APIRequestError("x", status=status), told, completed=completed) is likely


@pytest.mark.parametrize("address", ["{base}/files/v.mp4", "/elsewhere/files/v.mp4"], ids=["absolute", "relative"])
def test_the_services_own_origin_gets_the_key(run: Run, api: Script, address: str) -> None:
    api.responses = naming({"unsigned_urls": [address.replace("{base}", api.base)]})
    assert run("Get-VideoContent", "video_123").data == MP4
    assert api.requests[-1].headers["authorization"] == f"Bearer {KEY}"


MISSING: dict[str, dict[str, Any]] = {
    "FastAPI": NOT_FOUND,
    "a page": {"status": 404, "text": "<html>nginx", "headers": {"Content-Type": "text/html"}},
    "nothing": {"status": 404, "text": ""},
    "405": {"status": 405, "json": {"detail": "Method Not Allowed"}},
    "501": {"status": 501, "json": {"error": {"message": "not here"}}},
    "in a bucket": {"status": 400, "json": {"detail": "Video is stored at https://bucket.test/v.mp4"}},
}


@pytest.mark.parametrize("refusal", MISSING.values(), ids=list(MISSING))
def test_refusals_that_make_it_likely(run: Run, api: Script, store: Script, refusal: dict[str, Any]) -> None:
    api.responses = naming({"url": f"{store.base}/v.mp4"}, refusal)
    result = run("Get-VideoContent", "video_123", "-Verbose")
    assert (result.exit_code, result.data) == (0, MP4)
    line = f"VERBOSE: The video is fetched from the address that the job names: {store.base}/v.mp4"
    assert line in result.stderr.splitlines()


def test_a_completed_job_is_looked_into_whatever_the_server_says(run: Run, api: Script, store: Script) -> None:
    refusal = {"status": 404, "json": {"error": {"message": "No content for this video"}}}
    api.responses = naming({"url": f"{store.base}/v.mp4"}, refusal)
    assert run("Get-VideoContent", "video_123").exit_code == 1
    result = run("Get-VideoContent", "video_123", "-WaitForCompletion", *QUIET)
    assert (result.exit_code, result.data) == (0, MP4)


@pytest.mark.parametrize("many", [(), ("-ThrottleLimit", "2")], ids=["one", "many"])
def test_a_piped_job_that_names_its_address(
    run: Run, api: Script, store: Script, place: Path, many: tuple[str, ...]
) -> None:
    """It is believed without another question, whatever words the refusal has; a job that names none is not."""
    api.responses = [{"status": 404, "json": {"error": {"message": "nope"}}}]
    named = DONE | {"outputs": {"video_url": f"{store.base}/v.mp4"}}
    # Many at once would write one video behind the other, so each has a file of its own.
    target = ("-OutFile", "clips/") if many else ()
    result = run("Get-VideoContent", *target, *many, stdin=json.dumps(named) + "\n")
    assert (result.exit_code, result.data, result.stderr) == (0, b"" if many else MP4, "")
    assert [len(api.requests), len(store.requests)] == [1, 1]
    assert "authorization" not in store.requests[0].headers
    refused = run("Get-VideoContent", *target, *many, stdin=json.dumps(DONE | {"url": None}) + "\n")
    assert (refused.exit_code, len(api.requests), len(store.requests)) == (1, 2, 1)


NO_ADDRESS = ["", "v.mp4", "/", "//evil.test/v.mp4", "file:///etc/passwd", "ftp://h/v.mp4", "http://[", 5, None, ["x"]]


@pytest.mark.parametrize("address", NO_ADDRESS, ids=str)
def test_what_is_no_address_is_not_asked(run: Run, api: Script, address: Any) -> None:
    api.responses = naming({"url": address})
    result = run("Get-VideoContent", "video_123")
    assert (result.exit_code, result.data) == (1, b"")
    assert result.error_ids == ["PSOpenAI.APIRequest.NotFoundException,Invoke-OpenAIAPIRequest"]


def test_a_picture_is_not_the_video(run: Run, api: Script, store: Script) -> None:
    api.responses = naming({"url": f"{store.base}/v.mp4"})
    assert run("Get-VideoContent", "video_123", "-Variant", "thumbnail").exit_code == 1
    assert store.requests == []


# --- Azure's newer route ----------------------------------------------------------------------------------------

AZURE = ("-ApiType", "Azure")


@pytest.mark.parametrize("end", ["/openai/v1", "/openai/v1/", "/OpenAI/v1", "/openai/v1?api-version=preview"])
def test_azure_by_its_newer_route(run: Run, api: Script, end: str) -> None:
    path, mark, query = end.rstrip("/").partition("?")
    base = ("-ApiBase", api.base + end, *AZURE)
    assert run("New-Video", "x", "-Seconds", "8", *base).exit_code == 0
    assert run("New-VideoRemix", "x", "v1", *base).exit_code == 0
    assert run("Remove-Video", "v1", *base).exit_code == 0
    assert run("Get-Video", *base, "-Limit", "2").exit_code == 0
    parts = f"{mark}{query}"
    wanted = [f"/videos{parts}", f"/videos/v1/remix{parts}", f"/videos/v1{parts}"]
    wanted.append(f"/videos?{query}{'&' if query else ''}limit=2&order=asc")
    assert [request.path for request in api.requests] == [path + rest for rest in wanted]
    assert all(request.headers["api-key"] == KEY for request in api.requests)
    assert not any("authorization" in request.headers for request in api.requests)
    assert [field[0] for field in api.requests[0].fields] == ["prompt", "model", "seconds"]


def test_azure_by_the_older_route(run: Run, api: Script) -> None:
    api.responses = [NOT_FOUND]
    result = run("Get-Video", "v1", "-ApiBase", api.base, *AZURE)
    assert [request.path for request in api.requests] == ["/openai/v1/video/generations/jobs/v1?api-version=preview"]
    assert f"That is the older route; for the newer one: -ApiBase {api.base}/openai/v1\n" in result.stderr
