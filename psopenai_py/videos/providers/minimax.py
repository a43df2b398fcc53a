"""MiniMax: its second protocol, which is Ark's in another envelope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...errors import APIRequestError, ContentFilteredError, UnauthorizedError
from ...http.request import Request, segment
from ...http.response import Response, error_body
from . import Creation, Job, Known, Plan, Provider, Target, tasks
from .common import ask, classify, fetch, order, refuses, remove
from .jobs import member
from .shapes import Shape

_PATH = "video_generation"
_DIALECT = tasks.Dialect("MiniMax", ("16:9", "9:16", "4:3", "3:4", "1:1", "21:9"), {768: "768P", 1440: "2K"})
#: Numbers that stand beside a refusal, or in brackets behind its text: a key that is refused, prompt and video.
_MEANT: dict[str, type[APIRequestError]] = dict.fromkeys(("1004", "2049"), UnauthorizedError)
_MEANT |= dict.fromkeys(("1026", "1027"), ContentFilteredError)


def create(target: Target, creation: Creation) -> Plan:
    """A video from text alone needs a ratio: upright, as PSOpenAI's are."""
    usual = Shape("9:16" if creation.reference is None else None, "768P")
    document, shape = tasks.document(creation, _DIALECT, usual)
    remarks = shape.remarks
    if shape.ratio is None and usual.ratio:
        remarks += (f"Without a ratio in -Size, {usual.ratio} is sent.",)
    return Plan(order(target, _PATH, document, creation.body), shape.warnings, remarks)


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one task."""
    return ask(target, f"query/{_PATH}/{segment(video_id)}")


def list_page(target: Target, limit: int, _: str, after: str) -> Request:
    """The request for one page of tasks; their order is the service's."""
    return ask(target, f"query/{_PATH}", tasks.page_query(limit, after, _DIALECT))


def delete(target: Target, video_id: str) -> Request:
    """It cancels a task that waits, and removes one that is over."""
    return remove(target, f"{_PATH}/{segment(video_id)}")


def read(document: Mapping[str, Any], known: Known) -> Job:
    """A task stands inside of the answer; after a creation there is only its id."""
    return tasks.read(_task(document), known, _DIALECT)


def source(document: Mapping[str, Any]) -> str | None:
    """An address in an object store, for whoever knows it."""
    return tasks.source(_task(document))


def refusal(response: Response) -> type[APIRequestError] | None:
    """By its number, whatever the status."""
    body = error_body(response)
    told = re.search(r"\(([0-9]{4})\)\W*$", str(body.get("message")))
    return _MEANT.get(told[1] if told else str(body.get("code"))) or classify(response)


def _task(document: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = member(document, "task")
    if isinstance(inner, Mapping):
        return inner
    return {"id" if name == "task_id" else name: value for name, value in document.items() if name != "base_resp"}


PROVIDER = Provider(
    create,
    retrieve,
    list_page,
    {
        "remix": refuses(
            "MiniMax changes no finished videos.", "A new video can take the old one's address as -InputReference."
        )
    },
    delete,
    fetch,
    source,
    read,
    tasks.page,
    classify=refusal,
    sorts=False,
    models="https://platform.minimax.io/docs lists the models.",
)
