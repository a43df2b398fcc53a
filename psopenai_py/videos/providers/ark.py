"""Ark: Seedance, from BytePlus and Volcengine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...http.request import Request, segment
from . import Creation, Job, Known, Plan, Provider, Target, tasks
from .common import ask, classify, fetch, order, refuses, remove
from .shapes import Shape

_PATH = "contents/generations/tasks"
_DIALECT = tasks.Dialect(
    "Ark",
    ("16:9", "9:16", "4:3", "3:4", "1:1", "21:9"),
    {480: "480p", 720: "720p", 1080: "1080p", 2160: "4k"},
)


def create(target: Target, creation: Creation) -> Plan:
    """A member that the model does not know is refused, so nothing goes along that was not asked for."""
    document, shape = tasks.document(creation, _DIALECT, Shape())
    return Plan(order(target, _PATH, document, creation.body), shape.warnings, shape.remarks)


def retrieve(target: Target, video_id: str) -> Request:
    """The request for one task."""
    return ask(target, f"{_PATH}/{segment(video_id)}")


def list_page(target: Target, limit: int, _: str, after: str) -> Request:
    """The request for one page of tasks; their order is the service's."""
    return ask(target, _PATH, tasks.page_query(limit, after, _DIALECT))


def delete(target: Target, video_id: str) -> Request:
    """It cancels a task that waits, and removes one that is over."""
    return remove(target, f"{_PATH}/{segment(video_id)}")


def read(document: Mapping[str, Any], known: Known) -> Job:
    """A task stands in an answer as it is."""
    return tasks.read(document, known, _DIALECT, lifetime=tasks.DAY)


PROVIDER = Provider(
    create,
    retrieve,
    list_page,
    {
        "remix": refuses(
            "Ark changes no finished videos.", "A new video can take the old one's address as -InputReference."
        )
    },
    delete,
    fetch,
    tasks.source,
    read,
    tasks.page,
    classify=classify,
    sorts=False,
    models="The console of ModelArk lists the models of your region; those of volces.com begin with doubao-.",
    lifetime="24 hours",
)
