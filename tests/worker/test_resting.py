"""How much a paced call writes before it rests, and where it is when it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.compat.client import Client, end, of_kind, until_rest
from tests.server import JOB, Server

#: What a paced call writes before it rests: so many results, or so many characters of them.
RESULTS, CHARACTERS = 128, 1_048_576


def _written(client: Client, call: int) -> list[int]:
    """How many results come before each rest, and before the end."""
    counts = []
    while True:
        found = until_rest(client, call)
        counts.append(len(of_kind(found, "output")))
        if "end" in found[-1]:
            assert found[-1]["end"] == end()
            return counts
        client.write({"continue": call})


@pytest.mark.parametrize(
    ("jobs", "counts"),
    [(RESULTS - 1, [127]), (RESULTS, [128, 0]), (RESULTS + 1, [128, 1]), (2 * RESULTS, [128, 128, 0])],
)
def test_results(jobs: int, counts: list[int], client: Client, server: Server) -> None:
    script = server.script("rest-results", [{"json": {"data": [{"id": f"v{number}"} for number in range(jobs)]}}])
    assert _written(client, client.send("Get-Video", {"ApiBase": script.base}, paced=True)) == counts


@pytest.mark.parametrize(("more", "counts"), [(-1, [2, 1]), (0, [1, 2]), (1, [1, 2])])
def test_characters(more: int, counts: list[int], client: Client, server: Server) -> None:
    """Of the results as they are written, without blanks; the one that is too much still comes."""
    bare = len(json.dumps({"id": "a", "x": ""}, separators=(",", ":")))
    jobs = [{"id": "a", "x": "y" * (CHARACTERS + more - bare)}, {"id": "b"}, {"id": "c"}]
    script = server.script("rest-characters", [{"json": {"data": jobs}}])
    assert _written(client, client.send("Get-Video", {"ApiBase": script.base}, paced=True)) == counts


def test_a_call_within_another_leaves_its_folder(client: Client, server: Server, tmp_path: Path) -> None:
    script = server.script("rest-folder", [{"json": JOB}])
    for name in ("outer", "inner"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + name.encode())
    bound = {"InputReference": "picture.png", "ApiBase": script.base}
    prompts = ["one", "two"]
    call = client.send("New-Video", bound, input=prompts, location=str(tmp_path / "outer"), paced=True)
    assert "rest" in until_rest(client, call)[-1]
    for where in ({"location": str(tmp_path / "inner")}, {}):
        client.call("New-Video", bound | {"Prompt": "x"}, **where)
    client.write({"continue": call})
    assert until_rest(client, call)[-1]["end"] == end()
    sent = [{name: text for name, *_, text in request.fields} for request in script.requests]
    assert [fields["prompt"] for fields in sent] == ["one", "x", "two"]
    assert sent[0]["input_reference"] == sent[2]["input_reference"] != sent[1]["input_reference"]
