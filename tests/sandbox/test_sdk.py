"""The vendor's own client against the server, with strict checks of every answer."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import httpx
import openai
import pytest
from PIL import Image

from psopenai_py.sandbox.server.server import SandboxServer
from psopenai_py.sandbox.service.application import create_app
from psopenai_py.sandbox.service.jobs import JobStore
from tests.sandbox.conftest import Clock, Serve

# The vendor has marked every video method as deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NewVideo = Callable[..., str]


NewClient = Callable[..., openai.OpenAI]


@pytest.fixture
def new_client() -> Iterator[NewClient]:
    """Make the vendor's client of a server; it neither retries nor waits for long unless told to."""
    with contextlib.ExitStack() as stack:

        def new_client(server: SandboxServer, *, retries: int = 0, timeout: float = 60) -> openai.OpenAI:
            return stack.enter_context(
                openai.OpenAI(
                    api_key="sk-test",
                    base_url=server.url,
                    _strict_response_validation=True,
                    max_retries=retries,
                    timeout=timeout,
                )
            )

        yield new_client


@pytest.fixture
def sdk(serve: Serve, new_client: NewClient) -> openai.OpenAI:
    return new_client(serve(api_key="sk-test"))


def test_create_retrieve_and_delete(sdk: openai.OpenAI, clock: Clock) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    job = sdk.videos.create(
        prompt="Dancing Doggo", seconds="8", size="1280x720", input_reference=("r.png", picture.getvalue(), "image/png")
    )
    assert (job.status, job.seconds, job.size, job.prompt) == ("queued", "8", "1280x720", "Dancing Doggo")
    clock.now += 2
    assert (sdk.videos.retrieve(job.id).status, sdk.videos.retrieve(job.id).progress) == ("in_progress", 50)
    deleted = sdk.videos.delete(job.id)
    assert (deleted.id, deleted.deleted, deleted.object) == (job.id, True, "video.deleted")


def test_create_and_poll(tmp_path: Path, new_client: NewClient) -> None:
    # The client's polling waits by the wall clock, so here the job runs by it, too - in a tenth of a second.
    with SandboxServer(create_app(JobStore(tmp_path, speed=20)), port=0) as server:
        job = new_client(server).videos.create_and_poll(prompt="Dancing Doggo", seconds="4")
        failed = new_client(server).videos.create_and_poll(prompt="Dancing Doggo [fail]", seconds="4")
    assert (job.status, job.progress, job.error) == ("completed", 100, None)
    assert (failed.status, failed.error and failed.error.code) == ("failed", "video_generation_failed")


def test_list_by_pages(sdk: openai.OpenAI, new_video: NewVideo) -> None:
    ids = [new_video() for _ in range(5)]
    assert [job.id for job in sdk.videos.list(limit=2)] == ids[::-1]
    assert [job.id for job in sdk.videos.list(limit=2, order="asc")] == ids
    assert [job.id for job in sdk.videos.list(limit=2, after=ids[3])] == ids[2::-1]


def test_remix(sdk: openai.OpenAI, new_video: NewVideo) -> None:
    source = new_video()
    remix = sdk.videos.remix(source, prompt="More")
    assert (remix.remixed_from_video_id, remix.prompt) == (source, "More")


def test_download_each_variant(sdk: openai.OpenAI, new_video: NewVideo) -> None:
    video_id = new_video(size="128x96", seconds="2")
    with av.open(io.BytesIO(sdk.videos.download_content(video_id).read()), "r") as container:
        assert len(list(container.decode(video=0))) == 48
    for variant in ("thumbnail", "spritesheet"):
        data = sdk.videos.download_content(video_id, variant=variant).read()
        assert Image.open(io.BytesIO(data)).format == "WEBP"


ERRORS = [
    pytest.param("[moderation]", openai.BadRequestError, "content_filter", id="moderation"),
    pytest.param("[401]", openai.AuthenticationError, "invalid_api_key", id="401"),
    pytest.param("[403]", openai.PermissionDeniedError, "permission_denied", id="403"),
    pytest.param("[429]", openai.RateLimitError, "rate_limit_exceeded", id="429"),
    pytest.param("[quota]", openai.RateLimitError, "insufficient_quota", id="quota"),
    pytest.param("[500]", openai.InternalServerError, None, id="500"),
    pytest.param("[502]", openai.InternalServerError, None, id="502"),
    pytest.param("[503]", openai.InternalServerError, "server_overloaded", id="503"),
    pytest.param("[html]", openai.APIResponseValidationError, None, id="html"),
    pytest.param("[drop]", openai.APIConnectionError, None, id="drop"),
    pytest.param("", openai.BadRequestError, "missing_required_parameter", id="no-prompt"),
]


@pytest.mark.parametrize(("prompt", "error", "code"), ERRORS)
def test_each_failure_is_an_error_of_its_class(
    sdk: openai.OpenAI, prompt: str, error: type[openai.APIError], code: str | None
) -> None:
    with pytest.raises(error) as caught:
        sdk.videos.create(prompt=prompt)
    assert type(caught.value) is error
    assert caught.value.code == code


def test_silence_is_a_timeout(serve: Serve, new_client: NewClient) -> None:
    with pytest.raises(openai.APITimeoutError):
        new_client(serve(), timeout=0.2).videos.create(prompt="[hang]")


def test_the_client_retries_as_it_is_told(serve: Serve, new_client: NewClient, log: list[str]) -> None:
    server = serve()
    assert new_client(server, retries=2).videos.create(prompt="[429 x2]").status == "queued"
    server.close()
    assert [line.split()[2] for line in log] == ["429", "429", "200"]


@pytest.mark.parametrize(
    ("word", "error", "code"),
    [
        pytest.param("[stall]", openai.NotFoundError, "video_not_ready", id="not-ready"),
        pytest.param("[expired]", openai.NotFoundError, "video_expired", id="expired"),
        pytest.param("[fail]", openai.UnprocessableEntityError, "video_failed", id="failed"),
        pytest.param("[500 content]", openai.InternalServerError, None, id="500"),
    ],
)
def test_content_that_is_not_there(
    sdk: openai.OpenAI, new_video: NewVideo, word: str, error: type[openai.APIStatusError], code: str | None
) -> None:
    with pytest.raises(error) as caught:
        sdk.videos.download_content(new_video(word))
    assert caught.value.code == code


def test_mistakes_have_their_class_and_request_id(sdk: openai.OpenAI, serve: Serve, new_client: NewClient) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        sdk.videos.retrieve("video_none")
    assert unknown.value.request_id and unknown.value.request_id.startswith("req_")
    with pytest.raises(openai.BadRequestError) as size:
        sdk.videos.create(prompt="x", size="1x1")  # type: ignore[arg-type]
    assert size.value.param == "size"
    with pytest.raises(openai.AuthenticationError):
        new_client(serve(api_key="other")).videos.list()
    with pytest.raises(openai.APIStatusError) as large:
        new_client(serve(upload_limit=1000)).videos.create(prompt="x", input_reference=b"\0" * 2000)
    assert large.value.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_models(sdk: openai.OpenAI) -> None:
    assert [model.id for model in sdk.models.list()] == ["sora-2", "sora-2-pro"]
    assert sdk.models.retrieve("sora-2").owned_by == "sandbox"
