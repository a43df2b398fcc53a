"""The Python API: what is public, and that it does the same as the commands."""

from __future__ import annotations

import asyncio
import inspect
import json
import pydoc
import re
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

import psopenai_py
from psopenai_py import errors, new_video
from psopenai_py.binding.spec import Kind
from psopenai_py.cmdlets import MODULES, load
from psopenai_py.functions import ServiceKeywords
from tests.conftest import KEY, Run
from tests.server import JOB, Server

FUNCTIONS = {
    name: re.sub(r"\B([A-Z])", r"_\1", name.replace("-", "")).lower()
    for name in MODULES
    if name.endswith(("Video", "VideoContent", "VideoRemix"))
}
PNG = b"\x89PNG\r\n\x1a\n"


# --- what is public ----------------------------------------------------------------------------------------------


def test_public_names() -> None:
    assert psopenai_py.__all__ == sorted(["PSOpenAIError", "__version__", "errors", *FUNCTIONS.values()])
    for name in psopenai_py.__all__:
        assert getattr(psopenai_py, name) is not None
    assert set(psopenai_py.__all__) <= set(dir(psopenai_py))


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match=r"^module 'psopenai_py' has no attribute 'new_vidoe'$"):
        psopenai_py.new_vidoe  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import psopenai_py; psopenai_py.errors.RateLimitExceededError",
        "from psopenai_py import *; new_video, errors.PSOpenAIError, PSOpenAIError",
        "from psopenai_py.errors import RateLimitExceededError",
        "import psopenai_py; psopenai_py.new_video is psopenai_py.functions.new_video or 1/0",
    ],
)
def test_ways_to_import(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("cmdlet", "function"), FUNCTIONS.items())
def test_keywords_are_the_parameters(cmdlet: str, function: str) -> None:
    """Every parameter of the reference, in its order, and of ours only the provider; no common one."""
    signature = inspect.signature(getattr(psopenai_py, function))
    keywords = [name for name in signature.parameters if name != "service"]
    if "service" in signature.parameters:
        keywords += ServiceKeywords.__annotations__
    rows = [
        row for row in load(cmdlet).CMDLET.parameters if not row.common and (not row.ours or row.name == "Provider")
    ]
    assert keywords == [re.sub(r"\B([A-Z])", r"_\1", row.name).lower() for row in rows]


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_functions_are_typed_and_documented(function: str) -> None:
    called = getattr(psopenai_py, function)
    hints = typing.get_type_hints(called)
    assert set(hints) == {*inspect.signature(called).parameters, "return"}
    assert re.search(r"Raises: .*errors\.PSOpenAIError", " ".join(str(called.__doc__).split()))
    assert called.__module__ == "psopenai_py.functions"


def test_keywords_have_the_types_of_the_parameters() -> None:
    """What a type checker accepts is what the binder takes."""
    hints = typing.get_type_hints(ServiceKeywords) | typing.get_type_hints(new_video)
    fitting = {Kind.INT: int, Kind.STRING: str, Kind.URI: str, Kind.SECRET: str, Kind.API_TYPE: str}
    for row in load("New-Video").CMDLET.parameters:
        if row.kind in fitting and not (row.common or row.ours):
            hint = hints[re.sub(r"\B([A-Z])", r"_\1", row.name).lower()]
            assert fitting[row.kind] in typing.get_args(hint)


@pytest.mark.parametrize("keyword", ["secnods", "what_if", "verbose", "error_action"])
def test_an_unknown_keyword(keyword: str) -> None:
    with pytest.raises(TypeError, match=rf"^new_video\(\) got an unexpected keyword argument '{keyword}'$"):
        new_video("x", api_base="sandbox:", **{keyword: True})  # type: ignore[arg-type]


# --- the same as the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(JOB, id="usual"),
        pytest.param(JOB | {"status": "failed", "error": {"code": "c", "message": "m"}}, id="failed"),
        pytest.param({"id": "v", "created_at": 1760194265.5, "n": [1e16, -0.0, 5e-324, 2**70, {}]}, id="numbers"),
        pytest.param({"id": "v", "at": "2025-10-11T14:51:05Z", "ü": "\u2028\U0001f600"}, id="texts"),
    ],
)
def test_the_job_is_what_the_command_prints(run: Run, server: Server, job: dict[str, Any]) -> None:
    base = server.script("same_job", [{"json": job}]).base
    printed = json.loads(run("New-Video", "x", "-ApiBase", base).stdout)
    returned = new_video("x", api_base=base)
    assert json.dumps(returned) == json.dumps(printed)


def test_the_request_is_what_the_command_sends(run: Run, server: Server, tmp_path: Path) -> None:
    picture = tmp_path / "ref.png"
    picture.write_bytes(PNG)
    script = server.script("same_request")
    # fmt: off
    run("New-Video", "Dancing Doggo", "-InputReference", str(picture), "-Model", "m", "-Seconds", "8",
        "-Size", "1280X720", "-ApiBase", script.base, "-ApiKey", KEY, "-Organization", "org-1",
        "-AdditionalQuery", "@{a=1}", "-AdditionalHeaders", "@{'X-Test'='y'}", "-AdditionalBody", "@{seed=7}")
    # fmt: on
    new_video(
        "Dancing Doggo",
        input_reference=picture,
        model="m",
        seconds=8,
        size="1280X720",
        api_base=script.base,
        api_key=KEY,
        organization="org-1",
        additional_query={"a": 1},
        additional_headers={"X-Test": "y"},
        additional_body={"seed": 7},
    )
    command, function = script.requests
    assert command.fields == function.fields
    assert command.path == function.path
    varying = {"content-type"}  # the boundary
    assert {n: v for n, v in command.headers.items() if n not in varying} == {
        n: v for n, v in function.headers.items() if n not in varying
    }


def test_names_that_are_numbers_are_texts(server: Server) -> None:
    script = server.script("numbers")
    numbers: Any = {1: 2}
    more: Any = {"additional_query": numbers, "additional_headers": numbers, "additional_body": numbers}
    new_video("x", api_base=script.base, **more)
    sent = script.requests[0]
    assert (sent.path, sent.headers["1"], sent.fields[-1]) == ("/videos?1=2", "2", ["1", None, None, "2"])


def test_the_sandbox(tmp_path: Path) -> None:
    job = new_video("Dancing Doggo", seconds=8, api_base=f"sandbox:{tmp_path}")
    assert (job["object"], job["status"], job["seconds"]) == ("video", "queued", "8")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", job["created_at"])


def test_a_job_from_its_start_to_its_end(tmp_path: Path) -> None:
    base = f"sandbox:{tmp_path / 'jobs'}?speed=1000"
    video_id = new_video("Dancing Doggo", api_base=base)["id"]
    job = psopenai_py.wait_video(video_id, poll_interval_sec=0.01, status_for_exit=["completed"], api_base=base)
    assert (job["id"], job["status"]) == (video_id, "completed")
    assert psopenai_py.get_video(video_id, api_base=base) == job
    assert psopenai_py.get_video(limit=5, order="desc", api_base=base) == [job]
    assert psopenai_py.get_video(all=True, api_base=base) == [job]

    clip = psopenai_py.get_video_content(video_id, api_base=base)
    assert clip[4:8] == b"ftyp"
    out_file = tmp_path / "doggo.mp4"
    assert (
        psopenai_py.get_video_content(video_id, out_file=out_file, wait_for_completion=True, api_base=base) == out_file
    )
    assert out_file.read_bytes() == clip

    remix = psopenai_py.new_video_remix("Make the doggo blue", video_id, api_base=base)
    assert remix["remixed_from_video_id"] == video_id
    psopenai_py.remove_video(video_id, api_base=base)
    assert [left["id"] for left in psopenai_py.get_video(api_base=base)] == [remix["id"]]
    with pytest.raises(errors.NotFoundError):
        psopenai_py.get_video(video_id, api_base=base)


def test_what_a_function_returned_is_what_the_next_one_takes(tmp_path: Path) -> None:
    base = f"sandbox:{tmp_path / 'jobs'}?speed=1000"
    job = psopenai_py.wait_video(new_video("Dancing Doggo", size="64x64", api_base=base), api_base=base)
    assert psopenai_py.get_video(job, api_base=base) == job
    assert psopenai_py.get_video_content(job, api_base=base)[4:8] == b"ftyp"
    path = psopenai_py.get_video_content(job, out_file=tmp_path / "clips" / "{prompt}.mp4", api_base=base)
    assert path == tmp_path / "clips" / "Dancing_Doggo.mp4"
    folder = psopenai_py.get_video_content(job, out_file=f"{tmp_path}/", api_base=base)
    assert (folder, folder.read_bytes()) == (tmp_path / f"{job['id']}.mp4", path.read_bytes())
    remix = psopenai_py.new_video_remix("blue", job, api_base=base)
    psopenai_py.remove_video(remix, api_base=base)
    assert psopenai_py.get_video(api_base=base) == [job]


@pytest.mark.parametrize("job", [{}, {"id": None}, {"id": 7}, {"id": ""}])
def test_a_job_without_an_id(job: dict[str, Any]) -> None:
    for function in (psopenai_py.wait_video, psopenai_py.get_video, psopenai_py.remove_video):
        with pytest.raises(errors.InputError, match="has no id"):
            function(job, api_base="sandbox:")


def test_in_an_event_loop(tmp_path: Path) -> None:
    """No second implementation: a thread for each call."""
    base = f"sandbox:{tmp_path}?speed=1000"

    async def clip(prompt: str) -> bytes:
        job = await asyncio.to_thread(new_video, prompt, size="64x64", api_base=base)
        await asyncio.to_thread(psopenai_py.wait_video, job, poll_interval_sec=0.1, api_base=base)
        return await asyncio.to_thread(psopenai_py.get_video_content, job, api_base=base)

    async def both() -> list[bytes]:
        return list(await asyncio.gather(clip("one"), clip("two")))

    assert [data[4:8] for data in asyncio.run(both())] == [b"ftyp", b"ftyp"]


@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_help_documents_every_keyword(function: str) -> None:
    called = getattr(psopenai_py, function)
    text = pydoc.plain(pydoc.render_doc(called))
    keywords = [name for name in inspect.signature(called).parameters if name != "service"]
    for name in [*keywords, *ServiceKeywords.__annotations__]:
        assert re.search(rf"^ +{name}: \S", text, re.MULTILINE), name


@pytest.mark.parametrize("name", ["ref.png", Path("ref.png")], ids=["text", "Path"])
def test_a_path(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | Path) -> None:
    (tmp_path / "ref.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    script = server.script("path")
    new_video(input_reference=name, api_base=script.base)
    assert script.requests[0].fields[-1][:3] == ["input_reference", "ref.png", "image/png"]


def test_none_means_not_given(server: Server) -> None:
    script = server.script("none")
    new_video("x", model=None, seconds=None, size=None, api_base=script.base, timeout_sec=None)
    assert [field[0] for field in script.requests[0].fields] == ["prompt", "model"]
