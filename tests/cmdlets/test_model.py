"""New-Video's model: named, usual, none, and what is said when a server has another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Run
from tests.server import JOB as ANSWER
from tests.server import Script

MARK = "    + RecommendedAction     : "
VARIABLE = "PSOPENAI_VIDEO_MODEL"


def models(api: Script) -> list[list[str | None]]:
    """The values of the field `model`, request by request."""
    return [[field[3] for field in request.fields if field[0] == "model"] for request in api.requests]


SENT: dict[str, tuple[list[str], str | None, list[str]]] = {
    "usual": ([], None, ["sora-2"]),
    "named": (["-Model", "wan"], None, ["wan"]),
    "none": (["-Model", ""], None, []),
    "by the environment": ([], "wan", ["wan"]),
    "an empty variable": ([], "", ["sora-2"]),
    "a parameter goes before": (["-Model", "m"], "wan", ["m"]),
    "none goes before, too": (["-Model", ""], "wan", []),
    "null in the body": (["-AdditionalBody", '{"model": null}'], "wan", []),
    "another in the body": (["-AdditionalBody", '{"MODEL": "m"}'], "wan", ["m"]),
}


@pytest.mark.parametrize(("arguments", "variable", "sent"), SENT.values(), ids=list(SENT))
def test_which_model_is_sent(
    run: Run, api: Script, arguments: list[str], variable: str | None, sent: list[str]
) -> None:
    api.responses = [{"json": ANSWER}]
    assert run("New-Video", "x", *arguments, env={VARIABLE: variable}).exit_code == 0
    assert models(api) == [sent]


def test_a_piped_record_names_its_own(run: Run, api: Script) -> None:
    api.responses = [{"json": ANSWER}]
    lines = '{"prompt": "a", "model": "m"}\n{"prompt": "b"}\n{"prompt": "c", "model": ""}\n'
    assert run("New-Video", stdin=lines, env={VARIABLE: "wan"}).exit_code == 0
    assert models(api) == [["m"], ["wan"], []]


MISMATCH = {
    "error": {
        "message": "Model mismatch: request specifies 'sora-2' but server is running 'Wan-AI/Wan2.2'.",
        "type": "BadRequestError",
        "code": 400,
    }
}
REFUSALS: dict[str, tuple[int, Any, str]] = {
    "vLLM-Omni": (
        400,
        MISMATCH,
        "Wan-AI/Wan2.2",
    ),
    "LiteLLM": (
        400,
        {"error": {"message": "/videos: Invalid model name passed in model=sora-2. Call `/v1/models` to view them"}},
        "NAME",
    ),
    "a detail": (404, {"detail": "The model `sora-2` does not exist"}, "NAME"),
    "a list": (422, {"detail": "model must be one of \"ltx-2\", 'wan'; got 'sora-2'"}, "ltx-2"),
    "FastAPI": (
        422,
        {
            "detail": [
                {"type": "literal_error", "loc": ["body", "model"], "msg": "Input should be 'w'", "input": "sora-2"}
            ]
        },
        "w",
    ),
    "quoted by a gateway": (
        400,
        {
            "error": {
                "message": f"litellm.BadRequestError: {json.dumps(MISMATCH)}\nLiteLLM: model group 'x'",
                "code": "400",
            }
        },
        "Wan-AI/Wan2.2",
    ),
    "a list without marks": (
        404,
        {
            "error": {
                "message": "Model sora-2 not found. Available models: wan2.2, ltx-2",
                "type": "invalid_request_error",
            }
        },
        "wan2.2",
    ),
    "a sentence": (400, {"message": "Unknown model sora-2. The supported models are ltx-2 and wan."}, "ltx-2"),
    "nothing but no": (400, {"detail": "model sora-2 is not available: no GPU"}, "NAME"),
}


@pytest.mark.parametrize(("status", "body", "named"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_server_that_has_another(run: Run, api: Script, status: int, body: Any, named: str) -> None:
    api.responses = [{"status": status, "json": body}]
    result = run("New-Video", "x")
    assert (result.exit_code, [line for line in result.stderr.splitlines() if line.startswith(MARK)]) == (
        1,
        [
            f"{MARK}The model sora-2 is what is sent when none is named. -Model {named} or {VARIABLE} names another; "
            "-Model '' leaves the choice to the server."
        ],
    )
    assert "is what is sent" not in run("New-Video", "x", "-Model", "sora-2").stderr


OTHERS = (
    *("The prompt is too long for sora-2.", "No GPU for this model.", "Too bad."),
    "Too long.\n\nLiteLLM: model group 'sora-2' failed with the error above. No fallback was attempted.",
    "code: content_filter, model: sora-2",
)


@pytest.mark.parametrize("status", [400, 429])
@pytest.mark.parametrize("message", OTHERS)
def test_another_refusal_is_not_about_the_model(run: Run, api: Script, message: str, status: int) -> None:
    api.responses = [{"status": status, "json": {"error": {"message": message}}}]
    assert "is what is sent" not in run("New-Video", "x").stderr
