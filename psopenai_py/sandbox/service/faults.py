"""Failures on demand: one table of words, how they are written, and what an answer word does to a request.

A word stands in brackets in a prompt (`[429 x2]`, `[500 get]`), or bare in the sandbox's own `fault` option.
The help texts are generated from the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from .responses import ApiError, Response

__all__ = ["FAULTS", "STAGES", "Fault", "FaultWord", "apply_fault", "faults_in_prompt", "parse_fault"]


class FaultWord(NamedTuple):
    """One row of the table: a `job` word settles a job's fate, an `answer` word what a request gets."""

    word: str
    kind: Literal["job", "answer"]
    meaning: str


FAULTS: Final = (
    FaultWord("fail", "job", "The job fails half-way (status failed, code video_generation_failed)."),
    FaultWord("blocked", "job", "The job fails half-way with code moderation_blocked: its result is held back."),
    FaultWord("slow", "job", "The job takes ten times as long."),
    FaultWord("stall", "job", "The job stays in_progress at 42 percent for ever."),
    FaultWord("expired", "job", "The job completes and its content is gone at once (404, code video_expired)."),
    FaultWord("moderation", "answer", "The request is refused: 400, code content_filter."),
    FaultWord("401", "answer", "The key is refused: 401, code invalid_api_key."),
    FaultWord("403", "answer", "The key lacks a permission: 403, code permission_denied."),
    FaultWord("429", "answer", "Too many requests: 429, code rate_limit_exceeded, with retry-after-ms."),
    FaultWord("quota", "answer", "The quota is used up: 429, code insufficient_quota; no retry helps."),
    FaultWord("500", "answer", "Server error: 500 with an error object."),
    FaultWord("502", "answer", "A proxy's error: 502 with a web page instead of JSON."),
    FaultWord("503", "answer", "Overloaded: 503, code server_overloaded, with retry-after-ms."),
    FaultWord("html", "answer", "A web page with status 200, as from a wrong address."),
    FaultWord("drop", "answer", "The connection breaks: before the answer, or in the middle of a download."),
    FaultWord("hang", "answer", "No answer comes; the client's time limit has to end it."),
)

STAGES: Final = ("create", "list", "get", "delete", "content")

_WORDS = {row.word: row for row in FAULTS}
_EXPRESSION = re.compile(
    rf"({'|'.join(_WORDS)})(?:\s*x\s*([1-9]\d{{0,2}}))?(?:\s+({'|'.join(STAGES)}))?", re.IGNORECASE
)
_BRACKETS = re.compile(r"\[\s*([^\[\]]{1,60}?)\s*\]")


class Fault(NamedTuple):
    """A word with its limits: only so many times, only for one kind of request."""

    word: str
    times: int | None = None
    stage: str | None = None

    @property
    def is_for_job(self) -> bool:
        """Tell whether the word changes the job instead of an answer."""
        return _WORDS[self.word].kind == "job"

    def __str__(self) -> str:
        parts = (self.word, f"x{self.times}" if self.times else None, self.stage)
        return " ".join(part for part in parts if part)


def parse_fault(text: str) -> Fault:
    """Read one expression such as `429 x2` or `drop content`; a ValueError lists the words."""
    fault = _read(text.strip().strip("[]"))
    if fault is None:
        raise ValueError(
            f"The sandbox knows no fault {text!r}. It knows {', '.join(_WORDS)}; those about an "
            f"answer take a count and a request, such as '429 x2 get' ({', '.join(STAGES)})."
        )
    return fault


def faults_in_prompt(prompt: str) -> tuple[Fault, ...]:
    """Return the faults a prompt asks for, in order; other bracketed text is left alone.

    An answer word without a request strikes the create call, the one that carries the prompt.
    """
    found = (_read(match[1]) for match in _BRACKETS.finditer(prompt))
    return tuple(
        fault if fault.is_for_job or fault.stage else Fault(fault.word, fault.times, "create")
        for fault in found
        if fault
    )


def _read(text: str) -> Fault | None:
    match = _EXPRESSION.fullmatch(text)
    if not match:
        return None
    word, times, stage = match.groups()
    fault = Fault(word.lower(), int(times) if times else None, stage.lower() if stage else None)
    # A job has one fate: counts and requests make no sense for it.
    return None if fault.is_for_job and (fault.times or fault.stage) else fault


class _Refusal(NamedTuple):
    status: int
    message: str
    code: str | None = None
    type: str = "invalid_request_error"
    param: str | None = None
    headers: Mapping[str, str] | None = None


_LATER = {"retry-after": "1", "retry-after-ms": "200"}
_REFUSALS = {
    "moderation": _Refusal(400, "The prompt was refused by moderation.", "content_filter", param="prompt"),
    "401": _Refusal(401, "The API key is not accepted.", "invalid_api_key"),
    "403": _Refusal(403, "The API key may not be used for this.", "permission_denied"),
    "429": _Refusal(
        429, "Too many requests; wait a moment.", "rate_limit_exceeded", "rate_limit_error", headers=_LATER
    ),
    "quota": _Refusal(429, "The quota is used up.", "insufficient_quota", "insufficient_quota"),
    "500": _Refusal(500, "The server failed on this request.", None, "server_error"),
    "503": _Refusal(
        503, "The server is overloaded; try again later.", "server_overloaded", "server_error", headers=_LATER
    ),
}


def apply_fault(fault: Fault) -> Response:
    """Return or raise what an answer word stands for.

    A break is a ConnectionError, silence a TimeoutError: a client in the same process sees them as they are,
    the server closes the connection or keeps it waiting.
    """
    if fault.word in _REFUSALS:
        status, message, code, kind, param, headers = _REFUSALS[fault.word]
        message = f"{message} You asked for this with [{fault.word}]."
        raise ApiError(status, message, param=param, code=code, type=kind, headers=headers)
    if fault.word == "drop":
        raise ConnectionError("The sandbox dropped the connection, as [drop] asks for.")
    if fault.word == "hang":
        raise TimeoutError("The sandbox gives no answer, as [hang] asks for.")
    if fault.word == "502":
        return _page(502, "502 Bad Gateway")
    return _page(200, "Welcome")


def _page(status: int, title: str) -> Response:
    body = f"<!DOCTYPE html>\n<html><title>{title}</title><body><h1>{title}</h1></body></html>\n".encode()
    return Response(status, {"content-type": "text/html; charset=utf-8"}, (body,), len(body))
