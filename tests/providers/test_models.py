"""Get-VideoModel: where to look when a model has ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.conftest import STUBS
from tests.providers.stub import KEY
from tests.server import Server

LISTS: dict[str, tuple[str, Any]] = {
    "OpenAI": ("/models", {"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b", "object": "model"}]}),
    **{stub.name: stub.models for stub in STUBS if stub.models},
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list(run: Run, server: Server, name: str) -> None:
    path, answer = LISTS[name]
    api = server.script("models", [{"json": answer}])
    result = run("Get-VideoModel", "-Provider", name, "-ApiBase", api.base, "-ApiKey", KEY)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [model["id"] for model in result.json] == ["a", "b"]
    assert all(next(iter(model)) == "id" for model in result.json)
    [request] = api.requests
    assert (request.method, request.path) == ("GET", path)
    assert KEY in str(request.headers)


@pytest.mark.parametrize("name", [stub.name for stub in STUBS if not stub.models])
def test_no_list(run: Run, server: Server, name: str) -> None:
    api = server.script("models")
    result = run("Get-VideoModel", "-Provider", name, "-ApiBase", api.base, "-ApiKey", KEY)
    assert (result.exit_code, result.stdout, api.requests) == (1, "", [])
    assert f"{name} has no list of models that can be asked for. Nothing was sent." in result.stderr
    assert [error["category"] for error in result.errors] == ["NotImplemented"]


@pytest.mark.parametrize("answer", [{}, {"data": None}, "text", 7, None])
def test_an_answer_without_a_list(run: Run, server: Server, answer: Any) -> None:
    api = server.script("models", [{"json": answer}])
    result = run("Get-VideoModel", "-ApiBase", api.base)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "not a list of models" in result.stderr or "not a job" in result.stderr


def test_the_sandbox(run: Run, tmp_path: Any) -> None:
    result = run("Get-VideoModel", "-ApiBase", f"sandbox:{tmp_path}")
    assert [model["id"] for model in result.json] == ["sora-2", "sora-2-pro"]
